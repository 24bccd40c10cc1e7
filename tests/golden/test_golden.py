"""The golden files: rows of POHODA, the records they become and the JSON that Gram gets, compared word by word."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from pohoda_bridge.ledger import runs
from pohoda_bridge.side import Window
from pohoda_bridge.sync.shape import as_rows, shape
from tests.bridge import AGENDAS, UNIT, Bridge

CASES = [
    case for path in sorted(Path(__file__).parent.glob("*.yaml")) for case in yaml.safe_load(path.read_text("utf-8"))
]
ENTITIES = {"clients": "Client", "addresses": "Address", "contacts": "Contact"}


@pytest.fixture(scope="module", params=["sql", "xml"])
def carried(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    """A company of all golden rows, synced once with an empty Gram, read by SQL and by XML."""
    folder = tmp_path_factory.mktemp("golden")
    with pytest.MonkeyPatch.context() as monkeypatch, Bridge.open(folder, monkeypatch) as bridge:
        bridge.write("units", {**UNIT, "read": request.param})
        for case in CASES:
            if len(case["pohoda"]) > 1:
                _insert(bridge, case)
        for agenda in AGENDAS:
            bridge.sync(agenda)
        yield bridge


def _insert(bridge: Bridge, case: dict[str, Any]) -> None:
    table, columns = case.get("table", "AD"), dict(case["pohoda"])
    if code := columns.pop("country", None):
        if code not in bridge.countries:
            bridge.countries[code] = bridge.add("sZeme", IDS=code, SText=code)
        columns["RefZeme2" if table == "ADdodaci" else "RefZeme"] = bridge.countries[code]
    bridge.add(table, **columns)


def _technical(case: dict[str, Any]) -> str:
    return f"2026/{case.get('table', 'AD')}/{case['pohoda']['ID']}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_a_row_becomes_this_record(carried: Bridge, case: dict[str, Any]) -> None:
    with carried.job(case["agenda"]) as job:
        parts = job.source.read(case["agenda"], Window(ids=(_technical(case),))).parts
        ((record,),) = [as_rows(shape(part, job.flow)) for part in parts]
        mapped = {name: record[name] for name in job.flow.mapping if record[name] is not None}
    assert mapped == case["record"]
    assert bool(record["_left_out"]) is (case.get("outcome") == "left_out")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_a_record_is_written_as_this_json(carried: Bridge, case: dict[str, Any]) -> None:
    wanted = case.get("gram")
    sent = [
        body for body in _sent(carried, ENTITIES[case["agenda"]]) if body["ExternalId"] == str(case["pohoda"]["ID"])
    ]
    assert sent == ([_with_ids(carried, wanted)] if wanted else [])
    with carried.job(case["agenda"]) as job, job.ledger.transaction() as ledger:
        ((_, outcome),) = runs.history(ledger, job.scope, _technical(case))
    assert outcome.outcome == case.get("outcome", "created")


def _sent(bridge: Bridge, entity: str) -> list[dict[str, Any]]:
    entries = bridge.sandbox.gram.service.traffic.entries
    return [
        json.loads(entry.body, parse_float=Decimal)
        for entry in entries
        if entry.entity == entity and entry.method == "POST"
    ]


def _with_ids(bridge: Bridge, wanted: dict[str, Any]) -> dict[str, Any]:
    """The body with the CRM's ids in the place of `$<row>`."""
    return {
        name: bridge.record(int(value[1:]))["Id"] if isinstance(value, str) and value.startswith("$") else value
        for name, value in wanted.items()
    }


def test_there_are_enough_cases_and_each_row_stands_once() -> None:
    assert len(CASES) >= 12
    assert len({(case["agenda"], _technical(case)) for case in CASES}) == len(CASES)
    assert all(("gram" in case) is not ("outcome" in case) for case in CASES)
