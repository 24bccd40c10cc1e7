"""What the new year's records are: by key under other numbers, by number when the key changed, else a person says."""

import sqlite3
from contextlib import closing

import pytest

from pohoda_bridge.crm.eway import EwayCrm
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.side import Relinks
from pohoda_bridge.year.carry import Decisions
from pohoda_bridge.year.rehearse import rehearse
from tests.year.turn import AGENDAS, LINE, UNIT, Turn

SHIFT = 5000


def renumbered(turn: Turn) -> None:
    """POHODA gave every address, and every delivery address, another number in the new year."""
    with closing(sqlite3.connect(turn.this.path)) as rows, rows:
        rows.execute(
            f"UPDATE AD SET ID = ID + {SHIFT}, RefAD = CASE WHEN RefAD > 0 THEN RefAD + {SHIFT} ELSE RefAD END"
        )
        rows.execute(f"UPDATE ADdodaci SET ID = ID + {SHIFT}, RefAg = RefAg + {SHIFT}")


def test_other_numbers(turn: Turn) -> None:
    before, tables = turn.crm(), ("bindings", "aliases", "seen", "groups", "cursors")
    known = {name: turn.table(name) for name in tables}
    renumbered(turn)
    proof = turn.switch()
    assert proof["switched"], proof
    assert {how for one in proof["agendas"] for how in one["by"]} == {"key"}
    assert turn.crm() == before
    assert turn.years() == {"2026"}
    assert all(int(record["ExternalId"]) > SHIFT for record in turn.gram.records("Client"))
    assert turn.round() == turn.all_unchanged
    assert turn.crm() == before
    assert all(turn.reconcile(agenda).equal for agenda in AGENDAS)
    assert turn.undo()["marks"]["gram clients"]["relinked"] == len(turn.gram.records("Client"))
    assert (turn.crm(), turn.years(), turn.unit.read_text(encoding="utf-8")) == (before, {"2025"}, UNIT)
    assert {name: turn.table(name) for name in tables} == known
    with pytest.raises(StopAgenda, match="no change of year"):
        turn.undo()


def test_changed_keys_and_a_persons_word(small: Turn) -> None:
    renamed, without, gone, moved = (9001, 9002, 9003, 9004)
    for number, ico in ((renamed, "11111111"), (without, "22222222"), (gone, "33333333"), (moved, "44444444")):
        for year in (small.last, small.this):
            year.insert("AD", ID=number, Firma=f"Firma {number}", ICO=ico)
    small.round()
    small.this.edit("AD", renamed, Firma="A new name")
    small.this.edit("AD", without, Firma="Another name", ICO="")
    small.this.delete("AD", gone)
    other = small.this.insert("AD", Firma="Moved, s.r.o.", ICO="44444444")
    small.this.delete("AD", moved)
    new = small.this.insert("AD", Firma="New company")
    records, writes = len(small.gram.records("Client")), small.gram.writes()
    proof = small.switch()
    assert not proof["switched"]
    (clients,) = proof["agendas"]
    doubts = {doubt["old"]: doubt["candidates"] for doubt in clients["ambiguous"]}
    assert doubts == {f"2025/AD/{without}": (f"2026/AD/{without}",), f"2025/AD/{moved}": (f"2026/AD/{other}",)}
    assert clients["without_pair"] == [f"2025/AD/{gone}"]
    assert clients["by"]["number"] == 1
    assert f"2026/AD/{new}" not in str(doubts)
    assert (small.gram.writes(), small.years()) == (writes, {"2025"})
    said = Decisions({f"2025/AD/{without}": f"2026/AD/{without}"}, frozenset({f"2026/AD/{other}"}))
    proof = small.switch(said)
    assert proof["switched"] and proof["agendas"][0]["by"]["person"] == 1
    first = small.round()
    assert (first["created"], first["updated"]) == (2, 2)
    assert len(small.gram.records("Client")) == records + 2
    assert small.years() == {"2025", "2026"}  # the one that is gone in the new year keeps its mark


def test_a_year_added_by_hand_needs_no_switch(small: Turn) -> None:
    """Without the command the bindings are found by key, and the vanished numbers stop nothing."""
    before, writes = small.crm(), small.gram.writes()
    found = small.change()
    assert rehearse(found, Decisions()).clean
    small.unit.write_text(UNIT + LINE, encoding="utf-8")
    full = small.round("full")
    assert set(full) <= {"unchanged", "left_out"}, full
    assert (small.crm(), small.gram.writes()) == (before, writes)


def test_ewaycrm_keeps_no_marks() -> None:
    assert not issubclass(EwayCrm, Relinks)
