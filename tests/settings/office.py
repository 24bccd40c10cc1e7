"""A unit with documents and either CRM: records as people see them there, texts instead of ids; added fields."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import requests

from pohoda_bridge.catalogue import open_catalogue
from pohoda_bridge.catalogue.crm import CrmAgenda
from tests.both import Both

TABLES = {"clients": "AD", "products": "SKz", "offers": "NAB", "received_orders": "OBJ", "issued_orders": "OBJ",
          "issued_invoices": "FA", "received_invoices": "FA", "deals": "sZAK"}  # fmt: skip
TYPES = {"received_orders": ("RelTpObj", 1), "issued_orders": ("RelTpObj", 2), "issued_invoices": ("RelTpFak", 1)}
KEYS = {"products": ("code", "IDS"), "deals": ("name", "SText")}
"""What a record is told apart by, here and in POHODA; a document by its number."""
ADDED = {"text": 0, "option": 1, "number": 2, "currency": 2, "bool": 4, "date": 6, "options": 8}
"""Kind of a field -> its type in eWay-CRM."""
Shown = dict[str, Any]


@dataclass
class Office:
    """`agenda` names are those of the product; wire names those of the CRM."""

    both: Both
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def kind(self) -> str:
        return self.both.kind

    def link(self, agendas: Mapping[str, Mapping[str, Any]], **changed: Any) -> None:
        """The link with all agendas that the CRM carries, both ways where it can; `agendas`: settings of directions."""
        carried = open_catalogue().crms[self.kind].agendas
        every = {
            name: {way: agendas.get(name, {}).get(way, {}) for way in agenda.directions}
            for name, agenda in carried.items()
        }
        self.both.link(every, **changed)

    def can(self, agenda: str, way: str) -> bool:
        carried = open_catalogue().crms[self.kind].agendas.get(agenda)
        return carried is not None and way in carried.directions

    # POHODA

    def rows(self, agenda: str) -> dict[str, Shown]:
        """POHODA's rows by what they are told apart by; those that share it are left out."""
        _, name = KEYS.get(agenda, ("number", "Cislo"))
        found: dict[str, list[Shown]] = {}
        for row in self.both.cards(TABLES[agenda]):
            found.setdefault(str(row[name]), []).append(row)
        return {number: rows[0] for number, rows in found.items() if len(rows) == 1}

    def repeat(self, agenda: str, times: int = 1, **columns: Any) -> str:
        """A person enters a document of the agenda again, with all of its lines and these columns; the last number."""
        table, number = TABLES[agenda], ""
        column, kind = TYPES.get(agenda, ("ID", None))
        first = next(row for row in self.both.cards(table) if row["RefAD"] and kind in {None, row[column]})
        lines = self.both.pohoda.rows(f"SELECT * FROM {table}pol WHERE RefAg = ?", first["ID"])
        for _ in range(times):
            number = f"26X{next(self.numbers):05}"
            made = self.both.pohoda.insert(table, **{**_own(first), "Cislo": number, **columns})
            for line in lines:
                self.both.pohoda.insert(f"{table}pol", **{**_own(line), "RefAg": made})
        return number

    def change(self, agenda: str, number: str, **columns: Any) -> None:
        """A person changes a row of POHODA."""
        self.both.pohoda.edit(TABLES[agenda], self.rows(agenda)[number]["ID"], **columns)

    def user(self, name: str) -> str:
        """A user of the CRM who works here, made when there is none; how records show him."""
        folder, login = {"gram": ("User", "Login"), "eway": ("Users", "Username")}[self.kind]
        if not any(one.get(login) == name for one in self.both.crm.records(folder)):
            own = {
                "gram": {"Email": f"{name}@example.sk", "Profile": "Sales", "Active": True},
                "eway": {"IsActive": True},
            }
            self.both.crm.create(folder, **{login: name, "LastName": name, **own[self.kind]})
        (found,) = [one for one in self.both.crm.records(folder) if one.get(login) == name]
        return name if self.kind == "eway" else str(found["Id"])

    # the CRM

    def shown(self, agenda: str) -> dict[str, Shown]:
        """The agenda's records by what they are told apart by."""
        to = self._agenda(agenda).fields[KEYS.get(agenda, ("number", ""))[0]].to
        return {str(one[to]): one for one in self.records(agenda)}

    def records(self, agenda: str) -> list[Shown]:
        """With `id`, custom fields among the others, lists by their texts."""
        if self.kind == "gram":
            return [{**one, "id": one["Id"]} for one in self.both.crm.records(self._agenda(agenda).entity)]
        texts = self._texts()
        found = [
            {name: texts.get(value, value) if isinstance(value, str) else value
             for name, value in {**one, **(one.get("AdditionalFields") or {}), "id": one["ItemGUID"]}.items()}
            for one in self.both.crm.records(self._folder(agenda))
        ]  # fmt: skip
        kinds = self._kinds(agenda)
        return [one for one in found if not kinds or one["TypeEn"] in kinds]

    def field(self, agenda: str, kind: str, options: tuple[str, ...] = ()) -> str:
        """The CRM's administrator adds a field to the agenda's records; its name."""
        if self.kind == "gram":
            entity = self._agenda(agenda).entity
            asked = {"Name": f"cAdded{next(self.numbers)}", "Kind": kind, **({"Length": 200} if kind == "text" else {})}
            asked |= {"Options": list(options)} if options else {}
            answer = requests.post(f"{self.both.crm.url}/Entity/{entity}/Field", json=asked,
                                   headers={"Token": self.both.crm.token}, timeout=20)  # fmt: skip
            assert answer.ok, answer.text
            return str(asked["Name"])
        folder = self._folder(agenda)
        guid = self.both.crm.create("AdditionalFields", Name=kind, ObjectTypeFolderName=folder, Type=ADDED[kind])
        (made,) = [one for one in self.both.crm.records("AdditionalFields") if one["ItemGUID"] == guid]
        return str(made["ColumnName"])

    def make(self, agenda: str, custom: Mapping[str, Any] | None = None, **values: Any) -> str:
        """A person makes a record in the CRM, in canonical names, `custom` by the names of added fields; its id."""
        carried = self._agenda(agenda)
        wire = {**carried.constants, **self._wire(agenda, carried.fields, values)}
        if self.kind == "eway":
            wire = {name: self._guid(self._list(agenda, name), value) for name, value in wire.items()}
            wire["AdditionalFields"] = {n: self._guid(n.upper(), v) for n, v in (custom or {}).items()}
            return str(self.both.crm.create(self._folder(agenda), **wire))
        return str(self.both.crm.create(carried.entity, **wire, **(custom or {})))

    def edit(self, agenda: str, identity: str, **wire: Any) -> None:
        self.both.crm.edit(self._folder(agenda), identity, **wire)

    def delete(self, agenda: str, identity: str) -> None:
        self.both.crm.delete(self._folder(agenda), identity)

    def _agenda(self, agenda: str) -> CrmAgenda:
        return open_catalogue().crms[self.kind].agendas[agenda]

    def _spec(self, agenda: str) -> Mapping[str, Any]:
        folders: Mapping[str, Any] = open_catalogue().crms[self.kind].api.get("folders", {})
        return dict(folders.get(self._agenda(agenda).entity, {}))

    def _folder(self, agenda: str) -> str:
        return str(self._spec(agenda).get("lies_in") or self._agenda(agenda).entity)

    def _kinds(self, agenda: str) -> set[str]:
        if "kind" not in self._spec(agenda):
            return set()
        known = self._agenda(agenda)
        mapped = [one for one in known.fields.values() if one.to == self._spec(agenda)["kind"]]
        return set((mapped[0].values or {}).values()) if mapped else {str(known.constants[self._spec(agenda)["kind"]])}

    def _list(self, agenda: str, wire: str) -> str:
        return str(self._spec(agenda).get("names", {}).get(wire, ""))

    def _texts(self) -> dict[str, str]:
        values = {one["ItemGUID"]: one["FileAs"] for one in self.both.crm.records("EnumValues")}
        return values | {one["ItemGUID"]: one["Username"] for one in self.both.crm.records("Users")}

    def _guid(self, enum: str, text: Any) -> Any:
        """The guid of a text of an enumeration; any other value as it is."""
        if isinstance(text, list):
            return [{name: self._guid(_LINES.get(name, ""), value) for name, value in row.items()} for row in text]
        for one in self.both.crm.records("EnumValues") if enum else ():
            if (one["EnumTypeName"], one["FileAs"]) == (enum, text):
                return one["ItemGUID"]
        return text

    def _wire(self, agenda: str, fields: Mapping[str, Any], values: Mapping[str, Any]) -> Shown:
        wire = {}
        for name, value in values.items():
            mapped = fields[name]
            if mapped.fields:
                value = [self._wire(agenda, mapped.fields, row) for row in value]
            with suppress(TypeError):
                value = (mapped.values or {}).get(value, value)
            wire[mapped.to] = value
        return wire


def _own(row: Mapping[str, Any]) -> Shown:
    return {name: value for name, value in row.items() if name not in {"ID", "UID"} and not name.startswith("NullC")}


_LINES = {"UnitEn": "Units"}
