"""A company with planted dirt: every flow to the CRM finds exactly that, and takes everything else."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator

import pytest
from click.testing import CliRunner

from pohoda_bridge.cli.quarantine import quarantine
from tests.trade.world import FLOWS, LINKS, World, in_order

ISSUED, RECEIVED = "RelTpFak IN (1, 2, 4, 6, 8)", "RelTpFak IN (11, 12, 14, 16, 18)"
DOCUMENTS = {
    "issued_invoices": ("FA", ISSUED), "received_invoices": ("FA", RECEIVED), "offers": ("NAB", "RelTpNab = 2"),
    "received_orders": ("OBJ", "RelTpObj = 1"), "issued_orders": ("OBJ", "RelTpObj = 2"),
}  # fmt: skip
UNLIMITED = {"eway"}
"""CRMs that publish no lengths of texts: a long note goes."""
Found = dict[str, set[str]]
SIZE = 60


@pytest.fixture(scope="module", params=LINKS)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Everything was carried to the CRM once."""
    folder, link = tmp_path_factory.mktemp("dirt"), request.param
    with pytest.MonkeyPatch.context() as patch, World.open(folder, patch, link, size=SIZE, entered=False) as opened:
        for flow in in_order(link):
            if flow[1] == "to_crm":
                opened.sync(*flow)
        yield opened


def of(world: World, table: str, *kinds: str) -> set[str]:
    """The planted rows of these kinds."""
    return named(table, (one.id for kind in kinds for one in world.sandbox.planted.of(kind) if one.table == table))


def named(table: str, ids: Iterable[int], year: int = 2026) -> set[str]:
    return {f"{year}/{table}/{id}" for id in ids}


def refused(world: World, agenda: str) -> Found:
    """The quarantined records of the flow by rule."""
    found: Found = defaultdict(set)
    for line in world.plans[agenda, "to_crm"]:
        for reason in line["reasons"] if line["outcome"] == "quarantined" else ():
            found[reason["rule"].partition(":")[0]].add(line["_id"])
    return dict(found)


def warned(world: World, agenda: str) -> Found:
    """The records of the flow with a warning by rule."""
    found: Found = defaultdict(set)
    for line in world.plans[agenda, "to_crm"]:
        for warning in line["warnings"]:
            found[warning["rule"].partition(":")[0]].add(line["_id"])
    return dict(found)


def held(world: World, agenda: str) -> set[str]:
    return {line["_id"] for line in world.plans[agenda, "to_crm"] if line["outcome"] == "held"}


def documents(world: World, agenda: str, column: str = "ID", values: Collection[object] | None = None) -> set[str]:
    """The numbered documents, or those with one of these values, in both years; one that was carried over is that of
    the newest."""
    table, kind = DOCUMENTS[agenda]
    sql = f"SELECT ID, Cislo, {column} FROM {table} WHERE {kind} AND Cislo <> ''"
    found: dict[str, str] = {}
    first = world.sandbox.first
    for year in (first, first.last):
        assert year
        for row in year.pohoda.rows(sql):
            meant = values is None or row[column] in values
            found.setdefault(row["Cislo"], f"{year.unit.year}/{table}/{row['ID']}" if meant else "")
    return set(found.values()) - {""}


def bad_partners(world: World) -> set[int]:
    """Companies that the CRM does not get."""
    return {int(id.rpartition("/")[2]) for ids in refused(world, "clients").values() for id in ids}


def without_partner(world: World, table: str, *, bad: bool) -> set[str]:
    """The planted documents whose partner is gone from the address book, and that stand on such a company."""
    partners = ", ".join(map(str, bad_partners(world)))
    told = world.rows(f"SELECT ICO, Firma FROM AD WHERE ID IN ({partners})")
    companies = {(row["ICO"], row["Firma"]) for row in told}
    found = set()
    for id in of(world, table, "unknown_partner"):
        row = world.row(f"SELECT ICO, Firma FROM {table} WHERE ID = ?", int(id.rpartition("/")[2]))
        if ((row["ICO"], row["Firma"]) in companies) == bad:
            found.add(id)
    return found


def test_clients(world: World) -> None:
    odd = {row["ID"] for row in world.rows("SELECT a.ID FROM AD a JOIN sZeme s ON s.ID = a.RefZeme WHERE s.IDS = 'QQ'")}
    assert refused(world, "clients") == {
        "unique": of(world, "AD", "same_company"),
        "filled": of(world, "AD", "empty_company"),
        "country": named("AD", odd),
    } | ({} if world.link in UNLIMITED else {"length": of(world, "AD", "note_too_long")})
    assert len(odd) == 1 and named("AD", odd) < of(world, "AD", "unknown_country")
    assert warned(world, "clients") == {
        "unique": of(world, "AD", "same_company", "branch"),
        "ico": of(world, "AD", "ico_spaces", "ico_checksum"),
        "dic": of(world, "AD", "dic"),
        "ic_dph": of(world, "AD", "ic_dph"),
        "email": of(world, "AD", "email_malformed"),
    }
    assert held(world, "clients") == set()


def test_contacts_and_addresses(world: World) -> None:
    people = named("AD", (row["ID"] for row in world.rows("SELECT ID FROM AD WHERE Jmeno <> ''")))
    long = people & of(world, "AD", "note_too_long")
    assert refused(world, "contacts") == ({"length": long} if long and world.link not in UNLIMITED else {})
    malformed = people & of(world, "AD", "email_malformed")
    assert warned(world, "contacts") == {"unique": of(world, "AD", "email_twice"), "email": malformed}
    assert malformed
    assert refused(world, "addresses") == warned(world, "addresses") == {}
    wait = ", ".join(map(str, bad_partners(world)))
    waiting = world.rows(f"SELECT ID FROM AD WHERE (ID IN ({wait}) OR RefAD IN ({wait})) AND Jmeno <> ''")
    assert held(world, "contacts") == named("AD", (row["ID"] for row in waiting)) - long


def test_products(world: World) -> None:
    twice = world.sandbox.planted.of("card_code_twice")[0].group
    assert refused(world, "products") == {
        "filled": of(world, "SKz", "card_without_code"), "once": named("SKz", twice[:1])
    }  # fmt: skip
    assert warned(world, "products") == {"unit": of(world, "SKz", "unit_missing")}
    assert world.desk.records("product", code="DVAKRAT") == []
    assert world.desk.record("product", code="BEZMJ")


def test_documents(world: World) -> None:
    vat = {
        world.row("SELECT RefAg FROM FApol WHERE ID = ?", one.id)["RefAg"]
        for one in world.sandbox.planted.of("line_vat")
    }
    assert refused(world, "issued_invoices") == {
        "sum_of_lines": of(world, "FA", "sum_off"),
        "filled": of(world, "FA", "number_missing"),
        "rate_filled": of(world, "FA", "currency_without_rate"),
    }
    assert refused(world, "received_orders") == {
        "sum_of_lines": of(world, "OBJ", "sum_off"), "filled": of(world, "OBJ", "number_missing")
    }  # fmt: skip
    agendas = [agenda for agenda in DOCUMENTS if (agenda, "to_crm") in FLOWS[world.link]]
    assert {agenda for agenda in agendas if refused(world, agenda)} == {"issued_invoices", "received_orders"}
    odd = {one.value for kind in ("ico_spaces", "ico_checksum") for one in world.sandbox.planted.of(kind)}
    for agenda in agendas:
        expected: Found = {"ico": documents(world, agenda, "ICO", odd)}
        if agenda == "issued_invoices":
            expected |= {"vat_of_rate": named("FA", vat), "in_year": of(world, "FA", "date_outside")}
        assert warned(world, agenda) == {rule: ids for rule, ids in expected.items() if ids}, agenda
        quarantined = set().union(*refused(world, agenda).values())
        waiting = documents(world, agenda, "RefAD", bad_partners(world))
        waiting |= without_partner(world, DOCUMENTS[agenda][0], bad=True) & documents(world, agenda)
        assert held(world, agenda) == waiting - quarantined, agenda


def test_a_document_whose_partner_is_gone_goes_to_the_client_that_stands_on_it(world: World) -> None:
    stand = {table: without_partner(world, table, bad=False) for table in ("FA", "OBJ")}
    assert any(stand.values())
    for table, kind in (("FA", "invoice"), ("OBJ", "order")):
        for id in stand[table]:
            row = world.row(f"SELECT Cislo, Firma, ICO FROM {table} WHERE ID = ?", int(id.rpartition("/")[2]))
            made = world.desk.record(kind, number=row["Cislo"])
            client = world.desk.record("client", id=made["client"])
            assert (client["name"], client["ico"]) == (row["Firma"], row["ICO"])


def test_the_rest_is_clean(world: World) -> None:
    for agenda in ("deals", "payments", "price_lists"):
        assert (refused(world, agenda), warned(world, agenda)) == ({}, {})
    unpaid = held(world, "issued_invoices")
    waiting = {
        line["reason"].rpartition(" ")[2] for line in world.plans["payments", "to_crm"] if line["outcome"] == "held"
    }
    assert waiting <= unpaid
    outcomes = {line["outcome"] for plan in world.plans.values() for line in plan}
    expected = {"created", "quarantined", "held", "left_out"}
    assert outcomes == expected | (set() if world.desk.has("price_list") else {"cannot_write"})


def test_every_record_has_exactly_one_outcome(world: World) -> None:
    found = {agenda: Counter(line["_id"] for line in plan) for (agenda, _), plan in world.plans.items()}
    assert {max(times.values()) for times in found.values()} == {1}
    rows = world.rows("SELECT ID, RefAD, Jmeno FROM AD")
    assert found["clients"].keys() == named("AD", (row["ID"] for row in rows if not row["RefAD"]))
    assert found["contacts"].keys() == named("AD", (row["ID"] for row in rows if row["Jmeno"]))
    for agenda in found.keys() & DOCUMENTS.keys():
        assert found[agenda].keys() == documents(world, agenda) | refused(world, agenda).get("filled", set()), agenda


def test_the_accountant_reads_the_cards_in_the_list(world: World) -> None:
    listed = json.loads(CliRunner().invoke(quarantine, ["list", world.link, "--json"]).output)["quarantine"]
    cards = {row["technical"]: row["reasons"] for row in listed if row["agenda"] == "products"}
    assert set(cards) == set().union(*refused(world, "products").values())
    shown = CliRunner().invoke(quarantine, ["list", world.link, "--language", "sk"])
    assert shown.exit_code == 0
    for id, reasons in cards.items():
        assert id in shown.output
        assert all(reason["sk"].split()[0] in shown.output for reason in reasons)
