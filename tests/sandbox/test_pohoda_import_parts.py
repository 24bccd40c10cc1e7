"""Delivery addresses and accounts have actions of their own; a delivery address that is missing is filled in."""

from pathlib import Path

import pytest

from pohoda_sandbox.pohoda import Pohoda
from tests.sandbox.pohoda_desk import NO_XSD, NS, XSD, Clock, Desk, action, document, external, stored


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["own", "official"])
def desk(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Desk:
    if request.param == "official" and not XSD:
        pytest.skip(NO_XSD)
    return Desk(Pohoda.create(tmp_path / "unit.db", clock=clock), official=request.param == "official")


def delivery(kind: str = "", **elements: str) -> str:
    box = f"<typ:actionType>{kind}</typ:actionType>" if kind else ""
    inside = "".join(f"<typ:{name}>{value}</typ:{name}>" for name, value in elements.items())
    return f"<typ:shipToAddress>{box}{inside}</typ:shipToAddress>"


def part(kind: str, condition: str) -> str:
    return f"<typ:{kind}><ftr:filter>{condition}</ftr:filter></typ:{kind}>"


def update(id: int) -> str:
    return action("update", id=str(id))


SKLAD = delivery(extId="S1", company="Sklad", street="Skladová 5", city="Brno", zip="602 00", phone="1", email="s@a.b")


def test_a_delivery_address_sent_again_without_its_action_is_there_twice(desk: Desk) -> None:
    known = desk.one(document(company="Alfa", identity=SKLAD)).id
    again = desk.one(document(action=update(known), identity=SKLAD))
    assert again.parts == [("shipToAddress", "add", "S1")]
    assert [row["Ulice2"] for row in desk.deliveries(known)] == ["Skladová 5", "Skladová 5"]
    explicit = desk.one(document(action=update(known), identity=delivery("<typ:add/>", city="Brno")))
    assert explicit.parts == [("shipToAddress", "add", "")]
    assert len(desk.deliveries(known)) == 3


@pytest.mark.parametrize("by", ["id", "extId"])
def test_a_delivery_address_is_changed_and_deleted_by_its_filter(desk: Desk, by: str) -> None:
    known = desk.one(document(company="Alfa", ids=external("C1"), identity=SKLAD + delivery(city="Praha"))).id
    first, second = desk.deliveries(known)
    condition = f"<ftr:id>{first['ID']}</ftr:id>" if by == "id" else external("S1", element="ftr:extId")
    changed = desk.one(document(action=update(known), identity=delivery(part("update", condition), street="Nová 7")))
    assert changed.parts == [("shipToAddress", "update", "")]
    assert [row["Ulice2"] for row in desk.deliveries(known)] == ["Nová 7", None]
    assert desk.deliveries(known)[0]["Obec2"] == "Brno"
    gone = desk.one(document(action=update(known), identity=delivery(part("delete", condition))))
    assert gone.parts == [("shipToAddress", "delete", "")]
    assert [row["ID"] for row in desk.deliveries(known)] == [second["ID"]]
    assert desk.count("sExtIDpol") == 0


def test_a_part_of_another_address_or_system_is_not_found(desk: Desk) -> None:
    other = desk.one(document(company="Beta", ids=external("C2"), identity=SKLAD)).id
    known = desk.one(document(company="Alfa", ids=external("C1"), identity=delivery(city="Praha"))).id
    foreign = desk.deliveries(other)[0]["ID"]
    for condition in (f"<ftr:id>{foreign}</ftr:id>", external("S1", element="ftr:extId")):
        for kind in ("update", "delete"):
            answer = desk.one(document(action=update(known), identity=delivery(part(kind, condition), city="Nitra")))
            assert (stored(answer), answer.parts) == (True, [])
    wrong = part("delete", external("S1", "ERP", "ftr:extId"))
    assert desk.one(document(action=update(other), identity=delivery(wrong))).parts == []
    assert [row["Obec2"] for row in desk.deliveries(other)] == ["Brno"]


def test_an_external_id_of_two_parts_changes_neither(desk: Desk) -> None:
    known = desk.one(document(company="Alfa", ids=external("C1"), identity=SKLAD + SKLAD)).id
    change = delivery(part("update", external("S1", element="ftr:extId")), city="Nitra")
    refused = desk.one(document(action=update(known), identity=change))
    assert refused.states == ("ok", "error")
    assert [row["Obec2"] for row in desk.deliveries(known)] == ["Brno", "Brno"]


def test_a_delivery_address_comes_back_with_all_it_was_sent_with(desk: Desk) -> None:
    desk.one(document(company="Alfa", identity=SKLAD))
    [listed] = desk.listed()[0].iterfind(".//typ:shipToAddress", NS)
    found = {part.tag.split("}")[1]: part.text for part in listed}
    assert found.pop("id").isdecimal()
    assert found == {
        "extId": "S1", "company": "Sklad", "street": "Skladová 5", "city": "Brno", "zip": "602 00", "phone": "1",
        "email": "s@a.b", "defaultShipAddress": "false",
    }  # fmt: skip


def test_one_delivery_address_is_the_default(desk: Desk) -> None:
    chosen = delivery(city="Brno", defaultShipAddress="true")
    known = desk.one(document(company="Alfa", city="Nitra", identity=chosen + delivery(city="Praha"))).id
    assert desk.row(known)["Obec2"] == "Brno"
    second = desk.deliveries(known)[1]["ID"]
    change = delivery(part("update", f"<ftr:id>{second}</ftr:id>"), defaultShipAddress="true")
    desk.one(document(action=update(known), identity=change))
    assert [row["Vychozi"] for row in desk.deliveries(known)] == [0, 1]
    assert desk.row(known)["Obec2"] == "Praha"


ADDRESS = {"company": "Alfa", "street": "Dlhá 1", "city": "Nitra", "zip": "949 01"}


def test_an_empty_delivery_address_is_filled_in_with_the_main_one(desk: Desk) -> None:
    known = desk.one(document("<adb:phone>1</adb:phone>", **ADDRESS)).id
    [copy] = desk.deliveries(known)
    assert [copy[name] for name in ("Firma2", "Ulice2", "Obec2", "PSC2")] == ["Alfa", "Dlhá 1", "Nitra", "949 01"]
    assert (copy["Vychozi"], copy["Tel2"]) == (1, None)
    [listed] = desk.listed()[0].iterfind(".//typ:shipToAddress", NS)
    assert listed.findtext("typ:street", namespaces=NS) == "Dlhá 1"
    desk.one(document("<adb:fax>1</adb:fax>", update(known)))
    assert len(desk.deliveries(known)) == 1


def test_a_copy_goes_along_with_its_main_address_and_an_own_one_stays(desk: Desk, clock: Clock) -> None:
    copied, own = (answer.id for answer in desk.send(document(**ADDRESS), document(identity=SKLAD, **ADDRESS)))
    clock.pass_hour()
    for known in (copied, own):
        desk.one(document(action=update(known), street="Krátka 2"))
    assert [row["Ulice2"] for row in desk.deliveries(copied)] == ["Krátka 2"]
    assert desk.deliveries(copied)[0]["DatSave"] == "2026-06-15 13:00:00"
    assert [row["Ulice2"] for row in desk.deliveries(own)] == ["Skladová 5"]


def test_the_copy_is_made_when_the_last_own_one_is_deleted(desk: Desk) -> None:
    known = desk.one(document(identity=SKLAD, **ADDRESS)).id
    [own] = desk.deliveries(known)
    gone = delivery(part("delete", f"<ftr:id>{own['ID']}</ftr:id>"))
    desk.one(document(action=update(known), identity=gone))
    assert [row["Ulice2"] for row in desk.deliveries(known)] == ["Dlhá 1"]


def test_no_copy_without_the_switch_nor_for_a_contact_person(desk: Desk, tmp_path: Path) -> None:
    off = Desk(Pohoda.create(tmp_path / "off.db"), fills_delivery=False)
    assert off.deliveries(off.one(document(**ADDRESS)).id) == []
    company = desk.one(document(**ADDRESS)).id
    person = desk.one(document(f"<adb:refAddress><typ:refAD>{company}</typ:refAD></adb:refAddress>", name="Jana")).id
    assert desk.deliveries(person) == []


def account(kind: str = "", **elements: str) -> str:
    box = f"<adb:actionType>{kind}</adb:actionType>" if kind else ""
    inside = "".join(f"<adb:{name}>{value}</adb:{name}>" for name, value in elements.items())
    return f"<adb:accountItem>{box}{inside}</adb:accountItem>"


def test_accounts_are_added_changed_and_deleted(desk: Desk) -> None:
    country = desk.pohoda.insert("sZeme", IDS="SK", Kod="SK")
    full = account(
        accountNumber="1000", symSpec="5", bankCode="0100", description="Bežný", bankName="Banka", bankStreet="U 1",
        bankCity="Nitra", bankState="<typ:ids>SK</typ:ids>", defaultAccount="true",
    )  # fmt: skip
    answer = desk.one(document(company="Alfa", accounts=full + account(accountNumber="2000")))
    assert answer.parts == [("accountItem", "add", ""), ("accountItem", "add", "")]
    first, second = desk.pohoda.rows("SELECT * FROM ADucet ORDER BY ID")
    assert (first["SpecSym"], first["BankaObec"], first["BankaStat"]) == ("5", "Nitra", country)
    assert (desk.row(answer.id)["Ucet"], desk.row(answer.id)["KodBanky"]) == ("1000", "0100")
    changes = account(
        part("update", f"<ftr:id>{second['ID']}</ftr:id>"), bankCode="0800", defaultAccount="true"
    ) + account(part("delete", f"<ftr:id>{first['ID']}</ftr:id>"))
    assert [kind for _, kind, _ in desk.one(document(action=update(answer.id), accounts=changes)).parts] == [
        "update",
        "delete",
    ]
    [left] = desk.pohoda.rows("SELECT Ucet, KodBanky, Vychozi FROM ADucet")
    assert left == {"Ucet": "2000", "KodBanky": "0800", "Vychozi": 1}
    assert desk.row(answer.id)["Ucet"] == "2000"


def test_parts_without_anything_in_them_are_not_made(desk: Desk) -> None:
    known = desk.one(document(identity=delivery(), accounts="")).id
    assert desk.deliveries(known) == []
    nameless = desk.one(document(company="Beta", accounts=account(bankCode="0100")))
    assert (nameless.states, nameless.details[0].errno) == (("ok", "error"), "103")


def test_a_warning_says_where_in_the_pack_it_belongs(desk: Desk) -> None:
    unknown = delivery(city="Praha", country="<typ:ids>XX</typ:ids>")
    _, second = desk.send(document(company="Alfa"), document(company="Beta", identity=SKLAD + unknown))
    assert second.text("rdc:importDetails/rdc:detail/rdc:XPath") == (
        "/dat:dataPack/dat:dataPackItem[2]/adb:addressbook[1]/adb:addressbookHeader[1]/adb:identity[1]"
        "/typ:shipToAddress[2]/typ:country"
    )
    assert [row["Obec2"] for row in desk.deliveries(second.id)] == ["Brno", "Praha"]
