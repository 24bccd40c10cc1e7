"""Records deleted on one side: found by the nightly look alone, and carried on only as far as the link says."""

from collections import Counter
from contextlib import suppress
from typing import Any

import pytest

from pohoda_bridge.errors import BridgeError, StopAgenda
from pohoda_bridge.ledger import Request, bindings, deletions, waiting
from pohoda_bridge.sync import Night, nightly
from pohoda_sandbox.faults import Fault
from tests.both import WAYS, Both
from tests.bothways import fields
from tests.bridge import AGENDAS

JUDGED = True

FAULTS = ("cut_before", "cut_after")


class Pair:
    """Companies with a contact and a delivery address each, all carried; the first one is what people delete."""

    def __init__(self, both: Both, companies: int = 3) -> None:
        self.both = both
        for name in ("Alfa", "Beta", "Gama")[:companies]:
            place = {"Ulice": "Krátka 2", "Obec": "Nitra", "PSC": "949 01"}
            number = both.company(Firma=f"{name} s.r.o.", Jmeno=f"Eva {name}", Tel="+421 1", **place)
            both.pohoda.insert("AD", Jmeno=f"Ján {name}", RefAD=number)
            both.pohoda.insert("ADdodaci", RefAg=number, Firma2=f"Sklad {name}", Ulice2="Dlhá 1", Vychozi=True)
        for _ in range(2):
            both.round()
        self.card = both.cards()[0]
        (self.client,) = [r["id"] for r in both.records() if both.value(r["id"], "name") == "Alfa s.r.o."]

    def drop_in_pohoda(self, *, parts: bool = True) -> None:
        tables = (("AD", "RefAD"), ("ADdodaci", "RefAg")) if parts else ()
        for table, above in tables:
            for part in self.both.pohoda.rows(f"SELECT ID FROM {table} WHERE {above} = ?", self.card["ID"]):
                self.both.pohoda.delete(table, part["ID"])
        self.both.pohoda.delete("AD", self.card["ID"])

    def drop_in_crm(self) -> None:
        for agenda in ("contacts", "addresses"):
            for record in self.of_client(agenda):
                self.both.drop(record["id"], agenda)
        self.both.drop(self.client)

    def of_client(self, agenda: str) -> list[dict[str, Any]]:
        if (self.both.kind, agenda) == ("eway", "addresses"):
            return []
        return [r for r in self.both.records(agenda) if self.client in str(r).lower().replace("'id'", "")]

    def names(self) -> list[str]:
        return sorted(self.both.value(record["id"], "name") for record in self.both.records())

    def firms(self) -> list[str]:
        return sorted(card["Firma"] for card in self.both.cards() if card["Firma"])


@pytest.fixture
def pair(both: Both) -> Pair:
    return Pair(both)


def go(both: Both, agenda: str, way: str) -> Counter[str]:
    """A run's counts, without what is as it was."""
    counts = both.sync(agenda, way)
    del counts["unchanged"]
    return counts


def policy(both: Both, way: str, deletions: str, *agendas: str) -> None:
    both.link({name: {way: {"deletions": deletions}} for name in agendas or AGENDAS})


def queued(both: Both, way: str, agenda: str = "clients") -> dict[str, str | None]:
    with both.job(agenda, way) as job, job.ledger.transaction() as ledger:
        return deletions.known(ledger, job.scope)


def bound(both: Both, agenda: str = "clients") -> int:
    with both.job(agenda) as job, job.ledger.transaction() as ledger:
        return len(bindings.all_of(ledger, job.scope))


def found(nights: dict[tuple[str, str], Night]) -> dict[tuple[str, str], int]:
    return {flow: len(one.deleted) for flow, one in nights.items() if one.deleted}


def quiet(both: Both) -> None:
    """Nothing is left to do, and both sides are equal but for what is listed."""
    busy = {flow: counts for flow, counts in both.round().items() if set(counts) - {"unchanged"}}
    assert busy == {}
    nights = both.night()
    assert found(nights) == {}
    assert {flow: one.reconciled.differences for flow, one in nights.items() if one.reconciled.differences} == {}


OTHER = ["Beta s.r.o.", "Gama s.r.o."]
ALL = ["Alfa s.r.o.", *OTHER]


def test_a_company_deleted_in_pohoda_stays_in_the_crm_and_is_listed(pair: Pair) -> None:
    both = pair.both
    quiet(both)
    pair.drop_in_pohoda(parts=False)
    assert not any(set(counts) - {"unchanged"} for counts in both.round().values()), "a run guesses no deletion"
    assert both.reconcile()["clients", "to_crm"].differences
    nights = both.night()
    assert len(nights["clients", "to_crm"].deleted) == 1
    assert nights["clients", "to_crm"].reconciled.open == {"deletion queued": 1}
    assert go(both, "clients", "to_crm") == {"left_out": 1}
    assert pair.names() == ALL
    assert both.reconcile()["clients", "to_crm"].open == {"deletion kept": 1}
    assert both.reconcile()["clients", "to_pohoda"].open == {"deletion kept": 1}
    assert all(one.equal for flow, one in both.reconcile().items() if flow[0] == "clients")


def test_a_new_record_of_one_that_was_deleted_in_the_crm_is_not_sent_to_it(gram: Both) -> None:
    """The accident: the CRM was asked for the payment of a deleted invoice by every run, and refused it every time."""
    pair = Pair(gram, 1)
    kept = {name: value for name, value in gram.record(pair.client).items() if name != "id"}
    pair.drop_in_crm()
    gram.night(believe=True)
    gram.pohoda.insert("AD", Jmeno="Eva Nová", RefAD=pair.card["ID"])
    writes = gram.crm.writes()
    for _ in range(2):
        assert go(gram, "contacts", "to_crm") == {"held": 1}
    assert gram.crm.writes() == writes
    gram.crm.create("Client", pair.client, **kept)
    gram.night()
    gram.sync("clients", "to_pohoda")
    assert go(gram, "contacts", "to_crm")["created"] == 1


def test_it_is_not_made_again_and_not_queued_again(pair: Pair) -> None:
    both = pair.both
    pair.drop_in_pohoda()
    both.night()
    both.round()
    both.edit(pair.client, phone="+421 9")
    assert go(both, "clients", "to_pohoda") == {"left_out": 1}
    assert pair.firms() == OTHER
    for _ in range(2):
        assert found(both.night()) == {}
        quiet(both)
    assert pair.names() == ALL


def test_one_deleted_in_the_crm_stays_in_pohoda_and_comes_not_back(pair: Pair) -> None:
    both = pair.both
    pair.drop_in_crm()
    assert both.night()["clients", "to_pohoda"].deleted == [pair.client]
    both.round()
    both.pohoda.edit("AD", pair.card["ID"], Tel="+421 9")
    both.round()
    assert (pair.firms(), pair.names()) == (ALL, OTHER)
    assert queued(both, "to_pohoda") == {pair.client: "kept"}
    quiet(both)


def test_mark(pair: Pair) -> None:
    both = pair.both
    agendas = ("clients", "contacts") if both.kind == "eway" else ("clients",)
    policy(both, "to_crm", "mark", *agendas)
    pair.drop_in_pohoda()
    both.night()
    counts = both.round()
    assert counts["clients", "to_crm"]["updated"] == 1
    if both.kind == "gram":
        assert both.record(pair.client)["Active"] is False
    else:
        assert fields.item(both, pair.client)["Categories"] == ["Smazáno v POHODĚ"]
    assert pair.names() == ALL
    assert set(queued(both, "to_crm").values()) == {"marked"}
    quiet(both)


def test_propagate_to_the_crm_with_contacts_and_addresses(pair: Pair) -> None:
    both = pair.both
    policy(both, "to_crm", "propagate")
    pair.drop_in_pohoda()
    counts = both.night()
    assert len(counts["clients", "to_crm"].deleted) == 1
    assert go(both, "clients", "to_crm") == {"held": 1}, "its parts go first"
    rounds = [both.round() for _ in range(2)]
    assert sum(one["clients", "to_crm"]["deleted"] for one in rounds) == 1
    assert pair.names() == OTHER
    assert not pair.of_client("contacts")
    assert [bound(both, agenda) for agenda in AGENDAS] == [2, 2, 4]
    assert queued(both, "to_crm") == {}
    quiet(both)
    assert pair.firms() == OTHER


def test_propagate_to_pohoda_with_contacts_and_addresses(pair: Pair) -> None:
    both = pair.both
    policy(both, "to_pohoda", "propagate")
    pair.drop_in_crm()
    for _ in range(2):
        both.night()
        both.round()
        both.round()
    assert pair.firms() == OTHER
    assert [card for card in both.cards() if card["RefAD"] == pair.card["ID"]] == []
    assert [row for row in both.cards("ADdodaci") if row["RefAg"] == pair.card["ID"]] == []
    assert queued(both, "to_pohoda") == queued(both, "to_pohoda", "contacts") == {}
    quiet(both)
    assert pair.names() == OTHER


def test_a_company_that_still_has_parts_is_refused_and_tried_again_each_night_only(pair: Pair) -> None:
    """Its contact changed meanwhile, so that one is kept: POHODA lets the company not go before it."""
    both = pair.both
    policy(both, "to_pohoda", "propagate")
    pair.drop_in_crm()
    (person,) = [card for card in both.cards() if card["RefAD"] == pair.card["ID"]]
    both.pohoda.edit("AD", person["ID"], Tel="+421 7")
    both.night()
    for _ in range(2):
        both.round()
    assert queued(both, "to_pohoda") == {pair.client: "refused"}
    assert go(both, "clients", "to_pohoda") == {}, "no run tries it again"
    assert pair.firms() == ALL
    assert both.reconcile()["clients", "to_pohoda"].open == {"deletion refused": 1}
    both.pohoda.delete("AD", person["ID"])
    both.night()
    go(both, "contacts", "to_pohoda")
    assert go(both, "clients", "to_pohoda")["deleted"] == 1
    assert pair.firms() == OTHER


@pytest.mark.parametrize("way", WAYS)
def test_what_changed_on_the_other_side_since_is_kept(pair: Pair, way: str) -> None:
    both = pair.both
    policy(both, way, "propagate", "clients")
    if way == "to_crm":
        both.edit(pair.client, phone="+421 5")
        pair.drop_in_pohoda()
    else:
        both.pohoda.edit("AD", pair.card["ID"], Tel="+421 5")
        pair.drop_in_crm()
    both.night()
    assert go(both, "clients", way) == {"left_out": 1}
    assert set(queued(both, way).values()) == {"kept"}
    assert (pair.names() if way == "to_crm" else pair.firms()) == ALL


@pytest.mark.parametrize("way", WAYS)
def test_what_was_deleted_on_both_sides_is_forgotten(pair: Pair, way: str) -> None:
    both = pair.both
    policy(both, way, "propagate")
    pair.drop_in_pohoda()
    pair.drop_in_crm()
    both.night()
    both.round()
    assert bound(both) == 2
    quiet(both)
    assert queued(both, "to_crm") == queued(both, "to_pohoda") == {}
    assert (pair.firms(), pair.names()) == (OTHER, OTHER)


@pytest.mark.parametrize("kept_first", [False, True])
def test_a_record_that_comes_back_goes_on_as_before(pair: Pair, kept_first: bool) -> None:
    """A restored backup: the same ID, and a time of saving that lies behind the cursor."""
    both = pair.both
    row = {name: value for name, value in both.card(pair.card["ID"]).items() if not name.startswith("NullCheck")}
    both.pohoda.delete("AD", pair.card["ID"])
    both.night()
    if kept_first:
        go(both, "clients", "to_crm")
    both.pohoda.insert("AD", **{**row, "Tel": "+421 8"})
    both.night()
    assert queued(both, "to_crm") == {}
    assert go(both, "clients", "to_crm") == {"updated": 1}
    assert both.value(pair.client, "phone") == "+421 8"
    both.edit(pair.client, phone="+421 6")
    assert go(both, "clients", "to_pohoda") == {"updated": 1}
    assert both.card(pair.card["ID"])["Tel"] == "+421 6"


def test_a_policy_changed_later_carries_what_was_kept(pair: Pair) -> None:
    both = pair.both
    pair.drop_in_pohoda()
    both.night()
    both.round()
    assert pair.names() == ALL
    policy(both, "to_crm", "propagate")
    assert found(both.night()).get(("clients", "to_crm")) == 1
    for _ in range(2):
        both.round()
    assert pair.names() == OTHER
    quiet(both)


def stopped(both: Both, way: str, told: str) -> None:
    before = (both.crm.writes(), both.cards(), queued(both, way))
    with both.job("clients", way) as job, pytest.raises(StopAgenda, match=told):
        nightly(job)
    for flow in ("clients", "contacts"):
        try:
            both.sync(flow, way)
        except BridgeError:
            continue
    assert (both.crm.writes(), both.cards(), queued(both, way)) == before


@pytest.mark.parametrize("left", [0, 1])
@pytest.mark.parametrize("way", WAYS)
def test_an_empty_or_shrunken_source_is_not_believed(pair: Pair, way: str, left: int) -> None:
    both = pair.both
    policy(both, way, "propagate")
    if way == "to_crm":
        for card in both.cards()[left:]:
            both.pohoda.delete("AD", card["ID"])
    else:
        for agenda in ("contacts", "clients"):
            for record in both.records(agenda)[left:]:
                both.drop(record["id"], agenda)
    stopped(both, way, f"shows {left} of 3 bound records of clients: is it the right company")
    with both.job("clients", way) as job:
        assert len(nightly(job, believe=True).deleted) == 3 - left
    counts = both.sync("clients", way, Request("full"))
    assert counts.total() - counts["unchanged"] == 3 - left, "a full run believes it too"


def test_what_was_never_carried_and_deleted_is_believed_too(both: Both) -> None:
    """The accident: every full run stopped for ever, for a record that nobody had carried."""
    both.link({"clients": {"to_crm": {"rules": [{"field": "city", "equals": "Nitra"}]}}})
    number = both.company(Firma="Alfa s.r.o.", Obec="Bratislava")
    assert both.sync() == {"left_out": 1}
    both.pohoda.delete("AD", number)
    with pytest.raises(StopAgenda, match="--believe"):
        both.sync(request=Request("full"))
    with both.job() as job:
        assert nightly(job, believe=True).deleted == []
    assert both.sync(request=Request("full")) == {}


def test_another_company_in_its_place_is_not_believed(pair: Pair) -> None:
    both = pair.both
    policy(both, "to_crm", "propagate")
    both.pohoda.rows("UPDATE sKonfig SET ICO = '87654321'")
    pair.drop_in_pohoda()
    stopped(both, "to_crm", "87654321")


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("way", WAYS)
def test_a_deletion_whose_answer_got_lost(pair: Pair, way: str, kind: str) -> None:
    both = pair.both
    policy(both, way, "propagate")
    if way == "to_crm":
        pair.drop_in_pohoda()
    else:
        pair.drop_in_crm()
    both.night()
    fault = {"to_pohoda": ("mserver", "", "POST")}.get(way) or (
        ("gram", "", "DELETE") if both.kind == "gram" else ("eway", "Delete", "POST")
    )
    endpoint, match, method = fault
    struck = 0
    for skip in range(3):
        both.sandbox.faults.add(Fault(endpoint, kind, match=match, method=method, skip=skip))
        for agenda in ("addresses", "contacts", "clients"):
            with suppress(BridgeError):
                both.sync(agenda, way)
        struck += sum(script.struck for script in both.sandbox.faults._scripts)
        both.sandbox.faults.clear()
    assert struck > 0, "the fault never struck"
    for _ in range(2):
        both.night()
        both.round()
        both.round()
    assert (pair.firms(), pair.names()) == (OTHER, OTHER)
    assert bound(both) == 2
    quiet(both)


def test_a_refused_record_deleted_in_the_source_leaves_the_quarantine(both: Both) -> None:
    numbers = [both.company(Firma="Alfa s.r.o.", ICO="36396567") for _ in range(3)]
    both.round()
    with both.job() as job, job.ledger.transaction() as ledger:
        assert len(waiting.quarantined(ledger, job.scope)) == 3
    for number in numbers:
        both.pohoda.delete("AD", number)
    both.night()
    assert go(both, "clients", "to_crm") == {"left_out": 3}
    with both.job() as job, job.ledger.transaction() as ledger:
        assert waiting.quarantined(ledger, job.scope) == []
    quiet(both)


def test_the_name_on_a_company_s_own_card_takes_no_company_with_it(pair: Pair) -> None:
    """The accident: a contact is deleted in the CRM, and POHODA's company goes, whose card it is."""
    both = pair.both
    policy(both, "to_pohoda", "propagate")
    (own,) = [
        r["id"]
        for r in both.records("contacts")
        if both.value(r["id"], "first_name", "contacts") == "Eva" and r in pair.of_client("contacts")
    ]
    both.drop(own, "contacts")
    both.night()
    assert go(both, "contacts", "to_pohoda") == {"quarantined": 1}
    assert pair.firms() == ALL
    assert queued(both, "to_pohoda", "contacts") == {own: "refused"}
