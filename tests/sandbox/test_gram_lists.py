"""Lists of the simulated Gram: pages, order, filters, levels, and a list that changes while it is read."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from pohoda_sandbox.faults import Faults
from pohoda_sandbox.gram import Gram, shipped

SOURCE = "POHODA:12345678:2026"


@pytest.fixture
def gram() -> Iterator[Gram]:
    with Gram(shipped(), Faults()) as gram:
        yield gram


def get(gram: Gram, path: str = "/Client", **parameters: Any) -> requests.Response:
    return requests.get(gram.url + path, params=parameters, headers={"Token": gram.token}, timeout=20)


def names(answer: requests.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [record["Name"] for record in answer.json()["Records"]]


def fill(gram: Gram, count: int) -> list[str]:
    return [
        gram.create("Client", Name=f"Klient {i:03d}", ExternalSource=SOURCE, ExternalId=str(i), CompanyId=f"{i:08d}")
        for i in range(count)
    ]


def walk(gram: Gram, sort: str = "", size: int = 4) -> list[str]:
    seen: list[str] = []
    for page in range(1, 100):
        answer = get(gram, Page=page, PageSize=size, **({"Sort": sort} if sort else {})).json()
        if not answer["Records"]:
            return seen
        seen += [record["Id"] for record in answer["Records"]]
    raise AssertionError("the list has no end")


def test_pages_cover_every_record_once_and_end_empty(gram: Gram) -> None:
    made = fill(gram, 11)
    assert walk(gram) == sorted(made)
    last = get(gram, Page=4, PageSize=4).json()
    assert last == {"Result": True, "ResultText": "0 records.", "Records": [], "Page": 4, "PageSize": 4, "Total": 11}


def test_page_size_is_100_unless_asked(gram: Gram) -> None:
    fill(gram, 101)
    answer = get(gram).json()
    assert (len(answer["Records"]), answer["PageSize"], answer["Total"]) == (100, 100, 101)


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"PageSize": "501"}, "PageSize"),
        ({"PageSize": "0"}, "PageSize"),
        ({"Page": "x"}, "Page"),
        ({"page": "1"}, "page"),
        ({"Sort": "Nonsense"}, "Sort"),
        ({"Fields": "Name,Nonsense"}, "Fields"),
        ({"Filter": "Nonsense:eq:1"}, "Filter"),
        ({"Filter": "Name"}, "Filter"),
        ({"Filter": "Name:like:x"}, "Filter"),
        ({"Filter": "DueDays:gt:many"}, "DueDays"),
        ({"Filter": "Active:eq:1"}, "Active"),
        ({"ModifiedSince": "2026-01-01"}, "ModifiedSince"),
        ({"ModifiedSince": "' OR 1=1"}, "ModifiedSince"),
    ],
)
def test_what_is_not_understood_is_400_and_names_the_parameter(
    gram: Gram, parameters: dict[str, str], field: str
) -> None:
    answer = get(gram, **parameters)
    assert (answer.status_code, answer.json()["Result"]) == (400, False)
    assert [error["Field"] for error in answer.json()["Errors"]] == [field]


def test_fields_chooses_and_always_brings_the_id(gram: Gram) -> None:
    fill(gram, 1)
    assert set(get(gram, Fields="Name,CompanyId").json()["Records"][0]) == {"Id", "Name", "CompanyId"}


def test_sort_goes_both_ways(gram: Gram) -> None:
    fill(gram, 3)
    assert names(get(gram, Sort="-Name")) == ["Klient 002", "Klient 001", "Klient 000"]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("Name:eq:Žltý kôň; s.r.o.", ["Žltý kôň; s.r.o."]),
        ("Name:ne:Beta", ["Alfa", "Gama", "Žltý kôň; s.r.o."]),
        ("Name:contains:LTÝ", ["Žltý kôň; s.r.o."]),
        ("Name:starts:al", ["Alfa"]),
        ("Name:in:Alfa|Gama", ["Alfa", "Gama"]),
        ("DueDays:gt:14", ["Gama"]),
        ("DueDays:ge:14;DueDays:lt:30", ["Beta"]),
        ("DueDays:eq:30.0", ["Gama"]),
        ("Email:null", ["Alfa", "Gama", "Žltý kôň; s.r.o."]),
        ("Email:null:false", ["Beta"]),
        ("Email:eq:", ["Alfa", "Gama", "Žltý kôň; s.r.o."]),
        ("Active:eq:true", ["Alfa"]),
        ("Relation:contains:Supplier", ["Beta"]),
        ("Relation:in:Supplier|Partner", ["Beta", "Gama"]),
        ("Name:eq:Žltý kôň; s.r.o.;Email:null:false", []),
        ("Name:eq:' OR 1=1 --", []),
    ],
)
def test_filters(gram: Gram, condition: str, found: list[str]) -> None:
    gram.create("Client", Name="Alfa", Active=True)
    gram.create("Client", Name="Beta", DueDays=14, Email="b@example.sk", Relation=["Customer", "Supplier"])
    gram.create("Client", Name="Gama", DueDays=30, Relation=["Partner"])
    gram.create("Client", Name="Žltý kôň; s.r.o.")
    answer = get(gram, Filter=condition)
    assert sorted(names(answer)) == found
    assert answer.json()["Total"] == len(found)


def test_many_external_ids_are_looked_up_in_one_call(gram: Gram) -> None:
    fill(gram, 50)
    wanted = [str(i) for i in range(0, 50, 7)]
    answer = get(gram, Filter=f"ExternalSource:eq:{SOURCE};ExternalId:in:{'|'.join(wanted)}")
    assert {record["ExternalId"] for record in answer.json()["Records"]} == set(wanted)
    assert names(get(gram, Filter="ExternalSource:eq:POHODA:12345678:2025;ExternalId:eq:7")) == []


def test_modified_since_takes_the_same_second_too(gram: Gram) -> None:
    fill(gram, 3)
    moment = get(gram).json()["Records"][0]["Modified"]
    gram.clock.advance(10)
    gram.create("Client", Name="Nový")
    assert len(names(get(gram, ModifiedSince=moment))) == 4
    gram.clock.advance(-5)
    assert names(get(gram, ModifiedSince=gram.clock.text("%Y-%m-%d %H:%M:%S"))) == ["Nový"]


def test_many_records_share_a_second_and_the_stable_order_still_holds(gram: Gram) -> None:
    made = fill(gram, 20)
    assert walk(gram, "Modified,Id") == walk(gram, "Modified,Id")
    assert sorted(walk(gram, "Modified,Id")) == sorted(made)


@pytest.mark.parametrize(
    ("level", "parameters", "status"),
    [
        ("L0", {"ModifiedSince": "2026-01-01 00:00:00"}, 400),
        ("L0", {"Filter": "Name:eq:x"}, 400),
        ("L0", {"Page": "1", "PageSize": "10", "Sort": "Name", "Fields": "Name"}, 200),
        ("L1", {"ModifiedSince": "2026-01-01 00:00:00"}, 200),
        ("L1", {"Filter": "Modified:ge:2026-01-01 00:00:00"}, 200),
        ("L1", {"Filter": "ExternalId:eq:1"}, 400),
        ("L2", {"Filter": "ExternalId:eq:1"}, 200),
    ],
)
def test_levels_of_lists(gram: Gram, level: str, parameters: dict[str, str], status: int) -> None:
    gram.switches.level = level
    assert get(gram, **parameters).status_code == status


@pytest.mark.parametrize(
    ("level", "method", "path", "known"),
    [
        ("L1", "POST", "/Client/Upsert", False),
        ("L2", "POST", "/Client/Upsert", True),
        ("L2", "POST", "/Import/Client", False),
        ("L3", "POST", "/Import/Client", True),
        ("L2", "GET", "/Client/Deleted?Since=2026-01-01 00:00:00", False),
        ("L3", "GET", "/Client/Deleted?Since=2026-01-01 00:00:00", True),
        ("L0", "POST", "/Client", True),
    ],
)
def test_levels_of_operations(gram: Gram, level: str, method: str, path: str, known: bool) -> None:
    gram.switches.level = level
    body = {"Name": "A", "ExternalSource": SOURCE, "ExternalId": "1", "Records": []}
    if path == "/Import/Client":
        body = {"Records": []}
    elif path == "/Client/Upsert" or path == "/Client":
        body.pop("Records")
    answer = requests.request(method, gram.url + path, json=body, headers={"Token": gram.token}, timeout=20)
    assert answer.status_code == (200 if known else 404), answer.text


def test_a_record_inserted_between_pages_shows_one_twice_and_moves_the_total(gram: Gram) -> None:
    made = fill(gram, 10)
    gram.switches.changing_list = "insert"
    first = get(gram, Page=1, PageSize=4).json()
    second = get(gram, Page=2, PageSize=4).json()
    assert second["Total"] == first["Total"] + 1
    assert first["Records"][-1]["Id"] == second["Records"][0]["Id"]
    assert set(made) <= {record["Id"] for record in gram.records("Client")}


def test_a_record_deleted_between_pages_hides_another(gram: Gram) -> None:
    made = sorted(fill(gram, 9))
    gram.switches.changing_list = "delete"
    seen = walk(gram, size=4)
    assert made[4] not in seen
    assert made[4] in {record["Id"] for record in gram.records("Client")}


def test_a_record_touched_between_pages_wanders_to_the_end_of_the_changes(gram: Gram) -> None:
    fill(gram, 8)
    gram.clock.advance(60)
    gram.switches.changing_list = "touch"
    first = get(gram, Sort="Modified,Id", Page=1, PageSize=4).json()
    second = get(gram, Sort="Modified,Id", Page=2, PageSize=4).json()
    assert second["Records"][-1]["Id"] == first["Records"][0]["Id"]
    assert second["Total"] == first["Total"]


def test_nothing_changes_between_pages_unless_switched_on(gram: Gram) -> None:
    fill(gram, 8)
    before = gram.records("Client")
    walk(gram)
    assert gram.records("Client") == before


def test_entities_and_fields_are_described(gram: Gram) -> None:
    entities = get(gram, "/Entity").json()["Records"]
    assert {"Client", "Address", "Contact", "User", "Note"} <= {entity["Name"] for entity in entities}
    fields = {field["Name"]: field for field in get(gram, "/Entity/Client/Field").json()["Records"]}
    assert fields["Name"] | {"Label": ""} == {
        "Name": "Name", "Label": "", "Kind": "text", "Length": 255, "Required": True, "ReadOnly": False,
        "Options": [], "RefEntity": None, "Custom": False,
    }  # fmt: skip
    assert fields["ClientType"]["Options"] == ["Company", "Person"]
    assert fields["PrimaryContact"]["RefEntity"] == "Contact"
    assert fields["WonDealsValue"]["ReadOnly"] and fields["Modified"]["ReadOnly"] and not fields["Owner"]["ReadOnly"]
    assert "Version" not in fields
    assert get(gram, "/Entity/Nothing/Field").status_code == 404


def test_a_hundred_thousand_records_are_looked_up_at_once(gram: Gram) -> None:
    store, record = gram.service.records.store, gram.service.records.get("Client", fill(gram, 1)[0])
    with store.transaction():
        for i in range(1, 100_000):
            data = {**record.data, "Id": f"{i:032x}", "ExternalId": str(i), "CompanyId": f"{i:08d}"}
            store.put("Client", type(record)(data))
    plans = []
    store._db.set_trace_callback(plans.append)
    for number in ("777", "99999"):
        by_mark = get(gram, Filter=f"ExternalSource:eq:{SOURCE};ExternalId:eq:{number}")
        by_number = get(gram, Filter=f"CompanyId:eq:{int(number):08d}")
        assert by_mark.json()["Records"] == by_number.json()["Records"] != []
    store._db.set_trace_callback(None)
    selects = [statement for statement in plans if statement.startswith("SELECT") and "FROM records" in statement]
    steps = [row[3] for select in selects for row in store._db.execute(f"EXPLAIN QUERY PLAN {select}")]
    assert len(selects) >= 8
    assert [step for step in steps if step.startswith(("SCAN", "SEARCH")) and " AND " not in step] == []
    assert get(gram, PageSize=500, Page=200).json()["Total"] == 100_000
