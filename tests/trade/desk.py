"""How people work in a CRM, in common names; desks.yaml has the CRM's own. It knows nothing of the product."""

from collections.abc import Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

import yaml

from pohoda_sandbox.sandbox import Sandbox

Row = dict[str, Any]
DESKS: Row = yaml.safe_load(Path(__file__).with_name("desks.yaml").read_text(encoding="utf-8"))
DAYS = ("issued_on", "paid_on")


class Desk:
    """`enter`, `edit` and `drop` are what a person does; `records` is what he sees: with `id`, None where it is empty.

    A name that the CRM has no place for is left away if desks.yaml gives the reason, and is a KeyError otherwise.
    """

    def __init__(self, sandbox: Sandbox, name: str) -> None:
        self.crm = getattr(sandbox, DESKS[name]["crm"])
        self._desk = DESKS[name]
        self._kinds, self._lacks = self._desk["kinds"], self._desk.get("lacks", {})
        self._guids: dict[tuple[str, str], str] = {}

    def has(self, kind: str, name: str = "") -> bool:
        """Whether the CRM has a place for records of a kind, or for what they say in one name."""
        if kind not in self._kinds:
            assert kind in self._lacks, f"desks.yaml says nothing of {kind}"
            return False
        about = self._kinds[kind]
        if not name or name in about["fields"] or name in about.get("related", {}):
            return True
        if name not in self._lacks and f"{kind}.{name}" not in self._lacks:
            raise KeyError(f"desks.yaml says nothing of {kind}.{name}")
        return False

    def enter(self, kind: str, /, **values: Any) -> str:
        """A person makes a record; its id."""
        about = self._kinds[kind]
        typed = {"type": about["type"]} if "type" in about else {}
        fields = self._written(kind, typed | values)
        id = str(self.crm.create(about["in"], **about.get("always", {}), **fields))
        for name, (_, relation) in about.get("related", {}).items():
            if values.get(name):
                self.crm.link((about["in"], values[name]), relation, (about["in"], id))
        return id

    def edit(self, kind: str, id: str, /, **values: Any) -> None:
        """A person changes it; `items` are all lines there are to be."""
        fields, lines = self._written(kind, values), self._desk["lines"]
        items = fields.pop(lines["at"], None) if "in" in lines else None
        if fields:
            self.crm.edit(self._kinds[kind]["in"], id, **fields)
        if items is not None:  # lines that are items of their own
            [record] = [one for one in self.crm.records(self._kinds[kind]["in"]) if one[self._desk["id"]] == id]
            for before, after in zip_longest(record[lines["at"]], items):
                if after is None:
                    self.crm.delete(lines["in"], before[lines["id"]])
                elif before is None:
                    self.crm.create(lines["in"], **after, **{lines["parent"]: id})
                else:
                    self.crm.edit(lines["in"], before[lines["id"]], **after)

    def drop(self, kind: str, id: str) -> None:
        self.crm.delete(self._kinds[kind]["in"], id)

    def records(self, kind: str, /, **having: Any) -> list[Row]:
        """Those that show these values, as far as the CRM has a place for them."""
        texts = {one["ItemGUID"]: one["FileAs"] for one in self.crm.records("EnumValues")} if self._listed else {}
        found = self.crm.records(self._kinds[kind]["in"])
        every = [self._seen(kind, record, texts) for record in found]
        for name, (of, relation) in self._kinds[kind].get("related", {}).items():
            others = {one["id"] for one in self.records(of)}
            for record, seen in zip(found, every, strict=True):
                ends = {one["ForeignItemGUID"] for one in record["Relations"] if one["RelationType"] == relation}
                if seen:
                    seen[name] = next(iter(ends & others), None)
        asked = self.shown(kind, **having)
        return [one for one in every if one and one.items() >= asked.items()]

    def record(self, kind: str, /, **having: Any) -> Row:
        """The only one of these."""
        [found] = self.records(kind, **having)
        return found

    def shown(self, kind: str, /, **values: Any) -> Row:
        """What of these values can be seen in the CRM, in the words that it has for them."""
        words = {name: self._words(kind, name) for name in values if name == "id" or self.has(kind, name)}
        return {name: _back(words[name]).get(words[name].get(values[name]), values[name]) for name in words}

    @property
    def _listed(self) -> bool:
        return "parent" in self._desk["lines"]

    def _words(self, kind: str, name: str) -> Mapping[Any, str]:
        place = self._kinds[kind]["fields"].get(name)
        return place[1] if isinstance(place, list) else {}

    def _written(self, kind: str, values: Mapping[str, Any]) -> Row:
        written: Row = {}
        for name, value in values.items():
            if not self.has(kind, name) or name in self._kinds[kind].get("related", {}):
                continue
            place = self._kinds[kind]["fields"][name]
            if name == "items":
                value = [self._line(number, line) for number, line in enumerate(value, 1)]
            if isinstance(place, list):
                value = place[1].get(value, value)
                value = self._guid(place[2], value) if len(place) > 2 and value else value
                place = place[0]
            written[place] = value
        return written

    def _line(self, number: int, line: Mapping[str, Any]) -> Row:
        rank = self._desk["lines"].get("rank")
        kept = {self._desk["lines"]["id"]: line["id"]} if "id" in line else {}
        return {
            **kept,
            **self._written("line", {n: v for n, v in line.items() if n != "id"}),
            **({rank: number} if rank else {}),
        }

    def _seen(self, kind: str, record: Row, texts: Mapping[str, str]) -> Row | None:
        """None for what is of another kind and lies in the same folder."""
        seen: Row = {"id": record[self._desk["id"] if kind != "line" else self._desk["lines"]["id"]]}
        for name, place in self._kinds[kind]["fields"].items():
            value = record.get(place[0] if isinstance(place, list) else place)
            if isinstance(place, list):
                value = texts.get(value, value) if len(place) > 2 else value
                value = _back(place[1]).get(value, value)
            if name == "items":
                value = [self._seen("line", line, texts) for line in value or ()]
            seen[name] = str(value)[:10] if name in DAYS and value else value
        about = self._kinds[kind]
        if "type" in about:
            return seen if seen["type"] == about["type"] else None
        return seen if "type" not in seen or seen["type"] in self._words(kind, "type") else None

    def _guid(self, listed: str, text: str) -> str:
        """What a person picks from a list."""
        if (listed, text) not in self._guids:
            every = self.crm.records("EnumValues")
            self._guids = {(one["EnumTypeName"], one["FileAs"]): one["ItemGUID"] for one in every}
        return self._guids[listed, text]


def _back(words: Mapping[Any, str]) -> dict[str, Any]:
    """The CRM's word -> the first common one."""
    return {word: common for common, word in reversed(list(words.items()))}
