"""The rate of a document's currency is that of eWay-CRM's own list on its day, and none is guessed."""

from decimal import Decimal

import pytest

from tests.crm_eway.conftest import Bench, change, row_of, rows, write

AGENDA = "issued_invoices"
Spans = list[tuple[str | None, str | None, str]]


def value(bench: Bench, enum: str, text: str) -> str:
    values = bench.eway.records("EnumValues")
    return str(next(one["ItemGUID"] for one in values if (one["EnumTypeName"], one["FileAs"]) == (enum, text)))


def rate(bench: Bench, since: str | None, until: str | None, rate: str, **more: object) -> None:
    """One of the krone in euros."""
    ends = {"InputCurrencyEn": value(bench, "Currency", "CZK"), "OutputCurrencyEn": value(bench, "Currency", "EUR")}
    span = {"From": since, "To": until, "Rate": rate, "IsValid": True}
    bench.eway.create("CurrencyExchangeRates", FileAs="rate", **{**ends, **span, **more})


def shown(bench: Bench, currency: str | None = "CZK", **fields: str) -> tuple[Decimal | None, Decimal | None]:
    """The rate of an invoice and the units that it is for."""
    kind = value(bench, "CartType", "IssuedInvoice")
    money = value(bench, "Currency", currency) if currency else None
    days = {"EffectiveFrom": "2026-03-20", "TaxableSupplyDate": "2026-03-05"} | fields
    guid = bench.eway.create("Carts", FileAs="26F1", TypeEn=kind, CurrencyEn=money, **days)
    row = row_of(bench.open(agenda=AGENDA, home="EUR"), guid, AGENDA)
    return row["rate"], row["rate_amount"]


@pytest.fixture(autouse=True)
def _no_rates(bench: Bench) -> None:
    for one in bench.eway.records("CurrencyExchangeRates"):
        bench.eway.delete("CurrencyExchangeRates", one["ItemGUID"])


@pytest.mark.parametrize(
    ("spans", "found"),
    [
        ([("2026-03-01", "2026-03-31", "0.0405")], "0.0405"),
        ([("2026-03-05", "2026-03-05", "0.0405")], "0.0405"),
        ([(None, None, "0.0405")], "0.0405"),
        ([("2026-03-06", None, "0.0405"), (None, "2026-03-04", "0.0405")], None),
        ([("2026-01-01", None, "0.0400"), ("2026-03-01", None, "0.0405"), (None, None, "0.0410")], "0.0405"),
        ([("2026-03-01", None, "0.0400"), ("2026-03-01", "2026-03-31", "0.0405")], None),
        ([("2026-03-01", None, "0.0405"), ("2026-03-01", "2026-03-31", "0.0405")], "0.0405"),
        ([("2026-03-01", None, "0")], None),
        ([], None),
    ],
)
def test_the_newest_span_that_holds_the_day_of_supply_counts(bench: Bench, spans: Spans, found: str | None) -> None:
    for span in spans:
        rate(bench, *span)
    assert shown(bench) == ((Decimal(found), Decimal(1)) if found else (None, None))


def test_a_document_without_a_day_of_supply_has_the_day_of_its_issue(bench: Bench) -> None:
    rate(bench, "2026-03-20", None, "0.0411")
    assert shown(bench)[0] is None
    assert shown(bench, TaxableSupplyDate="")[0] == Decimal("0.0411")


def test_a_rate_that_does_not_hold_or_leads_elsewhere_is_none(bench: Bench) -> None:
    euro, krone, dollar = (value(bench, "Currency", code) for code in ("EUR", "CZK", "USD"))
    rate(bench, None, None, "0.0405", IsValid=False)
    rate(bench, None, None, "24.65", InputCurrencyEn=euro, OutputCurrencyEn=krone)
    rate(bench, None, None, "0.8", InputCurrencyEn=dollar, OutputCurrencyEn=euro)
    assert shown(bench) == (None, None)


@pytest.mark.parametrize("currency", ["EUR", None])
def test_at_home_there_is_no_rate_and_nothing_is_asked(bench: Bench, currency: str | None) -> None:
    rate(bench, None, None, "0.0405")
    assert shown(bench, currency) == (None, None)
    assert bench.eway.count("GetCurrencyExchangeRates") == 0


def test_the_list_is_read_once_and_one_that_is_hidden_holds_nothing(bench: Bench) -> None:
    rate(bench, None, None, "0.0405")
    for _ in range(3):
        shown(bench)
    bench.forget()
    crm = bench.open(agenda=AGENDA, home="EUR")
    assert {row["rate"] for row in rows(crm, AGENDA)} == {Decimal("0.0405")}
    assert bench.eway.count("GetCurrencyExchangeRates") == 1
    bench.eway.refuse("rcAccessDenied", "GetCurrencyExchangeRates", times=9)
    assert {row["rate"] for row in rows(bench.open(agenda=AGENDA, home="EUR"), AGENDA)} == {None}


@pytest.mark.parametrize(
    ("agenda", "folder", "field", "wire", "of"),
    [("deals", "Projects", "invoiced", "Price", "CurrencyEn"),
     ("products", "Goods", "purchase_net", "PurchasePrice", "PurchaseCurrencyEn")],
)  # fmt: skip
def test_an_amount_at_home_is_not_put_where_another_currency_stands(
    bench: Bench, agenda: str, folder: str, field: str, wire: str, of: str
) -> None:
    crm = bench.open(agenda=agenda, home="EUR")
    for currency, kept in (("CZK", 9000), ("EUR", 100), (None, 100)):
        money = value(bench, "Currency", currency) if currency else None
        guid = bench.eway.create(folder, FileAs="Z", ProjectName="Z", Code=f"K{currency}", **{wire: 9000, of: money})
        row_of(crm, guid, agenda)
        (answer,) = write(crm, change(guid, **{field: Decimal(100), "note": "n"}), agenda=agenda)
        assert answer.row is not None and (answer.row[field], answer.row["note"]) == (kept, "n")
        assert bench.record(guid, folder)[of] == money
