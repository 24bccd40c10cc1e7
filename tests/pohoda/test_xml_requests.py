"""What mServer is asked for, agenda by agenda: as POHODA's schema wants it, with everything that the file says."""

import os
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from lxml import etree

from pohoda_bridge.catalogue import Agenda, open_catalogue
from pohoda_bridge.errors import BridgeError, StopAgenda
from pohoda_bridge.pohoda.reader import Source
from pohoda_bridge.pohoda.xml import search
from pohoda_bridge.pohoda.xml.definitions import Definitions
from pohoda_bridge.pohoda.xml.kinds import KINDS, kind_of
from pohoda_bridge.pohoda.xml.listing import Listing
from pohoda_bridge.pohoda.xml.requests import Ask, Filter, pack
from pohoda_bridge.pohoda.xml.rows import Shape
from pohoda_bridge.side import Lookup, Mark

from .conftest import UNIT
from .xml_files import EXAMPLES

XSD = os.environ.get("POHODA_XSD_DIR")
CATALOGUE = open_catalogue().agendas
PARTS = [(agenda.agenda, part.form, part) for agenda in CATALOGUE.values() for part in agenda.parts]
SINCE = datetime(2026, 3, 1, 12)
SOURCE = Source(UNIT, 2026, CATALOGUE, "ExampleCRM", custom=True)


class Heard(BridgeError):
    """Ends a question once it was heard."""


class Ear:
    """Takes the place of mServer and keeps what it is asked."""

    def __init__(self) -> None:
        self.packs: list[bytes] = []

    def __call__(self, body: bytes) -> BinaryIO:
        self.packs.append(body)
        raise Heard("heard")


def asked(part: Agenda) -> list[bytes]:
    """The packs for everything, what changed, one id, a mark, and the values of a field."""
    ear, kind = Ear(), kind_of(part.read.xml.request)  # type: ignore[union-attr]
    listing = Listing(ear, kind, Shape(part, SOURCE, kind.ext_id), SOURCE, "mServer")
    wanted = [Lookup(id=f"2026/{part.read.sql.table}/7"), Lookup(mark=Mark("ExampleCRM", "a & b"))]
    filters = [search.filters(part, kind, lookup, SOURCE) for lookup in wanted]
    texts = [name for name, spec in part.fields.items() if spec.type == "text"]
    values = [search.having(part, kind, name, ["Žilina <1>", "12345678"]) for name in texts]
    questions = [
        lambda: listing.opened(), lambda: listing.changed(SINCE), lambda: listing.opened(query="FA.KcLikv <> 0"),
        lambda: list(listing.found([Ask(str(place), found) for place, found in enumerate(filters) if found])),
        lambda: list(listing.found([ask for asks in values for ask in asks or ()])),
        listing.clock, lambda: Definitions(ear, UNIT.ico, "mServer").of(part, kind),
    ]  # fmt: skip
    for question in questions:
        try:
            question()
        except Heard:
            continue
    return ear.packs


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(Path(XSD or "") / "data.xsd"))


@pytest.mark.skipif(not XSD, reason="POHODA_XSD_DIR is not set: the schemas are Stormware's, not ours")
@pytest.mark.parametrize("part", [part for *_, part in PARTS], ids=[f"{name}-{form}" for name, form, _ in PARTS])
def test_every_question_is_valid(schema: etree.XMLSchema, part: Agenda) -> None:
    packs = asked(part)
    assert len(packs) >= 4
    for body in packs:
        schema.assertValid(etree.parse(BytesIO(body)))


@pytest.mark.skipif(not XSD, reason="POHODA_XSD_DIR is not set: the schemas are Stormware's, not ours")
@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_kind_of_listing_is_valid(schema: etree.XMLSchema, name: str) -> None:
    kind = KINDS[name]
    inner = {"parameter": {"idsAgenda": "faktury"}, "userCode": {"code": "Farba"}}.get(name, {})
    type = {"order": "issuedOrder", "offer": None, "invoice": "penalty"}.get(name)
    asks = [Ask("1", start=5, count=10, type=type, inner=inner), Ask("2", type=type, inner=inner)]
    schema.assertValid(etree.parse(BytesIO(pack(kind, asks, id="x", ico=UNIT.ico, system="ExampleCRM"))))


def one(part: Agenda, question: Any) -> Any:
    """The list request that a question makes."""
    ear, kind = Ear(), kind_of(part.read.xml.request)  # type: ignore[union-attr]
    with pytest.raises(Heard):
        question(Listing(ear, kind, Shape(part, SOURCE, kind.ext_id), SOURCE, "mServer"))
    ((request,),) = etree.fromstring(ear.packs[0])
    return request


def said(element: Any) -> list[Any]:
    """Names and texts of an element's descendants, without namespaces."""
    return [(etree.QName(child).localname, said(child) if len(child) else child.text) for child in element]


def test_a_question_says_what_the_agenda_file_says() -> None:
    request = one(CATALOGUE["payments"], lambda listing: listing.changed(SINCE))
    assert dict(request.attrib) == {
        "version": "2.0", "invoiceVersion": "2.0", "invoiceType": "issuedInvoice", "extSystem": "ExampleCRM"
    }  # fmt: skip
    assert said(request) == [
        ("limit", [("idFrom", "1"), ("count", "500")]), ("requestInvoice", None),
        ("restrictionData", [("documents", "false"), ("parameters", "false"), ("liquidations", "true")]),
    ]  # fmt: skip
    request = one(CATALOGUE["received_orders"], lambda listing: listing.changed(SINCE))
    assert said(request)[1:] == [("requestOrder", [("filter", [("lastChanges", "2026-03-01T12:00:00")])])]
    request = one(CATALOGUE["offers"], lambda listing: listing.opened(Filter("id", "7"), query="NAB.ID < 9"))
    assert said(request)[1:] == [
        ("requestOffer", [
            ("filter", [("id", "7")]), ("queryFilter", [("filter", "NAB.ID < 9"), ("textName", "POHODA Bridge")])
        ])
    ]  # fmt: skip


def test_numbers_are_asked_for_as_pohoda_wants_them() -> None:
    asks = search.having(CATALOGUE["offers"], kind_of("offer"), "number", ["26N1"]) or []
    request = one(CATALOGUE["offers"], lambda listing: list(listing.found(asks)))
    assert said(request) == [
        ("requestOffer", [("filter", [("selectedNumbers", [("number", [("numberRequested", "26N1")])])])])
    ]
    assert etree.QName(next(request.iter("{*}numberRequested"))).namespace.endswith("/type.xsd")


def test_price_levels_are_asked_for_without_anything_more() -> None:
    request = one(CATALOGUE["price_lists"].parts[0], lambda listing: listing.changed(SINCE))
    assert (dict(request.attrib), said(request)) == ({"version": "1.1"}, [])


def test_definitions_are_asked_once_for_each_of_pohodas_agendas() -> None:
    answers = {
        "listParameterRequest": b'<responsePack ico="12345678" state="ok"><responsePackItem id="p" state="ok">'
        b'<listParameter state="ok"><parameter idsAgenda="faktury"><formParameter>'
        b"<parameterDef><label>Farba</label><name>VPrFarba</name><type>list</type><list><ids>F</ids></list></parameterDef>"
        b"<parameterDef><label>Sucet</label><name>Sucet</name><type>computed</type></parameterDef>"
        b"</formParameter></parameter></listParameter></responsePackItem></responsePack>",
        "listUserCodeRequest": b'<responsePack ico="12345678" state="ok"><responsePackItem id="p" state="ok">'
        b'<listUserCodePack state="ok">'
        b'<listUserCode code="F" name="x"><itemUserCode code="B" name="Buk"/></listUserCode>'
        b'<listUserCode code="G" name="x"><itemUserCode code="C" name="Cer"/></listUserCode>'
        b"</listUserCodePack></responsePackItem></responsePack>",
    }
    heard: list[str] = []

    def post(body: bytes) -> BinaryIO:
        ((request,),) = etree.fromstring(body)
        heard.append(etree.QName(request).localname)
        return BytesIO(answers[heard[-1]])

    definitions, kind = Definitions(post, UNIT.ico, "mServer"), kind_of("invoice")
    for agenda in ("issued_invoices", "received_invoices"):
        colour, total = definitions.of(CATALOGUE[agenda], kind) or []
        assert (colour.name, colour.caption, colour.values) == ("RefVPrFarba", "Farba", {"B": "Buk"})
        assert (total.name, total.type, total.values) == ("VPrSucet", "text", None)
    assert heard == ["listParameterRequest", "listUserCodeRequest"]


def test_an_answer_that_nobody_asked_for_stops_the_agenda() -> None:
    body = (EXAMPLES / "response_list_stock.xml").read_bytes()
    part, kind = CATALOGUE["products"], kind_of("stock")
    listing = Listing(lambda _: BytesIO(body), kind, Shape(part, SOURCE), SOURCE, "mServer")
    with pytest.raises(StopAgenda, match="was not asked"):
        listing.opened()
