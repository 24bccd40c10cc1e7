"""Every value is kept as sent, or the answer says what was kept instead; the schema refuses the rest."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from pohoda_sandbox.company import fill
from pohoda_sandbox.pohoda import Pohoda
from tests.sandbox.pohoda_desk import NO_XSD, NS, XSD, Clock, Desk, Warned, action, document, external, packed, stored

HEADER = """
<adb:region>Nitriansky</adb:region><adb:phone>1</adb:phone><adb:mobil>2</adb:mobil><adb:fax>3</adb:fax>
<adb:email>a@b.example;c@d.example</adb:email><adb:web>www.a.example</adb:web><adb:ICQ>4</adb:ICQ>
<adb:Skype>s</adb:Skype><adb:GPS>1N, 2E</adb:GPS><adb:adGroup>S1, S2</adb:adGroup><adb:adKey>K1</adb:adKey>
<adb:credit>1000.5</adb:credit><adb:priceIDS>Sleva 1</adb:priceIDS><adb:maturity>14</adb:maturity>
<adb:paymentType><typ:ids>príkazom</typ:ids></adb:paymentType><adb:agreement>Z 1</adb:agreement>
<adb:number><typ:numberRequested>X-7</typ:numberRequested></adb:number><adb:ost1>o1</adb:ost1><adb:ost2>o2</adb:ost2>
<adb:function>Riaditeľ</adb:function><adb:personalIdentificationNumber>8001011234</adb:personalIdentificationNumber>
<adb:salutation>Vážený</adb:salutation><adb:sex>man</adb:sex><adb:dateOfBirth>1980-01-01</adb:dateOfBirth>
<adb:p1>true</adb:p1><adb:p2>false</adb:p2><adb:p3>true</adb:p3><adb:p4>false</adb:p4><adb:p5>true</adb:p5>
<adb:p6>true</adb:p6><adb:message>Volať</adb:message><adb:note>Pozn</adb:note><adb:intNote>Interná</adb:intNote>
<adb:accountingReceivedInvoice><typ:ids>2Fp</typ:ids></adb:accountingReceivedInvoice>
<adb:accountingIssuedInvoice><typ:ids>2Fv</typ:ids></adb:accountingIssuedInvoice>
<adb:classificationVATReceivedInvoice><typ:ids>PD</typ:ids></adb:classificationVATReceivedInvoice>
<adb:classificationVATIssuedInvoice><typ:ids>UD</typ:ids></adb:classificationVATIssuedInvoice>
<adb:accountForInvoicing><typ:ids>KB</typ:ids></adb:accountForInvoicing><adb:textVAT>high</adb:textVAT>
<adb:responsiblePerson><typ:surname>Adámek</typ:surname><typ:name>Jiří</typ:name></adb:responsiblePerson>
<adb:toleranceMaturity>3</adb:toleranceMaturity><adb:foreignCurrency><typ:ids>CZK</typ:ids></adb:foreignCurrency>
<adb:centre><typ:ids>BA</typ:ids></adb:centre><adb:activity><typ:ids>SLUŽBY</typ:ids></adb:activity>
<adb:contract><typ:ids>26Zak00001</typ:ids></adb:contract><adb:markRecord>false</adb:markRecord>
"""
ADDRESS = {
    "company": "Alfa, s.r.o.", "division": "Nákup", "name": "Jana Nová", "city": "Nitra", "street": "Dlhá 1",
    "zip": "949 01", "ico": "11111111", "dic": "2020202020", "icDph": "SK2020202020",
    "country": "<typ:ids>SK</typ:ids>",
}  # fmt: skip
REFERENCES = [
    ("centre", "RefStr", "BA"),
    ("activity", "RefCin", "SLUŽBY"),
    ("contract", "CisloZAK", "26Zak00001"),
    ("paymentType", "RelForUh", "príkazom"),
    ("foreignCurrency", "RefCM", "CZK"),
    ("accountingIssuedInvoice", "RelPkFV", "2Fv"),
    ("classificationVATReceivedInvoice", "RelTpDPHFP", "PD"),
]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    pohoda = Pohoda.create(tmp_path / "unit.db", clock=Clock())
    fill(pohoda, size=0)
    for code in ("2Fp", "2Fv"):
        pohoda.insert("pPK", IDS=code)
    for code in ("PD", "UD"):
        pohoda.insert("sDPH", IDS=code)
    pohoda.insert("sUcet", IDS="KB")
    pohoda.insert("sOdpOsoby", Prijmeni="Adámek", Jmeno="Jiří")
    return Desk(pohoda)


def leaves(element: Any, path: str = "") -> Iterator[tuple[str, str]]:
    for part in element:
        name = f"{path}/{etree.QName(part).localname}"
        yield from leaves(part, name) if len(part) else [(name, part.text or "")]


def test_every_field_comes_back_as_it_was_sent(desk: Desk) -> None:
    sent = etree.fromstring(packed(document(HEADER, **ADDRESS))).find(".//adb:addressbookHeader", NS)
    answer = desk.one(document(HEADER, **ADDRESS))
    assert (stored(answer), answer.details) == (True, [])
    [listed] = desk.listed()
    assert dict(leaves(sent)).items() <= dict(leaves(listed)).items()
    assert len(dict(leaves(sent))) > 50


def test_elements_that_no_table_holds_are_warned_of(desk: Desk) -> None:
    header = (
        "<adb:creditMax>5</adb:creditMax><adb:parameters><typ:parameter><typ:name>VPrX</typ:name>"
        "<typ:textValue>x</typ:textValue></typ:parameter></adb:parameters>"
    )
    answer = desk.one(document(header, company="Alfa"))
    assert stored(answer)
    assert [(one.state, one.errno, one.about) for one in answer.details] == [
        ("warning", "602", "adb:creditMax"),
        ("warning", "602", "typ:parameter"),
    ]


@pytest.mark.parametrize(("element", "column", "code"), REFERENCES)
def test_a_reference_is_found_by_id_or_code_and_cleared_by_null(
    desk: Desk, element: str, column: str, code: str
) -> None:
    def header(inside: str) -> str:
        return f"<adb:{element}>{inside}</adb:{element}>"

    answer = desk.one(document(header(f"<typ:ids>{code.lower()}</typ:ids>"), company="Alfa"))
    kept = desk.row(answer.id)[column]
    assert (kept is not None, answer.details) == (True, [])
    known = action("update", id=str(answer.id))
    listed = desk.listed()[0].find(f"adb:{element}", NS)
    assert listed.findtext("typ:ids", namespaces=NS) == code
    desk.one(document(header(""), known))
    assert desk.row(answer.id)[column] == kept
    null = "<typ:valueType>nullValue</typ:valueType>" if element in {"centre", "activity", "contract"} else "<typ:ids/>"
    desk.one(document(header(null), known))
    assert desk.row(answer.id)[column] is None
    if element != "contract":
        desk.one(document(header(f"<typ:id>{kept}</typ:id><typ:ids>other</typ:ids>"), known))
        assert desk.row(answer.id)[column] == kept


@pytest.mark.parametrize(("element", "column", "code"), REFERENCES)
def test_an_unknown_code_is_warned_of_and_the_record_is_stored(
    desk: Desk, element: str, column: str, code: str
) -> None:
    header = f"<adb:{element}><typ:ids>{{}}</typ:ids></adb:{element}>"
    answer = desk.one(document(header.format("NIC"), company="Alfa"))
    assert stored(answer)
    assert answer.details == [Warned("warning", "603", f"adb:{element}", "NIC", "")]
    known = action("update", id=str(answer.id))
    desk.one(document(header.format(code), known))
    kept = desk.row(answer.id)[column]
    again = desk.one(document(header.format("NIC"), known))
    assert again.details == [Warned("warning", "603", f"adb:{element}", "NIC", code)]
    assert desk.row(answer.id)[column] == kept


def test_price_level_person_and_kinds_of_payment(desk: Desk) -> None:
    header = (
        "<adb:priceIDS>Nie je</adb:priceIDS><adb:paymentType><typ:paymentType>cash</typ:paymentType></adb:paymentType>"
        "<adb:responsiblePerson><typ:surname>Nikto</typ:surname></adb:responsiblePerson>"
    )
    answer = desk.one(document(header, company="Alfa"))
    assert [(one.about, one.requested, one.produced) for one in answer.details] == [
        ("adb:priceIDS", "Nie je", ""),
        ("adb:responsiblePerson", "Nikto", ""),
    ]
    row = desk.row(answer.id)
    assert (row["CenyIDS"], row["RefOsoba"]) == (None, None)
    assert desk.row(row["RelForUh"], "sFormUh")["IDS"] == "hotově"
    unknown = "<adb:paymentType><typ:paymentType>cheque</typ:paymentType></adb:paymentType>"
    assert desk.one(document(unknown, company="Beta")).details[0].requested == "cheque"


def test_a_list_row_is_found_by_its_external_id(desk: Desk) -> None:
    centre = desk.pohoda.rows("SELECT ID FROM sSTR WHERE IDS = 'KE'")[0]["ID"]
    system = desk.pohoda.insert("sExtSys", IDS="CRM")
    desk.pohoda.insert("sExtID", RefDocID=centre, RelAgID=38, IDS="77", RefExtSys=system)
    answer = desk.one(document(f"<adb:centre>{external('77')}</adb:centre>", company="Alfa"))
    assert (desk.row(answer.id)["RefStr"], answer.details) == (centre, [])
    other = desk.one(document(f"<adb:centre>{external('77', 'ERP')}</adb:centre>", company="Beta"))
    assert (desk.row(other.id)["RefStr"], other.details[0].requested) == (None, "77")


def test_an_empty_element_clears_a_text(desk: Desk) -> None:
    known = desk.one(document("<adb:note>x</adb:note><adb:credit>5</adb:credit>", company="Alfa", city="Nitra")).id
    header = "<adb:note/><adb:credit/>"
    desk.one(document(header, action("update", id=str(known)), city=""))
    row = desk.row(known)
    assert (row["Pozn"], row["ADKredit"], row["Obec"], row["Firma"]) == (None, None, None, "Alfa")


def test_line_ends_of_a_note_are_kept_as_the_program_does_and_said(desk: Desk) -> None:
    answer = desk.one(document("<adb:note>jeden\ndva\n</adb:note>", company="Alfa"))
    assert desk.row(answer.id)["Pozn"] == "jeden\r\ndva"
    assert answer.details == [Warned("warning", "603", "adb:note", "jeden\ndva\n", "jeden\r\ndva")]
    assert desk.listed()[0].findtext("adb:note", namespaces=NS) == "jeden\ndva"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("  Alfa\n", "Alfa"), ("Alfa\nBeta", "Alfa Beta"), ("漢 Łódź", "? Łódź"), ("Ωmega 😀", "?mega ?")],
)
def test_texts_that_the_column_cannot_hold_are_changed_and_said(desk: Desk, sent: str, kept: str) -> None:
    answer = desk.one(document(company=sent))
    assert answer.text("rdc:producedDetails/rdc:code") == kept
    assert answer.details == [Warned("warning", "603", "typ:company", sent, kept)]
    assert desk.row(answer.id)["Firma"] == kept


def test_a_text_that_the_schema_allows_and_the_column_does_not_is_cut(desk: Desk) -> None:
    answer = desk.one(document("<adb:ost1>123456789</adb:ost1>", company="Alfa"))
    assert answer.details == [Warned("warning", "603", "adb:ost1", "123456789", "12345678")]
    assert desk.row(answer.id)["Ost1"] == "12345678"


def test_a_new_record_is_marked_unless_told_otherwise(desk: Desk) -> None:
    marked = desk.one(document(company="Alfa")).id
    plain = desk.one(document("<adb:markRecord>false</adb:markRecord>", company="Beta")).id
    assert (desk.row(marked)["Sel"], desk.row(plain)["Sel"]) == (1, 0)
    desk.one(document("<adb:fax>1</adb:fax>", action("update", id=str(plain))))
    assert desk.row(plain)["Sel"] == 0


BROKEN = {
    "company too long": document(company="x" * 256),
    "phone too long": document("<adb:phone>" + "1" * 41 + "</adb:phone>"),
    "unknown element": document("<adb:colour>red</adb:colour>"),
    "element twice": document("<adb:fax>1</adb:fax><adb:fax>2</adb:fax>"),
    "flag as a number": document("<adb:p1>1</adb:p1>"),
    "maturity too big": document("<adb:maturity>40000</adb:maturity>"),
    "credit as a word": document("<adb:credit>veľa</adb:credit>"),
    "no such day": document("<adb:dateOfBirth>2026-02-30</adb:dateOfBirth>"),
    "third sex": document("<adb:sex>other</adb:sex>"),
    "external id without system": document(identity="<typ:extId><typ:ids>1</typ:ids></typ:extId>"),
    "address after delivery": document(identity="<typ:shipToAddress/><typ:address/>"),
    "header before action": document(action=action("add")).replace(
        "<adb:actionType><adb:add ></adb:add></adb:actionType><adb:addressbookHeader></adb:addressbookHeader>",
        "<adb:addressbookHeader/><adb:actionType><adb:add/></adb:actionType>",
    ),
    "two actions": document(action=action("add") + action("update", id="1")),
    "no action": document().replace("<adb:addressbookHeader>", "<adb:actionType/><adb:addressbookHeader>"),
    "unknown attribute of an action": document(action=action("add", 'remove="true"')),
    "filter by e-mail": document(action=action("add", email="a@b.example")),
    "no version": document().replace(' version="2.0"', "", 1),
    "null of another kind": document("<adb:centre><typ:valueType>none</typ:valueType></adb:centre>"),
    "account too long": document(
        accounts=f"<adb:accountItem><adb:accountNumber>{'1' * 35}</adb:accountNumber></adb:accountItem>"
    ),
    "delivery by another action": document(
        identity="<typ:shipToAddress><typ:actionType><typ:link/></typ:actionType></typ:shipToAddress>"
    ),
}


@pytest.mark.parametrize("checks", ["own", "official"])
@pytest.mark.parametrize("case", BROKEN)
def test_the_schema_refuses_an_item_and_the_rest_goes_on(tmp_path: Path, checks: str, case: str) -> None:
    if checks == "official" and not XSD:
        pytest.skip(NO_XSD)
    desk = Desk(Pohoda.create(tmp_path / "unit.db"), official=checks == "official")
    refused, good = desk.send(BROKEN[case], document(company="Alfa"))
    assert refused.states == ("error", "")
    assert "Nepodařila se validace dokumentu podle schématu." in refused.item.get("note")
    assert stored(good)
    assert desk.count() == 1
