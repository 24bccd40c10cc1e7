"""FreeTDS and Microsoft's driver bring the same: rows, types, texts outside ASCII, and what an error means."""

import importlib.util
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from platform import machine
from typing import Any

import pytest

from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.side import Lookup, Window
from tests.pohoda.conftest import Bench, everything


def microsoft() -> str:
    """The library in Microsoft's own package, or a reason to skip."""
    found = importlib.util.find_spec("mssql_python_odbc")
    if found is None or not found.submodule_search_locations:
        pytest.skip("no mssql-python-odbc for this system")
    folder = Path(next(iter(found.submodule_search_locations))) / "libs/linux/debian_ubuntu"
    library = next(folder.glob(f"{machine()}/lib/libmsodbcsql-*"), None)
    if library is None:
        pytest.skip(f"mssql-python-odbc has no driver for {machine()}")
    return str(library)


@pytest.fixture
def side(sample: Bench) -> Iterator[Any]:
    yield lambda driver, **more: sample.side("sql", extra={"driver": driver, "encrypt": "no"}, **more)


def test_both_drivers_read_the_same(sample: Bench, side: Any) -> None:
    ours, theirs = side("FreeTDS"), side(microsoft())
    since = Window(since=datetime(2026, 1, 1), until=sample.pohoda.now())
    for agenda in sample.agendas:
        rows = everything(theirs, agenda)
        assert rows == everything(ours, agenda)
        assert everything(theirs, agenda, since) == everything(ours, agenda, since)
        assert theirs.ids(agenda) == ours.ids(agenda)
        if rows:
            wanted = [Lookup(id=rows[0]["_id"]), Lookup(id=rows[-1]["_id"])]
            assert theirs.look_up(agenda, wanted) == ours.look_up(agenda, wanted)
    companies = everything(theirs, "clients")
    assert len(companies) > 300
    assert any(set(str(row["company"])) & set("žščřďťň") for row in companies)


@pytest.mark.parametrize("driver", ["FreeTDS", "Microsoft"])
def test_a_text_is_found_whatever_its_letters(bench: Bench, driver: str) -> None:
    number = bench.pohoda.insert("AD", Firma="Žltý kôň – „družstvo“ €", Pozn="a\r\nb", KcObrat=1)
    library = driver if driver == "FreeTDS" else microsoft()
    opened = bench.side("sql", extra={"driver": library, "encrypt": "no"})
    (found,) = opened.look_up("clients", [Lookup(key={"company": "žltý kôň – „družstvo“ €"})])
    assert [row["_id"] for row in found] == [f"2026/AD/{number}"]
    assert found[0]["note"] == "a\nb"


@pytest.mark.parametrize("driver", ["FreeTDS", "Microsoft"])
def test_a_number_of_four_bytes_is_what_was_entered(bench: Bench, driver: str) -> None:
    for discount in (10.1, 33.333, 0.07, 100, None):
        bench.pohoda.insert("SkCeny", IDS=f"L {discount}", Sleva=discount)
    library = driver if driver == "FreeTDS" else microsoft()
    rows = everything(bench.side("sql", extra={"driver": library, "encrypt": "no"}), "price_lists")
    assert [str(row["discount"]) for row in rows] == ["10.1", "33.333", "0.07", "100", "0"]


@pytest.mark.parametrize("driver", ["FreeTDS", "Microsoft"])
def test_a_wrong_password_is_told(sample: Bench, driver: str) -> None:
    library = driver if driver == "FreeTDS" else microsoft()
    refused = sample.side("sql", extra={"driver": library, "encrypt": "no"}, password="wrong")
    with pytest.raises(StopAgenda, match=r"login|password"):
        everything(refused, "clients")
