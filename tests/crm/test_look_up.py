"""Look-ups: by mark, id and key, at every level, with values that would break a filter; requests counted."""

import pytest

from pohoda_bridge.catalogue import Crm
from pohoda_bridge.crm.api import Api, api_of
from pohoda_bridge.crm.listing import filterable, one_of
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.side import Lookup, Mark, Row
from pohoda_sandbox.gram import shipped
from tests.crm.conftest import SOURCE, Bench, new, pack

LEVELS = ["L0", "L1", "L2", "L3"]
HOSTILE = [
    "a;b", "a|b", "a:b", "Name:eq:x", ";", "|", "'", '"', "' OR 1=1 --", "%", "a&b=c", "a b", " lead", "tail ", "🐎",
    "x" * 4000, "a\0b", "a\nb", "Žltý", "\u2028", "+", "#", "?", "eq;CompanyId:null", "null", "../..", "{field}", "%00",
]  # fmt: skip


def found(answers: list[list[Row]]) -> list[list[str]]:
    return [[row["_id"] for row in rows] for rows in answers]


@pytest.mark.parametrize("level", ["L2", "L3"])
def test_by_mark_right_after_the_write(bench: Bench, level: str) -> None:
    crm = bench.open(level)
    answers = crm.write("clients", pack(*(new(number) for number in range(5))))
    marks = [Lookup(mark=Mark(SOURCE, str(number))) for number in (3, 0, 99)]
    other = [Lookup(mark=Mark("POHODA:1:2025", "3"))]
    bench.forget()
    assert found(crm.look_up("clients", marks + other)) == [
        [answers[3].row["_id"]], [answers[0].row["_id"]], [], [],
    ]  # type: ignore[index]  # fmt: skip
    assert bench.gram.count() == 2


def test_many_marks_take_few_requests(bench: Bench) -> None:
    crm = bench.open()
    crm.write("clients", pack(*(new(number) for number in range(120))))
    bench.forget()
    answers = crm.look_up("clients", [Lookup(mark=Mark(SOURCE, str(number))) for number in range(130)])
    assert [len(rows) for rows in answers] == [1] * 120 + [0] * 10
    assert bench.gram.count() == 3


def test_marks_are_matched_to_the_letter(bench: Bench) -> None:
    bench.gram.create("Client", Name="A", ExternalSource=SOURCE, ExternalId="ab")
    assert bench.open().look_up("clients", [Lookup(mark=Mark(SOURCE, "AB"))]) == [[]]


def test_a_mark_carried_twice_shows_both(bench: Bench) -> None:
    twins = {bench.gram.create("Client", Name=name, ExternalSource=SOURCE, ExternalId="1") for name in "AB"}
    (rows,) = bench.open().look_up("clients", [Lookup(mark=Mark(SOURCE, "1"))])
    assert {row["_id"] for row in rows} == twins


@pytest.mark.parametrize("value", [text for text in HOSTILE if len(text) <= 64])
def test_a_hostile_mark_is_found_all_the_same(bench: Bench, value: str) -> None:
    bench.clients(3)
    identity = bench.gram.create("Client", Name="A", ExternalSource=SOURCE, ExternalId=value)
    strange = bench.gram.create("Client", Name="B", ExternalSource=value, ExternalId="1")
    crm = bench.open()
    wanted = [Lookup(mark=Mark(SOURCE, value)), Lookup(mark=Mark(SOURCE, "zzz"))]
    assert found(crm.look_up("clients", wanted)) == [[identity], []]
    assert found(crm.look_up("clients", [Lookup(mark=Mark(value, "1"))])) == [[strange]]


@pytest.mark.parametrize("level", ["L0", "L2"])
@pytest.mark.parametrize("value", [text for text in HOSTILE if len(text) <= 255])
def test_a_hostile_key_is_found_all_the_same(bench: Bench, level: str, value: str) -> None:
    bench.clients(3)
    identity = bench.gram.create("Client", Name=value)
    assert found(bench.open(level).look_up("clients", [Lookup(key={"name": value})])) == [[identity]]


@pytest.mark.parametrize("level", LEVELS)
def test_a_very_long_value_is_looked_for_by_a_scan(bench: Bench, level: str) -> None:
    bench.clients(3)
    assert bench.open(level).look_up("clients", [Lookup(key={"name": "x" * 4000})]) == [[]]


@pytest.mark.parametrize("level", LEVELS)
def test_by_key_values_compared_again_here(bench: Bench, level: str) -> None:
    one = bench.gram.create("Client", Name="Žltý  kôň", Zip="010 01", CompanyId="12345678")
    two = bench.gram.create("Client", Name="Iný", Zip="01001", CompanyId="12345678")
    bench.clients(3)
    crm = bench.open(level)
    wanted = [
        Lookup(key={"ico": "12345678"}),
        Lookup(key={"ico": "12345678", "name": "ŽLTÝ KÔŇ", "zip": "01001"}),
        Lookup(key={"ico": "12345678", "name": None}),
        Lookup(key={"ico": None, "name": None}),
        Lookup(key={}),
        Lookup(key={"ico": "87654321"}),
    ]
    bench.forget()
    answers = found(crm.look_up("clients", wanted))
    assert [sorted(answers[0]), *answers[1:]] == [sorted([one, two]), [one], [], [], [], []]
    assert bench.gram.count() == 1


def test_many_keys_take_few_requests(bench: Bench) -> None:
    crm = bench.open()
    crm.write("clients", pack(*(new(number, ico=f"{number:08}") for number in range(100))))
    bench.forget()
    answers = crm.look_up("clients", [Lookup(key={"ico": f"{number:08}"}) for number in range(100)])
    assert all(len(rows) == 1 for rows in answers)
    assert bench.gram.count() == 2


def test_below_l2_all_look_ups_share_one_scan(bench: Bench) -> None:
    made = bench.clients(250)
    crm = bench.open("L0")
    bench.forget()
    wanted = [Lookup(key={"name": f"Firma {number:03}"}) for number in range(250)]
    assert sorted(one for ids in found(crm.look_up("clients", wanted)) for one in ids) == sorted(made)
    assert bench.gram.count() == 2


def test_a_reference_drives_the_look_up(bench: Bench) -> None:
    client, other = bench.clients(2)
    identity = bench.gram.create("Contact", Client=client, LastName="Nováková", Email="Jana@Example.SK")
    bench.gram.create("Contact", Client=other, LastName="Nováková", Email="jana@example.sk")
    wanted = [Lookup(key={"email": "jana@example.sk", "client": client})]
    assert found(bench.open().look_up("contacts", wanted)) == [[identity]]


def test_a_key_finds_only_records_of_the_agenda_but_id_and_mark_find_any(bench: Bench) -> None:
    client = bench.clients(1)[0]
    moved = bench.gram.create(
        "Address", Client=client, Kind="Billing", Street="A 1", ExternalSource=SOURCE, ExternalId="9"
    )
    wanted = [Lookup(key={"client": client, "street": "A 1"}), Lookup(id=moved), Lookup(mark=Mark(SOURCE, "9"))]
    assert found(bench.open().look_up("addresses", wanted)) == [[], [moved], [moved]]


@pytest.mark.parametrize("level", LEVELS)
def test_by_id(bench: Bench, level: str) -> None:
    made = bench.clients(3)
    crm = bench.open(level)
    bench.forget()
    wanted = [Lookup(id=made[2]), Lookup(id="nobody"), Lookup(id=made[0]), Lookup(id=made[2]), Lookup(id=".")]
    assert found(crm.look_up("clients", wanted)) == [[made[2]], [], [made[0]], [made[2]], []]
    assert bench.gram.count() == (1 if level >= "L2" else 3)


def test_below_l2_the_key_stands_in_for_the_mark(bench: Bench) -> None:
    made = bench.clients(2)
    crm = bench.open("L1")
    both = Lookup(mark=Mark(SOURCE, "1"), key={"name": "Firma 001"})
    assert found(crm.look_up("clients", [both])) == [[made[1]]]


def test_nothing_wanted_asks_nothing(bench: Bench) -> None:
    assert bench.open().look_up("clients", []) == []
    assert bench.gram.count() == 0


def test_a_key_without_a_place_in_the_crm_is_said(bench: Bench) -> None:
    with pytest.raises(StopAgenda, match="colour"):
        bench.open().look_up("clients", [Lookup(key={"colour": "red"})])


@pytest.fixture
def api() -> Api:
    return api_of(Crm.model_validate(shipped()))


@pytest.mark.parametrize("value", ["a;b", "a|b", "", " a", "a ", "a\0", "a\n", "x" * 201])
def test_what_no_filter_may_carry(api: Api, value: str) -> None:
    assert not filterable(api, value)


def test_chunks_stay_short_enough_for_an_address(api: Api) -> None:
    chunks = list(one_of(api, "Name", [f"{number:03}" + "Ž" * 150 for number in range(20)]))
    assert [value for _, values in chunks for value in values] == [f"{n:03}" + "Ž" * 150 for n in range(20)]
    assert len(chunks) > 5
