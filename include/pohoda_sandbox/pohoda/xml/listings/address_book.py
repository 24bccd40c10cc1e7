"""The address book: every row of AD, with its delivery addresses and accounts."""

from pohoda_sandbox.pohoda.xml import address_fields as fields
from pohoda_sandbox.pohoda.xml.codes import PAYMENTS
from pohoda_sandbox.pohoda.xml.filters import ADDRESS_BOOK, ADDRESSES
from pohoda_sandbox.pohoda.xml.listings import links
from pohoda_sandbox.pohoda.xml.listings.common import number, parameters, ref
from pohoda_sandbox.pohoda.xml.listings.form import Element, Form, If, Many, Node, Row, Words
from pohoda_sandbox.pohoda.xml.listings.listing import Ask, Listing, Rows
from pohoda_sandbox.pohoda.xml.listings.source import grouped


def _named(prefix: str, names: dict[str, str]) -> dict[str, Node]:
    return {f"{prefix}:{element}": column for element, column in names.items()}


_DELIVERY: Form = {
    "typ:id": "ID",
    "typ:extId": lambda row: row["ExtIDS"],
    **_named("typ", fields.DELIVERY),
    "typ:defaultShipAddress": "Vychozi",
    "typ:zip": "PSC2",
    "typ:country": ref("RefZeme2", "sZeme"),
    **_named("typ", fields.DELIVERY_AFTER),
}
_IDENTITY: Form = {
    "typ:extId": Many("extId", links.EXTERNAL),
    "typ:address": Element({}, inside={**_named("typ", fields.ADDRESS), "typ:country": ref("RefZeme", "sZeme")}),
    "typ:shipToAddress": Many("ADdodaci", _DELIVERY),
}
_PERSON: Form = {
    "typ:id": "RefOsoba",
    "typ:surname": "RefOsoba/sOdpOsoby.Prijmeni",
    "typ:name": "RefOsoba/sOdpOsoby.Jmeno",
    "typ:degree": "RefOsoba/sOdpOsoby.Titul",
}
_HEADER: dict[str, Node] = {
    "adb:id": "ID",
    "adb:identity": Element({}, inside=_IDENTITY),
    **_named("adb", fields.BEFORE),
    "adb:paymentType": {
        **ref("RelForUh", "sFormUh"),
        "typ:paymentType": Words("RelForUh/sFormUh.RelTyp", PAYMENTS),
    },
    **_named("adb", fields.AGREEMENT),
    "adb:number": If("Cislo", number()),
    **_named("adb", fields.MIDDLE),
    "adb:sex": If("RelPohl", Words("RelPohl", fields.SEX, "unknown")),
    **_named("adb", fields.BIRTH),
    **_named("adb", fields.FLAGS),
    **_named("adb", fields.NOTES),
    "adb:accountingReceivedInvoice": ref("RelPkFP", "pPK"),
    "adb:accountingIssuedInvoice": ref("RelPkFV", "pPK"),
    "adb:classificationVATReceivedInvoice": ref("RelTpDPHFP", "sDPH"),
    "adb:classificationVATIssuedInvoice": ref("RelTpDPHFV", "sDPH"),
    "adb:accountForInvoicing": ref("RefUcetFV", "sUcet"),
    "adb:textVAT": Words("RelSzDPH", fields.VAT_SLOTS),
    "adb:responsiblePerson": If("RefOsoba", _PERSON),
    **_named("adb", fields.TOLERANCE),
    "adb:foreignCurrency": ref("RefCM", "sCMeny", "Kod"),
    "adb:centre": ref("RefStr", "sSTR"),
    "adb:activity": ref("RefCin", "sCIN"),
    "adb:contract": If("CisloZAK", {"typ:ids": "CisloZAK"}),
    "adb:turnover": "KcObrat",
    "adb:turnover2": "KcObrat2",
    "adb:refAddress": {"typ:refAD": "RefAD"},
    **_named("adb", fields.MARK),
}
_ACCOUNT: Form = {
    "adb:id": "ID",
    **_named("adb", fields.ACCOUNT | fields.BANK),
    "adb:bankState": ref("BankaStat", "sZeme"),
    "adb:defaultAccount": "Vychozi",
}


def _form(ask: Ask) -> Form:
    return {
        "adb:addressbookHeader": {**_HEADER, "adb:parameters": parameters(ask, "AD")},
        "adb:addressbookAccount": {"adb:accountItem": Many("ADucet", _ACCOUNT)},
    }


def _parts(ask: Ask, page: list[Row]) -> None:
    """External ids of delivery addresses."""
    ids = [delivery["ID"] for row in page for delivery in row["ADdodaci"]]
    found = grouped(
        ask.pohoda.rows(
            "SELECT RefDocID, IDS FROM sExtIDpol WHERE RefTable = 'ADdodaci' AND RefDocID BETWEEN ? AND ? ORDER BY ID",
            min(ids, default=0),
            max(ids, default=0),
        ),
        "RefDocID",
    )
    for row in page:
        for delivery in row["ADdodaci"]:
            delivery["ExtIDS"] = next((known["IDS"] for known in found[delivery["ID"]]), None)


LISTING = Listing(
    record="lAdb:addressbook",
    search=ADDRESSES,
    form=_form,
    sets={"ADdodaci": Rows("ADdodaci", order="t.ID"), "ADucet": Rows("ADucet", order="t.ID")},
    prepare=(links.external(lambda row: ADDRESS_BOOK), _parts),
)
