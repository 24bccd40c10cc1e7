"""Every column, path and listing that the agenda files name is one of POHODA's."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from lxml import etree

from pohoda_bridge.catalogue import Agenda, Field, Set
from pohoda_bridge.pohoda.xml.kinds import KINDS
from pohoda_sandbox.pohoda import Pohoda
from pohoda_sandbox.pohoda.database import SCHEMA

from .conftest import AGENDAS, CATALOGUE
from .schemas import FOLDER, Global, Schemas

EXAMPLES = sorted((Path(__file__).parents[1] / "data" / "pohoda").glob("response_list_*.xml"))
NUMBERS = {"int", "smallint", "bit"}
FITTING = {
    "text": {"varchar", "text"}, "integer": {"int", "smallint"}, "reference": {"int"}, "boolean": {"bit"},
    "decimal": {"money", "float", "real"}, "date": {"datetime"}, "datetime": {"datetime"},
}  # fmt: skip
CODE_LISTS = {"listCentre", "listActivity", "listStore", "listNumericalSeries", "listParameter", "listUserCodePack"}
GONE = {"old_state"}
"""Elements of programs that were before these schemas."""
Tables = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Place:
    """A field with what it stands in: the record of a part, or a row of one of its sets."""

    part: Agenda
    name: str
    field: Field
    set: Set | None = None


def places(agenda: Agenda) -> Iterator[Place]:
    for part in agenda.parts:
        yield from (Place(part, name, field) for name, field in part.fields.items())
        for of, known in part.sets.items():
            yield from (Place(part, f"{of}.{name}", field, known) for name, field in known.fields.items())


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """Table -> column -> type of POHODA's database as the sandbox has it, in small letters."""
    assert SCHEMA.is_file()
    pohoda = Pohoda.create(tmp_path_factory.mktemp("tables") / "unit.db")
    names = [row["name"] for row in pohoda.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {n.lower(): pohoda.rows(f'PRAGMA table_info("{n}")') for n in names}
    pohoda.close()
    return {
        table: {row["name"].lower(): row["type"].lower().replace("integer", "int").partition("(")[0] for row in rows}
        for table, rows in found.items()
    }


def wrong_column(tables: Tables, table: str, field: Field) -> str | None:
    """What is wrong with a field's `sql`, read step by step from the table."""
    column, *lists = str(field.sql).split("/")
    for step in lists:
        if tables.get(table.lower(), {}).get(column.lower()) != "int":
            return f"{table}.{column} is no reference"
        table, _, column = step.partition(".")
    kind = tables.get(table.lower(), {}).get(column.lower())
    fitting = NUMBERS if field.words else FITTING[field.type]
    return None if kind in fitting else f"{table}.{column} is {kind}, not of {sorted(fitting)}"


@pytest.mark.parametrize("name", AGENDAS)
def test_every_sql_name_is_a_column_of_pohoda_with_a_fitting_type(tables: Tables, name: str) -> None:
    agenda = CATALOGUE.agendas[name]
    wrong = []
    for place in places(agenda):
        sql = place.part.read.sql if place.set is None else place.set.sql
        table = sql.table if sql else None
        if place.field.sql is not None:
            assert table is not None, f"{place.name} has a column, its set has no table"
            if said := wrong_column(tables, table, place.field):
                wrong.append(f"{place.name}: {said}")
        if place.field.codes and place.field.codes.sql:
            listed, _, column = place.field.codes.sql.partition(".")
            assert column.lower() in tables[listed.lower()]
    assert wrong == []


@pytest.mark.parametrize("name", AGENDAS)
def test_every_table_is_joined_by_columns_that_it_has(tables: Tables, name: str) -> None:
    for part in CATALOGUE.agendas[name].parts:
        own = tables[part.read.sql.table.lower()]
        for other, reference in part.read.sql.changed.items():
            assert other.lower() in tables and own[reference.lower()] == "int"
        for again in part.read.sql.again:
            asked = (
                [again.column or "ID"] if again.table is None else [again.by or "", again.when or "ID", *again.where]
            )
            of = own if again.table is None else tables[again.table.lower()]
            assert {column.lower() for column in asked} <= set(of)
            if again.table is not None and again.when is None:
                assert "datsave" in of, f"{again.table} keeps no time of saving: `when` must say its date"
        for known in part.sets.values():
            if known.sql is not None:
                there = set(tables[known.sql.table.lower()])
                assert {column.lower() for column in (known.sql.by, known.sql.order, *known.sql.where)} <= there


@pytest.mark.parametrize("name", AGENDAS)
def test_what_only_one_way_has_says_why(name: str) -> None:
    for place in places(CATALOGUE.agendas[name]):
        constant = bool(place.field.sum) or place.field.otherwise is not None
        both = (place.field.sql is not None and place.field.xml is not None) or constant
        assert both is (place.field.only is None), f"{place.name}: `only` is missing, or stands where both ways have it"


def listed(part: Agenda) -> tuple[Global, str]:
    """The element of the listing, and the name of its records."""
    assert part.read.xml is not None
    kind = KINDS[part.read.xml.request]
    return (kind.namespace, kind.listing), part.read.xml.record


def steps(part: Agenda, path: str) -> list[str]:
    """The steps of a path from the record, names put in."""
    assert part.read.xml is not None
    header = [part.read.xml.header] if part.read.xml.header else []
    named = [
        part.read.xml.names.get(step[1:], step) if step.startswith("$") else step
        for step in path.removeprefix("../").removeprefix("/").split("/")
    ]
    return named if path.startswith("/") else [*header, *named]


def paths(place: Place) -> Iterator[list[str]]:
    """Where a field stands in the listing, from the record; of a set's rows in each of its elements."""
    xml = place.part.read.xml
    path = place.field.xml
    if xml is None or path is None or path == ".":
        return
    rows = [xml.rows] if place.set is None else place.set.xml.rows if place.set.xml else []
    for row in rows:
        inside = row is not None and not path.startswith(("/", "../"))
        yield [*steps(place.part, str(row)), *path.split("/")] if inside else steps(place.part, path)


@pytest.mark.skipif(FOLDER is None, reason="POHODA_XSD_DIR is not set: the schemas are Stormware's, not ours")
@pytest.mark.parametrize("name", AGENDAS)
def test_every_xml_path_is_declared_by_the_official_schema(schemas: Schemas, name: str) -> None:
    wrong = []
    for place in places(CATALOGUE.agendas[name]):
        listing, record = listed(place.part)
        found = [path for path in paths(place) if schemas.has(listing, [record, *path])]
        if not found and list(paths(place)) and place.name not in GONE:
            wrong.append((place.name, place.field.xml))
    assert wrong == []


@pytest.mark.skipif(FOLDER is None, reason="POHODA_XSD_DIR is not set: the schemas are Stormware's, not ours")
@pytest.mark.parametrize("name", AGENDAS)
def test_every_word_of_a_listing_is_declared_by_the_official_schema(schemas: Schemas, name: str) -> None:
    wrong = []
    for place in places(CATALOGUE.agendas[name]):
        listing, record = listed(place.part)
        words = {said for word in place.field.words.values() for said in word.xml if said is not None}
        for path in paths(place):
            known = schemas.words(listing, [record, *path])
            wrong += [(place.name, said) for said in words if known and said not in known]
    for part in CATALOGUE.agendas[name].parts:
        listing, record = listed(part)
        asked = steps(part, KINDS[str(part.read.xml and part.read.xml.request)].type_path)
        types = set(part.read.xml.types) if part.read.xml else set()
        wrong += [("types", said) for said in types - schemas.words(listing, [record, *asked])]
    assert wrong == []


@pytest.mark.skipif(FOLDER is None, reason="POHODA_XSD_DIR is not set: the schemas are Stormware's, not ours")
def test_a_path_or_word_that_the_schema_does_not_declare_would_be_seen(schemas: Schemas) -> None:
    listing, header = listed(CATALOGUE.agendas["clients"])[0], ["addressbook", "addressbookHeader"]
    assert schemas.has(listing, [*header, "identity", "address", "ico"])
    for path in (["identity", "address", "icoo"], ["ico"], ["identity", "email"], ["phone", "ids"]):
        assert not schemas.has(listing, [*header, *path])
    listing, header = listed(CATALOGUE.agendas["products"])[0], ["stock", "stockHeader"]
    assert schemas.has(listing, [*header, "sellingPrice@payVAT"])
    assert not schemas.has(listing, [*header, "sellingPrice@payVTA"])
    assert "card" in schemas.words(listing, [*header, "stockType"])
    assert "cart" not in schemas.words(listing, [*header, "stockType"])


@pytest.fixture(scope="module")
def schemas() -> Schemas:
    return Schemas()


def test_the_examples_were_found() -> None:
    assert len(EXAMPLES) >= 12


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem.removeprefix("response_list_"))
def test_an_example_listing_has_the_names_that_the_file_of_its_agenda_gives(example: Path) -> None:
    """Each record of a listing is the `record` of an agenda with its `header`, and of a type that it asks for."""
    of: dict[str, list[Agenda]] = {}
    for agenda in CATALOGUE.agendas.values():
        for part in agenda.parts:
            if part.read.xml is not None:
                of.setdefault(KINDS[part.read.xml.request].listing, []).append(part)
    for listing in etree.parse(example).getroot().iterfind("{*}responsePackItem/*"):
        name = etree.QName(listing).localname
        if name in CODE_LISTS:
            continue
        assert name in of, f"no agenda reads {name}"
        for record in listing:
            readers = [part.read.xml for part in of[name] if part.read.xml is not None]
            assert {xml.record for xml in readers} == {etree.QName(record).localname}
            headers = [xml.header for xml in readers if xml.header is not None]
            assert all(record.find(f"{{*}}{header}") is not None for header in headers)
            kind = KINDS[readers[0].request]
            if kind.type:
                told = record.findtext(f"{{*}}{headers[0]}/{{*}}{kind.type_path}")
                assert any(told in xml.types for xml in readers), f"no agenda asks for {told}"
