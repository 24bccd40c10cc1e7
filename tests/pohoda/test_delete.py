"""Deletions: what is gone and stays gone, what POHODA keeps, and what is never deleted by the wrong agenda."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from pohoda_bridge.catalogue import Agenda
from pohoda_bridge.pohoda import PohodaSide
from pohoda_bridge.pohoda.writing.pack import pack
from pohoda_bridge.side import Answer, Item, Lookup, Pack
from pohoda_sandbox.faults import Fault
from pohoda_sandbox.pohoda import User

from .conftest import UNIT, Bench, everything
from .writing import SYSTEM, create, document, form, needs_schemas, paths, schema, update, write

Agendas = Mapping[str, Agenda]
WAYS = pytest.mark.parametrize("way", ["sql", "xml"])
IMPORT = "xml addressbook$"
LOST = ["cut_after", "truncate", "garbage", "wrong_encoding"]


def delete(id: str, target: str) -> Item:
    return Item(id, f"key {id}", "delete", {}, target)


def company(bench: Bench, **columns: Any) -> str:
    return f"2026/AD/{bench.pohoda.insert('AD', **{'Firma': 'Alfa', **columns})}"


def number(technical: str) -> int:
    return int(technical.rpartition("/")[2])


def there(bench: Bench, technical: str) -> bool:
    _, table, known = technical.split("/")
    return bool(bench.pohoda.rows(f"SELECT 1 FROM {table} WHERE ID = ?", int(known)))


def deleted(answer: Answer, how: str = "deleted") -> bool:
    return (answer.state, answer.row, answer.details) == ("written", None, {"action": how})


def person_of(bench: Bench, owner: str) -> str:
    return f"2026/AD/{bench.pohoda.insert('AD', RefAD=number(owner), Jmeno='Jana')}"


def delivery_of(bench: Bench, owner: str, **columns: Any) -> str:
    return f"2026/ADdodaci/{bench.pohoda.insert('ADdodaci', RefAg=number(owner), **{'Obec2': 'Brno', **columns})}"


def impatient(bench: Bench, way: str = "sql") -> PohodaSide:
    return bench.side(way, system=SYSTEM, extra={"patience": 0})


@WAYS
@pytest.mark.parametrize("agenda", ["clients", "contacts", "addresses"])
def test_a_record_is_deleted_once_and_found_no_more(bench: Bench, way: str, agenda: str) -> None:
    owner, side = company(bench), bench.side(way, system=SYSTEM)
    target = {"clients": lambda: company(bench), "contacts": lambda: person_of(bench, owner),
              "addresses": lambda: delivery_of(bench, owner, Ulice2="Dlhá 1")}[agenda]()  # fmt: skip
    other = delivery_of(bench, owner, Obec2="Praha")
    assert side.deletes(agenda) and not side.marks(agenda)
    (first,) = write(side, agenda, delete("i1", target))
    assert deleted(first), first
    assert not there(bench, target) and there(bench, owner) and there(bench, other)
    assert side.look_up(agenda, [Lookup(id=target)]) == [[]]
    assert target not in side.ids(agenda)
    (again,) = write(side, agenda, delete("i2", target), id="p2")
    assert deleted(again, "gone")


@WAYS
def test_what_a_person_deleted_is_gone_and_nothing_is_sent(bench: Bench, way: str) -> None:
    owner, side = company(bench), bench.side(way)
    items = [delete("i1", "2026/AD/4711"), delete("i2", "2026/ADdodaci/4711")]
    bench.faults.add(Fault("mserver", "cut_before", match=IMPORT))
    assert deleted(write(side, "clients", items[0])[0], "gone")
    assert deleted(write(side, "contacts", items[0], id="p2")[0], "gone")
    assert deleted(write(side, "addresses", items[1], id="p3")[0], "gone")
    assert there(bench, owner)


@WAYS
@pytest.mark.parametrize("kind", LOST)
@pytest.mark.parametrize("agenda", ["clients", "addresses"])
def test_a_lost_answer_is_a_doubt_that_a_look_up_clears(bench: Bench, way: str, kind: str, agenda: str) -> None:
    owner, side = company(bench), impatient(bench, way)
    target = company(bench) if agenda == "clients" else delivery_of(bench, owner)
    item = delete("i", target)
    bench.faults.add(Fault("mserver", kind, match=IMPORT))
    assert [answer.state for answer in side.write(agenda, Pack("p", [item]))] == ["doubt"]
    assert side.look_up(agenda, [Lookup(id=target)]) == [[]]
    (again,) = side.write(agenda, Pack("p", [item]))
    assert deleted(again, "gone")


@WAYS
def test_a_doubt_before_the_deletion_is_sent_again(bench: Bench, way: str) -> None:
    target, side = company(bench), impatient(bench, way)
    bench.faults.add(Fault("mserver", "cut_before", match=IMPORT))
    assert side.write("clients", Pack("p", [delete("i", target)]))[0].state == "doubt"
    assert len(side.look_up("clients", [Lookup(id=target)])[0]) == 1
    assert deleted(side.write("clients", Pack("p", [delete("i", target)]))[0])


def test_what_cannot_be_looked_at_afterwards_is_a_doubt(bench: Bench) -> None:
    target, side = company(bench), impatient(bench, "xml")
    side.describe("clients")
    bench.faults.add(Fault("mserver", "status", match="xml listAddressBookRequest", status=503, skip=2, times=9))
    assert side.write("clients", Pack("p", [delete("i", target)]))[0].state == "doubt"
    assert not there(bench, target)


@WAYS
def test_a_company_that_documents_use_stays_with_the_reason(bench: Bench, way: str) -> None:
    used, free = company(bench), company(bench)
    bench.pohoda.insert("sZAK", Cislo="26Zak00001", RefAD=number(used))
    answers = write(bench.side(way), "clients", delete("i1", used), delete("i2", free))
    assert answers[0].state == "refused"
    assert "je použit v agendě Zakázky" in answers[0].reasons[0]
    assert answers[0].details["codes"] == [103]
    assert deleted(answers[1])
    assert there(bench, used) and not there(bench, free)


@WAYS
def test_a_company_with_contact_persons_stays(bench: Bench, way: str) -> None:
    owner, side = company(bench), bench.side(way)
    jana = person_of(bench, owner)
    (answer,) = write(side, "clients", delete("i1", owner))
    assert (answer.state, "contact persons" in answer.reasons[0]) == ("refused", True)
    assert there(bench, owner)
    assert deleted(write(side, "contacts", delete("i2", jana), id="p2")[0])
    assert deleted(write(side, "clients", delete("i3", owner), id="p3")[0])


@WAYS
def test_a_companys_own_card_is_never_deleted_as_a_contact(bench: Bench, way: str) -> None:
    card, alone = company(bench, Jmeno="Šéf"), company(bench, Firma="", Jmeno="Ján Malý")
    answers = write(bench.side(way), "contacts", delete("i1", card), delete("i2", alone))
    assert [answer.state for answer in answers] == ["refused"] * 2
    assert all("company's own card" in answer.reasons[0] for answer in answers)
    assert there(bench, card) and there(bench, alone)


@WAYS
def test_a_contact_person_is_never_deleted_as_a_company(bench: Bench, way: str) -> None:
    """The row is not gone: it became something else, and another agenda carries it."""
    owner, side = company(bench), bench.side(way)
    jana = person_of(bench, owner)
    nameless = f"2026/AD/{bench.pohoda.insert('AD', RefAD=number(owner), Email='a@b.example')}"
    assert [row["_id"] for row in everything(side, "clients")] == [owner]
    (answer,) = write(side, "clients", delete("i1", jana))
    assert (answer.state, "no record of clients any more" in answer.reasons[0]) == ("refused", True)
    (answer,) = write(side, "contacts", delete("i1", nameless), id="p2")
    assert answer.state == "refused"
    assert there(bench, jana) and there(bench, nameless)
    assert [row["_id"] for row in everything(side, "contacts")] == [jana]
    assert [row["_id"] for row in everything(side, "clients")] == [owner]


def test_a_missing_right_refuses_the_record_alone(bench: Bench) -> None:
    target = company(bench)
    bench.mserver._users["bridge"] = User("secret-xml", address_book=False)
    (answer,) = write(bench.side("sql"), "clients", delete("i1", target))
    assert (answer.state, answer.details["codes"]) == ("refused", [101])
    assert there(bench, target)


@WAYS
def test_deletions_go_in_one_pack_with_other_writes(bench: Bench, way: str) -> None:
    owner, side = company(bench), bench.side(way, system=SYSTEM)
    old, kept = delivery_of(bench, owner), delivery_of(bench, owner, Obec2="Praha")
    answers = write(
        side, "addresses",
        delete("i1", old), update("i2", kept, city="Nitra"), create("i3", "A-1", client=owner, city="Martin"),
    )  # fmt: skip
    assert deleted(answers[0])
    assert [(answer.row or {})["city"] for answer in answers[1:]] == ["Nitra", "Martin"]
    assert [row["Obec2"] for row in bench.pohoda.rows("SELECT Obec2 FROM ADdodaci ORDER BY ID")] == ["Nitra", "Martin"]


def test_the_same_deletion_sent_by_two_writers_deletes_once(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one looked before the first one wrote; POHODA knows the ids of the pack, and the record is gone."""
    target, side = company(bench), bench.side("sql")
    posted: list[bool] = []
    writer = side._open_writer()
    send = writer._server.send

    def twice(body: bytes, *given: Any, **more: Any) -> Any:
        if not posted:
            posted.append(True)
            send(body, *given, **more).close()
        return send(body, *given, **more)

    monkeypatch.setattr(writer._server, "send", twice)
    assert deleted(write(side, "clients", delete("i1", target))[0], "gone")


def test_a_success_that_deleted_nothing_is_no_deletion(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    target, side = company(bench), bench.side("sql")
    monkeypatch.setattr(bench.pohoda, "delete", lambda *_: None)
    (answer,) = write(side, "clients", delete("i1", target))
    assert (answer.state, "did not delete it" in answer.reasons[0]) == ("refused", True)


def test_an_agenda_whose_file_does_not_allow_it_deletes_nothing(bench: Bench) -> None:
    only: Any = bench.agendas["clients"].write.model_copy(update={"actions": ("create", "update")})  # type: ignore[union-attr]
    agendas = bench.agendas | {"clients": bench.agendas["clients"].model_copy(update={"write": only})}
    target, side = company(bench), bench.side("sql", agendas=agendas)
    assert not side.deletes("clients") and side.deletes("contacts")
    (answer,) = write(side, "clients", delete("i1", target))
    assert (answer.state, there(bench, target)) == ("refused", True)
    none = bench.agendas | {"clients": bench.agendas["clients"].model_copy(update={"write": None})}
    assert not bench.side("sql", agendas=none).deletes("clients")


@pytest.mark.parametrize("target", ["2025/AD/1", "2026/FA/1", "x", ""])
def test_a_record_of_another_place_is_refused(bench: Bench, target: str) -> None:
    (answer,) = write(bench.side("sql"), "clients", delete("i1", target))
    assert answer.state == "refused"


def test_a_mark_has_no_place_in_pohoda(bench: Bench) -> None:
    (answer,) = write(bench.side("sql"), "clients", Item("i", "k", "mark", {}, company(bench)))
    assert answer.state == "refused"


@pytest.mark.parametrize("agenda", ["clients", "contacts"])
def test_a_deletion_names_its_record_and_nothing_else(agendas: Agendas, agenda: str) -> None:
    root = document(form(agendas, agenda), [delete("i", "2026/AD/25")])
    assert [paths(item) for item in root] == [{"addressbook/actionType/delete/filter/id": "25"}]


def test_a_deleted_delivery_address_lies_in_an_update_of_its_company(agendas: Agendas) -> None:
    known = form(agendas, "addresses")
    made = replace(known.outgoing(delete("i", "2026/ADdodaci/3")), number=25)
    (item,) = etree.fromstring(pack(known, [made], id="p", ico=UNIT.ico))
    assert paths(item) == {
        "addressbook/actionType/update/filter/id": "25",
        "addressbook/addressbookHeader/identity/shipToAddress/actionType/delete/filter/id": "3",
    }
    with pytest.raises(ValueError, match="a record of its own"):
        document(known, [delete("i", "2026/ADdodaci/3")])


@needs_schemas
@pytest.mark.parametrize("agenda", ["clients", "contacts", "addresses"])
def test_pohodas_schema_takes_every_deletion(agendas: Agendas, agenda: str) -> None:
    known, official = form(agendas, agenda), schema()
    table = known.agenda.read.sql.table
    made = replace(known.outgoing(delete("i", f"2026/{table}/3")), number=25)
    assert official.validate(etree.fromstring(pack(known, [made], id="p", ico=UNIT.ico))), official.error_log
