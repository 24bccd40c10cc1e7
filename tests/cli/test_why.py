"""why: for every outcome of this version, what happened to a record and what it waits for."""

from collections.abc import Callable
from typing import Any

import pytest

from pohoda_bridge.ledger import Intent, Scope, intents
from pohoda_bridge.ledger.leases import acquire
from pohoda_bridge.records.fingerprint import dumps
from tests.bridge import Bridge

from .conftest import Command

ICO = "87654326"


def _created(bridge: Bridge) -> int:
    number = bridge.company(Firma="Alfa", Tel="1")
    bridge.sync()
    return number


def _updated(bridge: Bridge) -> int:
    number = _created(bridge)
    bridge.edit(number, Tel="2")
    bridge.sync()
    return number


def _unchanged(bridge: Bridge) -> int:
    number = bridge.company(Firma="Alfa")
    bridge.sandbox.gram.create("Client", Name="Alfa", ClientType="Company", Country="SK", CompanyId=ICO)
    bridge.edit(number, ICO=ICO)
    bridge.sync()
    return number


def _ruled_out(bridge: Bridge) -> int:
    bridge.link(clients={"rules": [{"field": "country", "in": ["CZ"]}]})
    return _created(bridge)


def _a_person(bridge: Bridge) -> int:
    number = bridge.add("AD", Jmeno="Jan Novák")
    bridge.sync()
    return number


def _deleted_there(bridge: Bridge) -> int:
    number = _created(bridge)
    bridge.sandbox.gram.delete("Client", bridge.record(number)["Id"])
    bridge.edit(number, Tel="2")
    bridge.sync()
    return number


def _ambiguous(bridge: Bridge) -> int:
    number = bridge.company(Firma="Alfa", ICO=ICO)
    for name in ("Beta", "Gama"):
        bridge.sandbox.gram.create("Client", Name=name, CompanyId=ICO)
    bridge.sync()
    return number


def _unaccepted(bridge: Bridge) -> int:
    bridge.link(accept="ask")
    return _created(bridge)


def _quarantined(bridge: Bridge) -> int:
    number = bridge.company(Firma="Alfa", Pozn="x" * 2001)
    bridge.sync()
    return number


def _conflict(bridge: Bridge) -> int:
    bridge.link(default_master="ask")
    number = _created(bridge)
    bridge.edit(number, Tel="2")
    bridge.sandbox.gram.edit("Client", bridge.record(number)["Id"], Phone="3")
    bridge.sync()
    return number


def _in_doubt(bridge: Bridge) -> int:
    """A worker was killed after it noted its intent: a plan shows the doubt, a sync would clear it."""
    number = bridge.company(Firma="Alfa")
    with bridge.job() as job, job.ledger.transaction() as ledger:
        noted = Intent(
            "i", "p", "killed", f"2026/AD/{number}", "k", "create", None, "1:x", dumps({"name": "Alfa"}), "{}"
        )
        intents.open_all(ledger, job.scope, [noted], acquire(ledger, job.lease_target, "killed", seconds=-1))
    from pohoda_bridge.ledger import Request

    bridge.sync(request=Request(dry_run=True))
    return number


OUTCOMES: dict[str, tuple[Callable[[Bridge], int], str, str]] = {
    "created": (_created, "created", "phone: nothing -> 1"),
    "updated": (_updated, "updated", "phone: 1 -> 2"),
    "unchanged": (_unchanged, "", "unchanged since it was last looked at"),
    "left out by a rule": (_ruled_out, "left_out", "country in ('CZ',)"),
    "left out by the agenda": (_a_person, "left_out", "the setting `persons` makes such rows clients"),
    "left out, deleted there": (_deleted_there, "left_out", "deleted on the target by a person"),
    "left out, ambiguous": (_ambiguous, "left_out", "a person decides"),
    "left out, not accepted": (_unaccepted, "left_out", "pohoda-bridge match --accept"),
    "quarantined": (_quarantined, "quarantined", "2000"),
    "conflict": (_conflict, "conflict", "both sides changed phone"),
    "in doubt": (_in_doubt, "in_doubt", "write create, open"),
}


@pytest.mark.parametrize(("make", "outcome", "told"), OUTCOMES.values(), ids=list(OUTCOMES))
def test_every_outcome_is_explained(
    bridge: Bridge, command: Command, make: Callable[[Bridge], int], outcome: str, told: str
) -> None:
    number = make(bridge)
    done = command("why", "gram", "clients", str(number), "--json")
    assert done.code == 0
    (record,) = done.data["records"]
    assert record["technical"] == f"2026/AD/{number}"
    assert [one["outcome"] for one in record["outcomes"][:1]] == ([outcome] if outcome else [])
    text = command("why", "gram", "clients", str(number)).out
    assert told in text
    assert outcome.replace("_", " ") in text


def test_a_held_record_names_what_it_waits_for(bridge: Bridge, command: Command) -> None:
    client = bridge.company(Firma="Alfa")
    contact = bridge.add("AD", RefAD=client, Firma="Alfa", Jmeno="Jan Novák")
    assert bridge.sync("contacts") == {"held": 1}
    (record,) = command("why", "gram", "contacts", str(contact), "--json").data["records"]
    assert record["waits"] == {"held": f"waits for clients 2026/AD/{client}"}
    bridge.sync()
    assert bridge.sync("contacts") == {"created": 1}
    text = command("why", "gram", "contacts", str(contact)).out
    assert text.index("created") < text.index(": held")


@pytest.mark.parametrize("form", ["id", "technical", "crm", "key", "key in other case"])
def test_a_record_is_found_by_any_of_its_names(bridge: Bridge, command: Command, form: str) -> None:
    number = bridge.company(Firma="Žltý kôň", ICO=ICO)
    bridge.company(Firma="Other")
    bridge.sync()
    key = {
        "id": str(number), "technical": f"2026/AD/{number}", "crm": bridge.record(number)["Id"], "key": ICO,
        "key in other case": "ŽLTÝ KÔŇ",
    }[form]  # fmt: skip
    (record,) = command("why", "gram", "clients", key, "--json").data["records"]
    assert (record["technical"], record["crm_id"]) == (f"2026/AD/{number}", bridge.record(number)["Id"])


@pytest.mark.parametrize("key", ["999", "%", "_", "2026/AD/%", "'; --"])
def test_a_record_that_no_run_has_met(bridge: Bridge, command: Command, key: str) -> None:
    _created(bridge)
    done = command("why", "gram", "clients", key)
    assert (done.code, done.out) == (1, "")
    assert "no run has met a record" in done.err


def test_what_was_stored_otherwise_than_sent_is_told(bridge: Bridge, command: Command) -> None:
    with bridge.job() as job:
        scope: Any = job.scope
    assert scope == Scope("gram", "clients", "to_crm")
    number = _created(bridge)
    (record,) = command("why", "gram", "clients", str(number), "--json").data["records"]
    ((attempt),) = record["attempts"]
    assert (attempt["action"], attempt["state"], attempt["drift"]) == ("create", "written", {})
    assert attempt["item"]["name"] == "Alfa"
