"""A row with every column of an agenda filled, rows in all its sets: no field is empty, and both ways say the same."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from pohoda_bridge.catalogue import Agenda, Field, Unit, open_catalogue
from pohoda_bridge.connections import Connection
from pohoda_bridge.pohoda import PohodaSide
from pohoda_bridge.pohoda.differences import comparable
from pohoda_bridge.side import Row, Window
from pohoda_sandbox.faults import Faults
from pohoda_sandbox.pohoda import MServer, Pohoda, TdsServer

CATALOGUE = open_catalogue().agendas
PARTS = [part for agenda in CATALOGUE.values() for part in agenda.recorded]
UNIT = Unit(
    unit="firma", ico="12345678", country="SK", timezone="Europe/Bratislava", edition="sql",
    years={2026: {"sql": "sql", "mserver": "xml"}},
)  # fmt: skip
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
NEVER = {
    "clients": {"parent"},  # of contact persons, which are no clients
    "addresses": {"parent"},
    "products": {"template"},  # templates are no products
    "issued_invoices": {"applied"},  # of advances, and this row is an invoice
    "received_invoices": {"applied"},
}
"""What this row cannot have."""


class Company:
    """An empty company behind SQL and mServer, to which a test adds rows."""

    def __init__(self, folder: Path) -> None:
        self.pohoda = Pohoda.create(folder / "unit.db", year=2026, country="SK")
        self.tds = TdsServer({"StwPh_12345678_2026": self.pohoda}, Faults(), logins={"bridge": "secret"})
        self.mserver = MServer(self.pohoda, Faults(), users={"bridge": "secret"})
        for server in (self.tds, self.mserver):
            server.start()
        self.sides = {way: PohodaSide(UNIT, CATALOGUE, way, self.connection) for way in ("sql", "xml")}
        self.numbers = count(1)

    def connection(self, way: str) -> Connection:
        login: dict[str, Any] = {"host": "127.0.0.1", "login": "bridge", "password": "secret"}
        if way == "sql":
            return Connection(way, port=self.tds.port, schema="StwPh_12345678_2026", **login)
        return Connection(way, port=self.mserver.port, schema="http", **login)

    def close(self) -> None:
        for side in self.sides.values():
            side.close()
        for server in (self.tds, self.mserver):
            server.stop()
        self.pohoda.close()

    def read(self, part: Agenda, way: str, number: int) -> Row:
        """The row of a part with this number; its agenda may have others in other tables."""
        window = Window(ids=(f"2026/{part.read.sql.table}/{number}",))
        rows = [row for rows in self.sides[way].read(part.agenda, window).parts for row in rows]
        (found,) = [row for row in rows if row.get("form") == part.form or not CATALOGUE[part.agenda].forms]
        return found

    def add(self, table: str, fields: Mapping[str, Field], **fixed: Any) -> int:
        """A row with every column that the fields read, of lists through rows of their own; `fixed` goes first."""
        made: dict[str, Any] = {}
        below: dict[tuple[str, str], dict[str, Field]] = {}
        sums = {name: spec for name, spec in fields.items() if spec.sum and spec.sql}
        for name, spec in fields.items():
            column, _, rest = (spec.sql or "").partition("/")
            if rest:
                listed, _, further = rest.partition(".")
                below.setdefault((column, listed), {})[name] = spec.model_copy(update={"sql": further})
            elif spec.type == "reference" and column != "ID":
                below.setdefault((column, CATALOGUE[spec.ref or ""].read.sql.table), {})
            elif column and column != "ID":
                made[column] = self.sample(spec)
        for (column, listed), inner in below.items():
            if column in fixed:
                continue
            made[column] = self.add(listed, {**NAMED.get(listed, {}), **inner})
        made |= {
            str(spec.sql): sum((made[str(fields[part].sql)] for part in spec.sum), Decimal(0)) for spec in sums.values()
        }
        return self.pohoda.insert(table, **{**made, **fixed})

    def sample(self, spec: Field) -> Any:
        number = next(self.numbers)
        if spec.words:
            return next((said for word in spec.words.values() for said in word.sql if said), number)  # else `otherwise`
        if spec.type == "text":
            return LETTERS[number // len(LETTERS)] + LETTERS[number % len(LETTERS)]
        return {
            "boolean": True, "integer": number, "decimal": Decimal(number),
            "date": date(2026, 1 + number % 12, 1 + number % 28),
        }[spec.type]  # fmt: skip


NAMED: Mapping[str, Mapping[str, Field]] = {
    "AD": {"name": Field(sql="Firma")},
    "SKz": {"code": Field(sql="IDS"), "name": Field(sql="Nazev")},
    "FA": {"number": Field(sql="Cislo")},
}
"""What rows that others refer to need to be records themselves."""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    made = Company(tmp_path_factory.mktemp("company"))
    yield made
    made.close()


def wanted(part: Agenda) -> dict[str, Any]:
    """The columns whose number says that a row is a record of the part."""
    found: dict[str, Any] = {}
    for rule in part.takes:
        spec = part.fields.get(str(rule.field))
        if spec is not None and spec.words and spec.sql:
            word = str(rule.equals or (rule.in_ or ("",))[0])
            found[spec.sql] = spec.words[word].sql[0]
    return found


def kinds(part: Agenda, name: str) -> list[dict[str, Any]]:
    """The columns of a set's rows: one row for each kind of them that there is; an advance is deducted once."""
    known = part.sets[name]
    assert known.sql is not None
    fixed = {column: numbers[0] for column, numbers in known.sql.where.items()}
    spec = known.fields.get("kind")
    if spec is None or not spec.sql:
        return [fixed]
    return [{**fixed, spec.sql: 0}, {**fixed, spec.sql: spec.words["advance"].sql[0], "Mnozstvi": 1}]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: f"{part.agenda}-{part.form or ''}".strip("-"))
def test_every_field_brings_a_value_by_every_way(company: Company, part: Agenda) -> None:
    never = NEVER.get(part.agenda, set())
    fields = {name: spec for name, spec in part.fields.items() if name not in never}
    fixed = wanted(part)
    if part.agenda == "payments":
        invoice = CATALOGUE["issued_invoices"]
        fixed["RelIDH"] = company.add("FA", invoice.fields, **wanted(invoice))
        (copied,) = company.pohoda.rows("SELECT Cislo, VarSym FROM FA WHERE ID = ?", fixed["RelIDH"])
        fixed |= {"CisloH": copied["Cislo"], "VarSymH": copied["VarSym"]}
    if part.agenda == "products" and not part.form:  # the branch that a card is filed in belongs to its store
        fixed["RefSklad"] = company.add("sSklad", {"store": Field(sql="IDS")})
        places = {n: spec.sql.partition(".")[2] for n, spec in fields.items() if spec.sql and "/SkSt." in spec.sql}
        branches = {name: Field(sql=column) for name, column in places.items()}
        fixed["RefStruct"] = company.add("SkSt", branches, RefSklad=fixed["RefSklad"])
    number = company.add(part.read.sql.table, fields, **fixed)
    for name, known in part.sets.items():
        if known.sql is not None:
            for columns in kinds(part, name):
                company.add(known.sql.table, known.fields, **{known.sql.by: number, **columns})
    rows = {way: company.read(part, way, number) for way in company.sides}
    for way, row in rows.items():
        # What the listing alone has, a row of the database cannot fill.
        empty = {n for n, spec in fields.items() if spec.sql and getattr(spec, way) and row[n] in {None, False}}
        for of, known in part.sets.items():
            asked = [n for n, spec in known.fields.items() if spec.sql and getattr(spec, way)]
            empty |= {f"{of}.{n}" for n in asked if all(line[n] in {None, False} for line in row[of])}
        assert empty == set(), way
    spec = CATALOGUE[part.agenda]
    by_sql, by_xml = (comparable(spec, rows[way]) for way in ("sql", "xml"))
    for of in part.sets:
        assert by_sql[of] == by_xml[of]
    assert by_sql == by_xml
