"""The address-book listing: its form as recorded from a real program, every filter, paging, external ids."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from pohoda_sandbox.company import fill
from pohoda_sandbox.pohoda import Pohoda
from pohoda_sandbox.pohoda.xml import XmlUnit

BASE = "http://www.stormware.cz/schema/version_2/"
FILES = {"dat": "data", "ftr": "filter", "typ": "type", "lAdb": "list_addBook", "adb": "addressbook"}
NS = {prefix: f"{BASE}{file}.xsd" for prefix, file in FILES.items()}
SPACES = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NS.items())
XSD = os.environ.get("POHODA_XSD_DIR")
SAMPLES = os.environ.get("POHODA_SAMPLES_DIR")
NOW = datetime(2026, 6, 15, 12, 0, 0)

NEWER_THAN_RECORDED = {
    "responsePack/@ico": "answers name the unit since about version 11800; the recording is of 10400 (2013)",
    "responsePack/@key": "the key of the unit came after 11804 (2018)",
    "addressbookHeader/markRecord": "the tick of a record came into the schema after 10400",
}
VARYING = {"programVersion", "note", "dateTimeStamp", "dateValidFrom"}


@pytest.fixture
def pohoda(tmp_path: Path) -> Pohoda:
    return Pohoda.create(tmp_path / "unit.db", clock=lambda: NOW)


def request(inside: str = "", *, limit: str = "", attributes: str = "") -> bytes:
    paging = f"<lAdb:limit>{limit}</lAdb:limit>" if limit else ""
    return (
        f'<dat:dataPack {SPACES} version="2.0" id="p" ico="12345678" application="t" note="">'
        '<dat:dataPackItem version="2.0" id="i">'
        f'<lAdb:listAddressBookRequest version="2.0" addressBookVersion="2.0" {attributes}>{paging}'
        f"<lAdb:requestAddressBook>{inside}</lAdb:requestAddressBook></lAdb:listAddressBookRequest>"
        "</dat:dataPackItem></dat:dataPack>"
    ).encode()


@pytest.fixture
def item(pohoda: Pohoda) -> Callable[..., Any]:
    unit = XmlUnit(pohoda, user_filters={"Pražáci": "AD.Obec LIKE 'Praha%'"})

    def answer(inside: str = "", **parts: str) -> Any:
        return etree.fromstring(unit.answer(request(inside, **parts)))[0]

    return answer


@pytest.fixture
def ids(item: Callable[..., Any]) -> Callable[..., list[int]]:
    def listed(inside: str = "", **parts: str) -> list[int]:
        answered = item(inside, **parts)
        assert answered.get("state") == "ok", answered.get("note")
        return [int(id) for id in answered.xpath(".//adb:addressbookHeader/adb:id/text()", namespaces=NS)]

    return listed


def where(**conditions: str) -> str:
    inside = "".join(f"<ftr:{name}>{value}</ftr:{name}>" for name, value in conditions.items())
    return f"<ftr:filter>{inside}</ftr:filter>"


def insert_recorded(pohoda: Pohoda) -> None:
    pohoda.insert("sCRady", ID=48, IDS="13AD", RelCrAg=13)
    pohoda.insert("pPK", ID=23, IDS="2Fp")
    pohoda.insert("pPK", ID=15, IDS="2Fv")
    pohoda.insert("sOdpOsoby", ID=1, Prijmeni="Adámek", Jmeno="Jiří", Titul="")
    pohoda.insert(
        "AD",
        ID=25,
        Firma="ZET s.r.o.",
        Utvar="",
        Jmeno="Ondřej Maršín",
        Obec="Praha 3",
        Ulice="Komenského 78",
        PSC="130 00",
        ICO="56541223",
        DIC="CZ56541223",
        Okres="Praha",
        Tel="223 456 852",
        GSM="602 236 445",
        Fax="223 456 853",
        Email="ondrej.marsik@telecom.cz",
        WWW="www.telecom.cz/zet",
        Skupina="Obchod,Zákazník",
        Klic="PF",
        RelCR=48,
        Cislo="13AD00022",
        P1=True,
        P2=True,
        RelPkFP=23,
        RelPkFV=15,
        RefOsoba=1,
    )
    pohoda.insert(
        "ADdodaci",
        ID=3,
        RefAg=25,
        Firma2="ZET s.r.o.",
        Jmeno2="Tomáš Honzík",
        Obec2="Jihlava 1",
        Ulice2="Průmyslová",
        PSC2="586 01",
        Vychozi=True,
    )
    pohoda.insert("ADucet", ID=15, RefAg=25, Ucet="1071743463", SpecSym="", KodBanky="2700", Vychozi=True)


def tree(element: Any, parent: str = "") -> Any:
    """Name, attributes, text and children, without what newer versions add and what differs from run to run."""
    name = etree.QName(element).localname
    attributes = {
        key: value
        for key, value in element.attrib.items()
        if key not in VARYING and f"{name}/@{key}" not in NEWER_THAN_RECORDED
    }
    children = [
        tree(child, name) for child in element if f"{name}/{etree.QName(child).localname}" not in NEWER_THAN_RECORDED
    ]
    return element.tag, attributes, (element.text or "").strip(), children


@pytest.mark.skipif(not SAMPLES, reason="POHODA_SAMPLES_DIR is not set")
def test_the_recorded_request_is_answered_in_the_recorded_form(pohoda: Pohoda) -> None:
    insert_recorded(pohoda)
    folder = Path(str(SAMPLES))
    given = etree.fromstring(XmlUnit(pohoda).answer((folder / "req_list_addressbook_all.xml").read_bytes()))
    recorded = etree.parse(folder / "resp_list_addressbook_one.xml").getroot()
    assert tree(given) == tree(recorded)
    assert {f"{etree.QName(given).localname}/@{name}" for name in given.attrib} & set(NEWER_THAN_RECORDED)
    assert given.findall(".//adb:markRecord", NS)


@pytest.mark.skipif(not SAMPLES, reason="POHODA_SAMPLES_DIR is not set")
def test_the_address_book_among_five_agendas_is_answered_in_the_recorded_form(pohoda: Pohoda) -> None:
    insert_recorded(pohoda)
    pohoda.edit("sKonfig", 1, ICO="000000000")
    folder = Path(str(SAMPLES))
    given = etree.fromstring(XmlUnit(pohoda).answer((folder / "req_list_five_agendas.xml").read_bytes()))
    names = [etree.QName(item[0]).localname for item in given]
    assert names == ["listInvoice", "listVoucher", "listBank", "listContract", "listAddressBook"]
    assert [len(item[0]) for item in given] == [0, 0, 0, 0, 1]
    recorded = etree.parse(folder / "resp_list_addressbook_one.xml").getroot()
    assert tree(given[4][0]) == tree(recorded[0][0])


@pytest.mark.skipif(not XSD, reason="POHODA_XSD_DIR is not set")
@pytest.mark.parametrize("size", [0, 60])
def test_a_whole_company_is_valid_by_the_official_schema(pohoda: Pohoda, size: int) -> None:
    planted = fill(pohoda, size=size)
    schema = etree.XMLSchema(etree.parse(str(Path(str(XSD)) / "response.xsd")))
    root = etree.fromstring(XmlUnit(pohoda).answer(request()))
    assert schema.validate(root), schema.error_log
    assert len(root[0][0]) == pohoda.rows("SELECT COUNT(*) n FROM AD")[0]["n"] >= planted.companies


def test_every_row_is_a_record_and_contacts_name_their_company(pohoda: Pohoda, item: Callable[..., Any]) -> None:
    parent = pohoda.insert("AD", Firma="Alfa", RefAD=0)
    pohoda.insert("AD", Firma="Alfa", Jmeno="Ľubica Ťažká", RefAD=parent, Funkce="účtovníčka", RelPohl=2)
    records = item()[0]
    assert [record.xpath("string(.//typ:refAD)", namespaces=NS) for record in records] == ["", str(parent)]
    assert records[1].findtext(".//adb:function", namespaces=NS) == "účtovníčka"
    assert records[1].findtext(".//adb:sex", namespaces=NS) == "woman"


def test_null_is_left_out_and_an_empty_text_is_an_empty_element(pohoda: Pohoda, item: Callable[..., Any]) -> None:
    pohoda.insert("AD", Firma="Alfa", Utvar="", Obec=None)
    record = item()[0][0]
    assert record.find(".//typ:division", NS).text is None
    assert record.find(".//typ:city", NS) is None
    assert record.find(".//adb:addressbookAccount", NS) is None


def test_values_are_printed_as_the_program_prints_them(pohoda: Pohoda, item: Callable[..., Any]) -> None:
    pohoda.insert("sZeme", IDS="SK", Kod="SK")
    pohoda.insert(
        "AD", Firma="A & B <x>", KcObrat=121000, P2=True, RefZeme=1, RefStr=0, Pozn="jeden\r\ndva", ADSplat=14
    )
    pohoda.insert("AD", Firma="C", KcObrat="368.55", RefZeme=77, DatNar=datetime(1980, 2, 1))
    first, second = item()[0]
    texts = {
        name: first.findtext(f".//{name}", namespaces=NS)
        for name in (
            "typ:company",
            "adb:turnover",
            "adb:p1",
            "adb:p2",
            "adb:note",
            "adb:maturity",
            "typ:country/typ:ids",
        )
    }
    assert texts == {
        "typ:company": "A & B <x>",
        "adb:turnover": "121000",
        "adb:p1": "false",
        "adb:p2": "true",
        "adb:note": "jeden\ndva",
        "adb:maturity": "14",
        "typ:country/typ:ids": "SK",
    }
    assert first.find(".//adb:centre", NS) is None
    assert second.findtext(".//adb:turnover", namespaces=NS) == "368.55"
    assert second.findtext(".//adb:dateOfBirth", namespaces=NS) == "1980-02-01"
    country = second.find(".//typ:country", NS)
    assert [etree.QName(part).localname for part in country] == ["id"]


def test_control_characters_do_not_break_the_document(pohoda: Pohoda, item: Callable[..., Any]) -> None:
    pohoda.insert("AD", Firma="A\x01B\x0b", Pozn="tab\tstays")
    record = item()[0][0]
    assert record.findtext(".//typ:company", namespaces=NS) == "AB"
    assert record.findtext(".//adb:note", namespaces=NS) == "tab\tstays"


def test_several_delivery_addresses_and_accounts_come_with_their_record(
    pohoda: Pohoda, item: Callable[..., Any]
) -> None:
    first, second = pohoda.insert("AD", Firma="A"), pohoda.insert("AD", Firma="B")
    for address, town in ((second, "Brno"), (first, "Nitra"), (second, "Plzeň")):
        pohoda.insert("ADdodaci", RefAg=address, Obec2=town, Vychozi=town == "Plzeň")
        pohoda.insert("ADucet", RefAg=address, Ucet=town)
    records = item()[0]
    towns = [record.xpath(".//typ:shipToAddress/typ:city/text()", namespaces=NS) for record in records]
    defaults = [record.xpath(".//typ:defaultShipAddress/text()", namespaces=NS) for record in records]
    accounts = [record.xpath(".//adb:accountNumber/text()", namespaces=NS) for record in records]
    assert towns == accounts == [["Nitra"], ["Brno", "Plzeň"]]
    assert defaults == [["false"], ["false", "true"]]


@pytest.fixture
def three(pohoda: Pohoda) -> tuple[int, int, int]:
    """Three addresses that differ in everything a filter looks at; the third was saved last."""
    series = pohoda.insert("sCRady", IDS="26AD", RelCrAg=13)
    system = pohoda.insert("sExtSys", IDS="CRM", SText="Naše CRM")
    other = pohoda.insert("sExtSys", IDS="Shop")
    made = []
    for place in range(3):
        made.append(
            pohoda.insert(
                "AD",
                Firma=f"Firma {place}",
                Jmeno=f"Osoba {place}",
                Obec=("Praha 3", "Žilina", "Praha 10")[place],
                Ulice=f"Ulica {place}",
                PSC=f"81{place} 01",
                ICO=f"1234567{place}",
                DIC=f"SK{place}",
                Cislo=f"26AD0000{place}",
                RelCR=series if place else None,
                DatSave=datetime(2026, 6, 1 + place, 10, 0, 0),
            )
        )
        pohoda.insert("sExtID", RefDocID=made[-1], RelAgID=13, IDS=f"C-{place}", RefExtSys=system)
        pohoda.insert("sExtID", RefDocID=made[-1], RelAgID=2, IDS="C-0", RefExtSys=system)
    pohoda.insert("sExtID", RefDocID=made[1], RelAgID=13, IDS="C-0", RefExtSys=other)
    return made[0], made[1], made[2]


@pytest.mark.parametrize(
    ("conditions", "hits"),
    [
        ({"company": "Firma 1"}, [1]),
        ({"company": "FIRMA 1"}, [1]),
        ({"company": "Firma"}, []),
        ({"name": "Osoba 2"}, [2]),
        ({"city": "Žilina"}, [1]),
        ({"city": "Praha"}, []),
        ({"street": "Ulica 0"}, [0]),
        ({"zip": "812 01"}, [2]),
        ({"ico": "12345670"}, [0]),
        ({"dic": "SK1"}, [1]),
        ({"number": "<typ:numberRequested>26AD00002</typ:numberRequested>"}, [2]),
        ({"number": "<typ:ids>26AD</typ:ids>"}, [1, 2]),
        ({"number": "<typ:id>1</typ:id>"}, [1, 2]),
        ({"extId": "<typ:ids>C-0</typ:ids><typ:exSystemName>CRM</typ:exSystemName>"}, [0]),
        ({"extId": "<typ:ids>C-0</typ:ids><typ:exSystemName>Shop</typ:exSystemName>"}, [1]),
        ({"extId": "<typ:ids>C-0</typ:ids><typ:exSystemName>Iný</typ:exSystemName>"}, []),
        ({"lastChanges": "2026-06-02T10:00:00"}, [1, 2]),
        ({"lastChanges": "2026-06-02T10:00:01"}, [2]),
        ({"city": "Praha 10", "ico": "12345672"}, [2]),
        ({"city": "Praha 10", "ico": "12345670"}, []),
    ],
)
def test_each_filter_finds_its_records(
    three: tuple[int, ...], ids: Callable[..., list[int]], conditions: dict[str, str], hits: list[int]
) -> None:
    assert ids(where(**conditions)) == [three[hit] for hit in hits]


def test_the_filter_by_id(three: tuple[int, ...], ids: Callable[..., list[int]]) -> None:
    assert ids(where(id=str(three[1]))) == [three[1]]
    assert ids(where(id="999")) == []


def test_a_row_never_saved_counts_by_when_it_was_made(pohoda: Pohoda, ids: Callable[..., list[int]]) -> None:
    id = pohoda.insert("AD", Firma="A", DatSave=None, DatCreate=datetime(2026, 1, 1))
    assert ids(where(lastChanges="2026-01-01T00:00:00")) == [id]
    assert ids(where(lastChanges="2026-01-01T00:00:01")) == []


@pytest.mark.parametrize("conditions", [{"id": "9" * 30}, {"lastChanges": "2026-01-01T24:00:00"}])
def test_a_value_no_record_can_have_is_no_fault_of_the_server(
    three: tuple[int, ...], item: Callable[..., Any], conditions: dict[str, str]
) -> None:
    assert item(where(**conditions)).get("state") == "error"


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ("AD.ID &gt; 1", [1, 2]),
        ("AD.Firma = 'Firma 1' OR (ICO = '12345672' AND PSC IS NOT NULL)", [1, 2]),
        ("AD.Obec LIKE 'Praha%' AND NOT AD.ID IN (1, 5)", [2]),
        ("AD.Obec LIKE 'ži[kl]%'", [1]),
        ("[AD].[Firma] &lt;&gt; N'Firma 0'", [1, 2]),
    ],
)
def test_a_query_filter_is_a_condition_on_the_address_book(
    three: tuple[int, ...], ids: Callable[..., list[int]], query: str, hits: list[int]
) -> None:
    inside = f"<ftr:queryFilter><ftr:filter>{query}</ftr:filter><ftr:textName>x</ftr:textName></ftr:queryFilter>"
    assert ids(inside) == [three[hit] for hit in hits]


@pytest.mark.parametrize(
    "query",
    [
        "FA.ID = 1",
        "AD.Nic = 1",
        "AD.ID =",
        "1 = 1; DELETE FROM AD",
        "AD.ID IN (SELECT ID FROM sKonfig)",
        "load_extension('x') = 1",
        "AD.ID = 1 UNION SELECT 1",
        "1=1) --",
    ],
)
def test_a_query_filter_can_do_nothing_else(
    pohoda: Pohoda, three: tuple[int, ...], item: Callable[..., Any], query: str
) -> None:
    answered = item(f"<ftr:queryFilter><ftr:filter>{query}</ftr:filter></ftr:queryFilter>")
    assert answered.get("state") == "error"
    assert answered.get("note")
    assert len(pohoda.rows("SELECT ID FROM AD")) == 3


def test_saved_queries_are_found_by_name(
    three: tuple[int, ...], ids: Callable[..., list[int]], item: Callable[..., Any]
) -> None:
    assert ids("<ftr:userFilterName>Pražáci</ftr:userFilterName>") == [three[0], three[2]]
    answered = item("<ftr:userFilterName>Brňáci</ftr:userFilterName>")
    assert answered.get("state") == "error"
    assert "Brňáci" in answered.get("note")
    assert len(answered) == 0


def test_pages_follow_each_other_without_gap_or_overlap(pohoda: Pohoda, ids: Callable[..., list[int]]) -> None:
    made = [pohoda.insert("AD", Firma=str(number)) for number in range(25)]
    pohoda.delete("AD", made.pop(10))
    found: list[int] = []
    while page := ids(limit=f"<ftr:idFrom>{found[-1] + 1 if found else 1}</ftr:idFrom><ftr:count>10</ftr:count>"):
        assert len(page) <= 10
        found += page
    assert found == made
    assert ids(limit=f"<ftr:idFrom>{made[5]}</ftr:idFrom>") == made[5:]
    assert ids(where(company="24"), limit="<ftr:count>1</ftr:count>") == [made[-1]]


def test_external_ids_are_those_of_the_system_asked_for(three: tuple[int, ...], item: Callable[..., Any]) -> None:
    def known(**parts: str) -> list[list[str]]:
        records = item(**parts)[0]
        return [record.xpath(".//typ:extId/typ:exSystemName/text()", namespaces=NS) for record in records]

    assert known() == [["CRM"], ["CRM", "Shop"], ["CRM"]]
    assert known(attributes='extSystem="Shop"') == [[], ["Shop"], []]
    assert known(attributes='extSystem="Iný"') == [[], [], []]


def test_restriction_data_is_accepted(pohoda: Pohoda) -> None:
    pohoda.insert("AD", Firma="A")
    restricted = b"<lAdb:restrictionData><lAdb:attachments>false</lAdb:attachments></lAdb:restrictionData>"
    body = request().replace(b"</lAdb:listAddressBookRequest>", restricted + b"</lAdb:listAddressBookRequest>")
    root = etree.fromstring(XmlUnit(pohoda).answer(body))
    assert [item.get("state") for item in root] == ["ok"]
    assert len(root[0][0]) == 1


def test_centres_and_activities_are_listed(pohoda: Pohoda) -> None:
    centre = pohoda.insert("sSTR", IDS="KE", SText="Košice")
    pohoda.insert("sSTR", IDS="BA", SText="Bratislava")
    pohoda.insert("sCIN", IDS="SLUŽBY", SText="Služby")
    spaces = " ".join(
        f'xmlns:{prefix}="{BASE}{file}.xsd"'
        for prefix, file in {"dat": "data", "ftr": "filter", "c": "list_centre", "a": "list_activity"}.items()
    )
    body = f"""<dat:dataPack {spaces} version="2.0" id="p" application="t" note="">
      <dat:dataPackItem version="2.0" id="1"><c:listCentreRequest version="2.0" centreVersion="2.0">
      <c:requestCentre/></c:listCentreRequest></dat:dataPackItem>
      <dat:dataPackItem version="2.0" id="2"><c:listCentreRequest version="2.0" centreVersion="2.0">
      <c:requestCentre><ftr:filter><ftr:id>{centre}</ftr:id></ftr:filter></c:requestCentre>
      </c:listCentreRequest></dat:dataPackItem>
      <dat:dataPackItem version="2.0" id="3"><a:listActivityRequest version="2.0" activityVersion="2.0">
      <a:requestActivity/></a:listActivityRequest></dat:dataPackItem></dat:dataPack>"""
    root = etree.fromstring(XmlUnit(pohoda).answer(body.encode()))
    found = [[element.text for element in item.iter() if str(element.tag).endswith("}code")] for item in root]
    assert found == [["KE", "BA"], ["KE"], ["SLUŽBY"]]
