"""An item adds, changes or deletes one address, or is refused and changes nothing."""

from pathlib import Path

import pytest

from pohoda_sandbox.pohoda import Pohoda
from pohoda_sandbox.pohoda.connection import connect
from tests.sandbox.pohoda_desk import NO_XSD, XSD, Clock, Desk, action, deleted, document, external, stored


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["own", "official"])
def desk(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Desk:
    if request.param == "official" and not XSD:
        pytest.skip(NO_XSD)
    return Desk(Pohoda.create(tmp_path / "unit.db", clock=clock), official=request.param == "official")


ALFA = document(company="Alfa s.r.o.", city="Nitra", ico="11111111")


@pytest.mark.parametrize("kind", ["", action("add"), action("add", 'update="true"')])
def test_an_add_without_a_filter_always_inserts(desk: Desk, kind: str) -> None:
    for _ in range(2):
        answer = desk.one(document(action=kind, company="Alfa s.r.o."))
        assert stored(answer)
        assert (answer.action, answer.text("rdc:producedDetails/rdc:code")) == ("add", "Alfa s.r.o.")
    assert desk.count() == 2


def test_a_guarded_add_inserts_once_and_names_what_it_found(desk: Desk) -> None:
    guarded = document(
        action=action("add", company="Alfa s.r.o.", ico="11111111"), company="Alfa s.r.o.", ico="11111111"
    )
    assert stored(desk.one(guarded))
    refused = desk.one(guarded)
    assert refused.states == ("ok", "error")
    assert (refused.id, refused.action) == (0, "")
    assert refused.details[0].errno == "109"
    assert refused.note == "Byl nalezen duplicitní záznam: (Firma = 'Alfa s.r.o.') AND (ICO = '11111111')"
    path = "/dat:dataPack/dat:dataPackItem[1]/adb:addressbook[1]/adb:actionType[1]/adb:add"
    assert refused.text("rdc:importDetails/rdc:detail/rdc:XPath") == path
    assert desk.count() == 1


def test_all_conditions_of_a_filter_must_hold(desk: Desk) -> None:
    desk.send(ALFA)
    assert stored(desk.one(document(action=action("add", company="Alfa s.r.o.", ico="2"), company="Alfa s.r.o.")))


def test_an_add_that_may_update_changes_what_it_finds(desk: Desk) -> None:
    known = desk.one(ALFA).id
    change = document(action=action("add", 'update="true"', ico="11111111"), city="Martin")
    answer = desk.one(change)
    assert (answer.id, answer.action) == (known, "update")
    assert (desk.row(known)["Obec"], desk.row(known)["Firma"]) == ("Martin", "Alfa s.r.o.")
    missing = document(action=action("add", 'update="true"', ico="22222222"), company="Beta")
    assert desk.one(missing).action == "add"
    assert desk.count() == 2


def test_an_update_changes_only_what_is_there_and_moves_the_time_of_saving(desk: Desk, clock: Clock) -> None:
    known = desk.one(document("<adb:phone>1</adb:phone><adb:p2>true</adb:p2>", company="Alfa", city="Nitra")).id
    before = desk.row(known)
    clock.pass_hour()
    answer = desk.one(document("<adb:email>a@b.example</adb:email>", action("update", id=str(known))))
    assert stored(answer)
    assert (answer.id, answer.action) == (known, "update")
    changed = {name for name, value in desk.row(known).items() if value != before[name]}
    assert changed == {"Email", "DatSave"}
    assert desk.row(known)["DatSave"] == "2026-06-15 13:00:00"


def test_an_update_without_a_match_does_nothing_and_says_nothing(desk: Desk) -> None:
    for kind in (action("update", ico="9"), action("update", 'add="false"', ico="9")):
        answer = desk.one(document(action=kind, company="Beta"))
        assert (answer.states, answer.id, answer.details) == (("ok", "ok"), 0, [])
    assert desk.one(deleted(ico="9")).id == 0
    assert desk.count() == 0


def test_an_update_that_may_add_is_an_upsert(desk: Desk) -> None:
    upsert = document(action=action("update", 'add="true"', ico="11111111"), company="Alfa", ico="11111111")
    first, second = desk.one(upsert), desk.one(upsert)
    assert (first.action, second.action) == ("add", "update")
    assert first.id == second.id
    assert desk.count() == 1


@pytest.mark.parametrize("kind", ["update", "delete", 'add update="true"'])
def test_several_matches_are_refused(desk: Desk, kind: str) -> None:
    desk.send(ALFA, ALFA)
    name, _, attributes = kind.partition(" ")
    wanted = (
        deleted(city="Nitra") if name == "delete" else document(action=action(name, attributes, city="Nitra"), zip="1")
    )
    refused = desk.one(wanted)
    assert refused.states == ("ok", "error")
    assert refused.note == "Pro daný filtr bylo nalezeno více jak 1 záznam."
    assert [row["PSC"] for row in desk.pohoda.rows("SELECT PSC FROM AD")] == [None, None]


def test_an_update_or_deletion_without_a_filter_is_refused(desk: Desk) -> None:
    desk.send(ALFA)
    assert desk.one(document(action=action("update"), city="Martin")).states == ("ok", "error")
    assert desk.one(deleted()).states == ("ok", "error")
    assert desk.pohoda.rows("SELECT Obec FROM AD") == [{"Obec": "Nitra"}]


def test_a_deletion_takes_the_record_and_its_parts(desk: Desk) -> None:
    kept, gone = (answer.id for answer in desk.send(document(company="Beta"), ALFA))
    answer = desk.one(deleted(ico="11111111"))
    assert (answer.id, answer.action) == (gone, "delete")
    assert [row["RefAg"] for row in desk.pohoda.rows("SELECT RefAg FROM ADdodaci")] == [kept]
    assert [header.findtext("{*}id") for header in desk.listed()] == [str(kept)]


@pytest.mark.parametrize(
    "condition",
    [
        "<ftr:queryFilter><ftr:filter>AD.ICO = '11111111' AND Obec LIKE 'Ni%'</ftr:filter></ftr:queryFilter>",
        "<ftr:filter><ftr:name>jana nová</ftr:name></ftr:filter>",
        "<ftr:filter><ftr:dic>SK1</ftr:dic><ftr:street>Dlhá 1</ftr:street><ftr:zip>949 01</ftr:zip></ftr:filter>",
    ],
)
def test_records_are_found_by_every_kind_of_filter(desk: Desk, condition: str) -> None:
    address = {"ico": "11111111", "dic": "SK1", "street": "Dlhá 1", "zip": "949 01", "name": "Jana Nová"}
    known = desk.one(document(company="Alfa", city="Nitra", **address)).id
    desk.one(document(company="Beta", city="Praha"))
    change = document("<adb:fax>7</adb:fax>", f"<adb:update>{condition}</adb:update>")
    assert desk.one(change).id == known
    assert [row["Fax"] for row in desk.pohoda.rows("SELECT Fax FROM AD ORDER BY ID")] == ["7", None]


def test_a_saved_query_finds_too_and_a_wrong_one_is_refused(desk: Desk) -> None:
    known = desk.one(document(company="Beta", city="Praha")).id
    named = "<adb:update><ftr:userFilterName>{}</ftr:userFilterName></adb:update>"
    assert desk.one(document("<adb:fax>7</adb:fax>", named.format("Pražáci"))).id == known
    assert desk.one(document("<adb:fax>8</adb:fax>", named.format("Brňáci"))).states == ("ok", "error")
    broken = "<adb:update><ftr:queryFilter><ftr:filter>1 = 1; DROP TABLE AD</ftr:filter></ftr:queryFilter></adb:update>"
    assert desk.one(document("<adb:fax>9</adb:fax>", broken)).states == ("ok", "error")
    assert desk.row(known)["Fax"] == "7"


def test_an_item_is_stored_whole_or_not_at_all_and_the_pack_goes_on(desk: Desk) -> None:
    half = document(
        company="Polovica",
        ids=external("1"),
        identity="<typ:shipToAddress><typ:city>Brno</typ:city></typ:shipToAddress>",
        accounts="<adb:accountItem><adb:bankCode>0100</adb:bankCode></adb:accountItem>",
    )
    first, refused, last = desk.send(ALFA, half, document(company="Beta"))
    assert [first.states, refused.states, last.states] == [("ok", "ok"), ("ok", "error"), ("ok", "ok")]
    assert refused.id == 0
    assert [row["Firma"] for row in desk.pohoda.rows("SELECT Firma FROM AD")] == ["Alfa s.r.o.", "Beta"]
    assert desk.count("ADdodaci") == 2
    assert desk.count("sExtID") == desk.count("ADucet") == 0


def test_a_failed_update_leaves_the_record_as_it_was(desk: Desk, clock: Clock) -> None:
    known = desk.one(ALFA).id
    before = desk.row(known)
    clock.pass_hour()
    nameless = "<adb:accountItem><adb:bankCode>0100</adb:bankCode></adb:accountItem>"
    refused = desk.one(document(action=action("update", id=str(known)), accounts=nameless, city="Martin"))
    assert refused.states == ("ok", "error")
    assert desk.row(known) == before


def test_a_user_without_the_right_writes_nothing(desk: Desk) -> None:
    refused = desk.one(ALFA, may_write=False)
    assert refused.states == ("ok", "error")
    assert (refused.details[0].errno, refused.id) == ("101", 0)
    assert desk.count() == 0


def test_an_import_is_seen_at_once_over_sql_and_in_the_same_pack(desk: Desk) -> None:
    request = (
        '<lAdb:listAddressBookRequest version="2.0" addressBookVersion="2.0"><lAdb:requestAddressBook/>'
        "</lAdb:listAddressBookRequest>"
    )
    added, listing = desk.send(ALFA, request)
    reader = connect(desk.pohoda.path, read_only=True)
    assert [row["ID"] for row in reader.execute("SELECT ID FROM AD WHERE Firma = 'alfa S.R.O.'")] == [added.id]
    [found] = listing.item.iterfind(".//{*}addressbookHeader")
    assert found.findtext("{*}id") == str(added.id)
