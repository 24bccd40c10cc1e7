"""quarantine and conflicts: listed with both texts and values, taken up again, dismissed, resolved."""

import pytest

from tests.bridge import Bridge

from .conftest import Command


@pytest.fixture
def refused(bridge: Bridge) -> int:
    """A company whose note is longer than the CRM takes."""
    number = bridge.company(Firma="Alfa", Pozn="x" * 2001)
    assert bridge.sync() == {"quarantined": 1}
    return number


@pytest.fixture
def clash(bridge: Bridge) -> int:
    """A company whose phone and city both sides changed, without a master."""
    bridge.link(default_master="ask")
    number = bridge.company(Firma="Alfa", Tel="1", Obec="A")
    bridge.sync()
    bridge.edit(number, Tel="2", Obec="B")
    bridge.sandbox.gram.edit("Client", bridge.record(number)["Id"], Phone="3", City="C")
    assert bridge.sync() == {"conflict": 1}
    return number


def _quarantined(command: Command) -> dict[str, bool]:
    found = command("quarantine", "list", "gram", "--json").data["quarantine"]
    return {row["technical"]: row["dismissed"] for row in found}


def test_the_quarantine_is_listed_with_reasons_and_values(refused: int, command: Command) -> None:
    (row,) = command("quarantine", "list", "gram", "--json").data["quarantine"]
    assert (row["link"], row["agenda"], row["direction"]) == ("gram", "clients", "to_crm")
    assert [(reason["rule"], reason["level"]) for reason in row["reasons"]] == [("length:note", "refuse")]
    assert row["record"]["name"] == "Alfa"
    for language in ("en", "cs", "sk"):
        shown = command("quarantine", "list", "gram", "--language", language).out
        assert row["reasons"][0][language][:30] in " ".join(shown.split())
    assert command("quarantine", "list", "grm").code == 2


def test_a_mended_record_goes_by_itself_and_one_asked_for_is_judged_again(
    bridge: Bridge, refused: int, command: Command
) -> None:
    technical = f"2026/AD/{refused}"
    assert command("quarantine", "retry", "gram", "clients", technical, "--json").data == {"due": [technical]}
    assert bridge.sync() == {"quarantined": 1}
    bridge.edit(refused, Pozn="short")
    assert bridge.sync() == {"created": 1}
    assert command("quarantine", "list", "gram").out == "The quarantine is empty.\n"
    assert command("quarantine", "list", "gram", "--json").data == {"quarantine": []}


def test_all_records_of_an_agenda_are_taken_up_at_once(bridge: Bridge, refused: int, command: Command) -> None:
    bridge.company(Firma="Beta", Pozn="x" * 2001)
    bridge.sync()
    assert len(command("quarantine", "retry", "gram", "clients", "--json").data["due"]) == 2


def test_a_dismissed_record_is_reported_no_more_but_stays(bridge: Bridge, refused: int, command: Command) -> None:
    technical = f"2026/AD/{refused}"
    assert command("status", "--json").data["flows"][0]["quarantined"] == 1
    assert command("quarantine", "dismiss", "gram", "clients", technical, "--json").data == {"dismissed": [technical]}
    assert command("status", "--json").data["flows"][0]["quarantined"] == 0
    bridge.edit(refused, Tel="2")
    assert bridge.sync() == {"quarantined": 1}
    assert _quarantined(command) == {technical: True}


@pytest.mark.parametrize("words", [("dismiss", "gram", "clients", "2026/AD/99"), ("retry", "gram", "contacts")])
def test_nothing_to_take_up_or_dismiss_is_an_error(refused: int, command: Command, words: tuple[str, ...]) -> None:
    done = command("quarantine", *words)
    assert (done.code, done.out) == (1, "")
    assert "in quarantine" in done.err


def test_a_conflict_is_listed_with_both_values(clash: int, command: Command) -> None:
    (found,) = command("conflicts", "list", "gram", "--json").data["conflicts"]
    assert (found["technical"], found["decision"]) == (f"2026/AD/{clash}", {})
    assert found["fields"] == {"phone": {"pohoda": "2", "crm": "3"}, "city": {"pohoda": "B", "crm": "C"}}
    assert "phone" in command("conflicts", "list", "gram").out


@pytest.mark.parametrize(("winner", "phone", "city"), [("pohoda", "2", "B"), ("crm", "3", "C")])
def test_a_side_that_wins_wins_with_the_next_run(
    bridge: Bridge, clash: int, command: Command, winner: str, phone: str, city: str
) -> None:
    technical = f"2026/AD/{clash}"
    done = command("conflicts", "resolve", "gram", "clients", technical, winner, "--json")
    assert (done.code, done.data) == (0, {"decided": [technical]})
    bridge.sync()
    record = bridge.record(clash)
    assert (record["Phone"], record["City"]) == (phone, city)
    assert command("conflicts", "list", "gram").out == "There is no conflict.\n"
    assert bridge.reconcile().equal or winner == "crm"


def test_fields_are_decided_one_by_one(bridge: Bridge, clash: int, command: Command) -> None:
    resolve = ("conflicts", "resolve", "gram", "clients", f"2026/AD/{clash}")
    assert command(*resolve, "pohoda", "--field", "phone").code == 0
    assert bridge.sync() == {"conflict": 1}
    (left,) = command("conflicts", "list", "gram", "--json").data["conflicts"]
    assert list(left["fields"]) == ["city"]
    assert command(*resolve, "crm", "--field", "city").code == 0
    bridge.sync()
    record = bridge.record(clash)
    assert (record["Phone"], record["City"]) == ("2", "C")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("2026/AD/99", "crm"), 1),
        (("2026/AD/1", "crm", "--field", "note"), 1),
        (("2026/AD/1", "both"), 2),
    ],
)
def test_a_conflict_that_is_none_is_not_resolved(
    clash: int, command: Command, words: tuple[str, ...], code: int
) -> None:
    done = command("conflicts", "resolve", "gram", "clients", *words)
    assert (done.code, done.out) == (code, "")
    assert done.err
