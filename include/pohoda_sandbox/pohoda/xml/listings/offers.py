"""Issued and received offers."""

from pohoda_sandbox.pohoda.xml.codes import OFFERS
from pohoda_sandbox.pohoda.xml.filters import Search
from pohoda_sandbox.pohoda.xml.listings import links
from pohoda_sandbox.pohoda.xml.listings.amounts import line, summary, with_rates
from pohoda_sandbox.pohoda.xml.listings.common import (
    coded,
    dimensions,
    labels,
    number,
    own,
    parameters,
    partner,
    stock_item,
)
from pohoda_sandbox.pohoda.xml.listings.form import Default, Form, If, Many, Words
from pohoda_sandbox.pohoda.xml.listings.listing import Ask, Listing, Rows

_AGENDA = 92


def _header(ask: Ask) -> Form:
    return {
        "ofr:id": "ID",
        "ofr:extId": Many("extId", links.EXTERNAL),
        "ofr:offerType": Words("RelTpNab", OFFERS),
        "ofr:number": number(),
        "ofr:date": "Datum",
        "ofr:validTill": "DatDo",
        "ofr:text": "SText",
        "ofr:partnerIdentity": partner(ask, "NAB"),
        "ofr:myIdentity": own(ask, "ofr:myIdentity"),
        "ofr:priceLevel": coded(ask, "CenyIDS", "SkCeny", "IDS"),
        **dimensions(ask, "ofr"),
        "ofr:regVATinEU": {"typ:ids": "DICRegDPHEU"},
        "ofr:MOSS": {"typ:ids": "MOSS"},
        "ofr:evidentiaryResourcesMOSS": {"typ:ids": "MOSSDukaz"},
        "ofr:permanentDocument": "TrvalyDok",
        "ofr:isExecuted": "Vyrizeno",
        "ofr:isDelivered": "BPrenes",
        "ofr:details": "PoznPred",
        "ofr:note": "Pozn",
        "ofr:intNote": "Pozn2",
        "ofr:histRate": If("HistSzDPH", "HistSzDPH"),
        "ofr:markRecord": "Sel",
        "ofr:labels": labels("ofr:labels"),
        "ofr:parameters": parameters(ask, "NAB"),
    }


def _item(ask: Ask) -> Form:
    return {
        "ofr:id": "ID",
        "ofr:text": "SText",
        "ofr:quantity": "Mnozstvi",
        "ofr:transferred": Default("Prenes", "0.0"),
        "ofr:unit": "MJ",
        "ofr:coefficient": Default("MJKoef", "1.0"),
        **line(ask, "ofr"),
        "ofr:typeServiceMOSS": {"typ:ids": "MOSSDruh"},
        "ofr:PDP": "PDP",
        **dimensions(ask, "ofr"),
        "ofr:note": "Pozn",
        "ofr:code": "Kod",
        "ofr:stockItem": stock_item(),
        "ofr:parameters": parameters(ask, "NABpol"),
    }


def _form(ask: Ask) -> Form:
    return {
        "ofr:offerHeader": _header(ask),
        "ofr:offerDetail": {"ofr:offerItem": Many("NABpol", _item(ask))},
        "ofr:offerSummary": summary(ask, "ofr", "NAB"),
    }


LISTING = Listing(
    record="lst:offer",
    search=Search("NAB", "NAB", "Nabídky", (_AGENDA,), day="NAB.Datum"),
    kinds={"offerType": ("RelTpNab", OFFERS)},
    form=_form,
    sets={"NABpol": Rows("NABpol")},
    prepare=(with_rates("NABpol"), links.external(lambda row: _AGENDA, most=1)),
)
