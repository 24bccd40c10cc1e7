"""Both sides changed, a person deleted, a rule left out: nothing is overwritten or made again silently (G8, G9)."""

from pohoda_bridge.ledger import waiting
from tests.faults import checks
from tests.faults.arena import Arena, Arenas, flow_of
from tests.faults.test_bad_records import outcomes, technical


def test_a_record_deleted_by_a_person_in_the_crm_is_not_made_again(carried: Arena) -> None:
    row = carried.companies()[0]["ID"]
    carried.gram.delete("Client", carried.client(row)["Id"])
    for mode in ("incremental", "full"):
        carried.pohoda.edit("AD", row, Tel=f"+421 900 000 {len(mode):03}")
        carried.run("clients", mode)
        assert outcomes(carried)[technical(row)] == "left_out"
    assert len(carried.gram.records("Client")) == 4


def test_a_record_that_a_rule_leaves_out_is_neither_written_nor_deleted(carried: Arena, arenas: Arenas) -> None:
    row = carried.companies()[0]
    flow = carried.flows["clients"]
    rule = {"not": {"field": "name", "equals": row["Firma"]}}
    rules = flow.settings.model_validate({"rules": [rule]}).rules
    changed = flow.settings.model_copy(update={"rules": rules})
    carried.flows["clients"] = type(flow)(flow.link, flow.unit, flow.crm, flow.agenda, flow.direction, changed)
    carried.pohoda.edit("AD", row["ID"], Tel="+421 900 000 000")
    counts = carried.run("clients", "full")
    assert counts["left_out"] == 1
    assert carried.client(row["ID"])["Phone"] != "+421 900 000 000"
    checks.counts_add_up(counts)


def test_the_same_field_changed_on_both_sides_is_a_conflict_and_nothing_is_written(carried: Arena) -> None:
    carried.flows = {agenda: flow_of(agenda, default_master="ask") for agenda in carried.flows}
    row = carried.companies()[0]["ID"]
    client = carried.client(row)
    carried.gram.edit("Client", client["Id"], Phone="+421 1")
    carried.pohoda.edit("AD", row, Tel="+421 2", Ulice="Nová 1")
    writes = carried.gram.writes()
    counts = carried.run("clients")
    assert counts["conflict"] == 1
    assert carried.gram.writes() == writes
    (conflict,) = carried.table("conflicts")
    assert "+421 1" in conflict["fields"]
    assert "+421 2" in conflict["fields"]
    with carried.job("clients") as job, carried.ledger.transaction() as ledger:
        assert waiting.decide(ledger, job.scope, technical(row), {"phone": "pohoda"})
    carried.run("clients")
    assert carried.client(row)["Phone"] == "+421 2"
    assert carried.client(row)["Street"] == "Nová 1"
    assert not carried.table("conflicts")


def test_a_master_decides_field_by_field(carried: Arena) -> None:
    """The CRM is the master of the phone: its edit stays; POHODA's other change goes over all the same."""
    flow = carried.flows["clients"]
    settings = flow.settings.model_copy(update={"master": {"phone": "crm"}})
    carried.flows["clients"] = type(flow)(flow.link, flow.unit, flow.crm, flow.agenda, flow.direction, settings)
    row = carried.companies()[0]["ID"]
    carried.gram.edit("Client", carried.client(row)["Id"], Phone="+421 1")
    carried.pohoda.edit("AD", row, Tel="+421 2", Ulice="Nová 1")
    carried.run("clients")
    assert (carried.client(row)["Phone"], carried.client(row)["Street"]) == ("+421 1", "Nová 1")
    carried.run("clients", "full")
    assert carried.client(row)["Phone"] == "+421 1"


def test_an_echo_or_a_touched_row_is_unchanged(carried: Arena) -> None:
    """A row saved again without a change, and a record that a person saved as it was: nothing is written."""
    row = carried.companies()[0]["ID"]
    carried.pohoda.edit("AD", row)
    carried.gram.edit("Client", carried.client(row)["Id"], Phone=carried.client(row)["Phone"])
    writes = carried.gram.writes()
    carried.round()
    carried.round("full")
    assert carried.gram.writes() == writes
