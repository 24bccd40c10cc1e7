"""A business key that wanders from one record to another never makes two records one."""

from tests.bridge import Bridge


def test_a_new_record_with_the_key_another_had_gets_a_record_of_its_own(bridge: Bridge) -> None:
    """A company is renamed to `... (old)` and a new card takes its name: two cards, two clients."""
    first = bridge.company(Firma="Alfa s.r.o.", ICO="87654321", PSC="811 01", Tel="1")
    assert bridge.sync() == {"created": 1}
    bridge.edit(first, Firma="Alfa s.r.o. (old)")
    second = bridge.company(Firma="Alfa s.r.o.", ICO="87654321", PSC="811 01", Tel="2")
    assert bridge.sync() == {"updated": 1, "created": 1}
    assert (bridge.record(first)["Name"], bridge.record(first)["Phone"]) == ("Alfa s.r.o. (old)", "1")
    assert (bridge.record(second)["Name"], bridge.record(second)["Phone"]) == ("Alfa s.r.o.", "2")
    assert bridge.sync() == {"unchanged": 2}


def test_two_records_that_swap_their_keys_keep_their_pairs(bridge: Bridge) -> None:
    first = bridge.company(Firma="Alfa", PSC="811 01", Tel="1")
    second = bridge.company(Firma="Beta", PSC="811 01", Tel="2")
    assert bridge.sync() == {"created": 2}
    bridge.edit(first, Firma="Beta")
    bridge.edit(second, Firma="Alfa")
    assert bridge.sync() == {"updated": 2}
    assert [(bridge.record(n)["Name"], bridge.record(n)["Phone"]) for n in (first, second)] == [
        ("Beta", "1"), ("Alfa", "2"),
    ]  # fmt: skip
    assert bridge.sync() == {"unchanged": 2}


def test_a_card_deleted_and_made_anew_finds_its_pair(bridge: Bridge) -> None:
    first = bridge.company(Firma="Alfa", ICO="87654321", PSC="811 01", Tel="1")
    assert bridge.sync() == {"created": 1}
    bridge.sandbox.pohoda.delete("AD", first)
    bridge.company(Firma="Alfa", ICO="87654321", PSC="811 01", Tel="2")
    assert bridge.sync() == {"updated": 1, "left_out": 1}
    assert [record["Phone"] for record in bridge.records()] == ["2"]
