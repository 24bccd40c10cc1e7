"""Bindings: one POHODA record and one CRM record, unique both ways, found by any of their names."""

import pytest

from pohoda_bridge.errors import RejectRecord
from pohoda_bridge.ledger import Ledger, bindings

from .conftest import OTHERS, SCOPE, bind


def test_a_pair_is_found_by_technical_id_key_and_crm_id(ledger: Ledger) -> None:
    with ledger.transaction() as connection:
        bindings.bind(
            connection, SCOPE, technical="2026/AD/1", key="k", crm_id="c", run_id="r",
            pohoda={"name": "Žltý"}, crm={"name": "Žltý kôň"},
        )  # fmt: skip
        for found in (
            bindings.by_technical(connection, SCOPE, ["2026/AD/1", "2026/AD/2"])["2026/AD/1"],
            bindings.by_key(connection, SCOPE, ["k"])["k"],
            bindings.by_crm_id(connection, SCOPE, ["c"])["c"],
            bindings.all_of(connection, SCOPE)["2026/AD/1"],
        ):
            assert (found.key, found.crm_id) == ("k", "c")
            assert (found.source("to_crm"), found.target("to_crm")) == ({"name": "Žltý"}, {"name": "Žltý kôň"})
            assert (found.source("to_pohoda"), found.target("to_pohoda")) == (found.crm, found.pohoda)


def test_both_directions_share_a_pair_and_nobody_else_sees_it(ledger: Ledger) -> None:
    with ledger.transaction() as connection:
        bind(connection, "2026/AD/1", "k", "c")
        seen = [bool(bindings.by_technical(connection, scope, ["2026/AD/1"])) for scope in OTHERS]
    assert seen == [False, False, True]


@pytest.mark.parametrize(
    ("technical", "key", "crm_id"),
    [
        ("2026/AD/1", "k1", "c2"),
        ("2026/AD/1", "k9", "c9"),
        ("2026/AD/9", "k9", "c1"),
    ],
    ids=["to another record", "to a new record", "its CRM record to another"],
)
def test_neither_side_can_be_bound_twice(ledger: Ledger, technical: str, key: str, crm_id: str) -> None:
    with ledger.transaction() as connection:
        bind(connection, "2026/AD/1", "k1", "c1")
        bind(connection, "2026/AD/2", "k2", "c2")
        with pytest.raises(RejectRecord, match="bound to"):
            bind(connection, technical, key, crm_id)
    with ledger.transaction() as connection:
        pairs = {t: (b.key, b.crm_id) for t, b in bindings.all_of(connection, SCOPE).items()}
    assert pairs == {"2026/AD/1": ("k1", "c1"), "2026/AD/2": ("k2", "c2")}


def test_a_key_belongs_to_the_record_that_has_it_now(ledger: Ledger) -> None:
    with ledger.transaction() as connection:
        bind(connection, "2026/AD/1", "k1", "c1")
        bind(connection, "2026/AD/2", "k2", "c2")
        bind(connection, "2026/AD/1", "k2", "c1")
        assert bindings.by_key(connection, SCOPE, ["k1", "k2"])["k2"].crm_id == "c1"
        bind(connection, "2026/AD/2", "k1", "c2")
        bind(connection, "2026/AD/3", "k1", "c3")
        pairs = {key: binding.crm_id for key, binding in bindings.by_key(connection, SCOPE, ["k1", "k2"]).items()}
        assert pairs == {"k1": "c3", "k2": "c1"}
        assert {t: b.crm_id for t, b in bindings.all_of(connection, SCOPE).items()} == {
            "2026/AD/1": "c1", "2026/AD/2": "c2", "2026/AD/3": "c3",
        }  # fmt: skip


def test_records_without_a_business_key_are_kept_apart(ledger: Ledger) -> None:
    with ledger.transaction() as connection:
        bind(connection, "2026/AD/1", "", "c1")
        bind(connection, "2026/AD/2", "", "c2")
        assert bindings.by_key(connection, SCOPE, [""]) == {}
        assert {b.crm_id for b in bindings.all_of(connection, SCOPE).values()} == {"c1", "c2"}


def test_new_values_and_a_new_key_replace_the_old_ones(ledger: Ledger) -> None:
    with ledger.transaction() as connection:
        bind(connection, "2026/AD/1", "old", "c1", name="old")
        bind(connection, "2026/AD/1", "new", "c1", name="new")
        assert bindings.by_key(connection, SCOPE, ["old"]) == {}
        assert bindings.by_key(connection, SCOPE, ["new"])["new"].pohoda == {"name": "new"}


def test_the_same_record_of_a_new_year_becomes_an_alias(ledger: Ledger) -> None:
    with ledger.transaction() as connection:
        bind(connection, "2025/AD/7", "k", "c")
        bind(connection, "2026/AD/3", "k", "c")
        found = bindings.all_of(connection, SCOPE)
        assert len({binding.id for binding in found.values()}) == 1
        assert set(found) == {"2025/AD/7", "2026/AD/3"}
        bindings.unbind(connection, SCOPE, "2026/AD/3")
        assert bindings.all_of(connection, SCOPE) == {}
        bind(connection, "2025/AD/7", "k", "other")


def test_unbinding_what_is_not_bound_is_nothing(ledger: Ledger) -> None:
    with ledger.transaction() as connection:
        bind(connection, "2026/AD/1", "k", "c")
        bindings.unbind(connection, SCOPE, "2026/AD/2")
        assert set(bindings.all_of(connection, SCOPE)) == {"2026/AD/1"}


def test_many_ids_are_asked_for_at_once(ledger: Ledger) -> None:
    with ledger.transaction() as connection:
        for number in range(30):
            bind(connection, f"2026/AD/{number}", f"k{number}", f"c{number}")
        asked = [f"2026/AD/{number}" for number in range(1500)]
        assert len(bindings.by_technical(connection, SCOPE, asked)) == 30


def test_the_newest_row_of_a_record_counts_by_its_number_and_year(ledger: Ledger) -> None:
    with ledger.transaction() as connection:
        for technical in ("2025/AD/100", "2026/AD/10", "2026/AD/9"):
            bind(connection, technical, "k", "c")
        assert bindings.by_crm_id(connection, SCOPE, ["c"])["c"].technical == "2026/AD/10"
        assert bindings.by_key(connection, SCOPE, ["k"])["k"].technical == "2026/AD/10"
        assert bindings.sources(connection, OTHERS[2])["c"].technical == "2026/AD/10"
