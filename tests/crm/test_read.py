"""Reading: windows at every level, the service's clock, habits of the wire, and lists that change under the reader."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest

from pohoda_bridge.errors import Retry, StopAgenda
from pohoda_bridge.side import Mark, Window
from pohoda_sandbox.gram import shipped
from tests.crm.conftest import SOURCE, Bench, new, pack, rows

LEVELS = ["L0", "L1", "L2", "L3"]


def test_a_row_holds_canonical_names_only(bench: Bench) -> None:
    bench.gram.create(
        "Client", Name="Firma", ClientType="Company", Relation=["Supplier", "Customer", "Partner"], DueDays=14,
        Note="", CompanyId="00123456", Active=True, ExternalSource=SOURCE, ExternalId="7",
    )  # fmt: skip
    (row,) = rows(bench.open())
    assert (row["name"], row["kind"], row["due_days"], row["note"]) == ("Firma", "company", 14, None)
    assert row["relations"] == ["Partner", "customer", "supplier"]
    assert row["groups"] is None
    assert row["ico"] == "00123456"
    assert row["_mark"] == Mark(SOURCE, "7")
    assert isinstance(row["_saved"], datetime) and row["_saved"].tzinfo is None
    assert "_version" not in row
    assert {name for name in row if name[0] == "_"} == {"_id", "_saved", "_mark"}
    assert not set(row) & {"Name", "Active", "Owner"}


def test_the_version_shows_at_the_level_that_has_it(bench: Bench) -> None:
    bench.clients(1)
    assert rows(bench.open("L3"))[0]["_version"] == 1


def test_wire_habits_make_no_difference(bench: Bench) -> None:
    bench.gram.create("Client", Name="Firma", DueDays=7.5, Relation=["Customer"])
    crm = bench.open()
    plain = rows(crm)
    bench.gram.switches.other_case = bench.gram.switches.extra_keys = bench.gram.switches.text_numbers = True
    assert rows(crm) == plain
    assert plain[0]["due_days"] == Decimal("7.5")
    assert crm.describe("clients")["name"] == "text"
    assert crm.write("clients", pack(new(1)))[0].state == "written"


def test_ids_may_be_numbers(bench: Bench) -> None:
    bench.gram.switches.id_style = "int"
    crm = bench.open()
    client = crm.write("clients", pack(new(1)))[0].row
    assert client is not None and client["_id"] == "1"
    (address,) = crm.write("addresses", pack(new("a", client="1")))
    assert address.row is not None and address.row["client"] == "1"
    assert crm.ids("clients") == {"1"}


def test_now_is_the_services_clock_in_its_zone(bench: Bench) -> None:
    bench.gram.clock.set(datetime(2026, 7, 1, 12, 0, 0))
    crm = bench.open()
    bench.forget()
    reading = crm.read("clients", Window())
    assert timedelta(0) <= reading.now - datetime(2026, 7, 1, 12) < timedelta(seconds=5)
    assert [path.rpartition("/")[2] for _, path in bench.sent()] == ["Ping"]


@pytest.mark.parametrize("level", LEVELS)
def test_a_full_read_takes_as_many_requests_as_pages(bench: Bench, level: str) -> None:
    made = bench.clients(5)
    crm = bench.open(level, api={"list": bench_list(2)})
    bench.forget()
    assert {row["_id"] for row in rows(crm)} == set(made)
    if level == "L0":
        assert bench.gram.count("GET", "Client") == 3
    assert crm.ids("clients") == set(made)


@pytest.mark.parametrize("level", LEVELS)
def test_one_page_takes_one_request(bench: Bench, level: str) -> None:
    bench.clients(5)
    crm = bench.open(level)
    bench.forget()
    assert len(rows(crm)) == 5
    assert len(crm.ids("clients")) == 5
    assert bench.gram.count("GET", "Client") == 2


@pytest.mark.parametrize("level", LEVELS)
def test_a_window_holds_what_was_saved_in_it_and_the_overlap(bench: Bench, level: str) -> None:
    for minute in (0, 9, 10, 20, 30):
        bench.gram.clock.set(datetime(2026, 7, 1, 12, minute))
        bench.gram.create("Client", Name=f"{minute}")
    crm = bench.open(level)
    window = Window(since=datetime(2026, 7, 1, 12, 10), until=datetime(2026, 7, 1, 12, 30))
    bench.forget()
    assert sorted(row["name"] for row in rows(crm, window=window)) == ["10", "20", "9"]
    filtered = "ModifiedSince=2026-07-01+12%3A08%3A00" in bench.sent()[1][1]
    assert filtered == (level != "L0")


def test_the_hour_that_a_clock_change_repeats_is_read_again(bench: Bench) -> None:
    zone = bench.gram.clock.zone
    bench.gram.clock.set(datetime(2026, 10, 25, 2, 5, tzinfo=zone, fold=1).astimezone(UTC))
    bench.gram.create("Client", Name="second time two o'clock")
    window = Window(since=datetime(2026, 10, 25, 2, 59))
    assert [row["name"] for row in rows(bench.open(), window=window)] == ["second time two o'clock"]


@pytest.mark.parametrize("level", LEVELS)
def test_ids_that_are_gone_are_absent(bench: Bench, level: str) -> None:
    made = bench.clients(3)
    bench.gram.delete("Client", made[1])
    crm = bench.open(level)
    bench.forget()
    wanted = (*made, made[0], "..", "", "a/b", "x;y", "z|w")
    assert {row["_id"] for row in rows(crm, window=Window(ids=wanted))} == {made[0], made[2]}
    assert bench.gram.count("GET") - 1 == {"L0": 6, "L1": 6}.get(level, 3)


def test_only_records_of_the_agenda_are_read(bench: Bench) -> None:
    client = bench.clients(1)[0]
    billing = bench.gram.create("Address", Client=client, Kind="Billing", Street="A")
    shipping = bench.gram.create("Address", Client=client, Kind="Shipping", Street="A")
    crm = bench.open()
    assert [row["_id"] for row in rows(crm, "addresses")] == [shipping]
    assert crm.ids("addresses") == {billing, shipping}


def tick(bench: Bench, seconds: int = 1) -> None:
    """The service's clock moves by whole seconds, once each time it is asked."""
    times = (datetime(2026, 7, 1, 12) + timedelta(seconds=seconds * step) for step in count())
    bench.gram.clock._source = lambda: next(times)


def bench_list(size: int) -> dict[str, object]:
    return shipped()["api"]["list"] | {"page_size": size}


@pytest.mark.parametrize("level", ["L0", "L2"])
@pytest.mark.parametrize("change", ["touch", "insert", "delete"])
def test_no_record_is_missed_while_the_list_changes(bench: Bench, level: str, change: str) -> None:
    tick(bench)
    made = set(bench.clients(12))
    crm = bench.open(level, api={"list": bench_list(5)})
    bench.gram.switches.changing_list = change
    found = [row["_id"] for row in rows(crm)]
    assert len(found) == len(set(found))
    assert made & {record["Id"] for record in bench.gram.records("Client")} <= set(found)


def test_many_records_of_one_second_are_all_read(bench: Bench) -> None:
    tick(bench, seconds=0)
    made = bench.clients(23)
    assert sorted(row["_id"] for row in rows(bench.open(api={"list": bench_list(4)}))) == sorted(made)


def test_none_of_one_second_is_missed_while_they_change(bench: Bench) -> None:
    tick(bench, seconds=0)
    made = bench.clients(12)
    crm = bench.open(api={"list": bench_list(4)})
    tick(bench)
    bench.gram.clock.advance(3600)
    made += bench.clients(8)
    bench.gram.switches.changing_list = "touch"
    assert sorted(row["_id"] for row in rows(crm)) == sorted(made)


def test_a_list_that_never_stands_still_is_tried_again_later(bench: Bench) -> None:
    tick(bench, seconds=0)
    bench.clients(10)
    crm = bench.open("L0", api={"list": bench_list(2)})
    with pytest.raises(Retry, match="kept changing"):
        for _ in crm.read("clients", Window()).parts:
            bench.clients(1)


def test_a_capped_page_does_not_end_the_list(bench: Bench) -> None:
    """A service that gives shorter pages than asked for is believed by its Total, not by the length of the page."""
    made = bench.clients(7)
    listing = bench_list(5)
    crm = bench.open("L0", api={"list": listing})
    original = bench.gram.service.answer

    def capped(request, gone):  # type: ignore[no-untyped-def]
        return original(
            type(request)(**{**vars(request), "target": request.target.replace("PageSize=5", "PageSize=3")}), gone
        )

    bench.gram.service.answer = capped  # type: ignore[method-assign]
    assert sorted(row["_id"] for row in rows(crm)) == sorted(made)


def test_parts_are_streamed(bench: Bench) -> None:
    bench.clients(6)
    crm = bench.open("L0", api={"list": bench_list(2)})
    bench.forget()
    next(crm.read("clients", Window()).parts)
    assert bench.gram.count("GET", "Client") == 1


def test_an_agenda_the_crm_does_not_have_is_said(bench: Bench) -> None:
    with pytest.raises(StopAgenda, match="no agenda 'projects'"):
        bench.open().read("projects", Window())
