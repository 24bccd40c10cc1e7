"""What POHODA says of its custom fields: names, captions and types by agenda, and the values of their lists."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, BinaryIO

from pohoda_bridge.catalogue import Agenda, Type
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.pohoda.reader import Custom
from pohoda_bridge.pohoda.xml.kinds import KINDS, Kind
from pohoda_bridge.pohoda.xml.parameters import column
from pohoda_bridge.pohoda.xml.requests import Ask, pack
from pohoda_bridge.pohoda.xml.walk import Record, events

log = logging.getLogger(__name__)
_TYPES: Mapping[str, Type] = {
    "text": "text", "memo": "text", "list": "text", "currency": "decimal", "number": "decimal", "integer": "integer",
    "boolean": "boolean", "datetime": "date",
}  # fmt: skip
_FORM, _ITEM = "formParameter", "itemParameter"


class Definitions:
    """Asked once for each of POHODA's agendas. `post` gives the answer to a pack. Raises Retry."""

    def __init__(self, post: Callable[[bytes], BinaryIO], ico: str, place: str) -> None:
        self._post = post
        self._ico = ico
        self._place = place
        self._known: dict[str, Mapping[str, list[Custom]] | None] = {}
        self._lists: dict[str, Mapping[str, str]] = {}

    def of(self, agenda: Agenda, kind: Kind) -> list[Custom] | None:
        """The custom fields of an agenda's records and their rows, by name; None where this POHODA does not tell."""
        if kind.parameters is None or agenda.read.xml is None or agenda.read.xml.rows:
            return []
        if kind.parameters not in self._known:
            self._known[kind.parameters] = self._asked(kind.parameters)
        known = self._known[kind.parameters]
        if known is None:
            return None
        carrying = [
            name
            for name, of in agenda.sets.items()
            if of.xml and any(path.rpartition("/")[2] in kind.items for path in of.xml.rows)
        ]
        items = [replace(one, set=name) for name in carrying for one in known[_ITEM]]
        return [*known[_FORM], *items]

    def _asked(self, agenda: str) -> Mapping[str, list[Custom]] | None:
        found: dict[str, dict[str, Custom]] = {_FORM: {}, _ITEM: {}}
        try:
            for parameter in self._records("parameter", {"idsAgenda": agenda}):
                for part, fields in found.items():
                    for one in parameter.iterfind(f"{{*}}{part}/{{*}}parameterDef"):
                        if custom := self._custom(one):
                            fields[custom.name] = custom
        except StopAgenda as error:
            log.warning("custom fields of %s are known only by what records have: %s", agenda, error.log)
            return None
        return {part: [fields[name] for name in sorted(fields)] for part, fields in found.items()}

    def _custom(self, definition: Any) -> Custom | None:
        name, kind, caption, listed = (
            (definition.findtext(path) or "").strip() for path in ("{*}name", "{*}type", "{*}label", "{*}list/{*}ids")
        )
        if not name:
            return None
        values = self._values(listed) if kind == "list" else None
        name = column(name, listed=kind == "list")
        return Custom(name, _TYPES.get(kind, "text"), caption, values=values, element=f"{kind or 'text'}Value")

    def _values(self, listed: str) -> Mapping[str, str]:
        """The values of a list, code -> text; none when this POHODA does not tell them."""
        if listed and listed not in self._lists:
            try:
                self._lists[listed] = {
                    str(item.get("code") or "").strip(): str(item.get("name") or "").strip()
                    for record in self._records("userCode", {"code": listed})
                    if (record.get("code") or listed) == listed
                    for item in record.iterfind("{*}itemUserCode")
                }
            except StopAgenda as error:
                log.warning("the values of a list of custom fields are not known: %s", error.log)
                self._lists[listed] = {}
        return self._lists.get(listed, {})

    def _records(self, name: str, inner: Mapping[str, str]) -> list[Any]:
        """The elements of a listing, whole: there are few of them."""
        from copy import deepcopy

        kind = KINDS[name]
        body = pack(kind, [Ask(name, inner=inner)], id=f"export-{name}", ico=self._ico)
        record = "listUserCode" if name == "userCode" else name
        with self._post(body) as file:
            found = events(file, record, f"list of {name}, {self._place}")
            return [deepcopy(event.element) for event in found if isinstance(event, Record)]
