"""One bad record never stops the rest; what made it bad may end, and it goes by itself (G4, G8, G25)."""

import pytest

from pohoda_bridge.ledger import waiting
from tests.faults import checks
from tests.faults.arena import Arena, Arenas, flow_of


def outcomes(arena: Arena, agenda: str = "clients") -> dict[str, str]:
    """The outcome of each record in the newest run of an agenda; `unchanged` ones are not listed."""
    newest = max((r for r in arena.table("runs") if r["agenda"] == agenda), key=lambda run: run["started"])
    return {o["technical"]: o["outcome"] for o in arena.table("outcomes") if o["run_id"] == newest["id"]}


def quarantine(arena: Arena, agenda: str = "clients") -> dict[str, str]:
    return {q["technical"]: q["reasons"] for q in arena.table("quarantine") if q["agenda"] == agenda}


def technical(row: int) -> str:
    return f"2026/AD/{row}"


@pytest.mark.parametrize("place", range(5))
def test_a_record_that_the_crm_refuses_waits_alone(arena: Arena, place: int) -> None:
    """Refused with 400, at each position of the pack; it goes once it was changed."""
    rows = [company["ID"] for company in arena.companies()]
    arena.fault("status", method="write", status=400, skip=place)
    counts = arena.run("clients")
    checks.counts_add_up(counts)
    assert (counts["created"], counts["quarantined"]) == (4, 1)
    assert list(quarantine(arena)) == [technical(rows[place])]
    arena.pohoda.edit("AD", rows[place], Tel="+421 900 111 222")
    arena.round()
    assert arena.client(rows[place])["Phone"] == "+421 900 111 222"
    assert not quarantine(arena)
    arena.recover()
    checks.at_rest(arena)
    checks.equal(arena)


@pytest.mark.parametrize("place", range(5))
def test_a_record_that_is_not_valid_waits_alone_with_all_reasons(arena: Arena, place: int) -> None:
    rows = [company["ID"] for company in arena.companies()]
    good = {name: arena.companies()[place][name] for name in ("Pozn", "RefZeme")}
    nowhere = arena.pohoda.insert("sZeme", IDS="QQ", Kod="QQ", SText="Krajina-nekrajina")
    arena.pohoda.edit("AD", rows[place], Pozn="x" * 2500, RefZeme=nowhere)
    counts = arena.run("clients")
    assert (counts["created"], counts["quarantined"]) == (4, 1)
    (reasons,) = quarantine(arena).values()
    assert "note" in reasons
    assert "country" in reasons
    arena.pohoda.edit("AD", rows[place], **good)
    arena.round()
    arena.recover()
    checks.at_rest(arena)
    checks.equal(arena)


def twin_of(arena: Arena, row: int) -> int:
    """A second row with the same IČO, name and postcode."""
    (company,) = [c for c in arena.companies() if c["ID"] == row]
    names = ("Firma", "ICO", "PSC", "Obec", "Ulice", "RefZeme", "Email")
    return arena.pohoda.insert("AD", **{name: company[name] for name in names})


def test_a_duplicate_that_appears_has_both_judged_and_a_deleted_one_frees_the_other(carried: Arena) -> None:
    row = carried.companies()[1]["ID"]
    twin = twin_of(carried, row)
    carried.round()
    assert set(quarantine(carried)) == {technical(row), technical(twin)}
    checks.quiet(carried)
    carried.pohoda.delete("AD", twin)
    carried.round()
    assert not quarantine(carried)
    carried.recover()
    checks.at_rest(carried)
    checks.equal(carried)


def test_a_duplicate_that_is_edited_away_frees_both(carried: Arena) -> None:
    """The bound one keeps its record of the CRM, the other gets one of its own."""
    row = carried.companies()[1]["ID"]
    client = carried.client(row)["Id"]
    twin = twin_of(carried, row)
    carried.round()
    carried.pohoda.edit("AD", twin, Firma="Celkom iná firma, s.r.o.", ICO="36421928")
    carried.round()
    carried.recover()
    assert not quarantine(carried)
    assert carried.client(row)["Id"] == client
    assert carried.client(twin)["Name"] == "Celkom iná firma, s.r.o."
    checks.at_rest(carried)
    checks.equal(carried)


def test_the_bound_one_of_two_duplicates_is_edited_away(carried: Arena) -> None:
    """The other now has the key that the first was bound by, and is another company all the same."""
    row = carried.companies()[1]["ID"]
    client = carried.client(row)
    twin = twin_of(carried, row)
    carried.round()
    carried.pohoda.edit("AD", row, Firma="Celkom iná firma, s.r.o.", ICO="36421928")
    carried.round()
    carried.recover()
    assert not quarantine(carried)
    assert carried.client(row)["Id"] == client["Id"]
    assert carried.client(row)["Name"] == "Celkom iná firma, s.r.o."
    assert carried.client(twin)["Name"] == client["Name"]
    checks.at_rest(carried)
    checks.equal(carried)


def test_two_records_that_swap_their_keys_stay_themselves(carried: Arena) -> None:
    first, second = carried.companies()[1:3]
    names = ("Firma", "ICO", "PSC", "DIC", "ICDPH")
    ids = [carried.client(company["ID"])["Id"] for company in (first, second)]
    carried.pohoda.edit("AD", first["ID"], **{name: second[name] for name in names})
    carried.pohoda.edit("AD", second["ID"], **{name: first[name] for name in names})
    carried.round()
    carried.recover()
    assert not quarantine(carried)
    assert [carried.client(company["ID"])["Id"] for company in (first, second)] == ids
    assert carried.client(first["ID"])["Name"] == second["Firma"]
    checks.at_rest(carried)
    checks.equal(carried)


def test_a_key_passed_on_within_one_run(carried: Arena) -> None:
    """A later row moves to a new key, an earlier one takes its old key: each is met before the other has moved."""
    first, second = carried.companies()[1:3]
    carried.pohoda.edit("AD", second["ID"], Firma="Nová firma, s.r.o.", ICO="36421928", DIC=None, ICDPH=None)
    carried.pohoda.edit("AD", first["ID"], **{name: second[name] for name in ("Firma", "ICO", "PSC", "DIC", "ICDPH")})
    carried.round()
    carried.recover()
    assert not quarantine(carried)
    assert carried.client(first["ID"])["Name"] == second["Firma"]
    checks.at_rest(carried)
    checks.equal(carried)


def test_a_company_deleted_and_made_again_is_the_same_client(carried: Arena) -> None:
    row = carried.companies()[0]["ID"]
    for person in carried.pohoda.rows("SELECT ID FROM AD WHERE RefAD = ?", row):
        carried.pohoda.delete("AD", person["ID"])
    (company,) = carried.pohoda.rows("SELECT * FROM AD WHERE ID = ?", row)
    client = carried.client(row)["Id"]
    carried.pohoda.delete("AD", row)
    own = {"ID", "DatSave", "DatCreate", *(name for name in company if name.startswith("NullCheck"))}
    again = carried.pohoda.insert("AD", **{name: value for name, value in company.items() if name not in own})
    carried.round()
    carried.recover()
    assert {b["crm_id"] for b in carried.table("bindings") if b["agenda"] == "clients"} >= {client}
    assert len(carried.gram.records("Client")) == 5
    carried.pohoda.insert("AD", RefAD=again, Firma=company["Firma"], Jmeno="Zuzana Nová", Email="zuzana@nova.example")
    carried.round()
    assert [c["Client"] for c in carried.gram.records("Contact") if c["LastName"] == "Nová"] == [client]
    checks.no_duplicate(carried)


def test_contacts_wait_for_their_company_and_go_by_themselves(arena: Arena) -> None:
    persons = arena.pohoda.rows("SELECT RefAD, count(*) AS n FROM AD WHERE RefAD IS NOT NULL GROUP BY RefAD")
    row = persons[0]["RefAD"]
    good = arena.pohoda.rows("SELECT Pozn FROM AD WHERE ID = ?", row)[0]["Pozn"]
    arena.pohoda.edit("AD", row, Pozn="x" * 2500)
    counts = arena.round()
    assert counts["clients"]["quarantined"] == 1
    assert counts["contacts"]["held"] >= persons[0]["n"]
    assert counts["contacts"]["created"] > 0
    checks.quiet(arena)
    arena.pohoda.edit("AD", row, Pozn=good)
    counts = arena.round()
    assert counts["contacts"]["created"] >= persons[0]["n"]
    assert not arena.table("held")
    arena.recover()
    checks.at_rest(arena)
    checks.equal(arena)


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
