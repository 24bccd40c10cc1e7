"""Invoices of all fifteen kinds: one table, told apart by `RelTpFak`."""

from typing import Any

from pohoda_sandbox.pohoda.xml.codes import AGENDAS_OF_INVOICES, GUARANTEES, INVOICES
from pohoda_sandbox.pohoda.xml.filters import Search
from pohoda_sandbox.pohoda.xml.listings import links
from pohoda_sandbox.pohoda.xml.listings.amounts import line, summary, with_rates
from pohoda_sandbox.pohoda.xml.listings.common import (
    ACCOUNT,
    ACCOUNTING,
    PAYMENT,
    VAT_CLASS,
    coded,
    dimensions,
    labels,
    number,
    own,
    parameters,
    partner,
    partner_account,
    ref,
    stock_item,
)
from pohoda_sandbox.pohoda.xml.listings.form import Asked, Constant, Default, Form, If, Many, Node, Row, Words
from pohoda_sandbox.pohoda.xml.listings.listing import Ask, Listing, Rows

_ADVANCES = frozenset({4, 14})
_RECEIVED = frozenset(range(11, 19))
_INTERNAL = -1001
_PAID_BY = {27: "voucher", 28: "bank", 29: "internalDocuments"}


def agenda_of(row: Row) -> int:
    return AGENDAS_OF_INVOICES[row["RelTpFak"]]


def storno(row: Row) -> str | None:
    """Whether the document cancels another or was cancelled by one."""
    if row["TpStorn"]:
        return "cancelDocument"
    return "cancelledDocument" if row["RelStorn"] else None


def _remaining(column: str) -> Any:
    return lambda row: row[column] or None


def _last_payment(row: Row) -> str | None:
    """The day of the last payment; a document paid in part may know it from its settlements alone."""
    day = row["DatLikv"] or max((paid["DatumU"] or "" for paid in row["paid"]), default="")
    return day[:10] or None


def _received(row: Row) -> bool:
    return row["RelTpFak"] in _RECEIVED


def _header(ask: Ask) -> Form:
    return {
        "inv:id": "ID",
        "inv:extId": Many("extId", links.EXTERNAL),
        "inv:invoiceType": Words("RelTpFak", INVOICES),
        "inv:storno": storno,
        "inv:number": number(),
        "inv:symVar": "VarSym",
        "inv:originalDocument": "PDoklad",
        "inv:symPar": "ParSym",
        "inv:date": "Datum",
        "inv:dateTax": "DatZdPln",
        "inv:dateAccounting": "DatUcP",
        "inv:dateKHDPH": "DatKHDPH",
        "inv:dateDue": "DatSplat",
        "inv:dateApplicationVAT": "DatOdDPH",
        "inv:accounting": ACCOUNTING,
        "inv:classificationVAT": VAT_CLASS,
        "inv:numberKHDPH": "CisloKHDPH",
        "inv:text": "SText",
        "inv:partnerIdentity": partner(ask, "FA"),
        "inv:myIdentity": own(ask, "inv:myIdentity"),
        "inv:numberOrder": "CisloObj",
        "inv:dateOrder": "DatObj",
        "inv:priceLevel": coded(ask, "CenyIDS", "SkCeny", "IDS"),
        "inv:paymentType": PAYMENT,
        "inv:account": ACCOUNT,
        "inv:symConst": "KonstSym",
        "inv:symSpec": If(_received, lambda row: row["SpecSym"] and row["SpecSym"][:16]),
        "inv:paymentAccount": If(_received, If("Ucet", partner_account())),
        "inv:messageForRecipient": "PrijZprava",
        "inv:dateOfPaymentOrder": "DatPrik",
        "inv:paymentTerminal": If("PlatTerm", "PlatTerm"),
        **dimensions(ask, "inv"),
        "inv:regVATinEU": {"typ:ids": "DICRegDPHEU"},
        "inv:MOSS": {"typ:ids": "MOSS"},
        "inv:evidentiaryResourcesMOSS": {"typ:ids": "MOSSDukaz"},
        "inv:dateTaxOriginalDocumentMOSS": "DatZdPlnMOSS",
        "inv:correctionMOSS": If("MOSSOprava", "MOSSOprava"),
        "inv:carrier": {"typ:id": "RefDopravci"},
        "inv:note": "Pozn",
        "inv:intNote": "Pozn2",
        "inv:liquidation": {
            "typ:date": _last_payment,
            "typ:amountHome": _remaining("KcLikv"),
            "typ:amountForeign": If("RefCM", _remaining("CmLikv")),
        },
        "inv:applied": If(lambda row: row["RelTpFak"] in _ADVANCES, "KcUplat"),
        "inv:histRate": If("HistSzDPH", "HistSzDPH"),
        "inv:lock2": "Lock",
        "inv:markRecord": "Sel",
        "inv:labels": labels("inv:labels"),
        "inv:parameters": parameters(ask, "FA"),
    }


def _own_posting(ask: Ask) -> dict[str, Node]:
    """What a line may have instead of its document's."""
    return {
        "inv:accounting": ref("RelPk", "pPK"),
        "inv:classificationVAT": VAT_CLASS,
        "inv:PDP": "PDP",
        **dimensions(ask, "inv"),
    }


def _item(ask: Ask) -> Form:
    return {
        "inv:id": "ID",
        "inv:text": "SText",
        "inv:quantity": "Mnozstvi",
        "inv:unit": "MJ",
        "inv:coefficient": Default("MJKoef", "1.0"),
        **line(ask, "inv"),
        "inv:typeServiceMOSS": {"typ:ids": "MOSSDruh"},
        "inv:note": "Pozn",
        "inv:code": "Kod",
        "inv:guarantee": "Zaruka",
        "inv:guaranteeType": Words("RelZaruka", GUARANTEES),
        "inv:stockItem": stock_item(),
        **_own_posting(ask),
        "inv:expirationDate": "DatExp",
        "inv:linkedDocument": Many("linked", links.LINK),
        "inv:parameters": parameters(ask, "FApol"),
    }


def _deduction(ask: Ask) -> Form:
    posting = {name: node for name, node in _own_posting(ask).items() if name != "inv:PDP"}
    return {
        "inv:id": "ID",
        "inv:sourceDocument": {"typ:id": "RefPol", "typ:number": "RefPol/FA.Cislo"},
        "inv:quantity": Constant("1.0"),
        **line(ask, "inv"),
        "inv:typeServiceMOSS": {"typ:ids": "MOSSDruh"},
        "inv:note": "Pozn",
        "inv:symPar": "ParSym",
        **posting,
        "inv:parameters": parameters(ask, "FApol"),
    }


def _deducts(row: Row) -> bool:
    return row["RelAgID"] in links.DEDUCTED


def _form(ask: Ask) -> Form:
    advance = (_deducts, "inv:invoiceAdvancePaymentItem", _deduction(ask))
    items = Many("FApol", _item(ask), advance)
    return {
        "inv:invoiceHeader": _header(ask),
        "inv:invoiceDetail": {"inv:invoiceItem": items},
        "inv:invoiceSummary": summary(ask, "inv", "FA"),
        "inv:linkedDocuments": Asked("documents", {"typ:link": Many("links", links.LINK)}),
        "inv:liquidations": Asked("liquidations", {"typ:liquidation": Many("paid", _SETTLEMENT)}),
    }


_SETTLEMENT: Form = {
    "typ:id": "ID",
    "typ:date": "day",
    "typ:sourceAgenda": Words("RelAgU", _PAID_BY),
    "typ:sourceDocument": {"typ:id": lambda row: row["RelIDU"] or None, "typ:number": "CisloU"},
    "typ:taxReceiptDocument": {"typ:id": lambda row: row["RefDD"] or None, "typ:number": "TaxNumber"},
    "typ:amount": Default("KcU"),
    "typ:foreignCurrencyAmount": Default("CmH"),
    "typ:foreignCurrencySource": Default("CmU"),
}

LISTING = Listing(
    record="lst:invoice",
    search=Search("FA", "FA", "Faktury", tuple(sorted(set(AGENDAS_OF_INVOICES.values()))), day="FA.Datum"),
    kinds={"invoiceType": ("RelTpFak", INVOICES)},
    form=_form,
    sets={"FApol": Rows("FApol", where=f"COALESCE(t.RelAgID, 0) <> {_INTERNAL}")},
    prepare=(
        with_rates("FApol"),
        links.external(agenda_of, most=1),
        links.linked(agenda_of),
        links.lines_linked("FApol"),
        links.settled(agenda_of),
    ),
)
