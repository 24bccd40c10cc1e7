"""Killed between the folder and the ledger, in either order; started twice; two machines at once: stored once."""

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pohoda_bridge.connections import Connection
from pohoda_bridge.ledger import intents
from pohoda_bridge.pohoda.folder import writer as writing
from pohoda_bridge.pohoda.folder.place import Folders
from pohoda_bridge.side import Pack
from pohoda_bridge.sync import collect as collecting
from tests.bothways.place import Place

from .conftest import Desk
from .test_faults import SHEET


class Kill(BaseException):
    """The process ends here."""


def kill_once(patch: pytest.MonkeyPatch, of: Any, name: str, *, after: bool) -> None:
    """The next call of a function ends the process, before it did anything or right after."""
    real: Callable[..., Any] = getattr(of, name)

    def struck(*args: Any, **more: Any) -> Any:
        patch.setattr(of, name, real)
        if after:
            real(*args, **more)
        raise Kill

    patch.setattr(of, name, struck)


def killed(desk: Desk, step: Callable[[], Any]) -> None:
    with pytest.raises(Kill):
        step()
    Place.lease_ends(type("At", (), {"both": desk.both})())  # type: ignore[arg-type]


@pytest.fixture
def typed(desk: Desk) -> Desk:
    """Two records wait to be sent."""
    desk.both.add(name="Alfa s.r.o.")
    desk.both.add(name="Beta s.r.o.")
    return desk


def at_rest(desk: Desk) -> None:
    for _ in range(2):
        desk.exe()
        desk.collect()
    assert sorted(card["Firma"] for card in desk.both.cards()) == ["Alfa s.r.o.", "Beta s.r.o."]
    assert desk.send() == {"unchanged": 2}
    assert set(desk.states()) == {"written"}
    assert (desk.packs(), desk.files("response")) == ([], [])
    assert not [name for name in desk.files() if name.endswith(".part")]


@pytest.mark.parametrize("taken", ["lies there", "was taken", "was answered"])
def test_killed_after_the_pack_was_put_and_before_the_ledger_knew(
    typed: Desk, monkeypatch: pytest.MonkeyPatch, taken: str
) -> None:
    kill_once(monkeypatch, Folders, "put", after=True)
    killed(typed, typed.send)
    assert typed.states() == ["open"] * 2
    if taken != "lies there":
        typed.exe("late" if taken == "was taken" else "")
    assert typed.send() == {"submitted": 2}
    taken_away = [name for name in typed.files("done") if not name.endswith(".response.xml")]
    assert len([*typed.packs(), *taken_away]) == 1
    at_rest(typed)


def test_killed_after_the_pack_was_put_and_collected_at_once(typed: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    kill_once(monkeypatch, Folders, "put", after=True)
    killed(typed, typed.send)
    typed.exe()
    assert typed.collect().outcomes == {"created": 2}
    at_rest(typed)


def test_killed_after_the_ledger_knew_and_before_the_pack_was_put(typed: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    kill_once(monkeypatch, Folders, "put", after=False)
    killed(typed, typed.send)
    assert typed.packs() == []
    typed.exe()
    assert typed.send() == {"submitted": 2}
    assert len(typed.packs()) == 1
    assert typed.states() == ["submitted"] * 2  # the very intents, and so the ids of the first sending
    at_rest(typed)


def test_killed_while_the_pack_was_written(typed: Desk) -> None:
    with typed.both.job("clients", "to_pohoda") as job:
        job.target.ready("clients")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Folders, "check", lambda self: kill_once(patch, os, "fsync", after=False))
        killed(typed, typed.send)
    assert [name[-5:] for name in typed.files()] == [".part", "a.ini"]
    typed.send()
    at_rest(typed)


@pytest.mark.parametrize(
    ("of", "name", "after"),
    [
        (Folders, "withdraw", False), (Folders, "withdraw", True), (Folders, "put_away", False),
        (Folders, "put_away", True), (intents, "close", False), (intents, "close", True),
    ],
)  # fmt: skip
def test_a_collector_killed_anywhere_loses_and_doubles_nothing(
    typed: Desk, monkeypatch: pytest.MonkeyPatch, of: Any, name: str, after: bool
) -> None:
    typed.send()
    typed.exe()
    kill_once(monkeypatch, of, name, after=after)
    killed(typed, typed.collect)
    typed.exe()
    at_rest(typed)


def test_what_was_refused_is_out_of_pohodas_sight_before_the_ledger_says_so(
    typed: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A POHODA that leaves packs where they are, and is started again with the fault mended."""
    long = "<typ:company>" + "x" * 300 + "</typ:company>"
    path = typed.share / "sheet.xslt"
    path.write_text(
        SHEET.format(template=f"<xsl:template match=\"typ:company[. = 'Beta s.r.o.']\">{long}</xsl:template>")
    )
    typed.connect(monkeypatch, ini={"action_after_processing": "0", "XSLT_input": str(path)})
    typed.send()
    typed.exe()
    kill_once(monkeypatch, Folders, "put_away", after=False)
    killed(typed, typed.collect)
    assert typed.quarantined() == ["Beta s.r.o."]
    path.write_text(SHEET.format(template=""))
    typed.exe()
    assert [card["Firma"] for card in typed.both.cards()] == ["Alfa s.r.o."]


def test_two_collectors_at_once_note_an_answer_once(typed: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    typed.send()
    typed.exe()
    found, start = [], threading.Barrier(2)

    def one() -> None:
        with typed.both.job("clients", "to_pohoda") as job:
            start.wait()
            found.append(collecting(job, f"by {threading.get_ident()}").outcomes)

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(map(dict, found), key=len) == [{}, {"created": 2}]
    at_rest(typed)


def test_a_pack_that_another_machine_puts_between_two_looks_is_not_put_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = Connection("f", "", extra={"input": str(tmp_path)})
    Folders(connection).check()
    newest = Folders.newest

    def meanwhile(self: Folders, pack: str) -> str | None:
        found = newest(self, pack)
        monkeypatch.setattr(Folders, "newest", newest)
        assert Folders(connection).put(pack, b"theirs")
        return found

    monkeypatch.setattr(Folders, "newest", meanwhile)
    assert not Folders(connection).put("ab12", b"ours")
    assert [(path.name, path.read_bytes()) for path in tmp_path.glob("*.xml")] == [("ab12.xml", b"theirs")]


def test_machines_that_put_one_pack_at_once_put_it_once(tmp_path: Path) -> None:
    connection = Connection("f", "", extra={"input": str(tmp_path)})
    Folders(connection).check()
    start, put = threading.Barrier(8), []

    def one(number: int) -> None:
        machine = Folders(connection)
        start.wait()
        put.append(machine.put("ab12", b"%d" % number * 100_000))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(put) == [False] * 7 + [True]
    (pack,) = tmp_path.glob("*.xml")
    assert len(set(pack.read_bytes())) == 1
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [pack.name]


def test_a_writer_paused_past_its_lease_puts_nothing(typed: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from pohoda_bridge.errors import Retry

    real = writing.FolderWriter.write

    def late(self: Any, agenda: Any, pack: Pack) -> Any:
        return real(self, agenda, Pack(pack.id, pack.items, until=0.0))

    monkeypatch.setattr(writing.FolderWriter, "write", late)
    with pytest.raises(Retry, match="the time to write was over"):
        typed.send()
    assert (typed.packs(), typed.states()) == ([], ["retry"] * 2)
    monkeypatch.setattr(writing.FolderWriter, "write", real)
    typed.send()
    typed.exe()
    assert typed.collect().outcomes == {"created": 2}


def test_pohoda_started_twice_on_one_folder_stores_once(typed: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without `action_after_processing` the pack lies there still, and is refused as imported before."""
    typed.connect(monkeypatch, ini={"action_after_processing": "0"})
    typed.send()
    typed.exe()
    typed.exe()
    assert typed.collect().outcomes == {"created": 2}
    assert typed.packs() == []
    at_rest(typed)
