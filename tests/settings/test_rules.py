"""Rules of a link over goods, documents and payments, judged here or asked of the source, with both CRMs."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from pohoda_bridge.ledger import Request, bindings
from tests.settings.office import Office

FULL = Request("full", dry_run=True)
Row = dict[str, Any]
Case = tuple[str, dict[str, Any], str, Callable[[Row], bool]]


def _money(row: Row, name: str) -> Decimal:
    return Decimal(str(row[name] or 0))


CASES: dict[str, Case] = {
    "a day": ("issued_invoices", {"field": "issued_on", "since": "2026-03-01"}, "FA",
              lambda row: str(row["Datum"])[:10] >= "2026-03-01"),
    "an amount": ("issued_invoices", {"field": "total", "above": 1000}, "FA",
                  lambda row: _money(row, "KcCelkem") > 1000),
    "a custom field": ("issued_invoices", {"field": "custom.VPrSchvalene", "equals": True}, "FA",
                       lambda row: bool(row["VPrSchvalene"])),
    "an offer's number": ("offers", {"field": "number", "starts_with": "26X"}, "NAB",
                          lambda row: str(row["Cislo"]).startswith("26X")),
    "a kind": ("products", {"field": "kind", "equals": "service"}, "SKz", lambda row: row["RelSkTyp"] == 3),
}  # fmt: skip
"""Agenda, rule, and which rows of POHODA hold it."""


@pytest.fixture(scope="module")
def carried(office: Office) -> Office:
    office.link({})
    office.repeat("offers", 3)
    office.both.pohoda.edit("SKz", next(iter(office.rows("products").values()))["ID"], RelSkTyp=3)
    for agenda in ("clients", "products", "offers", "issued_invoices"):
        office.both.sync(agenda)
    return office


@pytest.mark.parametrize("at_source", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_only_what_holds_a_rule_goes(carried: Office, case: str, at_source: bool) -> None:
    agenda, rule, table, holds = CASES[case]
    going = _going(carried, agenda)
    carried.link({agenda: {"to_crm": {"rules": [rule], "rules_at_source": at_source}}})
    counts = carried.both.sync(agenda, "to_crm", FULL)
    rows = {f"2026/{table}/{row['ID']}": row for row in carried.both.cards(table)}
    wanted = {technical for technical in going if holds(rows[technical])}
    assert 0 < len(wanted) < len(going), (len(wanted), len(going))
    assert counts["unchanged"] + counts["updated"] == len(wanted), counts
    assert at_source or counts["left_out"] >= len(going) - len(wanted)


def _going(office: Office, agenda: str) -> set[str]:
    """What of the agenda the CRM has, as POHODA's rows."""
    with office.both.job(agenda) as job, job.ledger.transaction() as ledger:
        return {one.technical for one in bindings.all_of(ledger, job.scope).values()}
