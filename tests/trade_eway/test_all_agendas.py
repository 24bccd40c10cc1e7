"""Every flow of the link with eWay-CRM over two years of documents: all carried, nothing left to do, equal sums."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from tests.trade_eway.world import FLOWS, Counts, World, wrote

KINDS = {"offers": "Proposal", "received_orders": "ReceivedOrder", "issued_orders": "IssuedOrder"}


@pytest.fixture(scope="module")
def traded(company: World) -> tuple[World, list[Counts]]:
    """Three rounds and what each did."""
    return company, [company.round() for _ in range(3)]


def test_the_first_round_carries_every_agenda(traded: Any) -> None:
    _, (first, *_) = traded
    for agenda, way in FLOWS:
        if way == "to_crm":
            done = "cannot_write" if agenda == "price_lists" else "created"
            assert first[agenda, way][done] > 0, (agenda, first[agenda, way])
    assert not {name for counts in first.values() for name in counts} & {"conflict", "in_doubt"}
    assert [agenda for (agenda, _), counts in first.items() if counts["cannot_write"]] == ["price_lists"]


def test_later_rounds_write_nothing(traded: Any) -> None:
    world, (_, second, third) = traded
    figures = {flow: counts for flow, counts in second.items() if wrote({flow: counts})}
    late = {("deals", "to_crm"), ("issued_invoices", "to_crm")}
    assert ("deals", "to_crm") in figures, "what projects brought and cost comes after the invoices"
    assert set(figures) <= late, "nothing else but the order of an invoice comes later"
    assert (sum(counts["created"] for counts in figures.values()), wrote(third)) == (0, 0), (second, third)
    before = world.writes()
    assert wrote(world.round("full")) == 0
    assert world.writes() == before


def test_both_sides_are_equal(traded: Any) -> None:
    world, _ = traded
    for flow, found in world.reconciled().items():
        assert (found.equal, found.differences, found.duplicates) == (True, [], 0), flow
        assert [line.as_dict() for line in found.sums if not line.equal] == [], flow


def test_carts_are_told_apart_by_their_kind_and_show_pohodas_sums(traded: Any) -> None:
    world, (first, *_) = traded
    carts = world.sandbox.eway.records("Carts")
    texts = {value["ItemGUID"]: value["FileAs"] for value in world.sandbox.eway.records("EnumValues")}
    kinds = Counter(texts[cart["TypeEn"]] for cart in carts)
    for agenda, kind in KINDS.items():
        assert kinds[kind] == first[agenda, "to_crm"]["created"]
    assert {"IssuedInvoice", "IssuedAdvanceInvoice", "ReceivedInvoice"} <= set(kinds)
    numbers = {row["Cislo"]: row for row in world.rows("SELECT * FROM FA WHERE RelTpFak = 1 AND RefCM IS NULL")}
    compared = [(cart, numbers[cart["FileAs"]]) for cart in carts if cart["FileAs"] in numbers]
    assert len(compared) > 5
    for cart, row in compared:
        assert _money(cart["PriceTotal"]) == _money(row["KcCelkem"])
        assert _money(cart["ForPayment"]) == _money(row["KcLikv"])


def test_lines_lead_to_their_goods(traded: Any) -> None:
    world, _ = traded
    goods = {item["ItemGUID"]: item["Code"] for item in world.sandbox.eway.records("Goods")}
    lines = world.sandbox.eway.records("GoodsInCart")
    linked = [line for line in lines if line["Goods_GoodsInfoGuid"]]
    assert len(linked) > 10
    assert all(goods[line["Goods_GoodsInfoGuid"]] == line["Code"] for line in linked if line["Code"])
    assert all(line["IncludeInCartPrice"] for line in lines)


def _money(value: object) -> Decimal:
    return Decimal(str(value or 0)).quantize(Decimal("0.01"))
