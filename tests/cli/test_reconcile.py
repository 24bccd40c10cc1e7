"""reconcile: equal sides, and every kind of difference that somebody planted."""

import pytest

from tests.bridge import Bridge

from .conftest import Command


@pytest.fixture
def synced(bridge: Bridge) -> Bridge:
    """Two companies with a contact each, all carried."""
    for name in ("Alfa", "Beta"):
        number = bridge.company(Firma=name, Tel="1")
        bridge.add("AD", RefAD=number, Firma=name, Jmeno=f"Jan {name}")
    for agenda in ("clients", "contacts"):
        bridge.sync(agenda)
    return bridge


def test_equal_sides(synced: Bridge, command: Command) -> None:
    done = command("reconcile", "gram", "--json")
    assert (done.code, done.data["equal"], done.data["duplicates"], done.data["differences"]) == (0, True, 0, [])
    assert done.data["sums"] == {
        f"{agenda}__to_crm": {"source": count, "target": count, "days": 0, "unlike": []}
        for agenda, count in (("clients", 2), ("addresses", 0), ("contacts", 2))
    }
    assert "No unexplained difference." in command("reconcile", "gram").out


def test_a_changed_field_on_either_side(synced: Bridge, command: Command) -> None:
    synced.edit(1, Tel="2")
    synced.sandbox.gram.edit("Contact", synced.records("Contact")[0]["Id"], LastName="Changed")
    done = command("reconcile", "gram", "--json")
    assert (done.code, done.data["equal"]) == (1, False)
    assert [(d["agenda"], d.get("fields")) for d in done.data["differences"]] == [
        ("clients", ["phone"]), ("contacts", ["last_name"]),
    ]  # fmt: skip
    shown = command("reconcile", "gram")
    assert (shown.code, "phone" in shown.out) == (1, True)


def test_a_record_never_carried_and_one_gone(synced: Bridge, command: Command) -> None:
    new = synced.company(Firma="New")
    gone = synced.record(1)["Id"]
    synced.sandbox.gram.delete("Client", gone)
    done = command("reconcile", "gram", "--json")
    assert done.code == 1
    told = {d["id"]: d["what"] for d in done.data["differences"]}
    assert told == {"2026/AD/1": "its pair is gone from the target", f"2026/AD/{new}": "it was never carried"}


def test_two_records_with_one_mark(synced: Bridge, command: Command) -> None:
    synced.sandbox.gram.create("Client", Name="Twin", ExternalSource="POHODA:12345678:2026", ExternalId="1")
    done = command("reconcile", "gram", "--json")
    assert (done.code, done.data["equal"], done.data["duplicates"]) == (1, False, 1)


def test_open_outcomes_are_counted_and_explain_a_difference(bridge: Bridge, command: Command) -> None:
    bridge.link(default_master="ask")
    bridge.add("AD", Jmeno="Only a person")
    bridge.company(Firma="Long", Pozn="x" * 2001)
    both = bridge.company(Firma="Both", Tel="1")
    deleted = bridge.company(Firma="Deleted")
    bridge.sync()
    bridge.edit(both, Tel="2")
    bridge.sandbox.gram.edit("Client", bridge.record(both)["Id"], Phone="3")
    bridge.sandbox.gram.delete("Client", bridge.record(deleted)["Id"])
    bridge.edit(deleted, Tel="2")
    bridge.sync()
    done = command("reconcile", "gram", "--json")
    assert (done.code, done.data["equal"]) == (0, True)
    assert done.data["open"]["clients__to_crm"] == {"left_out": 2, "quarantined": 1, "conflict": 1}


def test_records_of_others_in_the_crm_are_no_difference(synced: Bridge, command: Command) -> None:
    synced.sandbox.gram.create("Client", Name="Made in the CRM")
    done = command("reconcile", "gram", "--json")
    assert (done.code, done.data["equal"]) == (0, True)
    assert done.data["sums"]["clients__to_crm"] == {"source": 2, "target": 3, "days": 0, "unlike": []}


def test_a_protected_field_is_not_compared(bridge: Bridge, command: Command) -> None:
    bridge.link(clients={"fields": {"Phone": {"on_create_only": True}}})
    number = bridge.company(Firma="Alfa", Tel="1")
    bridge.sync()
    bridge.sandbox.gram.edit("Client", bridge.record(number)["Id"], Phone="9")
    assert command("reconcile", "gram").code == 0


def test_an_old_left_out_does_not_explain_a_difference_of_today(bridge: Bridge) -> None:
    bridge.link({"rules": [{"field": "city", "equals": "Nitra"}]})
    number = bridge.company(ICO="35742364", Obec="Žilina")
    assert bridge.sync() == {"left_out": 1}
    bridge.edit(number, Obec="Nitra")
    assert bridge.sync() == {"created": 1}
    bridge.sandbox.gram.edit("Client", bridge.record(number)["Id"], Phone="999")
    found = bridge.reconcile()
    assert not found.equal
    assert [difference["fields"] for difference in found.differences] == [["phone"]]
