"""The shapes of orders, offers, invoices and contracts, used where Stormware's schemas are not at hand."""

from lxml import etree

from pohoda_sandbox.pohoda.xml.checks import Violation
from pohoda_sandbox.pohoda.xml.codes import GUARANTEES, INVOICES, LINKED, OFFERS, ORDERS, ROUNDINGS, SERIES
from pohoda_sandbox.pohoda.xml.import_checks import (
    ACCOUNTING,
    ADDRESS,
    ADDRESS_BOOK,
    DELIVERY,
    EXTERNAL,
    PAYMENT,
    REFERENCE,
    VAT,
)
from pohoda_sandbox.pohoda.xml.names import short
from pohoda_sandbox.pohoda.xml.shapes import ANY, BOOL, DAY, ID, MONEY, Kind, Shape, fits

_FLAG = BOOL | {""}
_SWITCH = BOOL | {"0", "1"}
_RATES = frozenset(["none", "high", "low", "third", "historyHigh", "historyLow", "historyThird"])
_LONG = Shape({"typ:id": ID, "typ:ids": 80})
_MOSS = Shape({"typ:ids": ANY})
_NUMBERED = Shape({"typ:id": ID, "typ:number": 32})
_DOCUMENT = Shape({"typ:sourceDocument": _NUMBERED}, needed=frozenset({"typ:sourceDocument"}))
_CORRECTED = Shape(_DOCUMENT.kinds, needed=_DOCUMENT.needed, attributes={"itemTransfer": _SWITCH})
_AGENDAS = frozenset(word for _, word in LINKED.values()) | {
    "receivedOffer", "issuedEnquiry", "receivedEnquiry", "productRequirements", "claims", "claimsOld", "service",
}  # fmt: skip
_LINK = Shape(
    {"typ:sourceAgenda": _AGENDAS, "typ:sourceDocument": _NUMBERED, "typ:settingsSourceDocument": ANY},
    needed=frozenset({"typ:sourceAgenda", "typ:sourceDocument"}),
)
_LINKS = Shape({"typ:link": _LINK, "typ:manualLink": ANY}, many=frozenset({"typ:link", "typ:manualLink"}))
_ITEM_LINK = Shape({
    "typ:sourceAgenda": _AGENDAS, "typ:sourceItemId": ID, "typ:sourceItemExtId": EXTERNAL,
    "typ:settingsSourceDocumentOrderItem": ANY, "typ:settingsSourceDocumentItem": ANY,
})  # fmt: skip
_IDENTITY = Shape(
    {"typ:id": ID, "typ:extId": EXTERNAL, "typ:address": ADDRESS, "typ:shipToAddress": DELIVERY},
    ordered=True,
    many=frozenset({"typ:extId", "typ:shipToAddress"}),
)
_CARD = Shape(
    {"typ:id": ID, "typ:ids": 64, "typ:extId": EXTERNAL, "typ:EAN": 20, "typ:PLU": ANY},
    attributes={"insertAttachStock": _SWITCH, "applyUserSettingsFilterOnTheStore": _SWITCH},
)
_STOCK = Shape({"typ:store": REFERENCE, "typ:stockItem": _CARD, "typ:serialNumber": 40, "typ:serialNumberExtId": ANY})
_AMOUNTS = Shape({f"typ:{name}": MONEY for name in ("unitPrice", "price", "priceVAT", "priceSum")})
_PARAMETER = Shape({
    "typ:name": 16, "typ:textValue": ANY, "typ:memoValue": ANY, "typ:currencyValue": MONEY, "typ:booleanValue": BOOL,
    "typ:numberValue": MONEY, "typ:datetimeValue": DAY, "typ:integerValue": ANY, "typ:listValueRef": REFERENCE,
    "typ:list": REFERENCE,
}, needed=frozenset({"typ:name"}))  # fmt: skip
_PARAMETERS = Shape({"typ:parameter": _PARAMETER}, many=frozenset({"typ:parameter"}))
_ROUND = Shape({"typ:priceRound": MONEY})
_HOME = Shape({
    **{f"typ:price{slot}{end}": MONEY for slot in ("Low", "High", "3") for end in ("", "VAT", "Sum")},
    "typ:priceNone": MONEY, "typ:round": _ROUND,
})  # fmt: skip
_FOREIGN = Shape(
    {"typ:currency": REFERENCE, "typ:rate": MONEY, "typ:amount": MONEY, "typ:priceSum": MONEY, "typ:round": _ROUND},
    needed=frozenset({"typ:currency"}),
)
_REFERENCES: dict[str, Kind] = dict.fromkeys(("centre", "activity", "contract"), REFERENCE)
_COMMON: dict[str, Kind] = {
    "id": ID, "extId": EXTERNAL, "date": DAY, "text": 240, "partnerIdentity": _IDENTITY, "myIdentity": ANY,
    "paymentType": PAYMENT, "priceLevel": REFERENCE, "regVATinEU": ANY, "MOSS": _MOSS,
    "evidentiaryResourcesMOSS": _MOSS,
    "accountingPeriodMOSS": 7, "note": ANY, "intNote": ANY, "histRate": _FLAG, "lock1": _FLAG, "lock2": _FLAG,
    "markRecord": _FLAG, "labels": ANY, "parameters": _PARAMETERS, "isExecuted": _FLAG, "isDelivered": _FLAG,
    "permanentDocument": _FLAG, "storno": ANY,
    "number": Shape({"typ:id": ID, "typ:ids": 19, "typ:numberRequested": 32}), **_REFERENCES,
}  # fmt: skip
_ORDER: dict[str, Kind] = {
    "orderType": frozenset(ORDERS.values()), "numberOrder": 32, "dateDelivery": DAY, "dateFrom": DAY, "dateTo": DAY,
    "isReserved": _FLAG, "iShop": ANY, "iShopName": 35, "dateCancellation": DAY, "permamentDocument": _FLAG,
    "carrier": ANY,
}  # fmt: skip
_OFFER: dict[str, Kind] = {"offerType": frozenset(OFFERS.values()), "validTill": DAY, "details": ANY}
_INVOICE: dict[str, Kind] = {
    "invoiceType": frozenset(INVOICES.values()), "sphereType": ANY, "symVar": 20, "originalDocument": 32,
    "originalDocumentNumber": ANY, "symPar": 20, "dateTax": DAY, "dateAccounting": DAY, "dateKHDPH": DAY,
    "dateDue": DAY,
    "dateApplicationVAT": DAY, "dateDelivery": DAY, "accounting": ACCOUNTING, "classificationVAT": VAT,
    "classificationKVDPH": REFERENCE, "numberKHDPH": 32, "numberKVDPH": 32, "order": REFERENCE, "numberOrder": 32,
    "dateOrder": ANY, "account": ANY, "symConst": 4, "symSpec": 16, "paymentAccount": ANY, "messageForRecipient": 35,
    "dateOfPaymentOrder": DAY, "paymentTerminal": _FLAG, "dateTaxOriginalDocumentMOSS": DAY, "correctionMOSS": _FLAG,
    "carrier": ANY, "liquidation": ANY, "applied": MONEY, "intrastat": ANY,
    "validate": Shape({"typ:inStock": _FLAG}), "postponedIssue": _FLAG, "postponedReceive": _FLAG,
}  # fmt: skip
_ITEM: dict[str, Kind] = {
    "id": ID, "extId": 64, "parentCompStock": ANY, "text": 90, "quantity": MONEY, "unit": 10, "coefficient": MONEY,
    "payVAT": _FLAG, "rateVAT": _RATES, "percentVAT": MONEY, "discountPercentage": MONEY, "homeCurrency": _AMOUNTS,
    "foreignCurrency": _AMOUNTS, "typeServiceMOSS": _MOSS, "note": 90, "code": 64, "stockItem": _STOCK,
    "linkToStock": ANY, "PDP": _SWITCH, "CodePDP": 8, "recyclingContrib": ANY, "EETItem": ANY,
    "parameters": _PARAMETERS, "linkedDocument": ANY, **_REFERENCES,
}  # fmt: skip
_OF_INVOICE: dict[str, Kind] = {"accounting": REFERENCE, "classificationVAT": VAT, "classificationKVDPH": REFERENCE}
_DEDUCTION: dict[str, Kind] = {
    name: _ITEM[name]
    for name in (
        "id", "extId", "quantity", "payVAT", "rateVAT", "percentVAT", "discountPercentage", "homeCurrency",
        "foreignCurrency", "typeServiceMOSS", "note", "parameters", "centre", "activity", "contract",
    )
} | {"sourceDocument": _NUMBERED, "symPar": 20, "voucherEET": _FLAG, **_OF_INVOICE}  # fmt: skip
_SUMMARY: dict[str, Kind] = {
    "roundingDocument": frozenset(ROUNDINGS.values()), "roundingVAT": ANY, "calculateVAT": _SWITCH,
    "typeCalculateVATInclusivePrice": frozenset({"VATNewMethod", "VATOriginalMethod"}), "homeCurrency": _HOME,
    "foreignCurrency": _FOREIGN,
}  # fmt: skip
_VERSION = {"version": frozenset({"2.0"})}


def _shape(prefix: str, kinds: dict[str, Kind], needed: str = "") -> Shape:
    return Shape(
        {f"{prefix}:{name}": kind for name, kind in kinds.items()},
        needed=frozenset(f"{prefix}:{name}" for name in needed.split()),
    )


def _document(prefix: str, name: str, before: dict[str, Kind], header: Shape, items: dict[str, Kind]) -> Shape:
    """A whole document: what stands before its header, the header, items by name, and the rest in its order."""
    detail = {f"{prefix}:{item}": kind for item, kind in items.items()}
    kinds: dict[str, Kind] = {f"{prefix}:{part}": kind for part, kind in before.items()}
    kinds |= {f"{prefix}:{name}Header": header, f"{prefix}:{name}Detail": Shape(detail, many=frozenset(detail))}
    kinds[f"{prefix}:{name}Summary"] = _shape(prefix, _SUMMARY)
    kinds |= {f"{prefix}:{part}": ANY for part in ("linkedDocuments", "liquidations", "attachments", "EET", "print")}
    return Shape(kinds, ordered=True, attributes=_VERSION)


_ORDERS_DELETED = Shape({"ftr:id": ID, "ftr:number": 10}, attributes={"agenda": frozenset(SERIES.values())})
_ORDER_ACTION = Shape({"ord:add": ANY, "ord:delete": Shape({"ftr:filter": _ORDERS_DELETED})}, one=True)
_GUARANTEE: dict[str, Kind] = {"guarantee": ANY, "guaranteeType": frozenset(GUARANTEES.values())}
_CONTRACT: dict[str, Kind] = {
    "id": ID, "number": Shape({"typ:id": ID, "typ:ids": 19, "typ:numberRequested": 12}), "datePlanStart": DAY,
    "datePlanDelivery": DAY, "dateStart": DAY, "dateDelivery": DAY, "dateWarranty": DAY, "text": 90,
    "partnerIdentity": _IDENTITY, "responsiblePerson": _LONG,
    "status": Shape(_LONG.kinds, attributes={"unused": _FLAG, "executed": _FLAG}), "ost1": 32, "ost2": 32, "note": ANY,
    "markRecord": _FLAG, "labels": ANY, "parameters": _PARAMETERS,
}  # fmt: skip
_DOCUMENTS = {
    "ord:order": _document(
        "ord", "order", {"links": _LINKS, "actionType": _ORDER_ACTION}, _shape("ord", _COMMON | _ORDER),
        {"orderItem": _shape("ord", _ITEM | {"link": _ITEM_LINK, "delivered": MONEY}), "roundingItem": ANY},
    ),
    "ofr:offer": _document(
        "ofr", "offer", {}, _shape("ofr", _COMMON | _OFFER),
        {"offerItem": _shape("ofr", _ITEM | {"transferred": MONEY}), "roundingItem": ANY},
    ),
    "inv:invoice": _document(
        "inv", "invoice", {"links": _LINKS, "cancelDocument": _DOCUMENT, "correctiveDocument": _CORRECTED},
        _shape("inv", _COMMON | _INVOICE, "invoiceType"),
        {
            "invoiceItem": _shape("inv", _ITEM | _OF_INVOICE | _GUARANTEE | {
                "link": _ITEM_LINK, "expirationDate": ANY, "intrastatItem": ANY,
            }),
            "invoiceAdvancePaymentItem": _shape("inv", _DEDUCTION, "quantity payVAT rateVAT"),
            "roundingItem": ANY,
        },
    ),
    "con:contract": Shape(
        {
            "con:contractDesc": _shape("con", _CONTRACT), "con:contractPlan": ANY, "con:attachments": ANY,
            "con:print": ANY,
        },
        ordered=True, needed=frozenset({"con:contractDesc"}), attributes=_VERSION,
    ),
}  # fmt: skip
_RECORD = Shape(
    {"ftr:filter": ANY, "ftr:queryFilter": ANY, "ftr:userFilterName": ANY},
    attributes={"agenda": frozenset(word for table, word in LINKED.values() if table == "FA")},
)
_SETTLED = Shape(
    {
        "lwl:extId": EXTERNAL,
        "lwl:record": _RECORD,
        "lwl:date": DAY,
        "lwl:amountHome": MONEY,
        "lwl:amountForeign": MONEY,
    },
    ordered=True,
    needed=frozenset({"lwl:record"}),
    attributes=_VERSION,
)
SHAPES = {"adb:addressbook": ADDRESS_BOOK, **_DOCUMENTS, "lwl:liquidationWithoutLink": _SETTLED}


def check_import(document: etree._Element) -> None:
    """Raises Violation at the first thing in a document that POHODA's schema would refuse."""
    if document.get("version") is None:
        raise Violation(document, "Required attribute 'version' is missing.")
    fits(document, SHAPES[short(document)])
