"""Documents of eWay-CRM in a foreign currency go to POHODA by the rate of eWay-CRM's list; without one they wait."""

from decimal import Decimal
from typing import Any

import pytest

from pohoda_bridge.ledger import Request, waiting
from pohoda_bridge.sync import reconcile
from tests.trade_eway.world import World, wrote

FULL = Request(mode="full")
LINES: list[dict[str, Any]] = [
    {"FileAs": "Montáž", "Quantity": 3, "ListPrice": 33.33, "VatRate": 21, "Rank": 1},
    {"FileAs": "Doprava", "Quantity": 1, "ListPrice": 7.5, "VatRate": 12, "Rank": 2},
]
"""99.99 with 21.00 of VAT, 7.50 with 0.90: 129.39 in all."""


@pytest.fixture(scope="module")
def customer(world: World) -> str:
    """Of a company that has documents in euros."""
    assert world.rows("SELECT * FROM FA WHERE RefCM IS NOT NULL AND RelTpFak = 1")
    return str(next(cart["Companies_CustomerGuid"] for cart in world.sandbox.eway.records("Carts")))


def entered(world: World, customer: str, kind: str, state: str, currency: str) -> str:
    fields = {"CurrencyEn": world.value("Currency", currency), "GoodsInCart": LINES}
    guid = world.cart(kind, state, customer)
    world.sandbox.eway.edit("Carts", guid, **fields)
    return guid


def refused(world: World, agenda: str) -> list[str]:
    with world.job(agenda, "to_pohoda") as job, job.ledger.transaction() as ledger:
        return [reason["rule"] for row in waiting.quarantined(ledger, job.scope) for reason in row["reasons"]]


@pytest.mark.parametrize(
    ("agenda", "kind", "state", "table"),
    [
        ("issued_invoices", "IssuedInvoice", "ToBeInvoiced", "FA"),
        ("received_orders", "ReceivedOrder", "InProcess", "OBJ"),
    ],
)
def test_a_document_goes_by_the_rate_of_the_list(
    world: World, customer: str, agenda: str, kind: str, state: str, table: str
) -> None:
    guid = entered(world, customer, kind, state, "EUR")
    assert world.sync(agenda, "to_pohoda")["created"] == 1
    world.sync(agenda, "to_crm")
    (made,) = world.rows(f"SELECT * FROM {table} WHERE Cislo = ?", world.item("Carts", ItemGUID=guid)["FileAs"])
    assert (Decimal(str(made["CmKurs"])), made["CmMnoz"]) == (Decimal("24.65"), 1)
    assert Decimal(str(made["CmCelkem"])) == Decimal("129.39")
    assert Decimal(str(world.item("Carts", ItemGUID=guid)["PriceTotal"])) == Decimal("129.39")
    for way in ("to_pohoda", "to_crm"):
        counts = world.sync(agenda, way, FULL)
        assert counts["unchanged"]
        assert not wrote({(agenda, way): counts})
        with world.job(agenda, way) as job:
            assert [line.as_dict() for line in reconcile(job).sums if not line.equal] == []


def test_without_a_rate_the_document_waits_until_there_is_one(world: World, customer: str) -> None:
    """What is bound needs none: POHODA keeps its own."""
    eway = world.sandbox.eway
    guid = entered(world, customer, "IssuedInvoice", "ToBeInvoiced", "EUR")
    (rate,) = [one["ItemGUID"] for one in eway.records("CurrencyExchangeRates") if one["FileAs"] == "EUR CZK"]
    eway.edit("CurrencyExchangeRates", rate, IsValid=False)
    counts = world.sync("issued_invoices", "to_pohoda", FULL)
    assert (counts["created"], counts["quarantined"]) == (0, 1)
    assert refused(world, "issued_invoices") == ["rate_filled:currency"]
    eway.edit("CurrencyExchangeRates", rate, IsValid=True)
    assert world.sync("issued_invoices", "to_pohoda", FULL)["created"] == 1
    world.sync("issued_invoices", "to_crm")
    assert world.item("Carts", ItemGUID=guid)["FileAs"] != "nový"
