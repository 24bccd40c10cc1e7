"""Rules asked of POHODA itself: whatever a way keeps back breaks a rule, and values travel as parameters only."""

from collections.abc import Iterator
from typing import Any

import pytest

from pohoda_bridge.catalogue import Agenda, Rule
from pohoda_bridge.side import Row, Window
from pohoda_sandbox.company import fill

from .conftest import Bench, _served, everything

CLIENTS: list[dict[str, Any]] = [
    {"field": "city", "equals": "Nitra"},
    {"field": "city", "in": ["Nitra", "Žilina", "nowhere"]},
    {"field": "city", "empty": True},
    {"field": "city", "filled": True},
    {"field": "phone", "equals": None},
    {"field": "due_days", "above": 14},
    {"field": "due_days", "in": [14, 30]},
    {"not": {"field": "due_days", "below": "14.5"}},
    {"not": {"field": "city", "equals": "Nitra"}},
    {"not": {"field": "p1", "equals": True}},
    {"field": "number", "starts_with": "1"},
    {"any": [{"field": "city", "equals": "Nitra"}, {"field": "due_days", "above": 20}]},
    {"any": [{"field": "city", "equals": "Nitra"}, {"field": "note", "contains": "a"}]},
    {"not": {"any": [{"field": "due_days", "above": 20}, {"field": "note", "contains": "a"}]}},
    {"not": {"not": {"field": "due_days", "above": 20}}},
    {"field": "zip", "starts_with": "9"},
]
INVOICES: list[dict[str, Any]] = [
    {"field": "issued_on", "since": "2026-03-01"},
    {"field": "issued_on", "until": "2026-03-01"},
    {"not": {"field": "issued_on", "since": "2026-03-01"}},
    {"field": "kind", "equals": "invoice"},
    {"not": {"field": "kind", "in": ["invoice", "advance"]}},
    {"field": "currency", "empty": True},
    {"field": "currency", "equals": "EUR"},
    {"field": "centre", "equals": "BA"},
    {"field": "total", "above": "100.5"},
    {"not": {"field": "total", "below": 0}},
    {"field": "net_high", "equals": 0},
    {"field": "vat_historic", "equals": False},
]


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory, agendas: dict[str, Agenda]) -> Iterator[Bench]:
    """A company with documents; tests only read it."""
    folder = tmp_path_factory.mktemp("books")
    yield from _served(folder, agendas, lambda pohoda: fill(pohoda, size=60, seed=1, documents=True))


def _ids(rows: list[Row]) -> set[str]:
    return {row["_id"] for row in rows}


@pytest.mark.parametrize("way", ["sql", "xml"])
@pytest.mark.parametrize(
    ("agenda", "given"),
    [*(("clients", one) for one in CLIENTS), *(("issued_invoices", one) for one in INVOICES)],
    ids=str,
)
def test_what_is_kept_back_breaks_a_rule(books: Bench, way: str, agenda: str, given: dict[str, Any]) -> None:
    rule = Rule.model_validate(given)
    side = books.side(way)
    rows = everything(side, agenda)
    asked = _ids(everything(side, agenda, Window(rules=(rule,))))
    assert {row["_id"] for row in rows if rule.holds(row)} <= asked <= _ids(rows)


@pytest.mark.parametrize(
    ("agenda", "given", "value"),
    [
        ("clients", {"field": "city", "equals": "Nitra"}, "Nitra"),
        ("clients", {"not": {"any": [{"field": "due_days", "above": 20}, {"field": "note", "contains": "a"}]}}, None),
        ("issued_invoices", {"field": "issued_on", "since": "2026-03-01"}, None),
        ("issued_invoices", {"not": {"field": "kind", "in": ["invoice", "advance"]}}, None),
        ("issued_invoices", {"field": "centre", "equals": "BA"}, "BA"),
        ("issued_invoices", {"field": "total", "above": "100.5"}, None),
    ],
    ids=str,
)
def test_the_server_reads_less(books: Bench, agenda: str, given: dict[str, Any], value: str | None) -> None:
    """Each rule is asked: what a server sends is less than all, and no value stands in a statement."""
    side, rule = books.side("sql"), Rule.model_validate(given)
    rows = everything(side, agenda)
    books.tds.statements.clear()
    asked = everything(side, agenda, Window(rules=(rule,)))
    partly = "contains" in str(given)
    assert len(asked) < len(rows) and (partly or all(rule.holds(row) for row in asked))
    if value is not None:
        assert all(f"'{value}" not in one.sql and f" {value}" not in one.sql for one in books.tds.statements)
        assert any(value in one.parameters.values() for one in books.tds.statements)


@pytest.mark.parametrize("operator", ["since", "until"])
def test_mserver_reads_less(books: Bench, operator: str) -> None:
    side, rule = books.side("xml"), Rule.model_validate({"field": "issued_on", operator: "2026-03-01"})
    asked = everything(side, "issued_invoices", Window(rules=(rule,)))
    assert len(asked) < len(everything(side, "issued_invoices"))
    assert all(rule.holds(row) for row in asked)


def test_ids_and_windows_of_time_are_never_narrowed(books: Bench) -> None:
    side, rule = books.side("sql"), Rule.model_validate({"field": "city", "equals": "nowhere"})
    rows = everything(side, "clients")
    ids = tuple(sorted(_ids(rows)))
    assert _ids(everything(side, "clients", Window(ids=ids, rules=(rule,)))) == set(ids)
    since = min(row["_saved"] for row in rows)
    assert _ids(everything(side, "clients", Window(since=since, rules=(rule,)))) == set(ids)


def test_folded_cards_are_read_whole(books: Bench) -> None:
    side, rule = books.side("sql"), Rule.model_validate({"field": "code", "starts_with": "0"})
    assert _ids(everything(side, "products", Window(rules=(rule,)))) == _ids(everything(side, "products"))
