"""One bad record never stops the rest; what made it bad may end, and it goes by itself (G4, G8, G25)."""

import pytest

from tests.faults import checks
from tests.faults.arena import Arena


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
