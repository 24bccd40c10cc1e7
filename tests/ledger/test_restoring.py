"""What some links are known by, taken out and put back, while others go on."""

from pohoda_bridge.ledger import Ledger, Scope, bindings, deletions, matching, sightings, waiting, years
from pohoda_bridge.ledger.restoring import TABLES, put_back, taken_out

MINE, OTHERS = Scope("mine", "clients", "to_crm"), Scope("other", "clients", "to_crm")


def bind(ledger: Ledger, scope: Scope, number: int) -> None:
    with ledger.transaction() as connection:
        bindings.bind(
            connection, scope, technical=f"2025/AD/{number}", key=f"key {number}", crm_id=f"crm {number}",
            pohoda={"name": "Ž"}, crm={"name": "Ž"}, run_id="run",
        )  # fmt: skip


def test_put_back_beside_others(ledger: Ledger) -> None:
    bind(ledger, OTHERS, 1)
    bind(ledger, MINE, 1)
    bind(ledger, MINE, 2)
    with ledger.transaction() as connection:
        waiting.make_due(connection, MINE, ["2025/AD/1"], "due")
        deletions.queue(connection, MINE, ["2025/AD/2"], settled=frozenset())
        kept = {name: list(taken_out(connection, ["mine"], name)) for name in TABLES}
        was = bindings.all_of(connection, MINE)
        bindings.unbind(connection, MINE, "2025/AD/2")
    bind(ledger, OTHERS, 2)  # SQLite gives it the id that is free again
    bind(ledger, MINE, 3)
    with ledger.transaction() as connection:
        others = bindings.all_of(connection, OTHERS)
        put_back(connection, ["mine"], kept)
    with ledger.transaction() as connection:
        back = bindings.all_of(connection, MINE)
        assert bindings.all_of(connection, OTHERS) == others
        assert {one: (b.key, b.crm_id, b.pohoda) for one, b in back.items()} == {
            one: (b.key, b.crm_id, b.pohoda) for one, b in was.items()
        }
        assert deletions.queued(connection, MINE) == {"2025/AD/2"}
        assert waiting.due(connection, MINE) == {"2025/AD/1": "due", "2025/AD/2": "deleted"}
        ids = [*connection.exec_driver_sql("SELECT id FROM bindings").scalars()]
        assert len(ids) == len(set(ids)) == 4


def test_new_pairs_beside_those_that_another_ledger_numbered(ledger: Ledger) -> None:
    for number in (1, 2):
        bind(ledger, MINE, number)
    with ledger.transaction() as connection:
        kept = {name: list(taken_out(connection, ["mine"], name)) for name in TABLES}
        for table, column in (("bindings", "id"), ("aliases", "binding_id")):
            kept[table] = [[{**row, column: row[column] + 2} for row in part] for part in kept[table]]
        put_back(connection, ["mine"], kept)
    for number in (3, 4, 5):
        bind(ledger, MINE, number)
    with ledger.transaction() as connection:
        pairs = {b.crm_id: (b.key, one) for one, b in bindings.all_of(connection, MINE).items()}
    assert pairs == {f"crm {n}": (f"key {n}", f"2025/AD/{n}") for n in range(1, 6)}


def test_what_is_noted_goes_on_under_the_new_id(ledger: Ledger) -> None:
    old, new = "2025/AD/1", "2026/AD/7"
    bind(ledger, MINE, 1)
    with ledger.transaction() as connection:
        sightings.note(connection, MINE, [(old, "print", True)])
        waiting.in_conflict(connection, MINE, [{"technical": old, "fields": {"name": {}}}])
        waiting.decide(connection, MINE, old, {"name": "pohoda"})
        matching.decide(connection, MINE.back, "crm 1", old)
        (binding,) = bindings.all_of(connection, MINE).values()
        for _ in range(2):
            years.alias(connection, MINE, {new: binding.id})
            years.rename(connection, MINE, {old: new})
            years.leave(connection, MINE, [old])
        assert bindings.by_technical(connection, MINE, [new])[new].crm_id == "crm 1"
        assert bindings.by_crm_id(connection, MINE, ["crm 1"])["crm 1"].technical == new
        assert years.noted_ids(connection, MINE) == {new}
        assert waiting.conflicts(connection, MINE)[new]["decision"] == {"name": "pohoda"}
        assert matching.decided(connection, MINE.back, ["crm 1"]) == {"crm 1": new}
        assert years.newest_ids(connection, ["mine"]) == [new]
