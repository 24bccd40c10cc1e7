"""The rules by which documents are taken or refused: numbers, lists, days, links, stock, rights, twice the same."""

from datetime import date
from pathlib import Path

import pytest

from tests.sandbox.pohoda_desk import XSD, Desk, stored
from tests.sandbox.pohoda_documents import (
    company,
    invoice,
    line,
    lines_of,
    link,
    number_of,
    order,
    packed,
    refused,
    send,
)

GOODS = line("unitPrice=100", quantity=2, rateVAT="high")
OFFER = (
    '<ofr:offer version="2.0"><ofr:offerHeader><ofr:date>2026-06-01</ofr:date><ofr:text>N</ofr:text>'
    "<ofr:partnerIdentity><typ:address><typ:company>Alfa</typ:company></typ:address></ofr:partnerIdentity>{header}</ofr:offerHeader>"
    "<ofr:offerDetail>{lines}</ofr:offerDetail></ofr:offer>"
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return company(tmp_path, official=bool(XSD))


def requested(number: str, check: str = "true", prefix: str = "inv") -> str:
    asked = f'<typ:numberRequested checkDuplicity="{check}">{number}</typ:numberRequested>'
    return f"<{prefix}:number>{asked}</{prefix}:number>"


def test_numbers_are_the_next_of_the_series(desk: Desk) -> None:
    numbers = [number_of(send(desk, invoice())) for _ in range(2)]
    numbers.append(number_of(send(desk, invoice(kind="issuedAdvanceInvoice"))))
    desk.pohoda.insert("sCRady", IDS="26X", Cislo="00041", RelCrAg=2)
    numbers.append(number_of(send(desk, invoice(header="<inv:number><typ:ids>26X</typ:ids></inv:number>"))))
    numbers.append(number_of(send(desk, order())))
    assert numbers == ["260100001", "260100002", "260800001", "26X00042", "262100001"]
    [series] = desk.pohoda.rows("SELECT Cislo FROM sCRady WHERE IDS = '2601' AND RelCrAg = 2")
    assert series["Cislo"] == "00002"


def test_a_number_that_exists_is_refused_or_replaced(desk: Desk) -> None:
    assert number_of(send(desk, invoice(header=requested("260100001")))) == "260100001"
    refused(desk, invoice(header=requested("260100001")), "109")
    replaced = send(desk, invoice(header=requested("260100001", "false")))
    [warned] = [detail for detail in replaced.details if detail.about == "typ:numberRequested"]
    assert (warned.requested, warned.produced, number_of(replaced)) == ("260100001", "260100002", "260100002")
    assert desk.row(replaced.id, "FA")["VarSym"] == "260100002"


def test_what_is_missing_is_filled_in_and_told(desk: Desk) -> None:
    answer = send(desk, invoice(day="", header=requested("FV-26/7")))
    told = {detail.about: detail.produced for detail in answer.details}
    assert told == {
        "inv:date": "22.11.2026", "inv:accounting": "2Fv", "inv:classificationVAT": "UD", "inv:paymentType": "príkazom",
    }  # fmt: skip
    row = desk.row(answer.id, "FA")
    assert {row[name][:10] for name in ("Datum", "DatZdPln", "DatUcP")} == {"2026-11-22"}
    assert (row["DatSplat"][:10], row["VarSym"]) == ("2026-12-06", "267")


def test_unknown_codes_are_warned_of_and_left_out(desk: Desk) -> None:
    header = "".join(
        f"<inv:{name}><typ:ids>NENÍ</typ:ids></inv:{name}>"
        for name in ("accounting", "classificationVAT", "paymentType", "account", "centre", "activity", "contract")
    )
    answer = send(desk, invoice(GOODS, header))
    told = {detail.about: (detail.errno, detail.requested, detail.produced) for detail in answer.details}
    assert told == {
        **dict.fromkeys(("inv:centre", "inv:activity", "inv:contract"), ("603", "NENÍ", "")),
        "inv:accounting": ("603", "NENÍ", "2Fv"), "inv:classificationVAT": ("603", "NENÍ", "UD"),
        "inv:paymentType": ("603", "NENÍ", "príkazom"), "inv:account": ("603", "NENÍ", "BANK"),
    }  # fmt: skip
    row = desk.row(answer.id, "FA")
    assert [row[name] for name in ("RefStr", "RefCin", "CisloZAK")] == [None] * 3
    assert answer.text("rdc:importDetails/rdc:detail[4]/rdc:note") == "Neznámý účet"


def test_fixed_words_find_their_codes(desk: Desk) -> None:
    word = "<inv:classificationVAT><typ:classificationVATType>{}</typ:classificationVATType></inv:classificationVAT>"
    found = []
    for kind in ("issuedInvoice", "receivedInvoice"):
        for asked in ("inland", "nonSubsume"):
            answer = send(desk, invoice(GOODS, word.format(asked), kind=kind))
            found.append(desk.row(desk.row(answer.id, "FA")["RelTpDPH"], "sDPH")["IDS"])
    assert found == ["UD", "UN", "PD", "PN"]


def test_a_day_outside_the_accounting_period_is_kept_and_told(desk: Desk) -> None:
    answer = send(desk, invoice(day="2025-12-31"))
    [told] = [detail for detail in answer.details if detail.errno == "606"]
    assert (told.about, told.requested, told.produced) == ("inv:date", "31.12.2025", "31.12.2025")
    assert desk.row(answer.id, "FA")["Datum"][:10] == "2025-12-31"


def test_a_closed_vat_period_takes_no_tax_document(desk: Desk) -> None:
    closed = {"closed_until": date(2026, 6, 1)}
    answer = refused(desk, invoice(GOODS), "103", **closed)
    assert "období DPH" in answer.note
    taxed = "<inv:dateTax>2026-06-02</inv:dateTax>"
    assert stored(send(desk, invoice(GOODS, taxed), **closed))
    assert stored(send(desk, invoice(GOODS, kind="issuedAdvanceInvoice"), **closed))
    assert stored(send(desk, order(), **closed))


def test_a_symbol_may_have_nothing_but_digits(desk: Desk) -> None:
    refused(desk, invoice(GOODS, "<inv:symVar>FV-1</inv:symVar>"), "108")


@pytest.mark.parametrize(
    ("source", "kind"),
    [("issuedInvoice", "issuedInvoice"), ("receivedOrder", "receivedInvoice"), ("issuedOrder", "issuedInvoice"),
     ("receivedOrder", "issuedCorrectiveTax"), ("issuedOffer", "issuedInvoice")],
)  # fmt: skip
def test_only_some_agendas_hand_documents_over(desk: Desk, source: str, kind: str) -> None:
    answer = refused(desk, invoice(before=link(source, "1"), kind=kind), "114")
    assert answer.action == "link"
    assert answer.note.startswith("V této verzi není povolen přenos z agendy ")


def test_a_source_must_be_there_and_open(desk: Desk) -> None:
    refused(desk, invoice(before=link("receivedOrder", "999")), "115")
    made = send(desk, order(line("unitPrice=5", of="ord:orderItem", quantity=1)))
    assert send(desk, invoice(before=link("receivedOrder", number_of(made)))).action == "link"
    refused(desk, invoice(before=link("receivedOrder", number_of(made))), "115")
    refused(desk, invoice(before="<inv:cancelDocument><typ:sourceDocument><typ:id>9</typ:id></typ:sourceDocument>"
                                 "</inv:cancelDocument>"), "115")  # fmt: skip


def test_a_line_names_the_line_it_is_made_from(desk: Desk) -> None:
    ordered = line("unitPrice=5", of="ord:orderItem", quantity=1, text="A")
    made = send(desk, order(ordered + ordered.replace(">A<", ">B<")))
    first, second = lines_of(desk, made.id, "OBJpol")
    named = f"<typ:sourceAgenda>receivedOrder</typ:sourceAgenda><typ:sourceItemId>{second['ID']}</typ:sourceItemId>"
    answer = send(desk, invoice(f"<inv:invoiceItem><inv:link>{named}</inv:link></inv:invoiceItem>" + GOODS))
    assert [one["SText"] for one in lines_of(desk, answer.id)] == ["B", None]
    assert [desk.row(one["ID"], "OBJpol")["Dodano"] for one in (first, second)] == [None, 1]
    assert desk.row(made.id, "OBJ")["Vyrizeno"] == 0
    rest = send(desk, invoice(before=link("receivedOrder", number_of(made))))
    assert [one["SText"] for one in lines_of(desk, rest.id)] == ["A"]
    assert desk.row(made.id, "OBJ")["Vyrizeno"] == 1


def test_an_invoice_with_lines_of_its_own_takes_none_of_the_order(desk: Desk) -> None:
    made = send(desk, order(line("unitPrice=5", of="ord:orderItem", quantity=1)))
    answer = send(desk, invoice(GOODS, before=link("receivedOrder", number_of(made))))
    assert [one["Kc"] for one in lines_of(desk, answer.id)] == [200]
    assert len(desk.pohoda.rows("SELECT 1 FROM Vazby WHERE RefID1 = ? AND RefID2 = ?", answer.id, made.id)) == 1


def test_an_offer_becomes_an_order(desk: Desk) -> None:
    offer = send(desk, OFFER.format(header="", lines=line("unitPrice=5", of="ofr:offerItem", quantity=4)))
    assert stored(offer)
    made = send(desk, order(before=link("issuedOffer", number_of(offer), "ord")))
    assert [(one["Mnozstvi"], one["RelAgID"]) for one in lines_of(desk, made.id, "OBJpol")] == [(4, 92)]
    assert (desk.row(offer.id, "NAB")["BPrenes"], lines_of(desk, offer.id, "NABpol")[0]["Prenes"]) == (1, 4)


def test_the_address_book_fills_what_was_not_sent(desk: Desk) -> None:
    known = {"Firma": "Alfa", "ICO": "12345679", "Obec": "Brno", "Firma2": "Alfa sklad", "Obec2": "Praha"}
    alfa = desk.pohoda.insert("AD", **known, ADSplat=30, CenyIDS="Sleva 1")
    address = '<typ:address linkToAddress="true"><typ:city>Plzeň</typ:city><typ:ico>12345679</typ:ico></typ:address>'
    tied = f"<inv:partnerIdentity>{address}</inv:partnerIdentity>"
    answer = send(desk, invoice(header=tied))
    row = desk.row(answer.id, "FA")
    assert {name: row[name] for name in known} == known | {"Obec": "Plzeň"}
    assert (row["RefAD"], row["DatSplat"][:10], row["CenyIDS"]) == (alfa, "2026-07-01", "Sleva 1")
    desk.pohoda.insert("AD", Firma="Alfa druhá", ICO="12345679")
    row = desk.row(send(desk, invoice(header=tied)).id, "FA")
    assert (row["RefAD"], row["Firma"]) == (None, None), "two addresses have it"
    missing = send(desk, invoice(header="<inv:partnerIdentity><typ:id>999</typ:id></inv:partnerIdentity>"))
    assert ("typ:id", "999") in [(detail.about, detail.requested) for detail in missing.details]


def test_custom_fields_are_columns(desk: Desk) -> None:
    listed = "<typ:listValueRef><typ:ids>KURIER</typ:ids></typ:listValueRef>"
    sent = {
        "VPrProjekt": "<typ:textValue>Šťava</typ:textValue>",
        "VPrProvizia": "<typ:numberValue>2.5</typ:numberValue>",
        "VPrSchvalene": "<typ:booleanValue>true</typ:booleanValue>",
        "RefVPrDoprava": listed,
        "VPrSchvaleneDna": "<typ:datetimeValue>2026-05-01</typ:datetimeValue>",
        "VPrNaklady": "<typ:currencyValue>12.5</typ:currencyValue>",
        "VPrNikde": "<typ:textValue>x</typ:textValue>",
    }
    fields = "".join(f"<typ:parameter><typ:name>{name}</typ:name>{sent[name]}</typ:parameter>" for name in sent)
    answer = send(desk, invoice(header=f"<inv:parameters>{fields}</inv:parameters>"))
    row = desk.row(answer.id, "FA")
    assert [row[f"VPr{name}"] for name in ("Projekt", "Provizia", "Schvalene", "Naklady")] == ["Šťava", 2.5, 1, 12.5]
    assert (row["VPrSchvaleneDna"][:10], desk.row(row["RefVPrDoprava"], "sVPULpol")["IDS"]) == ("2026-05-01", "KURIER")
    assert [detail.errno for detail in answer.details if detail.about == "typ:parameter"] == ["602"]


def test_the_same_item_twice_is_refused_and_names_its_record(desk: Desk) -> None:
    documents = [invoice(GOODS), order(), OFFER.format(header="", lines=line(of="ofr:offerItem", text="x"))]
    contract = '<con:contract version="2.0"><con:contractDesc><con:text>Z</con:text></con:contractDesc></con:contract>'
    first = desk.post(packed(*documents, contract))
    assert all(map(stored, first))
    again = desk.post(packed(*documents, contract), check_duplicity=True)
    told = [
        (a.item.findtext(".//{*}agendaType"), a.item.findtext(".//{*}id"), a.item.findtext(".//{*}number"))
        for a in again
    ]
    names = ("vydane_faktury", "prijate_objednavky", "vydane_nabidky", "zakazky")
    assert told == [(name, str(one.id), number_of(one)) for name, one in zip(names, first, strict=True)]
    assert desk.count("FA") == 1


def test_a_user_without_the_right_writes_no_document(desk: Desk) -> None:
    refused(desk, invoice(GOODS), "101", documents=False)


@pytest.mark.parametrize("official", [False, True])
def test_what_the_schema_forbids_refuses_the_item_alone(tmp_path: Path, official: bool) -> None:
    if official and not XSD:
        pytest.skip("POHODA_XSD_DIR is not set")
    desk = company(tmp_path, official=official)
    broken = (
        invoice(line(quantity="two")),
        invoice(header="<inv:symConst>03080</inv:symConst>"),
        invoice(line(rateVAT="medium")),
        invoice(summary="<inv:roundingDocument>up</inv:roundingDocument>"),
        invoice(kind="bill"),
        order(line(of="ord:orderItem", text="x" * 91)),
        order().replace("<ord:orderHeader>", '<ord:orderHeader colour="red">'),
        order(header="<ord:dateTax>2026-01-01</ord:dateTax>"),
        invoice().replace(' version="2.0"', "", 1),
    )
    answers = desk.post(packed(*broken, invoice(GOODS)))
    assert [answer.item.get("state") for answer in answers] == ["error"] * len(broken) + ["ok"]
    assert desk.count("FA") == 1


@pytest.mark.parametrize("missing", ["orderType", "date", "partnerIdentity"])
def test_an_order_must_say_what_it_is(desk: Desk, missing: str) -> None:
    whole = order()
    start, end = whole.index(f"<ord:{missing}>"), whole.index(f"</ord:{missing}>") + len(missing) + 7
    refused(desk, whole[:start] + whole[end:], "103")


@pytest.mark.parametrize(
    "document",
    [
        invoice(line("unitPrice=99999999999999", quantity="99999999999999")),
        invoice(line("unitPrice=INF", quantity=1)),
        invoice(line("unitPrice=1", quantity="NaN")),
        invoice(line("unitPrice=1", quantity=1, percentVAT=-100, rateVAT="high", payVAT="true")),
        invoice(line(quantity=1, stockItem="<typ:stockItem/>")),
        invoice(header=f"<inv:centre><typ:id>{'9' * 40}</typ:id></inv:centre>"),
        invoice(day="9999-12-31"),
        '<inv:invoice version="2.0"/>',
    ],
)
def test_what_no_document_can_hold_is_refused_and_the_rest_goes_on(tmp_path: Path, document: str) -> None:
    desk = company(tmp_path)
    answers = desk.post(packed(document, invoice(GOODS)))
    assert [answer.states for answer in answers] == [("ok", "error"), ("ok", "ok")]
    assert (desk.count("FA"), desk.count("FApol")) == (1, 1)
