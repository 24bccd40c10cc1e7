"""What POHODA changes without saving the record is news all the same: payments, stock movements, deliveries."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pohoda_bridge.side import Row, Window
from pohoda_sandbox import act
from tests.pohoda.two_years import TwoYears, everything, two_years


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoYears]:
    with two_years(tmp_path_factory.mktemp("company"), size=40) as made:
        yield made


@pytest.fixture(params=["sql", "xml"])
def side(company: TwoYears, request: pytest.FixtureRequest) -> Iterator[Any]:
    with closing(company.side(request.param, custom=False)) as opened:
        yield opened


def news(company: TwoYears, side: Any, agenda: str) -> dict[str, Row]:
    """What a run would read that ran a moment ago: nothing was saved since."""
    since = company.pohoda[2026].now() + timedelta(minutes=5)
    return {row["_id"]: row for row in everything(side, agenda, Window(since=since))}


def open_invoice(company: TwoYears, side: Any) -> Row:
    rows = everything(side, "issued_invoices")
    return next(
        row for row in rows
        if row["kind"] == "invoice" and row["balance"] > 0 and row["currency"] is None and row["_id"].startswith("2026")
        and row["cancelling"] == "ordinary"
    )  # fmt: skip


def test_a_payment_is_news_of_the_invoice(company: TwoYears, side: Any) -> None:
    before = open_invoice(company, side)
    saved = company.pohoda[2026].rows("SELECT DatSave FROM FA WHERE ID = ?", before["_id"].rpartition("/")[2])
    act.payment(company.pohoda[2026], before["number"], Decimal("1.50"))
    assert company.pohoda[2026].rows("SELECT DatSave FROM FA WHERE ID = ?", before["_id"].rpartition("/")[2]) == saved
    after = news(company, side, "issued_invoices")[before["_id"]]
    assert after["balance"] == before["balance"] - Decimal("1.50")
    paid = [row for row in everything(side, "payments") if row["document"] == before["_id"]]
    assert Decimal("1.5") in {row["amount"] for row in paid}


def test_the_last_payment_is_news_though_nothing_is_left_to_pay(company: TwoYears) -> None:
    """Over SQL alone: POHODA's query dialog knows what is open, and not what was paid just now."""
    side = company.side("sql", custom=False)
    before = open_invoice(company, side)
    act.payment(company.pohoda[2026], before["number"])
    after = news(company, side, "issued_invoices")[before["_id"]]
    assert (after["balance"], after["settled_on"]) == (0, company.pohoda[2026].now().date())


def test_a_stock_movement_is_news_of_the_product(company: TwoYears, side: Any) -> None:
    def is_card(row: Row) -> bool:
        return bool(row["code"] and len(row["stock"]) > 1 and row["kind"] == "card")

    before = next(row for row in everything(side, "products") if is_card(row))
    store = before["stock"][0]["store"]
    act.move(company.pohoda[2026], before["code"], Decimal(3), store)
    after = news(company, side, "products")[before["_id"]]
    assert [entry["card"] for entry in after["stock"]] == [entry["card"] for entry in before["stock"]]
    moved = {a["store"]: a["quantity"] - b["quantity"] for a, b in zip(after["stock"], before["stock"], strict=True)}
    assert {name: change for name, change in moved.items() if change} == {store: Decimal(3)}


def test_an_order_whose_line_was_delivered_is_news(company: TwoYears) -> None:
    side, pohoda = company.side("sql", custom=False), company.pohoda[2026]
    order = next(row for row in everything(side, "received_orders") if row["lines"] and row["_id"].startswith("2026"))
    line = order["lines"][0]["id"]
    later = datetime.fromisoformat(str(pohoda.now())) + timedelta(minutes=9)
    pohoda.edit("OBJpol", line, Dodano=1, DatSave=later)
    after = news(company, side, "received_orders")[order["_id"]]
    assert after["lines"][0]["delivered"] == 1


def test_what_did_not_change_is_no_news(company: TwoYears) -> None:
    side = company.side("sql", custom=False)
    whole, again = everything(side, "issued_invoices"), news(company, side, "issued_invoices")
    assert 0 < len(again) < len(whole)
    month = company.pohoda[2026].now().date() - timedelta(days=32)
    assert all(row["balance"] or (row["settled_on"] and row["settled_on"] >= month) for row in again.values())
    since = company.pohoda[2026].now() + timedelta(minutes=5)
    assert everything(side, "issued_invoices", Window(since=since, until=since + timedelta(days=1))) == []
