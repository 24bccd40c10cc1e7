"""The change of year on Gram: nothing is made anew, no workflow runs, no note is touched; undone it is as it was."""

import pytest

from pohoda_bridge.errors import StopAgenda
from tests.year.turn import AGENDAS, LINE, UNIT, Turn


def test_switched(turn: Turn) -> None:
    before, writes = turn.crm(), turn.gram.writes()
    proof = turn.switch()
    assert proof["switched"] and proof["clean"], proof
    records = sum(len(before[entity]) for entity in ("Client", "Address", "Contact"))
    assert records > 10
    assert sum(one["carried"] for one in proof["agendas"]) == records
    assert sum(one["relinked"] for one in proof["marks"].values()) == turn.gram.writes() - writes == records
    assert proof["crm"] == {"created": {}, "lost": {}, "changed": {}}
    assert turn.crm() == before
    assert turn.years() == {"2026"}
    assert turn.unit.read_text(encoding="utf-8") == UNIT + LINE
    writes = turn.gram.writes()
    first = turn.round()
    assert set(first) <= {"unchanged", "left_out", "quarantined"}, first
    assert turn.gram.writes() == writes
    assert turn.crm() == before
    assert all(turn.reconcile(agenda).equal for agenda in AGENDAS)
    assert "updated" not in turn.round("full")


def test_undone(turn: Turn) -> None:
    before, tables = turn.crm(), {name: turn.table(name) for name in ("bindings", "aliases", "seen", "cursors")}
    turn.switch()
    told = turn.undo()
    assert (told["before"], told["written_since"]) == (2025, {})
    assert turn.unit.read_text(encoding="utf-8") == UNIT
    assert turn.years() == {"2025"}
    assert turn.crm() == before
    assert {name: turn.table(name) for name in tables} == tables
    assert set(turn.round()) <= {"unchanged", "left_out", "quarantined"}
    with pytest.raises(StopAgenda, match="no change of year"):
        turn.undo()
    assert turn.switch()["switched"]
