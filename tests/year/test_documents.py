"""Documents: what POHODA carried over is known by its number, the rest stays in its own year."""

from pathlib import Path

import pytest

from tests.year.turn import Turn


def test_invoices_carried_over(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Turn.open(template, tmp_path, monkeypatch, agendas=("clients", "issued_invoices")) as turn:
        turn.round()
        old = {record["Id"]: record for record in turn.gram.records("Invoice")}
        numbers = {row["Cislo"] for row in turn.this.rows("SELECT Cislo FROM FA")}
        again = {one for one, record in old.items() if record["Number"] in numbers}
        assert again and len(again) < len(old)
        proof = turn.switch()
        (documents,) = [one for one in proof["agendas"] if one["agenda"] == "issued_invoices"]
        assert proof["switched"] and documents["by"] == {"key": len(again)}
        assert documents["stay_in_their_year"] == len(old) - len(again)
        turn.round()
        now = {record["Id"]: record for record in turn.gram.records("Invoice")}
        assert len(now) > len(old) == len(now.keys() & old.keys())
        assert {one for one in old if now[one]["ExternalSource"].endswith(":2026")} == again
        assert all(turn.gram.workflow_runs("Invoice", one) == 1 for one in old)
        every = [(record["Type"], record["Number"]) for record in now.values()]
        assert len(every) == len(set(every))
