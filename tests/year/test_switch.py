"""The change of year on Gram: nothing is made anew, no workflow runs, no note is touched; undone it is as it was."""

import pytest

from tests.year.turn import AGENDAS, ENTITIES, LINE, UNIT, Turn


@pytest.mark.parametrize("turn", ["L3"], indirect=True)
def test_switched(turn: Turn) -> None:
    before, writes = turn.crm(), turn.gram.writes()
    proof = turn.switch()
    assert proof["switched"] and proof["clean"], proof
    records = sum(len(before[entity]) for entity in ENTITIES)
    assert records > 10
    assert sum(one["carried"] for one in proof["agendas"]) == records
    assert sum(one["relinked"] for one in proof["marks"].values()) == turn.gram.writes() - writes == records
    assert proof["crm"] == {"created": {}, "lost": {}, "changed": {}}
    assert turn.crm() == before
    assert turn.years() == {"2026"}
    assert turn.unit.read_text(encoding="utf-8") == UNIT + LINE
    writes = turn.gram.writes()
    assert turn.round() == turn.all_unchanged
    assert turn.gram.writes() == writes
    assert turn.crm() == before
    assert all(turn.reconcile(agenda).equal for agenda in AGENDAS)
    assert turn.round("full") == turn.all_unchanged


@pytest.mark.parametrize("small", ["L0", "L1"], indirect=True)
def test_a_crm_without_marks(small: Turn) -> None:
    before, writes = small.crm(), small.gram.writes()
    proof = small.switch()
    assert proof["switched"] and proof["agendas"][0]["carried"] == len(before["Client"]) > 3
    assert small.round() == small.round("full") == small.all_unchanged
    assert small.undo()["marks"] == {"gram clients": {"relinked": 0, "unchanged": 0, "refused": {}}}
    assert (small.crm(), small.gram.writes()) == (before, writes)
    assert set(small.round()) <= {"unchanged", "left_out"}
