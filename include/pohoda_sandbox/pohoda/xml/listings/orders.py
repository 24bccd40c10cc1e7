"""Received and issued orders."""

from pohoda_sandbox.pohoda.xml.codes import ORDERS
from pohoda_sandbox.pohoda.xml.filters import Search
from pohoda_sandbox.pohoda.xml.listings import links
from pohoda_sandbox.pohoda.xml.listings.amounts import line, summary, with_rates
from pohoda_sandbox.pohoda.xml.listings.common import (
    PAYMENT,
    coded,
    dimensions,
    labels,
    number,
    own,
    parameters,
    partner,
    stock_item,
)
from pohoda_sandbox.pohoda.xml.listings.form import Asked, Default, Form, If, Many, Row, Words
from pohoda_sandbox.pohoda.xml.listings.listing import Ask, Listing, Rows

_RECEIVED, _ISSUED = 11, 12


def agenda_of(row: Row) -> int:
    return _RECEIVED if row["RelTpObj"] == 1 else _ISSUED


def _header(ask: Ask) -> Form:
    return {
        "ord:id": "ID",
        "ord:extId": Many("extId", links.EXTERNAL),
        "ord:orderType": Words("RelTpObj", ORDERS),
        "ord:storno": lambda row: "cancelledDocument" if row["DatStorn"] else None,
        "ord:number": number(),
        "ord:numberOrder": "PDoklad",
        "ord:date": "Datum",
        "ord:dateDelivery": "DatDod",
        "ord:dateFrom": "DatOd",
        "ord:dateTo": "DatDo",
        "ord:text": "SText",
        "ord:partnerIdentity": partner(ask, "OBJ"),
        "ord:myIdentity": own(ask, "ord:myIdentity"),
        "ord:paymentType": PAYMENT,
        "ord:priceLevel": coded(ask, "CenyIDS", "SkCeny", "IDS"),
        "ord:isExecuted": "Vyrizeno",
        "ord:isDelivered": "BDodano",
        "ord:isReserved": "Rezer",
        "ord:dateCancellation": "DatStorn",
        **dimensions(ask, "ord"),
        "ord:regVATinEU": {"typ:ids": "DICRegDPHEU"},
        "ord:MOSS": {"typ:ids": "MOSS"},
        "ord:evidentiaryResourcesMOSS": {"typ:ids": "MOSSDukaz"},
        "ord:permamentDocument": "TrvalyDok",
        "ord:permanentDocument": "TrvalyDok",
        "ord:note": "Pozn",
        "ord:carrier": {"typ:id": "RefDopravci"},
        "ord:intNote": "Pozn2",
        "ord:histRate": If("HistSzDPH", "HistSzDPH"),
        "ord:markRecord": "Sel",
        "ord:labels": labels("ord:labels"),
        "ord:parameters": parameters(ask, "OBJ"),
    }


def _item(ask: Ask) -> Form:
    return {
        "ord:id": "ID",
        "ord:text": "SText",
        "ord:quantity": "Mnozstvi",
        "ord:delivered": Default("Dodano", "0.0"),
        "ord:unit": "MJ",
        "ord:coefficient": Default("MJKoef", "1.0"),
        **line(ask, "ord"),
        "ord:typeServiceMOSS": {"typ:ids": "MOSSDruh"},
        "ord:note": "Pozn",
        "ord:code": "Kod",
        "ord:stockItem": stock_item(),
        "ord:PDP": "PDP",
        **dimensions(ask, "ord"),
        "ord:linkedDocument": Many("linked", links.LINK),
        "ord:parameters": parameters(ask, "OBJpol"),
    }


def _form(ask: Ask) -> Form:
    return {
        "ord:orderHeader": _header(ask),
        "ord:orderDetail": {"ord:orderItem": Many("OBJpol", _item(ask))},
        "ord:orderSummary": summary(ask, "ord", "OBJ"),
        "ord:linkedDocuments": Asked("documents", {"typ:link": Many("links", links.LINK)}),
    }


LISTING = Listing(
    record="lst:order",
    search=Search("OBJ", "OBJ", "Objednávky", (_RECEIVED, _ISSUED), day="OBJ.Datum"),
    kinds={"orderType": ("RelTpObj", ORDERS)},
    form=_form,
    sets={"OBJpol": Rows("OBJpol")},
    prepare=(
        with_rates("OBJpol"),
        links.external(agenda_of, most=1),
        links.linked(agenda_of),
        links.lines_linked("OBJpol"),
    ),
)
