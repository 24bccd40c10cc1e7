"""The address-book listing: every row of AD as a record, with its delivery addresses and accounts."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from lxml import etree

from pohoda_sandbox.pohoda.database import Pohoda
from pohoda_sandbox.pohoda.xml import address_fields as fields
from pohoda_sandbox.pohoda.xml.filters import ADDRESS_BOOK, Where
from pohoda_sandbox.pohoda.xml.names import add, add_filled

Row = dict[str, Any]

_SELECT = """
SELECT AD.*, z.IDS AS ZemeIDS, r.IDS AS RadaIDS, fp.IDS AS PkFP, fv.IDS AS PkFV, u.IDS AS UhradaIDS,
       u.RelTyp AS UhradaTyp, m.Kod AS MenaKod, st.IDS AS StrIDS, ci.IDS AS CinIDS,
       cp.IDS AS DphFP, cv.IDS AS DphFV, bu.IDS AS UcetFV, o.Prijmeni AS OsobaPrijmeni,
       o.Jmeno AS OsobaJmeno, o.Titul AS OsobaTitul
FROM AD
LEFT JOIN sZeme z ON z.ID = AD.RefZeme
LEFT JOIN sCRady r ON r.ID = AD.RelCR
LEFT JOIN pPK fp ON fp.ID = AD.RelPkFP
LEFT JOIN pPK fv ON fv.ID = AD.RelPkFV
LEFT JOIN sDPH cp ON cp.ID = AD.RelTpDPHFP
LEFT JOIN sDPH cv ON cv.ID = AD.RelTpDPHFV
LEFT JOIN sUcet bu ON bu.ID = AD.RefUcetFV
LEFT JOIN sFormUh u ON u.ID = AD.RelForUh
LEFT JOIN sCMeny m ON m.ID = AD.RefCM
LEFT JOIN sSTR st ON st.ID = AD.RefStr
LEFT JOIN sCIN ci ON ci.ID = AD.RefCin
LEFT JOIN sOdpOsoby o ON o.ID = AD.RefOsoba
"""


def write(listing: etree._Element, pohoda: Pohoda, where: Where, system: str) -> None:
    """Adds the records that match, by ascending id; `system` restricts external ids to one system's."""
    rows = pohoda.rows(f"{_SELECT} {where.sql}", *where.values)
    if not rows:
        return
    span = (rows[0]["ID"], rows[-1]["ID"])
    deliveries = _by_parent(
        pohoda.rows(
            "SELECT d.*, z.IDS AS ZemeIDS, (SELECT e.IDS FROM sExtIDpol e WHERE e.RefTable = 'ADdodaci' "
            "AND e.RefDocID = d.ID) AS ExtIDS FROM ADdodaci d LEFT JOIN sZeme z ON z.ID = d.RefZeme2 "
            "WHERE d.RefAg BETWEEN ? AND ? ORDER BY d.ID",
            *span,
        ),
        "RefAg",
    )
    accounts = _by_parent(
        pohoda.rows(
            "SELECT u.*, z.IDS AS StatIDS FROM ADucet u LEFT JOIN sZeme z ON z.ID = u.BankaStat "
            "WHERE u.RefAg BETWEEN ? AND ? ORDER BY u.ID",
            *span,
        ),
        "RefAg",
    )
    external = _by_parent(
        pohoda.rows(
            "SELECT e.RefDocID, e.IDS, s.IDS AS System, s.SText FROM sExtID e JOIN sExtSys s ON s.ID = e.RefExtSys "
            "WHERE e.RelAgID = ? AND e.RefDocID BETWEEN ? AND ? AND ? IN ('', s.IDS) ORDER BY e.ID",
            ADDRESS_BOOK,
            *span,
            system,
        ),
        "RefDocID",
    )
    for row in rows:
        record = add(listing, "lAdb:addressbook")
        record.set("version", "2.0")
        _header(record, row, deliveries[row["ID"]], external[row["ID"]])
        _accounts(record, accounts[row["ID"]])


def _by_parent(rows: Iterable[Row], key: str) -> defaultdict[int, list[Row]]:
    found: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[key]].append(row)
    return found


def _header(record: etree._Element, row: Row, deliveries: list[Row], external: list[Row]) -> None:
    header = add(record, "adb:addressbookHeader")
    add(header, "adb:id", row["ID"])
    identity = add(header, "adb:identity")
    for known in external:
        element = add(identity, "typ:extId")
        add(element, "typ:ids", known["IDS"])
        add(element, "typ:exSystemName", known["System"])
        add_filled(element, "typ:exSystemText", known["SText"])
    address = add(identity, "typ:address")
    _fields(address, "typ", row, fields.ADDRESS)
    _reference(address, "typ:country", row["RefZeme"], row["ZemeIDS"])
    for delivery in deliveries:
        _delivery(identity, delivery)
    _fields(header, "adb", row, fields.BEFORE)
    _payment(header, row)
    add_filled(header, "adb:agreement", row["Smlouva"])
    _number(header, row)
    _fields(header, "adb", row, fields.MIDDLE)
    if row["RelPohl"]:
        add(header, "adb:sex", fields.SEX.get(row["RelPohl"], "unknown"))
    if row["DatNar"]:
        add(header, "adb:dateOfBirth", row["DatNar"][:10])
    for name, flag in fields.FLAGS.items():
        add(header, f"adb:{name}", bool(row[flag]))
    _fields(header, "adb", row, fields.NOTES)
    _reference(header, "adb:accountingReceivedInvoice", row["RelPkFP"], row["PkFP"])
    _reference(header, "adb:accountingIssuedInvoice", row["RelPkFV"], row["PkFV"])
    _reference(header, "adb:classificationVATReceivedInvoice", row["RelTpDPHFP"], row["DphFP"])
    _reference(header, "adb:classificationVATIssuedInvoice", row["RelTpDPHFV"], row["DphFV"])
    _reference(header, "adb:accountForInvoicing", row["RefUcetFV"], row["UcetFV"])
    add_filled(header, "adb:textVAT", fields.VAT_SLOTS.get(row["RelSzDPH"]))
    _person(header, row)
    add_filled(header, "adb:toleranceMaturity", row["ADToler"])
    _reference(header, "adb:foreignCurrency", row["RefCM"], row["MenaKod"])
    _reference(header, "adb:centre", row["RefStr"], row["StrIDS"])
    _reference(header, "adb:activity", row["RefCin"], row["CinIDS"])
    if row["CisloZAK"]:
        add(add(header, "adb:contract"), "typ:ids", row["CisloZAK"])
    add_filled(header, "adb:turnover", row["KcObrat"])
    add_filled(header, "adb:turnover2", row["KcObrat2"])
    if row["RefAD"]:
        add(add(header, "adb:refAddress"), "typ:refAD", row["RefAD"])
    add(header, "adb:markRecord", bool(row["Sel"]))


def _fields(parent: etree._Element, prefix: str, row: Row, names: dict[str, str]) -> None:
    for element, column in names.items():
        add_filled(parent, f"{prefix}:{element}", row[column])


def _reference(parent: etree._Element, name: str, id: int | None, code: str | None) -> None:
    """Adds id and ids of a list row; 0 and NULL both mean none, a row that is gone has no ids."""
    if id:
        element = add(parent, name)
        add(element, "typ:id", id)
        add_filled(element, "typ:ids", code)


def _delivery(identity: etree._Element, row: Row) -> None:
    element = add(identity, "typ:shipToAddress")
    add(element, "typ:id", row["ID"])
    add_filled(element, "typ:extId", row["ExtIDS"])
    _fields(element, "typ", row, fields.DELIVERY)
    add(element, "typ:defaultShipAddress", bool(row["Vychozi"]))
    add_filled(element, "typ:zip", row["PSC2"])
    _reference(element, "typ:country", row["RefZeme2"], row["ZemeIDS"])
    _fields(element, "typ", row, fields.DELIVERY_AFTER)


def _payment(header: etree._Element, row: Row) -> None:
    _reference(header, "adb:paymentType", row["RelForUh"], row["UhradaIDS"])
    kind = fields.PAYMENTS.get(row["UhradaTyp"])
    if row["RelForUh"] and kind:
        add(header[-1], "typ:paymentType", kind)


def _number(header: etree._Element, row: Row) -> None:
    if row["Cislo"]:
        _reference(header, "adb:number", row["RelCR"], row["RadaIDS"])
        element = header[-1] if row["RelCR"] else add(header, "adb:number")
        add(element, "typ:numberRequested", row["Cislo"])


def _person(header: etree._Element, row: Row) -> None:
    if row["RefOsoba"]:
        element = add(header, "adb:responsiblePerson")
        add(element, "typ:id", row["RefOsoba"])
        _fields(element, "typ", row, {"surname": "OsobaPrijmeni", "name": "OsobaJmeno", "degree": "OsobaTitul"})


def _accounts(record: etree._Element, rows: list[Row]) -> None:
    if not rows:
        return
    box = add(record, "adb:addressbookAccount")
    for row in rows:
        element = add(box, "adb:accountItem")
        add(element, "adb:id", row["ID"])
        _fields(element, "adb", row, fields.ACCOUNT | fields.BANK)
        _reference(element, "adb:bankState", row["BankaStat"], row["StatIDS"])
        add(element, "adb:defaultAccount", bool(row["Vychozi"]))
