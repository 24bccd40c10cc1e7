"""The shape of an `adb:addressbook`, used where Stormware's schemas are not at hand."""

from pohoda_sandbox.pohoda.xml.shapes import ANY, BOOL, DAY, ID, MONEY, SHORT, Kind, Shape

_FLAG = BOOL | {""}
EXTERNAL = Shape(
    {"typ:ids": 64, "typ:exSystemName": 64, "typ:exSystemText": ANY}, needed=frozenset({"typ:ids", "typ:exSystemName"})
)
REFERENCE = Shape({"typ:id": ID, "typ:ids": 19, "typ:extId": EXTERNAL, "typ:valueType": frozenset({"nullValue"})})
ACCOUNTING = Shape({"typ:id": ID, "typ:ids": 19, "typ:accountingType": frozenset({"withoutAccounting"})})
VAT = Shape(
    {"typ:id": ID, "typ:ids": 19, "typ:classificationVATType": frozenset({"inland", "nonSubsume", ""})},
)
_PAYMENTS = "draft cash postal delivery creditcard advance encashment cheque compensation"
PAYMENT = Shape({"typ:id": ID, "typ:ids": 32, "typ:paymentType": frozenset(_PAYMENTS.split())})
_NUMBER = Shape({"typ:id": ID, "typ:ids": 19, "typ:numberRequested": 20})
ADDRESS = Shape({
    "typ:company": 255, "typ:division": 32, "typ:name": 64, "typ:city": 45, "typ:street": 64, "typ:zip": 15,
    "typ:ico": 15, "typ:dic": 18, "typ:VATPayerType": frozenset({"payer", "non-payer", "identified-person", ""}),
    "typ:icDph": 18, "typ:country": REFERENCE, "typ:phone": 40, "typ:mobilPhone": 24, "typ:fax": 24, "typ:email": 98,
}, attributes={"linkToAddress": BOOL | {"0", "1"}})  # fmt: skip
_PART_FILTER = Shape({"ftr:filter": Shape({"ftr:id": ID, "ftr:extId": EXTERNAL})})
_PART_ACTION = Shape({"typ:add": ANY, "typ:update": _PART_FILTER, "typ:delete": _PART_FILTER}, one=True)
DELIVERY = Shape({
    "typ:actionType": _PART_ACTION, "typ:id": ID, "typ:extId": 64, "typ:company": 255, "typ:division": 32,
    "typ:name": 64, "typ:city": 45, "typ:street": 64, "typ:zip": 15, "typ:country": REFERENCE, "typ:phone": 40,
    "typ:email": 98, "typ:defaultShipAddress": _FLAG,
})  # fmt: skip
_ACCOUNT = Shape({
    "adb:actionType": _PART_ACTION, "adb:id": ID, "adb:accountNumber": 34, "adb:symSpec": 20, "adb:bankCode": 11,
    "adb:description": 30, "adb:bankName": 35, "adb:bankStreet": 35, "adb:bankCity": 45, "adb:bankState": REFERENCE,
    "adb:defaultAccount": _FLAG,
})  # fmt: skip
_IDENTITY = Shape(
    {"typ:id": ID, "typ:extId": EXTERNAL, "typ:address": ADDRESS, "typ:shipToAddress": DELIVERY},
    ordered=True,
    many=frozenset({"typ:extId", "typ:shipToAddress"}),
)
_TEXTS: dict[str, Kind] = {
    "region": 32, "phone": 40, "mobil": 24, "fax": 24, "email": 98, "web": 96, "ICQ": 12, "Skype": 32, "GPS": 38,
    "adGroup": 255, "adKey": 255, "priceIDS": 10, "agreement": 12, "ost1": 32, "ost2": 32, "function": 32,
    "personalIdentificationNumber": 11, "salutation": 32, "message": 64, "note": ANY, "intNote": ANY,
}  # fmt: skip
_REFERENCES: dict[str, Kind] = {
    "paymentType": PAYMENT, "number": _NUMBER, "accountingReceivedInvoice": ACCOUNTING,
    "accountingIssuedInvoice": ACCOUNTING, "classificationVATReceivedInvoice": VAT,
    "classificationVATIssuedInvoice": VAT, "classificationKVDPHReceivedInvoice": REFERENCE,
    "classificationKVDPHIssuedInvoice": REFERENCE, "foreignCurrency": REFERENCE, "centre": REFERENCE,
    "activity": REFERENCE, "contract": REFERENCE,
    "accountForInvoicing": Shape(
        {"typ:id": ID, "typ:ids": 19, "typ:accountNo": 34, "typ:bankCode": 11, "typ:extId": EXTERNAL}
    ),
    "responsiblePerson": Shape({"typ:id": ID, "typ:surname": 32, "typ:name": 32, "typ:degree": 7}),
    "refAddress": Shape({"typ:refAD": ID, "typ:extId": EXTERNAL, "typ:address": ADDRESS}),
}  # fmt: skip
_OTHERS: dict[str, Kind] = {
    "id": ID, "identity": _IDENTITY, "credit": MONEY, "creditMax": MONEY, "maturity": SHORT,
    "maturityCommitments": SHORT, "toleranceMaturity": SHORT, "sex": frozenset({"man", "woman", "unknown"}),
    "dateOfBirth": DAY, "turnover": MONEY, "turnover2": MONEY, "markRecord": _FLAG,
    **{f"p{number}": _FLAG for number in range(1, 7)},
    "textVAT": ANY, "stockVAT": ANY, "parameters": ANY, "labels": ANY, "carrier": ANY,
}  # fmt: skip
_HEADER = Shape({f"adb:{name}": kind for name, kind in (_TEXTS | _REFERENCES | _OTHERS).items()})
_FILTER = Shape({
    "ftr:id": ID, "ftr:extId": EXTERNAL, "ftr:company": 255, "ftr:name": 32, "ftr:city": 45, "ftr:street": 64,
    "ftr:zip": 15, "ftr:ico": 15, "ftr:dic": 18, "ftr:number": _NUMBER, "ftr:lastChanges": ANY,
})  # fmt: skip
_CHOSEN: dict[str, Kind] = {
    "ftr:filter": _FILTER,
    "ftr:queryFilter": Shape({"ftr:filter": ANY, "ftr:textName": 200}),
    "ftr:userFilterName": ANY,
}
_CHANGE = Shape(_CHOSEN, ordered=True, attributes={"add": BOOL, "update": BOOL})
ADDRESS_BOOK = Shape(
    {
        "adb:actionType": Shape(
            {"adb:add": _CHANGE, "adb:update": _CHANGE, "adb:delete": Shape(_CHOSEN, ordered=True)}, one=True
        ),
        "adb:addressbookHeader": _HEADER,
        "adb:addressbookAccount": Shape({"adb:accountItem": _ACCOUNT}, many=frozenset({"adb:accountItem"})),
        "adb:addressbookGDPR": ANY,
        "adb:attachments": ANY,
        "adb:print": ANY,
    },
    ordered=True,
    attributes={"version": frozenset({"2.0"})},
)
