"""What is written of a document is read as it was, over SQL and over XML; what POHODA makes itself is named."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pohoda_bridge.catalogue import Agenda, Field, open_catalogue
from pohoda_bridge.pohoda.differences import comparable
from pohoda_bridge.side import Answer, Item, Mark, Pack, Row, Window
from tests.golden.cases import TABLES, UNITS, Case, cases, there
from tests.golden.differences import AMOUNTS, DEFAULTS, OWN, TOLD, UNLINKED
from tests.strategies import documents

from .conftest import everything
from .golden_company import Company, company, unit

WAYS = ("sql", "xml")
SYSTEM = "gram"
AGENDAS = open_catalogue().agendas


@dataclass(frozen=True)
class Written:
    """The golden documents of a unit after they were written: the answer of each, and its rows by way of reading."""

    bench: Company
    answers: Mapping[str, Answer]
    rows: Mapping[str, Mapping[str, Row]]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Written]]:
    with ExitStack() as opened:
        yield {
            country: _write(opened.enter_context(company(tmp_path_factory.mktemp(country), country)), country)
            for country in UNITS
        }


def _write(bench: Company, country: str) -> Written:
    writer = bench.side("sql", unit=unit(country), system=SYSTEM)
    answers: dict[str, Answer] = {}
    for agenda in TABLES:
        items = [item(case) for case in cases() if (case.agenda, case.country) == (agenda, country)]
        answers |= {answer.item_id: answer for answer in writer.write(agenda, Pack(f"golden-{agenda}", items))}
    rows = {}
    for way in WAYS:
        side = bench.side(way, unit=unit(country), system=SYSTEM)
        rows[way] = {row["_id"]: row for agenda in TABLES for row in everything(side, agenda)}
    return Written(bench, answers, rows)


def item(case: Case) -> Item:
    """A new record of the case, with what can be written of it."""
    return create(AGENDAS[case.agenda], case.mark, case.record)


def create(agenda: Agenda, id: str, record: Mapping[str, Any]) -> Item:
    values = {name: value for name, value in record.items() if name not in agenda.fields or agenda.fields[name].write}
    return Item(id, id, "create", values, mark=Mark(SYSTEM, id))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", cases(), ids=str)
def test_a_golden_document_comes_back_as_it_was(written: Mapping[str, Written], case: Case, way: str) -> None:
    made = written[case.country]
    answer = made.answers[case.mark]
    assert_written(case.agenda, answer)
    assert bool(answer.details.get("losses")) is bool(case.stored)
    assert answer.row is not None
    row = made.rows[way][answer.row["_id"]]
    assert row["_mark"] == (Mark(SYSTEM, case.mark) if case.agenda != "deals" else None)
    agenda = AGENDAS[case.agenda]
    assert shown(agenda, row) == shown(agenda, whole(agenda, case.record, case.stored, row))


def assert_written(agenda: str, answer: Answer) -> None:
    """The record is there, and POHODA told nothing of it but what it always tells."""
    assert answer.state == "written", answer.reasons
    drift = answer.details.get("drift", ())
    assert {(agenda, one["field"].rpartition(".")[2]) for one in drift} <= TOLD.keys(), answer.reasons
    assert len(answer.reasons) == len(drift), answer.reasons


RANDOM = st.sampled_from(sorted(UNITS)).flatmap(
    lambda country: st.sampled_from(sorted(TABLES)).flatmap(
        lambda agenda: st.tuples(
            st.just(country), st.just(agenda),
            st.lists(documents(AGENDAS[agenda], country, there()["codes"]), min_size=1, max_size=6),
        )
    )
)  # fmt: skip


# A smaller failure would be searched for in minutes, by writing hundreds of documents.
QUICK = settings(
    max_examples=25, derandomize=True, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck)
)


def test_any_document_comes_back_as_it_was(written: Mapping[str, Written]) -> None:
    sides = {(c, way): made.bench.side(way, unit=unit(c), system=SYSTEM) for c, made in written.items() for way in WAYS}
    numbers = count(1)

    @QUICK
    @given(RANDOM)
    def check(drawn: tuple[str, str, list[dict[str, Any]]]) -> None:
        country, name, records = drawn
        records = [record | {"number": f"R{next(numbers):07d}"} for record in records]
        agenda = AGENDAS[name]
        items = [create(agenda, str(record["number"]), record) for record in records]
        answers = sides[country, "sql"].write(name, Pack(f"random-{records[0]['number']}", items))
        for answer in answers:
            assert_written(name, answer)
        ids = tuple(answer.row["_id"] for answer in answers if answer.row is not None)
        for way in WAYS:
            rows = {row["_id"]: row for row in everything(sides[country, way], name, Window(ids=ids))}
            for id, record in zip(ids, records, strict=True):
                assert shown(agenda, rows[id]) == shown(agenda, whole(agenda, record, {}, rows[id]))

    check()


def whole(agenda: Agenda, record: Mapping[str, Any], stored: Mapping[str, Any], row: Row) -> Row:
    """The record as a reading must show it: with what is empty, and with what POHODA made itself taken from the row."""
    told = {**record, **{name: value for name, value in stored.items() if name != "lines"}}
    if "lines" in agenda.sets and "lines" not in record:
        told |= {name: row[name] for name in ("lines", *AMOUNTS)}
    if any(line.get("vat_explicit") for line in told.get("lines", ())) and not record.get("oss_country"):
        told["vat_historic"] = True
    made = _completed(agenda.fields, told, told, row)
    copies = {name: spec.repeats for name, spec in agenda.fields.items() if spec.repeats}
    if all(made[name] in {None, made[of]} for name, of in copies.items()):
        made |= dict.fromkeys(copies)
    for name, of in agenda.sets.items():
        entries = linked(record) if name == "sources" else told.get(name, ())
        changed = stored.get(name, [{}] * len(entries))
        found = row[name]
        assert len(found) == len(entries), f"{len(entries)} {name} were written, {len(found)} are there"
        made[name] = [
            _completed(of.fields, {**entry, **change}, told, there)
            for entry, change, there in zip(entries, changed, found, strict=True)
        ]
    return made


def linked(record: Mapping[str, Any]) -> list[Row]:
    """The sources that stand in POHODA as such."""
    told = record.get("kind") in UNLINKED and "lines" in record
    return [one for one in record.get("sources", ()) if not (told and one["agenda"] == "issued_invoices")]


def _completed(fields: Mapping[str, Field], values: Mapping[str, Any], header: Mapping[str, Any], row: Row) -> Row:
    return {name: _shown(name, spec, values, header, row) for name, spec in fields.items()}


def _shown(name: str, spec: Field, values: Mapping[str, Any], header: Mapping[str, Any], row: Row) -> Any:
    if name in values:
        return values[name]
    if name in DEFAULTS or name in OWN:
        return row.get(name)
    if spec.condition:
        asked, wanted = spec.condition
        found = values.get(asked, header.get(asked))
        if not found if wanted is None else found != wanted:
            return None
    if spec.blank is None:
        return next((word for word, of in spec.words.items() if None in of.sql or None in of.xml), spec.otherwise)
    number = int(spec.blank == "one")
    return {"boolean": bool(number), "integer": number}.get(spec.type, Decimal(number))


def shown(agenda: Agenda, row: Row) -> Row:
    """The fields that both ways carry, amounts without their trailing zeros."""
    kept = {name: value for name, value in row.items() if not name.startswith("_")}
    return {name: _plain(value) for name, value in comparable(agenda, kept).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [{name: _plain(one) for name, one in entry.items()} for entry in value]
    return value.normalize() + 0 if isinstance(value, Decimal) else value
