"""What the command line tells of two-way links: either id names the pair, each direction tells its own story."""

import json
import os
from typing import Any

import pytest
from click.testing import CliRunner

from pohoda_bridge.cli.main import cli
from tests.both import WAYS, Both
from tests.bridge import AGENDAS


def _told(*words: str, code: int = 0) -> dict[str, object]:
    done = CliRunner().invoke(cli, [*words, "--json"], catch_exceptions=False)
    assert done.exit_code == code, done.output
    told: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_why_finds_a_pair_by_either_id_in_both_directions(both: Both) -> None:
    number = both.company(Firma="Alfa s.r.o.", ICO="36396567")
    both.round()
    (record,) = both.records()
    for key in (f"2026/AD/{number}", str(number), record["id"], "36396567"):
        records = _told("why", both.kind, "clients", key)["records"]
        assert isinstance(records, list)
        found = {one["direction"]: (one["technical"], one["pohoda_id"], one["crm_id"]) for one in records}
        pair = f"2026/AD/{number}", record["id"]
        assert found == {"to_crm": (pair[0], *pair), "to_pohoda": (pair[1], *pair)}, key


def test_fields_are_told_by_side_in_both_directions(both: Both) -> None:
    rows = _told("fields", both.kind, "clients")["fields"]
    assert isinstance(rows, list)
    by_way = {way: {r["field"]: (r["pohoda_type"], r["crm_type"]) for r in rows if r["direction"] == way}
              for way in ("to_crm", "to_pohoda")}  # fmt: skip
    assert by_way["to_crm"] == by_way["to_pohoda"]
    assert all(by_way["to_crm"]["ico"])


@pytest.mark.parametrize(
    "changed", [{"password": "wrong"}, {"host": "http://127.0.0.1:9", "extra": {"patience": 0}}, None]
)
def test_check_tells_that_nothing_can_be_written_to_pohoda(
    both: Both, monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any] | None
) -> None:
    """POHODA is read by SQL here, so that only the directions to it need mServer."""
    name = "AIRFLOW_CONN_POHODA_MSERVER_2026"
    if changed is None:
        monkeypatch.delenv(name)
    else:
        monkeypatch.setenv(name, json.dumps({**json.loads(os.environ[name]), **changed}))
    checks = _told("check", both.kind, code=1)["checks"]
    assert isinstance(checks, list)
    faulty = {one["what"]: one["fault"] is not None for one in checks}
    assert faulty == {f"{both.kind}__{a}__{way}": way == "to_pohoda" for a in AGENDAS for way in WAYS}
