"""check: what keeps a link from running, and with --data exactly the faults that are in the data."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pohoda_sandbox.company import Dirt
from tests.bridge import Bridge

from .conftest import Command


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bridge]:
    with Bridge.open(tmp_path, monkeypatch, empty=False, size=300) as opened:
        yield opened


def test_a_link_that_can_run(bridge: Bridge, command: Command) -> None:
    done = command("check", "gram", "--json")
    assert (done.code, done.data["ok"], done.data["findings"]) == (0, True, [])
    assert done.data["checks"] == [
        {"what": f"gram__{agenda}__to_crm", "fault": None} for agenda in ("clients", "addresses", "contacts")
    ]
    assert "right" in command("check").out


@pytest.mark.parametrize("kind", ["pohoda", "crm", "connection"])
def test_what_keeps_a_link_from_running(
    bridge: Bridge, command: Command, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    if kind == "pohoda":
        bridge.sandbox.pohoda.edit("sKonfig", 1, ICO="99999999")
        told = "99999999"
    elif kind == "crm":
        bridge.sandbox.gram.service.tokens.__init__("another", "nobody")  # type: ignore[misc]
        told = "token"
    else:
        monkeypatch.delenv("AIRFLOW_CONN_POHODA_SQL_2026")
        told = "AIRFLOW_CONN_POHODA_SQL_2026"
    done = command("check", "gram", "--json")
    assert (done.code, done.data["ok"]) == (1, False)
    assert all(told in one["fault"] for one in done.data["checks"])


def test_a_broken_link_is_told_beside_the_others(bridge: Bridge, command: Command) -> None:
    (bridge.config / "links" / "broken.yaml").write_text("link: broken\n", encoding="utf-8")
    done = command("check", "--json")
    assert done.code == 1
    faults = {one["what"]: one["fault"] for one in done.data["checks"]}
    assert "broken.yaml:1: `unit` is missing" in faults["settings of broken"]
    assert faults["gram__clients__to_crm"] is None
    assert command("check", "gram").code == 1
    assert command("check", "grm").code == 2


def _expected(bridge: Bridge) -> set[tuple[str, str, str, str]]:
    """(flow, record, rule, level) that the planted dirt must give, by the rules of the agendas, written by hand.

    The card of a company with Jméno is a contact too; what is wrong with its note or e-mail is wrong there as well.
    """
    found: set[tuple[str, str, str, str]] = set()

    def add(dirt: Dirt, rule: str, level: str, *, card: bool = False) -> None:
        agenda = "contacts" if dirt.kind == "email_twice" else "clients"
        found.add((f"gram__{agenda}__to_crm", f"2026/AD/{dirt.id}", rule, level))
        (row,) = bridge.sandbox.pohoda.rows("SELECT Jmeno FROM AD WHERE ID = ?", dirt.id)
        if card and row["Jmeno"]:
            found.add(("gram__contacts__to_crm", f"2026/AD/{dirt.id}", rule, level))

    for dirt in bridge.sandbox.planted:
        match dirt.kind:
            case "same_company":
                add(dirt, "unique:ico+name+zip", "refuse")
                add(dirt, "unique:ico", "warn")
            case "branch":
                add(dirt, "unique:ico", "warn")
            case "ico_spaces" | "ico_checksum":
                add(dirt, "ico:ico", "warn")
            case "dic" | "ic_dph":
                add(dirt, f"{dirt.kind}:{dirt.kind}", "warn")
            case "empty_company":
                add(dirt, "filled:company+person", "refuse")
            case "email_twice":
                add(dirt, "unique:email", "warn")
            case "note_too_long":
                add(dirt, "length:note", "refuse", card=True)
            case "email_malformed":
                add(dirt, "email:emails", "warn", card=True)
            case "unknown_country":
                (row,) = bridge.sandbox.pohoda.rows("SELECT IDS FROM sZeme WHERE ID = ?", int(dirt.value))
                if row["IDS"]:  # a country without a code is no country, not a wrong one
                    add(dirt, "country:country", "refuse")
            case other:
                raise AssertionError(f"a new kind of dirt, {other}: say here what must be found")
    return found


def test_exactly_the_planted_dirt_is_found(sample: Bridge, command: Command) -> None:
    assert len(sample.sandbox.planted) >= 20
    before = sample.sandbox.gram.writes()
    done = command("check", "gram", "--data", "--json")
    assert done.code == 0
    told = [(one["flow"], one["id"], one["rule"], one["level"]) for one in done.data["findings"]]
    assert len(told) == len(set(told))
    assert set(told) == _expected(sample)
    assert sample.sandbox.gram.writes() == before
    assert not Path(sample.sandbox.data / "store").exists()
    assert all(one[language] for one in done.data["findings"] for language in ("en", "cs", "sk"))


def test_the_faults_are_told_to_people_in_two_languages(bridge: Bridge, command: Command) -> None:
    bridge.company(ICO="87 654 326")
    text: Any = command("check", "gram", "--data").out
    assert "spaces" in text
    assert "medzerami" in text
    bridge.edit(1, ICO=None)
    assert "No fault in the data." in command("check", "gram", "--data").out
