"""A pack of documents alone: its elements, and what POHODA says of them."""

import tracemalloc
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from lxml import etree

from pohoda_bridge.pohoda.writing.lines import Lines
from pohoda_bridge.pohoda.writing.pack import pack, write
from pohoda_bridge.pohoda.writing.receipt import Detail, Told
from pohoda_bridge.pohoda.writing.verdict import verdict
from pohoda_bridge.side import Item

from .conftest import UNIT
from .document_items import EURO, INVOICE, LINE, ORDER, Agendas, D, form, item, reasons, sent
from .writing import paths


def test_an_order_is_made_of_blocks_in_the_schemas_order(agendas: Agendas) -> None:
    told = sent(form(agendas, "received_orders"), item(ORDER, note="a\nb", number="26OP1", lines=[LINE]))
    header, detail, summary = told
    assert [etree.QName(child).localname for child in header] == [
        "extId", "orderType", "number", "date", "partnerIdentity", "note",
    ]  # fmt: skip
    assert header.findtext("{*}note") == "a\r\nb"
    assert header.find(".//{*}numberRequested").get("checkDuplicity") == "true"
    assert paths(detail) == {
        "orderItem/text": "Work", "orderItem/quantity": "2", "orderItem/payVAT": "false", "orderItem/rateVAT": "high",
        "orderItem/discountPercentage": "0", "orderItem/homeCurrency/unitPrice": "50",
        "orderItem/homeCurrency/price": "100", "orderItem/homeCurrency/priceVAT": "23",
    }  # fmt: skip
    assert paths(summary) == {"roundingDocument": "none"}


def test_a_series_numbers_a_document_without_a_number(agendas: Agendas) -> None:
    known = form(agendas, "received_orders")
    assert paths(sent(known, item(ORDER, series="26OP")).find(".//{*}number")) == {"ids": "26OP"}
    assert paths(sent(known, item(ORDER, series="26OP", number="7")).find(".//{*}number")) == {"numberRequested": "7"}


def test_lines_of_goods_name_their_card(agendas: Agendas) -> None:
    by_id = {**LINE, "product": "2026/SKz/7", "store": "MAIN", "code": "A-1"}
    by_code = {**LINE, "store": "MAIN", "code": "A-1"}
    told = sent(form(agendas, "issued_invoices"), item(INVOICE, lines=[by_id, by_code, {**LINE, "code": "A-1"}]))
    first, second, third = [paths(line) for line in told.find("{*}invoiceDetail")]
    assert (first["stockItem/store/ids"], first["stockItem/stockItem/id"]) == ("MAIN", "7")
    assert (second["stockItem/store/ids"], second["stockItem/stockItem/ids"]) == ("MAIN", "A-1")
    assert third["code"] == "A-1"
    assert not [path for path in third if path.startswith("stockItem")]
    assert told.findtext(".//{*}inStock") == "true"


def test_an_advance_is_deducted_by_the_document_that_asked_for_it(agendas: Agendas) -> None:
    amounts = {"unit_price": D(-100), "net": D(-100), "vat": D(-23), "vat_slot": "high"}
    by_id = {"kind": "advance", **amounts, "advance": "2026/FA/5", "advance_number": "26ZF1"}
    by_number = {"kind": "advance", **amounts, "advance_number": "25ZF9"}
    goods = {"kind": "item", **LINE}
    told = sent(form(agendas, "issued_invoices"), item(INVOICE, lines=[goods, by_id, by_number]))
    _, first, second = told.find("{*}invoiceDetail")
    assert etree.QName(first).localname == "invoiceAdvancePaymentItem"
    assert paths(first.find("{*}sourceDocument")) == {"id": "5"}
    assert paths(second.find("{*}sourceDocument")) == {"number": "25ZF9"}
    assert paths(first)["quantity"] == "1"


def test_a_percentage_of_its_own_goes_with_the_historic_rate(agendas: Agendas) -> None:
    told = sent(form(agendas, "offers"), item(ORDER | {"kind": "issued"}, lines=[{**LINE, "vat_explicit": D(20)}]))
    line = paths(told.find(".//{*}offerItem"))
    assert (line["rateVAT"], line["percentVAT"]) == ("historyHigh", "20")


def test_a_document_of_another_currency_bears_its_amounts(agendas: Agendas) -> None:
    line = {**LINE, "foreign_unit_price": D(1250), "foreign_net": D(2500), "foreign_vat": D(575)}
    known = form(agendas, "issued_invoices")
    told = sent(known, item(INVOICE, **EURO, foreign_total=D(3075), net_high=D(100), lines=[line]))
    assert paths(told.find(".//{*}invoiceItem/{*}foreignCurrency")) == {
        "unitPrice": "1250", "price": "2500", "priceVAT": "575",
    }  # fmt: skip
    assert paths(told.find("{*}invoiceSummary")) == {
        "roundingDocument": "none", "foreignCurrency/currency/ids": "CZK", "foreignCurrency/rate": "0.04",
        "foreignCurrency/amount": "1",
    }  # fmt: skip
    assert reasons(known, item(INVOICE, **EURO, lines=[LINE])) == (
        "lines[1].foreign_unit_price: it must be filled in a document of a foreign currency",
    )


def test_the_home_currency_is_no_foreign_one(agendas: Agendas) -> None:
    told = sent(form(agendas, "issued_invoices"), item(INVOICE, currency="EUR", rate=D(1), lines=[LINE]))
    assert told.find(".//{*}foreignCurrency") is None


def test_sums_are_sent_only_where_there_are_no_lines(agendas: Agendas) -> None:
    known, sums = form(agendas, "issued_invoices"), {"net_high": D(100), "vat_high": D(23)}
    home = "homeCurrency/"
    assert paths(sent(known, item(INVOICE, **sums)).find("{*}invoiceSummary")) == {
        f"{home}priceHigh": "100", f"{home}priceHighVAT": "23",
    }  # fmt: skip
    assert "homeCurrency" not in str(paths(sent(known, item(INVOICE, **sums, lines=[LINE])).find("{*}invoiceSummary")))


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({}, {"roundingDocument": "none"}),
        ({"rounding": D("0.4")}, {"roundingDocument": "up2half"}),
        ({"rounding": D("0.9")}, {"roundingDocument": "up2one"}),
        ({"rounding": D("0.03")}, {"homeCurrency/round/priceRound": "0.03"}),
        ({"rounding": D("0.4"), "rounding_mode": "math2tenth"}, {"roundingDocument": "math2tenth"}),
    ],
)
def test_a_document_says_how_its_total_is_rounded(
    agendas: Agendas, given: dict[str, Any], shown: dict[str, str]
) -> None:
    """The line makes 123.10; an amount of rounding is told as a way that makes just it."""
    line = {**LINE, "vat": D("23.1")}
    told = sent(form(agendas, "issued_invoices"), item(INVOICE, **given, lines=[line]))
    assert paths(told.find("{*}invoiceSummary")) == shown


def test_a_credit_note_names_or_corrects_its_invoice(agendas: Agendas) -> None:
    source = [{"agenda": "issued_invoices", "number": "26FV7"}]
    note = {**INVOICE, "kind": "credit_note"}
    for country, kind in (("SK", "issuedCreditNotice"), ("CZ", "issuedCorrectiveTax")):
        known = form(agendas, "issued_invoices", country)
        named = sent(known, item(note, lines=[{**LINE, "quantity": D(-2)}], sources=source))
        assert named.findtext(".//{*}originalDocument") == "26FV7"
        assert named.find("{*}correctiveDocument") is None
        assert named.findtext(".//{*}invoiceType") == kind
        whole = sent(known, item(note, sources=source))
        assert paths(whole[0]) == {"sourceDocument/number": "26FV7"}
        assert whole[0].get("itemTransfer") == "true"
    assert reasons(known, item(note, sources=source * 2)) == ("sources: a credit note corrects one invoice",)


def test_documents_are_linked_where_pohoda_allows_it(agendas: Agendas) -> None:
    invoices, orders = form(agendas, "issued_invoices"), form(agendas, "received_orders")
    linked = sent(invoices, item(INVOICE, lines=[LINE], sources=[{"agenda": "received_orders", "number": "26OP1"}]))
    assert paths(linked[0]) == {"link/sourceAgenda": "receivedOrder", "link/sourceDocument/number": "26OP1"}
    made = sent(orders, item(ORDER, lines=[LINE], sources=[{"agenda": "offers", "record": 9}]))
    assert paths(made[0]) == {"link/sourceAgenda": "issuedOffer", "link/sourceDocument/id": "9"}
    advance = {"kind": "advance", "vat_slot": "none", "unit_price": D(-1), "advance_number": "26ZF1"}
    implied = item(INVOICE, lines=[LINE, advance], sources=[{"agenda": "issued_invoices", "number": "26ZF1"}])
    assert sent(invoices, implied).find("{*}links") is None
    for known, values, agenda in (
        (invoices, INVOICE, "offers"), (invoices, INVOICE, "issued_invoices"), (orders, ORDER, "received_orders"),
        (invoices, {**INVOICE, "kind": "proforma"}, "received_orders"),
    ):  # fmt: skip
        told = reasons(known, item(values, lines=[LINE], sources=[{"agenda": agenda, "number": "1"}]))
        assert told == (f"sources[1].agenda: POHODA makes no such document from one of {agenda}",)


@pytest.mark.parametrize(
    ("agenda", "named"), [("received_orders", "prijate_objednavky"), ("issued_orders", "vydane_objednavky")]
)
def test_orders_are_deleted_by_their_id(agendas: Agendas, agenda: str, named: str) -> None:
    told = sent(form(agendas, agenda), Item("i", "k", "delete", {}, "2026/OBJ/39"))
    assert paths(told) == {"actionType/delete/filter/id": "39"}
    assert told.find(".//{*}filter").get("agenda") == named


def test_a_contract_carries_no_mark(agendas: Agendas) -> None:
    told = sent(form(agendas, "deals"), item({"number": "26Z1", "name": "Roof"}))
    assert paths(told) == {"contractDesc/number/numberRequested": "26Z1", "contractDesc/text": "Roof"}


def test_remarks_name_the_field_of_the_line(agendas: Agendas) -> None:
    known = form(agendas, "issued_invoices")
    advance = {"kind": "advance", "vat_slot": "none", "unit_price": D(-1)}
    made = known.outgoing(item(INVOICE, lines=[LINE, advance, {**LINE, "centre": "BRNO"}]))
    root = "/dat:dataPack/dat:dataPackItem[1]/inv:invoice[1]/"
    places = {
        "inv:invoiceDetail[1]/inv:invoiceItem[2]/inv:centre": "lines[3].centre",
        "inv:invoiceDetail[1]/inv:invoiceAdvancePaymentItem[1]/inv:sourceDocument": "lines[2].advance",
        "inv:invoiceHeader[1]/inv:number": "number", "inv:invoiceHeader[1]/inv:accounting/typ:ids": "accounting",
        "inv:invoiceSummary[1]/inv:roundingDocument": "rounding_mode",
    }  # fmt: skip
    details = tuple(Detail("warning", 603, "Changed.", root + path, "BRNO", "PRAHA") for path in places)
    told = verdict(known, made, Told(True, "", True, details, 17, "add", number="26FV1"))
    assert (told.state, told.number, told.details["number"]) == ("stored", 17, "26FV1")
    assert [one["field"] for one in told.details["drift"]] == list(places.values())
    assert {(one["requested"], one["produced"]) for one in told.details["drift"]} == {("BRNO", "PRAHA")}


def test_a_contract_of_the_same_number_is_not_taken_for_ours(agendas: Agendas) -> None:
    """Contracts carry no mark: a number that is taken says nothing of who made it."""
    known = form(agendas, "deals")
    made = known.outgoing(item({"number": "26Z1", "name": "Roof"}))
    told = verdict(known, made, Told(True, "", False, (Detail("error", 109, "Duplicate"),)))
    assert told.state == "refused"


def test_a_pack_is_streamed(agendas: Agendas) -> None:
    """What is in memory does not grow with the pack: the file aside, ten times the items need no more."""
    known = form(agendas, "received_orders")
    one = item(ORDER, lines=[LINE] * 5)

    class Sink(BytesIO):
        size = 0

        def write(self, data: Any, /) -> int:
            self.size += len(data)
            return len(data)

    def peak(count: int) -> tuple[int, int]:
        def made() -> Iterator[Any]:
            for number in range(count):
                yield known.outgoing(Item(f"i{number}", "k", "create", one.values))

        sink = Sink()
        tracemalloc.start()
        write(sink, known, made(), id="p", ico=UNIT.ico)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most, sink.size

    peak(5)
    (few, small), (many, large) = peak(50), peak(500)
    assert large > 9 * small
    assert many < few * 1.5 + 300_000 < large


def test_the_same_items_make_the_same_bytes_without_white_space(agendas: Agendas) -> None:
    known = form(agendas, "issued_invoices")
    made = [known.outgoing(item(INVOICE, lines=[LINE]))]
    body = pack(known, made, id="p", ico=UNIT.ico)
    assert body == pack(known, made, id="p", ico=UNIT.ico)
    assert b"> <" not in body
    assert body.count(b"\n") == 1


def test_a_card_is_named_by_code_and_store_only_without_its_id() -> None:
    assert Lines.card({"code": "A", "store": "M"}) == {"code": "A", "store": "M"}
    assert Lines.card({"code": "A", "store": "M", "product": "2026/SKz/1"}) == Lines.card({"code": "A"}) == {}
