"""A record of the CRM goes into the folder, POHODA takes it, its answer is collected, and both sides are equal."""

from pohoda_bridge import sync
from pohoda_bridge.ledger import Request
from pohoda_bridge.sync import worth_waiting

from .conftest import Desk


def test_from_the_crm_through_the_folder_and_back(desk: Desk) -> None:
    both = desk.both
    both.add(name="Žilinská pekáreň s.r.o.", ico="36 396 567", city="Žilina")
    assert desk.send() == {"submitted": 1}
    assert both.cards() == []
    assert len(desk.packs()) == 1
    assert desk.exe() == 0
    assert desk.collect().outcomes == {"created": 1}
    (card,) = both.cards()
    assert (card["Firma"], card["ICO"]) == ("Žilinská pekáreň s.r.o.", "36396567")
    assert desk.states() == ["written"]
    assert (desk.packs(), desk.files("response")) == ([], [])
    assert len(desk.files("done")) == 2
    assert set(both.round()["clients", "to_pohoda"]) == {"unchanged"}
    assert {way: one.differences for way, one in both.reconcile().items() if not one.equal} == {}
    quiet = both.round()
    assert all(set(counts) <= {"unchanged"} for counts in quiet.values()), quiet
    assert len(both.cards()) == len(both.records()) == 1
    assert desk.states() == ["written"]


def test_changes_contacts_addresses_and_deletions_go_the_same_way(desk: Desk) -> None:
    both = desk.both
    both.link(agendas={"addresses": {"to_pohoda": {"deletions": "propagate"}}})
    client = both.add(name="Alfa s.r.o.", city="Nitra")
    desk.send()
    desk.exe()
    desk.collect()
    both.edit(client, phone="+421 2")
    both.add("contacts", client=client, first_name="Eva", last_name="Malá")
    address = both.add("addresses", client=client, name="Sklad", street="Dlhá 1")
    for agenda in ("clients", "contacts", "addresses"):
        assert desk.send(agenda)["submitted"] == 1
    assert len(desk.packs()) == 3
    desk.exe()
    assert desk.collect().outcomes == {"updated": 1}
    assert desk.collect("contacts").outcomes == {"created": 1}
    assert desk.collect("addresses").outcomes == {"created": 1}
    assert both.cards()[0]["Tel"] == "+421 2"
    both.edit(address, "addresses", street="Dlhá 2")
    assert desk.send("addresses") == {"submitted": 1}
    desk.exe()
    assert desk.collect("addresses").outcomes == {"updated": 1}
    assert [row["Ulice2"] for row in both.cards("ADdodaci") if row["Firma2"] == "Sklad"] == ["Dlhá 2"]
    both.round()  # what POHODA filled in comes back first: a pair that changed since is kept
    both.drop(address, "addresses")
    both.night(believe=True)
    assert desk.send("addresses") == {"submitted": 1}
    desk.exe()
    assert desk.collect("addresses").outcomes == {"deleted": 1}
    assert not [row for row in both.cards("ADdodaci") if row["Firma2"] == "Sklad"]
    assert set(desk.states()) == {"written"}


def test_a_record_without_an_answer_stays_submitted_and_is_not_sent_again(desk: Desk) -> None:
    client = desk.both.add(name="Alfa s.r.o.")
    assert desk.send() == {"submitted": 1}
    desk.both.edit(client, phone="+421 9")
    desk.both.add(name="Beta s.r.o.")
    assert desk.send() == {"submitted": 2}
    assert desk.send() == {"submitted": 2}
    assert len(desk.packs()) == 2
    waits = desk.collect()
    assert (waits.waiting, waits.outcomes) == (2, {})
    assert waits.oldest is not None
    with desk.both.job("clients", "to_pohoda") as job:
        assert worth_waiting(job)
    assert desk.both.reconcile()["clients", "to_pohoda"].open == {"submitted": 2}
    desk.exe()
    assert desk.collect().outcomes == {"created": 2}
    with desk.both.job("clients", "to_pohoda") as job:
        assert not worth_waiting(job)
    assert desk.send() == {"submitted": 1, "unchanged": 1}  # the phone, entered after the pack went
    desk.exe()
    desk.collect()
    assert sorted((card["Firma"], card["Tel"]) for card in desk.both.cards()) == [
        ("Alfa s.r.o.", "+421 9"), ("Beta s.r.o.", None),
    ]  # fmt: skip


def test_what_waits_for_its_answer_does_not_come_back_as_new(desk: Desk) -> None:
    both = desk.both
    client = both.add(name="São s.r.o.")
    desk.send()
    desk.exe()
    assert both.sync("clients", "to_crm") == {"held": 1}
    both.add("addresses", client=client, name="Sklad", street="Dlhá 1")
    desk.collect()
    desk.send("addresses")
    desk.exe()
    assert both.sync("addresses", "to_crm")["held"] == 1
    desk.collect("addresses")
    both.round()
    assert len(both.records("addresses")) == 1
    assert len(both.records()) == len(both.cards()) == 1


def test_what_was_collected_in_time_counts_in_the_runs_own_report(desk: Desk) -> None:
    """As the DAG does it: load, collect, report."""
    desk.both.add(name="Alfa s.r.o.")
    with desk.both.job("clients", "to_pohoda") as job:
        assert sync.extract(job, "r", Request())
        for step in (sync.validate, sync.transform, sync.plan, sync.load):
            step(job, "r")
        desk.exe()
        sync.collect(job, "r")
        counts = sync.report(job, "r")
    assert (counts["read"], counts["created"], counts["submitted"]) == (1, 1, 0)
    assert desk.send() == {"unchanged": 1}
