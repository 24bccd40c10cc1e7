"""Numbers, external ids and contact persons: what a record is known by, and what nothing protects."""

from pathlib import Path

import pytest

from pohoda_sandbox.company import fill
from pohoda_sandbox.pohoda import Pohoda
from tests.sandbox.pohoda_desk import NS, Clock, Desk, action, document, external, stored


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    pohoda = Pohoda.create(tmp_path / "unit.db", clock=Clock())
    fill(pohoda, size=3, seed=4)
    return Desk(pohoda)


def by_external(ids: str, system: str = "CRM") -> str:
    return f"<ftr:filter>{external(ids, system, 'ftr:extId')}</ftr:filter>"


def test_an_external_id_is_kept_for_each_system_listed_and_found(desk: Desk) -> None:
    described = external("C1").replace("</typ:extId>", "<typ:exSystemText>Môj CRM</typ:exSystemText></typ:extId>")
    answer = desk.one(document(company="Alfa", ids=described + external("9", "ERP")))
    assert answer.text("rdc:producedDetails/rdc:extId/typ:ids") == "C1"
    [found] = desk.listed(by_external("C1"))
    assert found.findtext("adb:id", namespaces=NS) == str(answer.id)
    assert [element.text for element in found.iterfind(".//typ:extId/typ:ids", NS)] == ["C1", "9"]
    assert found.findtext(".//typ:exSystemText", namespaces=NS) == "Môj CRM"
    [own] = desk.listed(by_external("C1"), system="ERP")
    assert [element.text for element in own.iterfind(".//typ:extId/typ:ids", NS)] == ["9"]
    assert desk.listed(by_external("C1", "ERP")) == []


def test_a_second_import_with_the_same_external_id_makes_a_second_record(desk: Desk) -> None:
    first, second = (desk.one(document(company="Alfa", ids=external("C1"))) for _ in range(2))
    assert stored(second)
    assert first.id != second.id
    assert len(desk.listed(by_external("C1"))) == 2
    change = document(action=f"<adb:update>{by_external('C1')}</adb:update>", city="Nitra")
    assert desk.one(change).states == ("ok", "error")


def test_an_update_gives_a_new_external_id_in_place_of_the_old_one(desk: Desk) -> None:
    known = desk.one(document(company="Alfa", ids=external("C1") + external("9", "ERP"))).id
    desk.one(document(action=action("update", id=str(known)), ids=external("C2")))
    [found] = desk.listed(by_external("C2"))
    assert [element.text for element in found.iterfind(".//typ:extId/typ:ids", NS)] == ["C2", "9"]
    assert desk.listed(by_external("C1")) == []


def number(requested: str = "", check: str = "", series: str = "") -> str:
    wanted = f"<typ:numberRequested {check}>{requested}</typ:numberRequested>" if requested else ""
    return f"<adb:number>{f'<typ:ids>{series}</typ:ids>' if series else ''}{wanted}</adb:number>"


def test_a_new_record_takes_the_next_number_of_the_series(desk: Desk) -> None:
    taken = {row["Cislo"] for row in desk.pohoda.rows("SELECT Cislo FROM AD")}
    rows = [desk.row(answer.id) for answer in desk.send(document(company="A"), document(company="B"))]
    numbers = [row["Cislo"] for row in rows]
    assert numbers == [f"26AD{len(taken) + place:05d}" for place in (1, 2)]
    assert {row["RelCR"] for row in rows} == {desk.pohoda.rows("SELECT ID FROM sCRady")[0]["ID"]}


def test_numbers_given_by_hand_are_skipped(desk: Desk) -> None:
    following = f"26AD{len(desk.listed()) + 1:05d}"
    desk.one(document(number(following), company="A"))
    assert desk.row(desk.one(document(company="B")).id)["Cislo"] == f"26AD{len(desk.listed()):05d}"


def test_a_number_comes_from_the_series_asked_for(desk: Desk) -> None:
    desk.pohoda.insert("sCRady", IDS="VIP", Cislo="041", RelCrAg=13)
    desk.pohoda.insert("sCRady", IDS="FV", Cislo="001", RelCrAg=2)
    assert desk.row(desk.one(document(number(series="VIP"), company="A")).id)["Cislo"] == "VIP042"
    unknown = desk.one(document(number(series="FV"), company="B"))
    assert [(one.about, one.requested, one.produced) for one in unknown.details] == [("adb:number", "FV", "26AD")]


def test_a_number_that_exists_is_refused_unless_another_will_do(desk: Desk) -> None:
    known = desk.one(document(number("X1"), company="A")).id
    for check in ("", 'checkDuplicity="true"'):
        refused = desk.one(document(number("X1", check), company="B"))
        assert (refused.states, refused.id, refused.details[0].errno) == (("ok", "error"), 0, "109")
    other = desk.one(document(number("X1", 'checkDuplicity="false"'), company="B"))
    assert stored(other)
    kept = desk.row(other.id)["Cislo"]
    assert [(one.errno, one.requested, one.produced) for one in other.details] == [("603", "X1", kept)]
    assert kept not in {"X1", None}
    again = desk.one(document(number("X1"), action("update", id=str(known))))
    assert (stored(again), again.details) == (True, [])
    moved = desk.one(document(number("X1"), action("update", id=str(other.id))))
    assert moved.states == ("ok", "error")


def test_without_a_series_a_record_has_no_number(tmp_path: Path) -> None:
    desk = Desk(Pohoda.create(tmp_path / "bare.db"))
    assert desk.row(desk.one(document(company="A")).id)["Cislo"] is None
    desk.one(document(number("K-09"), company="B"))
    assert desk.row(desk.one(document(number("K-09", 'checkDuplicity="false"'), company="C")).id)["Cislo"] == "K-10"


MAIN = {"company": "Zväz, a.s.", "ico": "99999999", "dic": "SK9", "name": "Ján Hlavný"}


def person(inside: str, *, action: str = "") -> str:
    return document(f"<adb:refAddress>{inside}</adb:refAddress>", action, name="Jana Nová")


def searched(**elements: str) -> str:
    inside = "".join(f"<typ:{name}>{value}</typ:{name}>" for name, value in elements.items())
    return f"<typ:address>{inside}</typ:address>"


@pytest.mark.parametrize(
    "address",
    [
        {"ico": "99999999", "company": "Iná"},
        {"ico": "", "dic": "SK9", "company": "Iná"},
        {"company": "zväz, A.S.", "name": "Nikto"},
        {"name": "Ján Hlavný"},
    ],
)
def test_a_contact_person_finds_its_company_by_the_first_filled_element(desk: Desk, address: dict[str, str]) -> None:
    company = desk.one(document(**MAIN)).id
    first = desk.one(person(searched(**address)))
    assert (desk.row(first.id)["RefAD"], first.details) == (company, [])
    second = desk.one(person(searched(**address)))
    assert desk.row(second.id)["RefAD"] == company
    [listed] = [one for one in desk.listed() if one.findtext("adb:id", namespaces=NS) == str(first.id)]
    assert listed.findtext("adb:refAddress/typ:refAD", namespaces=NS) == str(company)


def test_a_contact_person_finds_its_company_by_id_or_external_id(desk: Desk) -> None:
    company = desk.one(document(ids=external("C1"), **MAIN)).id
    for inside in (f"<typ:refAD>{company}</typ:refAD>", external("C1")):
        assert desk.row(desk.one(person(inside)).id)["RefAD"] == company


@pytest.mark.parametrize(
    ("inside", "asked"),
    [
        ("<typ:refAD>4711</typ:refAD>", "4711"),
        (external("C9"), "C9"),
        (searched(ico="12121212", company="Zväz, a.s."), "12121212"),
        (searched(company="Dvojica"), "Dvojica"),
    ],
)
def test_a_company_that_is_not_exactly_one_is_warned_of(desk: Desk, inside: str, asked: str) -> None:
    desk.send(document(**MAIN), document(company="Dvojica"), document(company="Dvojica"))
    answer = desk.one(person(inside))
    assert stored(answer)
    assert desk.row(answer.id)["RefAD"] is None
    assert [(one.errno, one.about, one.requested) for one in answer.details] == [("603", "adb:refAddress", asked)]


def test_a_contact_person_moves_to_another_company_and_is_nobodys_company(desk: Desk) -> None:
    first, second = (desk.one(document(company=name)).id for name in ("Prvá", "Druhá"))
    jana = desk.one(person(f"<typ:refAD>{first}</typ:refAD>")).id
    desk.one(person(f"<typ:refAD>{second}</typ:refAD>", action=action("update", id=str(jana))))
    assert desk.row(jana)["RefAD"] == second
    for above in (jana, second):
        itself = action("update", id=str(second))
        refused = desk.one(document(f"<adb:refAddress><typ:refAD>{above}</typ:refAD></adb:refAddress>", itself))
        assert refused.details[0].errno == "603"
        assert desk.row(second)["RefAD"] is None
