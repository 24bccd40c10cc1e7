"""What was stored is not stored again, whatever ids it comes with."""

import pytest

from .conftest import Bench
from .writing import SYSTEM, create, write, written


@pytest.fixture(params=["sql", "xml"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_second_sending_of_a_pack_stores_nothing_and_shows_the_first(bench: Bench, way: str) -> None:
    side = bench.side(way, system=SYSTEM)
    items = [create("i1", "C-1", company="Alfa"), create("i2", company="Beta")]
    first = written(side, "clients", *items)
    again = write(side, "clients", *items)
    assert [answer.state for answer in again] == ["written", "written"]
    assert [answer.row["_id"] for answer in again if answer.row] == [row["_id"] for row in first]
    assert all("stored it already" in answer.reasons[0] for answer in again)
    assert len(bench.pohoda.rows("SELECT ID FROM AD")) == 2


def test_the_second_sending_of_a_delivery_address_stores_nothing(bench: Bench, way: str) -> None:
    side = bench.side(way, system=SYSTEM)
    owner = f"2026/AD/{bench.pohoda.insert('AD', Firma='Alfa')}"
    item = create("i1", "A-1", client=owner, city="Brno")
    (first,) = written(side, "addresses", item)
    (again,) = write(side, "addresses", item)
    assert (again.state, (again.row or {})["_id"]) == ("written", first["_id"])
    assert len(bench.pohoda.rows("SELECT ID FROM ADdodaci")) == 1


def test_other_ids_do_not_double_a_marked_record(bench: Bench, way: str) -> None:
    side = bench.side(way, system=SYSTEM)
    (first,) = written(side, "clients", create("i1", "C-1", company="Alfa"))
    (again,) = write(side, "clients", create("other", "C-1", company="Alfa"), id="other")
    assert (again.state, (again.row or {})["_id"]) == ("written", first["_id"])
    assert again.reasons == ("POHODA had stored it already: a record with our mark",)
    assert len(bench.pohoda.rows("SELECT ID FROM AD")) == 1


def test_what_was_stored_once_and_deleted_by_a_person_is_not_made_again(bench: Bench, way: str) -> None:
    side = bench.side(way, system=SYSTEM)
    item = create("i1", "C-1", company="Alfa")
    (row,) = written(side, "clients", item)
    bench.pohoda.delete("AD", int(row["_id"].rpartition("/")[2]))
    (again,) = write(side, "clients", item)
    assert (again.state, again.details) == ("refused", {"gone": True})


def test_several_records_with_our_mark_are_for_a_person(bench: Bench, way: str) -> None:
    system = bench.pohoda.insert("sExtSys", IDS=SYSTEM)
    for name in ("Alfa", "Alfa a.s."):
        number = bench.pohoda.insert("AD", Firma=name)
        bench.pohoda.insert("sExtID", RelAgID=13, RefDocID=number, RefExtSys=system, IDS="C-1")
    (answer,) = write(bench.side(way, system=SYSTEM), "clients", create("i", "C-1", company="Alfa"))
    assert answer.state == "doubt"
    assert len(bench.pohoda.rows("SELECT ID FROM AD")) == 2
