"""check: what the sides say of themselves, and what of it does not go with the link."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pohoda_bridge.catalogue import open_catalogue
from pohoda_bridge.pohoda.about import introduced
from pohoda_sandbox.pohoda.xml import answers
from tests.both import WAYS, Both
from tests.bridge import UNIT

from .conftest import Command, Done


@pytest.fixture
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Both]:
    with Both.open("eway", tmp_path, monkeypatch, agendas={"offers": {way: {} for way in WAYS}}) as opened:
        yield opened


def sides(done: Done) -> dict[str, dict[str, str]]:
    return {one["side"]: one for one in done.data["sides"]}


def test_both_sides_say_what_they_are(both: Both, command: Command) -> None:
    done = command("check", "eway", "--json")
    assert (done.code, done.data["warnings"]) == (0, [])
    told = sides(done)
    assert told["POHODA"]["program"] == "14000.4 SQL (7.5.2026)"
    assert told["POHODA"]["release"] == "14000.4 SQL"
    assert (told["POHODA"]["IČO"], told["POHODA"]["accounting year"]) == ("12345678", "2026")
    assert told["POHODA"]["accounting period"] == "2026-01-01 – 2026-12-31"
    assert told["POHODA"]["database"] == "StwPh_12345678_2026"
    assert told["eWay-CRM"]["version"].count(".") == 3
    assert "POHODA of eway: program 14000.4 SQL (7.5.2026)\n" in command("check", "eway").out


def test_where_nothing_is_written_to_pohoda_its_server_is_not_asked(both: Both, command: Command) -> None:
    both.link({name: {"to_pohoda": {"enabled": False}, "to_crm": {}} for name in ("clients", "addresses", "contacts")})
    asked = both.sandbox.first.mserver.count
    done = command("check", "eway", "--json")
    assert done.code == 0
    assert "release" in sides(done)["POHODA"] and "program" not in sides(done)["POHODA"]
    assert both.sandbox.first.mserver.count == asked


def test_a_user_who_may_not_use_xml_is_told_before_the_first_write(both: Both, command: Command) -> None:
    users = both.sandbox.first.mserver._users
    users.update({name: replace(user, xml=False) for name, user in users.items()})
    done = command("check", "eway", "--json")
    assert done.code == 1
    (fault,) = [one for one in done.data["checks"] if one["fault"]]
    assert fault["what"] == "POHODA of eway" and "the POHODA user may not use XML" in fault["fault"]


def test_rights_that_the_user_of_the_crm_lacks(both: Both, command: Command) -> None:
    both.crm.permit("Carts", CanCreate=False, View="Own")
    both.crm.permit("Contacts", Edit="None")
    done = command("check", "eway", "--json")
    assert done.data["warnings"] == [
        "eWay-CRM does not let our user change records of Contacts (contacts); give the user this right",
        "eWay-CRM does not let our user see all, make records of Carts (offers); give the user this right",
    ]
    assert "Warnings:\neWay-CRM does not let our user change" in command("check", "eway").out


def test_another_edition_and_an_old_program(both: Both, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "PROGRAM_VERSION", "10800.2 E1 (5.5.2015)")
    (first, second) = command("check", "eway", "--json").data["warnings"]
    assert "POHODA 10800 does not say whether it added or changed" in first
    assert second == "unit firma: its edition is set as 'sql', and the program says that it is E1"


@pytest.mark.parametrize(
    ("program", "edition", "agendas", "told"),
    [
        ("14000.4 SQL (7.5.2026)", "sql", (), 0),
        ("14000.4 E1 (7.5.2026)", "e1-mdb", (), 0),
        ("13000.1 (7.5.2020)", "mdb", ("offers",), 0),
        ("13000.1 (7.5.2020)", "mdb", ("deals",), 1),
        ("13000.1 (7.5.2020)", "e1-mdb", (), 1),
        ("9500.1 SQL (1.1.2008)", "sql", (), 2),
        ("", "sql", ("deals",), 0),
        ("POHODA", "sql", ("deals",), 0),
    ],
)
def test_what_a_version_means(tmp_path: Path, program: str, edition: Any, agendas: tuple[str, ...], told: int) -> None:
    unit = next(iter(open_catalogue().units.values())).model_copy(update={"unit": UNIT["unit"], "edition": edition})
    about = introduced(unit, {"program": program, "company": ""}, agendas)
    assert len(about.warnings) == told
    assert set(about.facts) == ({"program"} if program else set())
