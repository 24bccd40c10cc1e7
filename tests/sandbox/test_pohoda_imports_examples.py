"""The project's examples of documents are taken, lie in the tables with what was sent, and are listed."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from tests.sandbox.pohoda_desk import EXAMPLES, XSD, Answered, Desk, stored
from tests.sandbox.pohoda_documents import company, lines_of, listed

TAKEN = (
    "contract_minimal", "received_order_full", "received_order_minimal", "received_order_foreign_currency",
    "issued_order_full", "issued_order_minimal", "issued_offer_full", "issued_offer_minimal",
    "issued_advance_invoice_full", "issued_advance_invoice_minimal", "issued_invoice_full", "issued_invoice_minimal",
    "issued_invoice_totals_only", "issued_invoice_foreign_currency", "issued_invoice_from_received_order",
    "issued_corrective_tax_full", "issued_credit_note_minimal", "issued_corrective_tax_from_invoice",
    "received_invoice_full", "issued_invoice_storno",
)  # fmt: skip
"""In an order in which each finds what it refers to."""
LISTINGS = {
    "ord:order": ("lst:listOrderRequest", "orderType"), "ofr:offer": ("lst:listOfferRequest", "offerType"),
    "inv:invoice": ("lst:listInvoiceRequest", "invoiceType"), "con:contract": ("lCon:listContractRequest", ""),
}  # fmt: skip
ALFA = {"Firma": "Alfa s.r.o.", "Utvar": "Nákup", "Obec": "Brno", "ICO": "87654321", "Firma2": "Alfa s.r.o. - sklad"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = company(tmp_path_factory.mktemp("examples"), official=bool(XSD))
    yield made
    made.pohoda.close()


@pytest.fixture(scope="module")
def answers(desk: Desk) -> Mapping[str, Answered]:
    desk.pohoda.insert("AD", Firma="Alfa s.r.o.", ICO="87654321", ADSplat=30)
    return {name: desk.post((EXAMPLES / f"import_{name}.xml").read_bytes())[0] for name in TAKEN}


def row(desk: Desk, answer: Answered, table: str) -> dict[str, Any]:
    return desk.row(answer.id, table)


@pytest.mark.parametrize("name", TAKEN)
def test_an_example_is_stored_and_listed(desk: Desk, answers: Mapping[str, Answered], name: str) -> None:
    answer = answers[name]
    assert stored(answer), answer.note
    element = answer.item[0].tag.rpartition("}")[2].removesuffix("Response")
    prefix = {"order": "ord", "offer": "ofr", "invoice": "inv", "contract": "con"}[element]
    request, attribute = LISTINGS[f"{prefix}:{element}"]
    kind = next((part.text for part in _sent(name).iter(f"{{*}}{attribute}")), "issuedOffer") if attribute else ""
    record = listed(desk, request, answer.id, **({attribute: str(kind)} if attribute else {}))
    header = record["contractDesc" if prefix == "con" else f"{element}Header"]
    assert header["number"]["numberRequested"] == answer.text("rdc:producedDetails/rdc:number")
    text = next(
        (part.text for part in _sent(name).iter(f"{{*}}{element}Header") for part in part.iter("{*}text")), None
    )
    assert text is None or header["text"] == text


def _sent(name: str) -> Any:
    return etree.parse(str(EXAMPLES / f"import_{name}.xml")).getroot()


def test_a_received_order_lies_in_its_tables(desk: Desk, answers: Mapping[str, Answered]) -> None:
    order = row(desk, answers["received_order_full"], "OBJ")
    assert {name: order[name] for name in ALFA} == ALFA
    assert (order["RelTpObj"], order["PDoklad"], order["CisloZAK"], order["CenyIDS"]) == (
        1, "PO-4711", "26Zak00001", "Sleva 1",
    )  # fmt: skip
    assert [order[name][:10] for name in ("Datum", "DatOd", "DatDo")] == ["2026-11-20", "2026-11-21", "2026-12-05"]
    assert desk.row(order["RefStr"], "sSTR")["IDS"] == "BRNO"
    assert desk.row(order["RefAD"])["ICO"] == "87654321"
    work, goods = lines_of(desk, order["ID"], "OBJpol")
    assert (work["Mnozstvi"], work["KcJedn"], work["Kc"], work["KcDPH"], work["Sleva"]) == (2.5, 800, 1800, 414, 10)
    assert (goods["Kod"], goods["SText"], goods["MJ"], goods["Kc"]) == ("ABC-1", "Stôl", "ks", 361.5)
    assert (order["KcCelkem"], order["KcZaokr"], order["ZaokrFV"]) == (2644, Decimal("-0.19").__float__(), 1)
    [external] = desk.pohoda.rows("SELECT * FROM sExtID WHERE RelAgID = 11 AND RefDocID = ?", order["ID"])
    assert external["IDS"] == "ORD-1"
    [part] = desk.pohoda.rows("SELECT * FROM sExtIDpol WHERE RefTable = 'OBJpol' AND RefDocID = ?", work["ID"])
    assert part["IDS"] == "LINE-1"


def test_an_invoice_deducts_the_advance_it_names(desk: Desk, answers: Mapping[str, Answered]) -> None:
    advance, invoice = (row(desk, answers[f"issued_{name}_full"], "FA") for name in ("advance_invoice", "invoice"))
    assert (advance["Cislo"], advance["RelTpDPH"], advance["DatZdPln"]) == ("260800001", None, None)
    *_, deducted = lines_of(desk, invoice["ID"])
    assert (deducted["RelAgID"], deducted["RefPol"], deducted["Kc"]) == (43, advance["ID"], -1000)
    assert (invoice["VarSym"], invoice["DatSplat"][:10]) == ("260100001", "2026-12-04")
    assert (invoice["Kc2"], invoice["KcDPH2"], invoice["KcCelkem"]) == (800, 204, 1434)
    assert row(desk, answers["issued_advance_invoice_full"], "FA")["KcUplat"] == 1210


def test_the_order_is_delivered_by_the_invoice_made_from_it(desk: Desk, answers: Mapping[str, Answered]) -> None:
    answer = answers["issued_invoice_from_received_order"]
    order, invoice = row(desk, answers["received_order_full"], "OBJ"), row(desk, answer, "FA")
    assert answer.action == "link"
    assert (order["Vyrizeno"], order["BDodano"]) == (1, 1)
    ordered, invoiced = lines_of(desk, order["ID"], "OBJpol"), lines_of(desk, invoice["ID"])
    assert [line["Dodano"] for line in ordered] == [line["Mnozstvi"] for line in ordered] == [2.5, 3]
    assert [(line["RefPol"], line["RelAgID"], line["Kc"]) for line in invoiced] == [
        (line["ID"], 11, line["Kc"]) for line in ordered
    ]
    told = listed(desk, "lst:listInvoiceRequest", answer.id, invoiceType="issuedInvoice")
    assert told["linkedDocuments"]["link"]["sourceDocument"]["number"] == order["Cislo"]
    assert (invoice["Firma"], invoice["ICO"]) == (order["Firma"], order["ICO"])


def test_corrections_turn_the_invoice_around(desk: Desk, answers: Mapping[str, Answered]) -> None:
    invoice = row(desk, answers["issued_invoice_full"], "FA")
    corrected = row(desk, answers["issued_corrective_tax_from_invoice"], "FA")
    assert (corrected["RelDobr"], corrected["PDoklad"], corrected["Kc2"]) == (invoice["ID"], "260100001", -800)
    cancelling = row(desk, answers["issued_invoice_storno"], "FA")
    assert (cancelling["TpStorn"], cancelling["RelStorn"], invoice["RelStorn"]) == (1, invoice["ID"], cancelling["ID"])
    assert invoice["DatStorn"][:10] == "2026-11-20"
    assert invoice["KcLikv"] == cancelling["KcLikv"] == 0
    assert cancelling["KcCelkem"] == -invoice["KcCelkem"]


def test_documents_in_foreign_currency_are_carried_home_at_their_rate(
    desk: Desk, answers: Mapping[str, Answered]
) -> None:
    invoice = row(desk, answers["issued_invoice_foreign_currency"], "FA")
    assert (invoice["CmKurs"], invoice["CmMnoz"], invoice["CmCelkem"]) == (24.35, 1, 2644.19)
    work, _ = lines_of(desk, invoice["ID"])
    assert (work["Cm"], work["CmDPH"], work["Kc"], work["KcDPH"]) == (1800, 414, 43830, 10080.9)


def test_a_document_without_lines_keeps_the_totals_that_were_sent(desk: Desk, answers: Mapping[str, Answered]) -> None:
    invoice = row(desk, answers["issued_invoice_totals_only"], "FA")
    assert (invoice["Polozky"], invoice["Kc1"], invoice["KcDPH1"], invoice["Kc2"], invoice["KcDPH2"]) == (
        0, 1000, 120, 2000, 420,
    )  # fmt: skip
    assert invoice["KcLikv"] == invoice["KcCelkem"] == 3540


def test_a_received_invoice_keeps_whom_to_pay(desk: Desk, answers: Mapping[str, Answered]) -> None:
    invoice = row(desk, answers["received_invoice_full"], "FA")
    assert [invoice[name] for name in ("RelTpFak", "PDoklad", "VarSym", "Ucet", "KodBanky", "PrijZprava")] == [
        11, "FV-2026777", "2026777", "123456789", "0100", "FV-2026777",
    ]  # fmt: skip


def test_an_order_is_deleted_and_a_second_contract_of_its_number_refused(tmp_path: Any) -> None:
    desk = company(tmp_path, official=bool(XSD))
    desk.pohoda.insert("OBJ", ID=39, RelTpObj=1, Cislo="X", Datum="2026-01-01 00:00:00")
    [deleted] = desk.post((EXAMPLES / "import_order_delete.xml").read_bytes())
    assert (deleted.id, deleted.action, desk.count("OBJ")) == (39, "delete", 0)
    [again] = desk.post((EXAMPLES / "import_order_delete.xml").read_bytes())
    assert (again.id, again.states) == (0, ("ok", "ok"))
    [contract] = desk.post((EXAMPLES / "import_contract_full.xml").read_bytes())
    assert (contract.id, contract.details[-1].errno) == (0, "109")
    desk.pohoda.delete("sZAK", desk.pohoda.rows("SELECT ID FROM sZAK WHERE Cislo = '26Zak00001'")[0]["ID"])
    [contract] = desk.post((EXAMPLES / "import_contract_full.xml").read_bytes())
    assert stored(contract)
    kept = desk.row(contract.id, "sZAK")
    assert (kept["Cislo"], kept["RefStav"], kept["Zaruka"][:10], kept["Ost2"]) == (
        "26Zak00001",
        2,
        "2029-01-30",
        "D-77",
    )
    assert {detail.about for detail in contract.details} == {
        "typ:parameter",
        "con:responsiblePerson",
        "con:contractPlan",
    }


def test_a_settlement_without_a_paying_document_lowers_what_is_left(tmp_path: Any) -> None:
    desk = company(tmp_path, official=bool(XSD))
    desk.pohoda.insert("FA", ID=14419, RelTpFak=1, Cislo="F1", Datum="2026-01-01 00:00:00", KcCelkem=2000, KcLikv=2000)
    [answer] = desk.post((EXAMPLES / "import_liquidation_without_link.xml").read_bytes())
    assert (answer.id, answer.action) == (14419, "liquidationWithoutLink")
    invoice = desk.row(14419, "FA")
    assert (invoice["KcLikv"], invoice["DatLikv"][:10]) == (464, "2026-11-20")
    told = listed(
        desk,
        "lst:listInvoiceRequest",
        14419,
        invoiceType="issuedInvoice",
        off="<lst:liquidations>true</lst:liquidations>",
    )
    assert told["liquidations"]["liquidation"]["amount"] == "1536"
