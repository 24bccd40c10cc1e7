"""Whether two records are one is told by IČO, name, postcode and marks, and never guessed, in either direction."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from pohoda_bridge.ledger import Request
from tests.both import WAYS, Both
from tests.bothways.test_matching import both_ways, bound, clients, companies, record_of, why

ICO, OLD = "87654326", "00177041"
ORDERS = pytest.mark.parametrize("order", [WAYS, WAYS[::-1]])


def lose_ledger(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """A new and empty ledger takes the place of the old one."""
    monkeypatch.setenv("POHODA_BRIDGE_LEDGER", str(make_url(f"sqlite:///{folder / 'new.db'}")))


@ORDERS
def test_an_ico_is_compared_without_spaces_and_with_its_leading_zeros(both: Both, order: tuple[str, ...]) -> None:
    typed = {"87654326": "876 54 326", "36396567": "36\u00a0396\u00a0567 ", OLD: "177041"}
    for ico in typed:
        both.company(Firma=f"Alfa {ico}", ICO=ico, Tel=ico)
    for ico, text in typed.items():
        both.add(name=f"Alfa {ico}, spol. s r.o.", ico=text, web=ico)
    both_ways(both, order)
    assert (len(both.cards()), len(both.records()), bound(both)) == (3, 3, 3)
    assert {both.value(r["id"], "name"): both.value(r["id"], "phone") for r in both.records()} == {
        f"Alfa {ico}": ico for ico in typed
    }
    assert [card["WWW"] for card in both.cards()] == [card["ICO"] for card in both.cards()] == list(typed)
    both_ways(both, order)
    assert both_ways(both, order) == {"unchanged": 6}


@ORDERS
def test_without_merging_nothing_is_paired_by_ico(both: Both, order: tuple[str, ...]) -> None:
    both.link(duplicates={"merge_by_ico": False})
    both.company(Firma="Alfa", ICO=ICO)
    both.add(name="Beta", ico=ICO)
    assert both_ways(both, order)["created"] == 2
    assert companies(both) == clients(both) == ["Alfa", "Beta"]
    both_ways(both, order)
    assert both_ways(both, order) == {"unchanged": 4}


@ORDERS
def test_branches_with_one_ico_are_told_apart_by_name_and_postcode(both: Both, order: tuple[str, ...]) -> None:
    towns = {"Brno": "602 00", "Plzeň": "301 00", "Třebíč": "674 01"}
    for town, postcode in towns.items():
        both.company(Firma=f"Alfa {town}", ICO=ICO, PSC=postcode, Obec=town)
    for town, postcode in reversed(towns.items()):
        both.add(name=f"ALFA {town}", ico=ICO, zip=postcode, phone=town)
    assert "created" not in both_ways(both, order)
    assert bound(both) == 3
    both_ways(both, order)
    assert {card["Firma"]: card["Tel"] for card in both.cards()} == {f"Alfa {town}": town for town in towns}
    assert {both.value(r["id"], "name"): both.value(r["id"], "city") for r in both.records()} == {
        f"Alfa {town}": town for town in towns
    }


@ORDERS
def test_branches_that_cannot_be_told_apart_are_asked_about(both: Both, order: tuple[str, ...]) -> None:
    for number in range(3):
        both.company(Firma=f"Alfa {number}", ICO=ICO)
    client = both.add(name="Alfa", ico=ICO)
    assert both_ways(both, order) == {"left_out": 4}
    assert both_ways(both, order) == {"left_out": 4}
    assert (len(both.cards()), len(both.records()), bound(both)) == (3, 1, 0)
    assert "several records may be its pair (2026/AD/1, 2026/AD/2, 2026/AD/3)" in why(both, client, "to_pohoda")
    assert f"several records may be its pair ({client})" in why(both, "2026/AD/2", "to_crm")


@pytest.mark.parametrize("way", WAYS)
def test_a_branch_that_goes_alone_is_no_more_certain(both: Both, way: str) -> None:
    """Those that claim the same one need not be in the same run, nor in the same part of it."""
    for name in ("Alfa Brno", "Alfa Plzeň"):
        if way == "to_crm":
            both.company(Firma=name, ICO=ICO)
        else:
            both.add(name=name, ico=ICO)
    one = "2026/AD/1" if way == "to_crm" else record_of(both, "Alfa Brno")
    if way == "to_crm":
        both.add(name="Alfa", ico=ICO)
    else:
        both.company(Firma="Alfa", ICO=ICO)
    assert both.sync("clients", way) == {"left_out": 2}
    assert both.sync("clients", way, Request("ids", ids=(one,))) == {"left_out": 1}
    assert bound(both) == 0


def test_the_last_free_one_of_several_branches_is_not_taken_for_the_pair(both: Both) -> None:
    both.company(Firma="Alfa", ICO=ICO)
    both_ways(both)
    both.company(Firma="Alfa Brno", ICO=ICO)
    both.add(name="Alfa Plzeň", ico=ICO)
    assert both_ways(both, WAYS[::-1])["left_out"] == 2
    assert bound(both) == 1


@pytest.mark.parametrize(("side", "order"), [("pohoda", WAYS), ("crm", WAYS[::-1])])
def test_what_a_person_deleted_is_made_again_by_neither_direction(
    both: Both, side: str, order: tuple[str, ...]
) -> None:
    both.company(Firma="Alfa", ICO=ICO)
    both.add(name="Beta")
    both.round()
    if side == "pohoda":
        for card in both.cards():
            both.pohoda.delete("AD", card["ID"])
        for name in ("Alfa", "Beta"):
            both.edit(record_of(both, name), phone="+421 2")
    else:
        for record in both.records():
            both.drop(record["id"])
        for card in both.cards():
            both.pohoda.edit("AD", card["ID"], Tel="+421 2")
    for _ in range(2):
        assert "created" not in both_ways(both, order)
    left = (both.records(), both.cards()) if side == "pohoda" else (both.cards(), both.records())
    assert tuple(map(len, left)) == (2, 0)


@ORDERS
def test_a_client_made_anew_by_a_person_takes_the_old_pair(both: Both, order: tuple[str, ...]) -> None:
    both.company(Firma="Alfa", ICO=ICO, PSC="811 01")
    both_ways(both, order)
    both.drop(record_of(both, "Alfa"))
    again = both.add(name="Alfa", ico=ICO, zip="811 01", phone="+421 2")
    both_ways(both, order)
    both_ways(both, order)
    assert [card["Firma"] for card in both.cards()] == ["Alfa"]
    assert [record["id"] for record in both.records()] == [again]
    both.pohoda.edit("AD", 1, WWW="alfa.example")
    both_ways(both, order)
    assert (both.value(again, "web"), both.card(1)["Tel"], bound(both)) == ("alfa.example", "+421 2", 1)


@ORDERS
def test_a_company_made_anew_by_a_person_takes_the_old_pair(both: Both, order: tuple[str, ...]) -> None:
    both.company(Firma="Alfa", ICO=ICO, PSC="811 01")
    both_ways(both, order)
    client = record_of(both, "Alfa")
    both.pohoda.delete("AD", 1)
    again = both.company(Firma="Alfa", ICO=ICO, PSC="811 01", Tel="+421 2")
    both_ways(both, order)
    both_ways(both, order)
    assert [record["id"] for record in both.records()] == [client]
    assert [card["ID"] for card in both.cards()] == [again]
    both.edit(client, web="alfa.example")
    both_ways(both, order)
    assert (both.value(client, "phone"), both.card(again)["WWW"], bound(both)) == ("+421 2", "alfa.example", 1)


@ORDERS
def test_with_a_lost_ledger_every_record_finds_its_pair_again(
    both: Both, order: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both.company(Firma="Alfa", ICO=ICO)
    both.company(Firma="Gama", PSC="811 01", Email="gama@gama.example")
    both.add(name="Beta", ico=OLD)
    both.round()
    both.round()
    if both.kind == "gram":
        both.edit(record_of(both, "Alfa"), name="Renamed", ico="")
    both.edit(record_of(both, "Beta"), name="Beta a.s.")
    lose_ledger(monkeypatch, tmp_path)
    for _ in range(2):
        assert "created" not in both_ways(both, order)
    assert (bound(both), len(both.cards()), len(both.records())) == (3, 3, 3)
    assert companies(both) == clients(both)
    assert both_ways(both, order) == {"unchanged": 6}


def test_with_a_lost_ledger_a_record_whose_origin_was_deleted_is_not_made_again(
    both: Both, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its mark names the record that it was made from; eWay-CRM keeps no mark of records born in POHODA."""
    born_in_crm = both.add(name="Beta")
    if both.kind == "gram":
        both.company(Firma="Alfa")
    both.round()
    both.drop(born_in_crm)
    for card in both.cards():
        if card["Firma"] == "Alfa":
            both.pohoda.delete("AD", card["ID"])
    lose_ledger(monkeypatch, tmp_path)
    for _ in range(2):
        counts = {way: both.sync("clients", way, Request("full")) for way in WAYS}
        assert counts["to_crm"] == {"left_out": 1}
        assert counts["to_pohoda"] == ({"left_out": 1} if both.kind == "gram" else {})
