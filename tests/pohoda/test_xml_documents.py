"""Documents as POHODA lists them: odd paths, hostile changes and long listings."""

from copy import deepcopy
from datetime import date
from decimal import Decimal
from io import BytesIO
from tempfile import TemporaryFile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from pohoda_bridge.catalogue import Agenda, open_catalogue
from pohoda_bridge.errors import BridgeError, StopAgenda
from pohoda_bridge.pohoda.reader import Source
from pohoda_bridge.pohoda.xml import walk
from pohoda_bridge.pohoda.xml.answer import Answer
from pohoda_bridge.pohoda.xml.kinds import KINDS
from pohoda_bridge.pohoda.xml.rows import Shape
from pohoda_bridge.side import Row

from .conftest import UNIT
from .xml_files import EXAMPLES, HEAD, listing

CATALOGUE = open_catalogue().agendas
INVOICES = "issued_invoices_unpaid_paid_partial"
BODIES = {
    "issued_invoices": INVOICES, "payments": INVOICES, "received_orders": "received_orders", "offers": "issued_offers",
    "deals": "contracts", "products": "stock",
}  # fmt: skip


def shape_of(agenda: Agenda, **more: Any) -> Shape:
    return Shape(agenda, Source(UNIT, 2026, CATALOGUE, "ExampleCRM", **more), "extId")


def answer(body: bytes, agenda: Agenda, **more: Any) -> list[Row]:
    kind = KINDS[agenda.read.xml.request]  # type: ignore[union-attr]
    read = Answer(BytesIO(body), shape_of(agenda, **more), kind.listing, UNIT.ico, "file", {"Q1"})
    return [row for record in read for row in record.rows]


def example(agenda: str) -> bytes:
    return (EXAMPLES / f"response_list_{BODIES[agenda]}.xml").read_bytes()


def test_an_invoice_with_its_lines_and_settlements() -> None:
    unpaid, paid, partial = answer(example("issued_invoices"), CATALOGUE["issued_invoices"])
    header = {
        "_id": "2026/FA/14419", "kind": "invoice", "number": "260100001", "series": "2601", "symbol": "260100001",
        "issued_on": date(2026, 11, 20), "due_on": date(2026, 12, 4), "partner": "2026/AD/25", "company": "Alfa s.r.o.",
        "payment_method": "příkazem", "account": "KB", "vat_class": "UD", "accounting": "3Fv", "currency": None,
        "net_high": 1600, "vat_high": 336, "total": 1936, "balance": 1936, "settled_on": None, "rate": None,
    }  # fmt: skip
    assert {name: unpaid[name] for name in header} == header
    (line,) = unpaid["lines"]
    shown = {
        "id": 144190, "kind": "item", "text": "Montáž", "quantity": 2, "unit": "hod", "vat_slot": "high", "net": 1600,
        "vat": 336, "unit_price": 800, "centre": "BRNO", "advance": None, "foreign_net": None, "product": None,
    }  # fmt: skip
    assert {name: line[name] for name in shown} == shown
    assert [(row["balance"], row["settled_on"]) for row in (paid, partial)] == [
        (0, date(2026, 11, 21)), (936, date(2026, 11, 21))
    ]  # fmt: skip
    payments = answer(example("payments"), CATALOGUE["payments"])
    assert [(row["_id"], row["document"], row["amount"], row["paid_by"]) for row in payments] == [
        ("2026/Uhrady/501", "2026/FA/14420", 1936, "bank"), ("2026/Uhrady/502", "2026/FA/14421", 1000, "bank"),
    ]  # fmt: skip


def test_a_card_with_its_prices_and_custom_field() -> None:
    (card,) = answer(example("products"), CATALOGUE["products"], custom=True)
    shown = {
        "code": "ABC-1", "store": "SKLAD", "sale_price": 1500, "sale_basis": "net", "quantity": 12,
        "average_price": Decimal("950.25"), "supplier": "2026/AD/25", "custom.RefVPrBarva": "Buk",
        "prices": [{"level": "Sleva 1", "price": 1350}, {"level": "Sleva 2", "price": 1275}],
    }  # fmt: skip
    assert {name: card[name] for name in shown} == shown


ODD = """
<invoice><h kind="from the header"><id>7</id><type>issuedInvoice</type><n lang="cs" empty="">12</n><both><a>1</a></both>
  <first/><first>second</first><first>third</first><flag/><date>2026-01-02</date></h>
  <rows><one>a</one><two>b</two><deep><one>not of the set</one></deep></rows><other><two>c</two></other>
  <sum><home><amount>5.50</amount></home></sum></invoice>"""


def odd(fields: dict[str, Any], **more: Any) -> Row:
    """The only row of an odd record, by a small agenda file."""
    base = CATALOGUE["issued_invoices"].model_dump()
    xml = {"request": "invoice", "record": "invoice", "header": "h"} | more.pop("xml", {})
    changed = {"fields": fields, "sets": {}, "read": {"sql": {"table": "FA"}, "xml": xml}, "takes": (), "derive": ()}
    agenda = Agenda.model_validate({**base, **changed, **more})
    body = listing(ODD).replace(b"listAddressBook", b"listInvoice")
    (row,) = answer(body, agenda)
    return row


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("n", "12"), ("n@lang", "cs"), ("n@empty", None), ("n@none", None), ("@kind", "from the header"), (".", "h"),
        ("/sum/home/amount", "5.50"), ("/$sum/home/amount", "5.50"), ("$deep/a", "1"), ("both", None), ("../n", "12"),
        ("first", "second"), ("none/of/these", None), ("/rows/deep/one", "not of the set"),
    ],
)  # fmt: skip
def test_a_path_names_one_text(path: str, expected: str | None) -> None:
    row = odd({"found": {"xml": path}}, xml={"names": {"sum": "sum", "deep": "both"}})
    assert row["found"] == expected


def test_a_name_that_is_not_given_stops_the_agenda() -> None:
    with pytest.raises(StopAgenda, match=r"a path with \$sum"):
        odd({"found": {"xml": "/$sum/home"}})


def test_a_set_has_its_rows_in_the_order_of_the_document() -> None:
    fields = {"kind": {"xml": "."}, "number": {"type": "integer", "xml": "../n"}, "amount": {"xml": "/sum/home/amount"}}
    sets = {
        "parts": {"xml": {"rows": ["/rows/two", "/rows/one", "/other/two"]}, "fields": fields},
        "some": {"xml": {"rows": "/rows/one"}, "fields": fields, "takes": [{"field": "kind", "equals": "two"}]},
        "nowhere": {"sql": {"table": "X", "by": "RefAg"}, "fields": {"id": {"sql": "ID"}}},
    }
    row = odd({"id": {"type": "integer", "xml": "id"}}, sets=sets)
    assert [part["kind"] for part in row["parts"]] == ["one", "two", "two"]
    assert row["parts"][0] == {"kind": "one", "number": 12, "amount": "5.50"}
    assert (row["some"], row["nowhere"]) == ([], [])


def test_without_a_header_paths_begin_at_the_record() -> None:
    fields = {"number": {"type": "integer", "xml": "h/n"}, "amount": {"xml": "/sum/home/amount"}, "name": {"xml": "."}}
    row = odd(fields, xml={"header": None, "key": "h/id"})
    assert (row["_id"], row["number"], row["amount"], row["name"]) == ("2026/FA/7", 12, "5.50", "invoice")


def test_sub_records_lie_anywhere_in_the_record() -> None:
    fields = {"own": {"xml": "a"}, "header": {"xml": "../n"}, "record": {"xml": "/sum/home/amount"}}
    row = odd(fields, xml={"rows": "/h/both", "key": "a"})
    assert (row["_id"], row["own"], row["header"], row["record"]) == ("2026/FA/1", "1", "12", "5.50")


def test_old_programs_are_read_leniently() -> None:
    empty = example("received_orders").decode("cp1250")
    for name in ("priceHigh", "priceRound"):
        empty = empty.replace(f"<typ:{name}>", f"<typ:{name}/><!-- no {name} --><typ:{name}2>")
        empty = empty.replace(f"</typ:{name}>", f"</typ:{name}2>")
    (row,) = answer(empty.encode("cp1250"), CATALOGUE["received_orders"])
    assert (row["net_high"], row["rounding"]) == (0, 0)
    state = example("deals").replace(b"con:status", b"con:contractState").replace(b"<typ:id>2</typ:id>", b"")
    state = state.replace(b' unused="false" executed="false"', b"")
    (deal,) = answer(state.replace("<typ:ids>Zahájená</typ:ids>".encode("cp1250"), b"planned"), CATALOGUE["deals"])
    assert (deal["old_state"], deal["state"]) == ("planned", None)


NAMES = st.sampled_from(["id", "quantity", "number", "parameters", "invoiceItem", "{urn:x}id", "note", "listInvoice"])
TEXTS = st.sampled_from(
    ["", " ", "x", "-1", "0", "1e99", "NaN", "9" * 30, "2026-02-30", "true", "0001-01-01", "\u017e"]
)


@settings(max_examples=120, deadline=None)
@given(data=st.data(), agenda=st.sampled_from(sorted(BODIES)))
def test_no_change_of_elements_crashes_the_reader(data: st.DataObject, agenda: str) -> None:
    root = etree.fromstring(example(agenda))
    for _ in range(data.draw(st.integers(1, 5))):
        elements = list(root.iter(etree.Element))
        element = elements[data.draw(st.integers(0, len(elements) - 1))]
        match data.draw(st.sampled_from(["text", "name", "gone", "twice", "moved", "attribute"])):
            case "text":
                element.text = data.draw(TEXTS)
            case "name":
                element.tag = data.draw(NAMES)
            case "attribute":
                element.set(
                    data.draw(st.sampled_from(["state", "id", "ico", "dateTimeStamp", "rate"])), data.draw(TEXTS)
                )
            case change if element is not root:
                parent = element.getparent()
                if change == "twice":
                    parent.append(deepcopy(element))
                else:
                    parent.remove(element)
                if change == "moved":
                    others = list(root.iter(etree.Element))
                    others[data.draw(st.integers(0, len(others) - 1))].append(element)
    try:
        answer(HEAD + etree.tostring(root), CATALOGUE[agenda], custom=True)
    except BridgeError as error:
        assert error.text


@settings(max_examples=60, deadline=None)
@given(data=st.data(), agenda=st.sampled_from(sorted(BODIES)))
def test_no_bytes_crash_the_reader(data: st.DataObject, agenda: str) -> None:
    body = bytearray(example(agenda))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(body)))
        body[start : start + data.draw(st.integers(0, 30))] = data.draw(
            st.one_of(st.binary(max_size=8), st.sampled_from([b"<", b"/>", b"</", b"&#1;", b"]]>", b"<typ:id>", b"'"]))
        )
    try:
        answer(bytes(body), CATALOGUE[agenda], custom=True)
    except BridgeError as error:
        assert error.text


def test_listings_of_one_item_keep_their_records() -> None:
    """The tree may be ahead of what was told of it: a listing begins there while records of another still come."""
    document = "<invoice><invoiceHeader><id>{}</id></invoiceHeader></invoice>"
    inside = "".join(document.format(number) for number in range(3))
    other = '</listAddressBook><listBank state="error"><bank/><invoice/></listBank><listAddressBook state="ok">'
    body = listing(inside + other + inside).replace(b"listAddressBook", b"listInvoice")
    told = [
        event.name if isinstance(event, walk.Listing) else event.element.tag
        for event in walk.events(BytesIO(body), "invoice", "file", listing="listInvoice")
        if not isinstance(event, walk.Pack)
    ]
    assert told == ["listInvoice", *["invoice"] * 3, "listBank", "invoice", "listInvoice", *["invoice"] * 3]
    with pytest.raises(StopAgenda, match="could not list"):
        list(walk.events(BytesIO(body), "invoice", "file"))


LINE = "<invoiceItem><id>1</id><text>line</text><quantity>2.0</quantity><rateVAT>high</rateVAT></invoiceItem>"


def document(number: int) -> bytes:
    return (
        f"<invoice><invoiceHeader><id>{number}</id><invoiceType>issuedInvoice</invoiceType><date>2026-01-01</date>"
        f"<unknown/></invoiceHeader><invoiceDetail>{LINE * 3}</invoiceDetail></invoice>"
    ).encode()


def test_a_long_listing_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """20,000 documents, and as many records of a listing that nobody asked for: what lives at a time does not grow."""
    begin, end = listing("@").replace(b"listAddressBook", b"listInvoice").split(b"@")
    others = b'<listBank state="ok">' + b"<bank><a/><b>1</b></bank>" * 20_000 + b"</listBank>"
    alive: list[int] = []
    paused = walk._Walk.paused

    def counted(self: Any, position: int) -> Any:
        yield from paused(self, position)
        alive.append(sum(1 for _ in self._root.iter()))

    monkeypatch.setattr(walk._Walk, "paused", counted)
    shape = shape_of(CATALOGUE["issued_invoices"])
    with TemporaryFile() as file:
        file.write(begin)
        file.writelines(document(number) for number in range(1, 20_001))
        file.write(end.replace(b"</listInvoice>", b"</listInvoice>" + others, 1))
        numbers = {
            shape.rows(event.element, "file")[0]
            for event in walk.events(file, "invoice", "file", listing="listInvoice")  # type: ignore[arg-type]
            if isinstance(event, walk.Record)
        }
    assert len(numbers) == 20_000
    assert len(alive) > 300
    assert max(alive) < 60
