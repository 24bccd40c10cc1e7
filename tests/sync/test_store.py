"""The files of a run: every value comes back as it was, and half a step counts for nothing."""

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from pohoda_bridge.errors import Retry
from pohoda_bridge.sync.job import path_name
from pohoda_bridge.sync.store import INFER, Store, batch_schema

TYPES = {
    "name": "text", "client": "reference", "days": "integer", "credit": "decimal", "p1": "boolean", "day": "date",
    "moment": "datetime", "groups": "list",
}  # fmt: skip
FULL = {
    "_id": "2026/AD/1", "_saved": datetime(2026, 3, 1, 8, 0, 0, 123000), "_print": "1:x", "_mark": None,
    "_instead_of": "Leads/1",
    "name": "Žltý kôň\n 漢字", "client": "2026/AD/2", "days": -(2**62), "credit": Decimal("123456789012345678.123400"),
    "p1": False,
    "day": date(1899, 12, 30), "moment": datetime(2026, 10, 25, 2, 30), "groups": ["a", "ž"],
}  # fmt: skip
EMPTY = {**dict.fromkeys(FULL), "_id": "2026/AD/3", "_print": "1:y", "_mark": None}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "store"))


def test_every_type_and_its_absence_comes_back(store: Store) -> None:
    assert store.write("batch", [[FULL, EMPTY], [EMPTY]], batch_schema(TYPES)) == 3
    assert list(store.read("batch")) == [[FULL, EMPTY], [EMPTY]]
    (first, _), _ = store.read("batch")
    assert {name: type(value) for name, value in first.items()} == {name: type(value) for name, value in FULL.items()}


def test_a_column_of_nothing_but_none_comes_back(store: Store) -> None:
    rows = [
        {"_id": "a", "x": None, "y": ["b", None], "z": Decimal("1.50")},
        {"_id": "b", "x": None, "y": None, "z": None},
    ]
    store.write("records", [rows], INFER)
    assert list(store.lines("records")) == rows


@pytest.mark.parametrize(("shown", "kept"), [
    ("0.1234567", "0.1234567"), ("24.123456789012", "24.123456789012"), ("121.00000000000001", "121"),
])  # fmt: skip
def test_a_rate_of_many_places_stays_exact_and_what_floats_leave_behind_stops_nothing(
    store: Store, shown: str, kept: str
) -> None:
    store.write("batch", [[{**FULL, "credit": Decimal(shown)}]], batch_schema(TYPES))
    ((row,),) = store.read("batch")
    assert row["credit"] == Decimal(kept)


def test_a_number_beyond_the_column_is_an_error_and_never_cut(store: Store) -> None:
    with pytest.raises(Exception, match="data loss"):
        store.write("batch", [[{**FULL, "credit": Decimal("1e30")}]], batch_schema(TYPES))
    assert not store.is_done("batch")


def test_lines_keep_their_text(store: Store) -> None:
    rows = [{"_id": "a", "reason": "Ž\u2028\n\"'", "changes": {"zip": [None, "811 01"]}}, {"_id": "b"}]
    store.write("plan", [rows[:1], [], rows[1:]])
    assert list(store.read("plan")) == [rows[:1], rows[1:]]


def test_nothing_written_is_nothing_read(store: Store) -> None:
    assert store.write("gone", []) == 0
    assert store.is_done("gone")
    assert list(store.lines("gone")) == []


def test_a_step_that_broke_counts_for_nothing(store: Store) -> None:
    def breaking() -> object:
        yield [{"_id": "a"}]
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.write("plan", breaking())  # type: ignore[arg-type]
    assert not store.is_done("plan")
    with pytest.raises(FileNotFoundError):
        list(store.read("plan"))


def test_a_step_begun_again_leaves_nothing_of_its_first_try(store: Store) -> None:
    store.write("plan", [[{"_id": str(number)}] for number in range(5)])
    store.write("plan", [[{"_id": "only"}]])
    assert list(store.lines("plan")) == [{"_id": "only"}]
    folder = Path(store.url) / "plan"
    assert sorted(path.name for path in folder.iterdir()) == ["_done.json", "part-00000.jsonl"]
    assert json.loads((folder / "_done.json").read_text()) == {"parts": 1, "rows": 1, "parquet": False}


def test_a_store_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = Store(str(tmp_path / "file"))
    with pytest.raises(Retry, match="the store cannot be written"):
        store.write("plan", [[{"_id": "a"}]])
    with pytest.raises(Retry):
        store.write_text("report.html", "x")


def test_text_files(store: Store) -> None:
    assert store.of("runs", "a").write_text("report.html", "Žltý") == f"{store.url}/runs/a/report.html"
    assert store.of("runs", "a").read_text("report.html") == "Žltý"


def test_a_run_id_never_leaves_its_folder() -> None:
    assert path_name("scheduled__2026-03-01T00:00:00+00:00") == "scheduled__2026-03-01T00_00_00_00_00"
    assert "/" not in path_name("../../etc/passwd")
