"""A request document is refused or answered in POHODA's three states; each item stands alone.

Structure is checked twice over: by the sandbox's own checks and, where POHODA_XSD_DIR names them, by Stormware's
schemas; both must refuse the same requests.
"""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from lxml import etree

from pohoda_sandbox.pohoda import Pohoda
from pohoda_sandbox.pohoda.xml import XmlUnit, answers
from pohoda_sandbox.pohoda.xml.schemas import Schemas

BASE = "http://www.stormware.cz/schema/version_2/"
SPACES = " ".join(
    f'xmlns:{prefix}="{BASE}{file}.xsd"'
    for prefix, file in {
        "dat": "data",
        "ftr": "filter",
        "typ": "type",
        "lst": "list",
        "lAdb": "list_addBook",
        "lCon": "list_contract",
        "lCen": "list_centre",
        "adb": "addressbook",
        "inv": "invoice",
    }.items()
)
ATTRIBUTES = {"version": "2.0", "id": "p-1", "ico": "12345678", "application": "Test", "note": "poznámka"}
INVOICES = '<lst:listInvoiceRequest version="2.0" invoiceVersion="2.0" invoiceType="issuedInvoice">'
GOOD = f"{INVOICES}<lst:requestInvoice/></lst:listInvoiceRequest>"
XSD = os.environ.get("POHODA_XSD_DIR")
SAMPLES = os.environ.get("POHODA_SAMPLES_DIR")


def address_book(inside: str, attributes: str = 'version="2.0" addressBookVersion="2.0"', before: str = "") -> str:
    return (
        f"<lAdb:listAddressBookRequest {attributes}>{before}<lAdb:requestAddressBook>{inside}"
        "</lAdb:requestAddressBook></lAdb:listAddressBookRequest>"
    )


def filtered(inside: str) -> str:
    return address_book(f"<ftr:filter>{inside}</ftr:filter>")


def pack(*contents: str, head: str = "", **changes: str | None) -> bytes:
    attributes = {name: value for name, value in {**ATTRIBUTES, **changes}.items() if value is not None}
    written = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    items = "".join(
        f'<dat:dataPackItem version="2.0" id="i{place}">{content}</dat:dataPackItem>'
        for place, content in enumerate(contents, start=1)
    )
    text = f'<?xml version="1.0" encoding="Windows-1250"?>{head}<dat:dataPack {SPACES} {written}>{items}</dat:dataPack>'
    return text.encode("cp1250")


Ask = Callable[[bytes], etree._Element]


@pytest.fixture
def pohoda(tmp_path: Path) -> Pohoda:
    return Pohoda.create(tmp_path / "unit.db", clock=lambda: datetime(2026, 5, 4, 3, 2, 1))


@pytest.fixture(params=["own", "official"])
def ask(request: pytest.FixtureRequest, pohoda: Pohoda) -> Ask:
    if request.param == "official" and not XSD:
        pytest.skip("POHODA_XSD_DIR is not set")
    unit = XmlUnit(pohoda, Schemas(Path(str(XSD))) if request.param == "official" else None)
    return lambda body: etree.fromstring(unit.answer(body))


def refused(root: etree._Element) -> tuple[str | None, str | None, int]:
    return root.get("state"), root.get("id"), len(root)


def test_pack_and_items_are_echoed_in_order(ask: Ask) -> None:
    root = ask(pack(GOOD, address_book(""), GOOD))
    assert (root.get("id"), root.get("note"), root.get("ico")) == ("p-1", "poznámka", "12345678")
    assert (root.get("state"), root.get("version")) == ("ok", "2.0")
    assert [(item.get("id"), item.get("state")) for item in root] == [("i1", "ok"), ("i2", "ok"), ("i3", "ok")]


def test_an_empty_listing_is_self_closed_and_stamped_by_the_clock(ask: Ask) -> None:
    listing = ask(pack(GOOD))[0][0]
    assert etree.QName(listing).localname == "listInvoice"
    assert (len(listing), listing.text) == (0, None)
    assert dict(listing.attrib) == {
        "version": "2.0",
        "dateTimeStamp": "2026-05-04T03:02:01",
        "dateValidFrom": "2026-05-04",
        "state": "ok",
    }


@pytest.mark.parametrize(
    "head",
    ["<!DOCTYPE x>", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>', "<!doctype x>", "\n<!DOCTYPE dat:x>"],
)
def test_a_doctype_is_refused(ask: Ask, head: str) -> None:
    root = ask(pack(GOOD, head=head))
    assert refused(root) == ("error", "", 0)
    assert "DTD" in str(root.get("note"))


def test_no_encoding_hides_a_doctype(ask: Ask) -> None:
    text = pack(GOOD, head='<!DOCTYPE x [<!ENTITY e "E">]>').decode("cp1250").replace("Windows-1250", "UTF-16")
    for encoding in ("utf-16", "utf-16-be"):
        bom = b"" if encoding == "utf-16" else b"\xfe\xff"
        assert refused(ask(bom + text.encode(encoding))) == ("error", "", 0)
    other = text.replace("UTF-16", "IBM037").encode("cp037")
    assert refused(ask(other))[0] == "error"


@pytest.mark.parametrize("body", [b"no xml", b"<a>", pack(GOOD)[:-5], pack(GOOD).replace(b"pozn", b"\x81")])
def test_what_cannot_be_read_is_a_pack_error(ask: Ask, body: bytes) -> None:
    root = ask(body)
    assert refused(root) == ("error", "", 0)
    assert str(root.get("note")).startswith("Obálku dokumentu se nepodařilo ověřit podle schématu. Reason: ")


@pytest.mark.parametrize(
    "changes",
    [
        {"application": None},
        {"note": None},
        {"version": None},
        {"version": "3.0"},
        {"id": "x" * 65},
        {"application": "x" * 101},
        {"ico": "1" * 16},
        {"colour": "red"},
    ],
)
def test_a_broken_envelope_refuses_the_pack(ask: Ask, changes: dict[str, str | None]) -> None:
    root = ask(pack(GOOD, **changes))
    assert refused(root) == ("error", changes.get("id", "p-1"), 0)
    assert str(root.get("note")).startswith("Obálku dokumentu")


def test_an_empty_pack_or_item_refuses_the_pack(ask: Ask) -> None:
    for body in (pack(), pack(""), pack(GOOD, ""), pack(GOOD + GOOD)):
        assert refused(ask(body))[0] == "error"
    missing_id = pack(GOOD).replace(b' id="i1"', b"")
    assert "id" in str(ask(missing_id).get("note"))


def test_the_unit_is_told_by_ico_then_by_key(ask: Ask, pohoda: Pohoda) -> None:
    wrong = ask(pack(GOOD, ico="87654321", key=pohoda.settings()["Klic"]))
    assert refused(wrong) == ("error", "p-1", 0)
    assert wrong.get("note") == "Tento balíček není určen pro tuto jednotku."
    assert ask(pack(GOOD, ico=None, key="other")).get("state") == "error"
    assert ask(pack(GOOD, ico="", key=pohoda.settings()["Klic"])).get("state") == "ok"
    assert ask(pack(GOOD, ico=None)).get("state") == "ok"


def test_an_unknown_request_is_an_item_error_and_the_rest_goes_on(ask: Ask) -> None:
    root = ask(pack('<lst:listXRequest version="2.0"/>', GOOD))
    assert [item.get("state") for item in root] == ["error", "ok"]
    assert len(root[0]) == 0
    assert str(root[0].get("note")).startswith("Neznámá žádost 'listXRequest', zaúčtování nemohlo být provedeno.")


def test_an_import_of_another_agenda_is_refused_in_so_many_words(ask: Ask) -> None:
    content = (
        '<vch:voucher xmlns:vch="http://www.stormware.cz/schema/version_2/voucher.xsd" version="2.0">'
        "<vch:voucherHeader><vch:voucherType>receipt</vch:voucherType></vch:voucherHeader></vch:voucher>"
    )
    root = ask(pack(content, GOOD))
    assert [item.get("state") for item in root] == ["error", "ok"]
    assert "nic nebylo uloženo" in str(root[0].get("note"))


BROKEN = {
    "no version": GOOD.replace(' version="2.0"', ""),
    "no invoice type": GOOD.replace(' invoiceType="issuedInvoice"', ""),
    "unknown invoice type": GOOD.replace("issuedInvoice", "myInvoice"),
    "unknown attribute": GOOD.replace("<lst:listInvoiceRequest ", '<lst:listInvoiceRequest colour="red" '),
    "no inner request": f"{INVOICES}</lst:listInvoiceRequest>",
    "unknown child": f"{INVOICES}<lst:requestInvoice/><lst:colour/></lst:listInvoiceRequest>",
    "limit after request": f"{INVOICES}<lst:requestInvoice/><lst:limit/></lst:listInvoiceRequest>",
    "limit of another namespace": f"{INVOICES}<ftr:limit/><lst:requestInvoice/></lst:listInvoiceRequest>",
    "restriction before request": f"{INVOICES}<lst:restrictionData/><lst:requestInvoice/></lst:listInvoiceRequest>",
    "restriction as a number": GOOD.replace(
        "</lst:listInvoiceRequest>",
        "<lst:restrictionData><lst:liquidations>1</lst:liquidations></lst:restrictionData></lst:listInvoiceRequest>",
    ),
    "count over 10000": address_book("", before="<lAdb:limit><ftr:count>10001</ftr:count></lAdb:limit>"),
    "count of nothing": address_book("", before="<lAdb:limit><ftr:count>0</ftr:count></lAdb:limit>"),
    "id from a word": address_book("", before="<lAdb:limit><ftr:idFrom>x</ftr:idFrom></lAdb:limit>"),
    "lower-case version attribute": address_book("", 'version="2.0" addressbookVersion="2.0"'),
    "unknown filter": filtered("<ftr:colour>x</ftr:colour>"),
    "document filter in addresses": filtered("<ftr:dateFrom>2026-01-01</ftr:dateFrom>"),
    "filter in another namespace": filtered("<typ:ico>1</typ:ico>"),
    "filter twice": filtered("<ftr:ico>1</ftr:ico><ftr:ico>2</ftr:ico>"),
    "id of zero": filtered("<ftr:id>0</ftr:id>"),
    "ico too long": filtered(f"<ftr:ico>{'1' * 16}</ftr:ico>"),
    "name too long": filtered(f"<ftr:name>{'x' * 33}</ftr:name>"),
    "a day where a moment is due": filtered("<ftr:lastChanges>2026-01-01</ftr:lastChanges>"),
    "no such moment": filtered("<ftr:lastChanges>2026-02-30T00:00:00</ftr:lastChanges>"),
    "external id without system": filtered("<ftr:extId><typ:ids>1</typ:ids></ftr:extId>"),
    "query before filter": address_book("<ftr:queryFilter/><ftr:filter/>"),
    "name before query": address_book("<ftr:userFilterName>a</ftr:userFilterName><ftr:queryFilter/>"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_request_of_wrong_structure_is_an_item_error(ask: Ask, case: str) -> None:
    root = ask(pack(BROKEN[case], GOOD))
    assert root.get("state") == "ok"
    assert [item.get("state") for item in root] == ["error", "ok"]
    assert "Nepodařila se validace dokumentu podle schématu." in str(root[0].get("note"))
    assert len(root[0]) == 0


def test_lenient_where_the_schema_is(ask: Ask) -> None:
    root = ask(
        pack(
            filtered("<ftr:zip>811 01</ftr:zip><!-- a comment --><ftr:city><![CDATA[Nitra]]></ftr:city>"),
            address_book("<ftr:filter/>", before="<lAdb:limit><ftr:count>5</ftr:count></lAdb:limit>"),
            GOOD.replace(
                "<lst:requestInvoice/>", "<lst:requestInvoice><ftr:filter>\n</ftr:filter></lst:requestInvoice>"
            ),
        )
    )
    assert [item.get("state") for item in root] == ["ok", "ok", "ok"]


def test_prefixes_are_free(ask: Ask) -> None:
    body = pack(address_book("")).replace(b"lAdb:", b"a:").replace(b"xmlns:lAdb", b"xmlns:a")
    assert [item.get("state") for item in ask(body)] == ["ok"]


def test_an_import_answer_can_carry_warnings_and_errors(pohoda: Pohoda) -> None:
    root = answers.pack(answers.Sender("12345678", "key"), id="p", note="")
    detail = answers.Detail("warning", 603, "Hodnota prvku musela být upravena.", "/dat:dataPack", "XX", "3Fv")
    refusal = answers.Detail("error", 109, "Byl nalezen duplicitní záznam: (Firma = 'A')")
    for id, details, produced in (
        ("1", (detail,), answers.Produced(7, code="A", action="add")),
        ("2", (detail, refusal), answers.Produced(0)),
    ):
        answers.imported(answers.item(root, id), "adb:addressbookResponse", details, produced)
    first, second = (item[0] for item in etree.fromstring(answers.printed(root)))
    spaces = {"rdc": f"{BASE}documentresponse.xsd"}
    assert (first.get("state"), second.get("state")) == ("ok", "error")
    assert first.xpath("string(.//rdc:errno)", namespaces=spaces) == "603"
    assert first.xpath("string(.//rdc:valueProduced)", namespaces=spaces) == "3Fv"
    assert second.xpath("string(rdc:producedDetails/rdc:id)", namespaces=spaces) == "0"
    if XSD:
        schema = etree.XMLSchema(etree.parse(str(Path(XSD) / "response.xsd")))
        assert schema.validate(etree.fromstring(answers.printed(root))), schema.error_log


@pytest.mark.skipif(not SAMPLES, reason="POHODA_SAMPLES_DIR is not set")
def test_every_recorded_list_request_is_answered(ask: Ask, pohoda: Pohoda) -> None:
    requests = sorted(Path(str(SAMPLES)).glob("req_list_*.xml"))
    assert len(requests) >= 8
    for request in requests:
        asked = etree.parse(request).getroot()
        pohoda.edit("sKonfig", 1, ICO=asked.get("ico") or "12345678")
        root = ask(request.read_bytes())
        assert {element.get("state") for element in root.iter() if element.get("state")} == {"ok"}, request.name
        assert [item.get("id") for item in root] == [item.get("id") for item in asked if isinstance(item.tag, str)]
        if XSD:
            schema = etree.XMLSchema(etree.parse(str(Path(XSD) / "response.xsd")))
            assert schema.validate(root), schema.error_log
