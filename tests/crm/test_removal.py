"""Records whose pair was deleted: taken away or marked, once, whatever is lost on the way."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from pohoda_bridge.catalogue import Crm
from pohoda_bridge.connections import Connection
from pohoda_bridge.crm import RestCrm
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.side import Answer, Item, Lookup
from pohoda_sandbox.gram import shipped
from tests.crm.acme import Acme
from tests.crm.conftest import Bench, change, new, pack
from tests.crm.test_second_crm import FILE

LEVELS = pytest.mark.parametrize("level", ["L0", "L1", "L2", "L3"])
UNCERTAIN = ["cut_after", "truncate", "garbage", "wrong_encoding"]


def delete(target: str) -> Item:
    return Item(f"d{target[:6]}", "key", "delete", {}, target)


def mark(target: str) -> Item:
    return Item(f"m{target[:6]}", "key", "mark", {}, target)


def deleted(answer: Answer, how: str = "deleted") -> bool:
    return (answer.state, answer.row, answer.details) == ("written", None, {"action": how})


@LEVELS
@pytest.mark.parametrize("agenda", ["clients", "addresses", "contacts"])
def test_a_record_is_deleted_once_and_found_no_more(bench: Bench, level: str, agenda: str) -> None:
    client, other = bench.clients(2)
    parts = {
        "addresses": ("Address", {"Client": client, "Kind": "Shipping"}),
        "contacts": ("Contact", {"Client": client, "LastName": "Malá"}),
    }
    target = bench.gram.create(parts[agenda][0], **parts[agenda][1]) if agenda in parts else other
    crm = bench.open(level)
    assert crm.deletes(agenda)
    bench.forget()
    assert deleted(crm.write(agenda, pack(delete(target)))[0])
    (entry,) = bench.gram.service.traffic.entries
    assert (entry.method, entry.path.rpartition("/")[2], entry.body) == ("DELETE", target, "")
    assert crm.look_up(agenda, [Lookup(id=target)]) == [[]]
    assert target not in crm.ids(agenda)
    assert deleted(crm.write(agenda, pack(delete(target)))[0], "gone")
    assert client in crm.ids("clients")


@pytest.mark.parametrize("kind", UNCERTAIN)
def test_a_lost_answer_is_a_doubt_that_a_look_up_clears(bench: Bench, kind: str) -> None:
    first, second = bench.clients(2)
    crm = bench.open()
    bench.fault(kind, method="DELETE")
    answers = crm.write("clients", pack(delete(first), delete(second)))
    assert [answer.state for answer in answers] == ["doubt", "retry"]
    assert crm.look_up("clients", [Lookup(id=first)]) == [[]]
    assert crm.ids("clients") == {second}
    assert deleted(crm.write("clients", pack(delete(first)))[0], "gone")


@pytest.mark.parametrize(("kind", "status"), [("cut_before", 0), ("status", 500), ("status", 503)])
def test_a_doubt_before_the_deletion_is_sent_again(bench: Bench, kind: str, status: int) -> None:
    (target,) = bench.clients(1)
    crm = bench.open()
    bench.fault(kind, method="DELETE", status=status or 503)
    assert crm.write("clients", pack(delete(target)))[0].state == "doubt"
    assert len(crm.look_up("clients", [Lookup(id=target)])[0]) == 1
    assert deleted(crm.write("clients", pack(delete(target)))[0])


def test_what_others_use_stays_with_the_reason(bench: Bench) -> None:
    used, free = bench.clients(2)
    bench.gram.create("Contact", Client=used, LastName="Malá")
    bench.gram.switches.keeps_used = True
    answers = bench.open().write("clients", pack(delete(used), delete(free)))
    assert (answers[0].state, answers[0].reasons) == ("refused", ("Record is used.", "Contact: 1"))
    assert deleted(answers[1])
    assert [record["Id"] for record in bench.gram.records("Client")] == [used]


def test_no_right_to_delete_refuses_the_record_alone(bench: Bench) -> None:
    first, second = bench.clients(2)
    crm = bench.open()
    bench.fault("status", method="DELETE", status=403)
    answers = crm.write("clients", pack(delete(first), delete(second), new(3)))
    assert [answer.state for answer in answers] == ["refused", "written", "written"]
    assert "denies access" in answers[0].reasons[0]


def test_a_token_that_is_refused_stops_the_agenda(bench: Bench) -> None:
    (target,) = bench.clients(1)
    with pytest.raises(StopAgenda):
        bench.open(password="wrong").write("clients", pack(delete(target)))


def test_a_path_that_the_service_does_not_know_deletes_nothing(bench: Bench) -> None:
    """Its 404 is not that of a record that is gone."""
    (target,) = bench.clients(1)
    crm = bench.open(api={"delete": {"method": "DELETE", "path": "{entity}/{id}/Remove"}})
    (answer,) = crm.write("clients", pack(delete(target)))
    assert (answer.state, "shows it still" in answer.reasons[0]) == ("refused", True)
    bench.fault("status", method="GET", status=500, times=9)
    assert crm.write("clients", pack(delete(target)))[0].state == "doubt"


def test_a_file_without_the_operation_deletes_nothing(bench: Bench) -> None:
    (target,) = bench.clients(1)
    crm = bench.open(api={"delete": None})
    bench.forget()
    assert not crm.deletes("clients")
    (answer,) = crm.write("clients", pack(delete(target)))
    assert (answer.state, bench.gram.count()) == ("refused", 0)


def test_a_deletion_without_a_target_is_refused(bench: Bench) -> None:
    assert bench.open().write("clients", pack(delete(""), mark("")))[0].state == "refused"
    assert bench.gram.count() == 0


def test_a_bulk_carries_creates_alone(bench: Bench) -> None:
    first, second = bench.clients(2)
    crm = bench.open("L3")
    bench.forget()
    items = [new(11), new(12), delete(first), mark(second), new(13), new(14)]
    answers = crm.write("clients", pack(*items))
    assert {answer.state for answer in answers} == {"written"}
    assert [method for method, _ in bench.sent() if method != "GET"] == ["POST", "DELETE", "PUT", "POST"]
    assert (first in crm.ids("clients"), len(crm.ids("clients"))) == (False, 5)


def test_a_writer_past_its_lease_deletes_nothing(bench: Bench) -> None:
    (target,) = bench.clients(1)
    answers = bench.open().write("clients", pack(delete(target), mark(target), until=1.0))
    assert [answer.state for answer in answers] == ["retry", "retry"]
    assert len(bench.gram.records("Client")) == 1


@LEVELS
def test_a_mark_changes_its_field_alone_and_once(bench: Bench, level: str) -> None:
    target = bench.gram.create("Client", Name="Firma", City="Nitra", Active=True)
    crm = bench.open(level)
    assert [crm.marks(agenda) for agenda in ("clients", "addresses", "contacts")] == [True, False, False]
    for _ in range(2):
        (answer,) = crm.write("clients", pack(mark(target)))
        assert answer.state == "written" and answer.row is not None
        assert (answer.row["_id"], answer.row["name"], answer.row["city"]) == (target, "Firma", "Nitra")
    (record,) = bench.gram.records("Client")
    assert (record["Active"], record["City"]) == (False, "Nitra")
    stamp = record["Modified"]
    crm.write("clients", pack(mark(target)))
    assert bench.gram.records("Client")[0]["Modified"] == stamp


def test_nothing_takes_a_mark_away(bench: Bench) -> None:
    """When its pair comes back, the record is changed as any other, and a person clears the mark."""
    (target,) = bench.clients(1)
    crm = bench.open()
    crm.write("clients", pack(mark(target)))
    (answer,) = crm.write("clients", pack(change(target, city="Nitra")))
    assert answer.state == "written"
    assert bench.gram.records("Client")[0]["Active"] is False


def test_a_mark_that_was_not_answered_is_written_again(bench: Bench) -> None:
    (target,) = bench.clients(1)
    crm = bench.open()
    bench.fault("cut_after", method="PUT")
    assert crm.write("clients", pack(mark(target)))[0].state == "doubt"
    assert crm.write("clients", pack(mark(target)))[0].state == "written"


def test_what_is_gone_or_has_no_place_for_it_is_not_marked(bench: Bench) -> None:
    (client,) = bench.clients(1)
    contact = bench.gram.create("Contact", Client=client, LastName="Malá")
    crm = bench.open()
    (answer,) = crm.write("contacts", pack(mark(contact)))
    assert (answer.state, "no way to mark" in answer.reasons[0]) == ("refused", True)
    bench.gram.delete("Client", client)
    (answer,) = crm.write("clients", pack(mark(client)))
    assert (answer.state, answer.details["gone"]) == ("refused", True)


def test_a_name_is_added_beside_those_a_record_has(bench: Bench) -> None:
    target = bench.gram.create("Client", Name="Firma", Group=["VIP", "Deleted?"])
    plain = bench.gram.create("Client", Name="Firma")
    crm = bench.open(deleted={"to": "Group", "add": "Deleted"})
    for _ in range(2):
        assert [a.state for a in crm.write("clients", pack(mark(target), mark(plain)))] == ["written"] * 2
    groups = {record["Id"]: record["Group"] for record in bench.gram.records("Client")}
    assert groups == {target: ["Deleted", "Deleted?", "VIP"], plain: ["Deleted"]}
    bench.gram.delete("Client", plain)
    (answer,) = crm.write("clients", pack(mark(plain)))
    assert (answer.state, answer.details["gone"]) == ("refused", True)
    bench.fault("status", method="GET", status=500, times=9)
    assert crm.write("clients", pack(mark(target)))[0].state == "retry"


@pytest.mark.parametrize(
    "deleted",
    [
        {"to": "Active"}, {"to": "Active", "value": False, "add": "x"}, {"to": "Active", "add": "x"},
        {"to": "Group", "value": "x"}, {"to": "Nothing", "value": 1}, {"to": "WonDealsValue", "value": 1},
        {"value": 1},
    ],
)  # fmt: skip
def test_a_mark_that_no_field_can_take_is_refused_with_its_file(deleted: dict[str, Any]) -> None:
    wire = shipped()
    wire["agendas"]["clients"]["deleted"] = deleted
    with pytest.raises(ValidationError):
        Crm.model_validate(wire)


@pytest.fixture
def acme() -> Iterator[Acme]:
    service = Acme()
    yield service
    service.close()


def test_another_crm_answers_a_deletion_without_a_word(acme: Acme) -> None:
    told = yaml.safe_load(FILE)
    told["api"]["delete"] = {"method": "DELETE", "path": "one/{entity}/{id}"}
    connection = Connection("acme", acme.url, password="acme-secret", extra={"tenant": "t1"})
    crm = RestCrm(Crm.model_validate(told), connection, {})
    crm.write("clients", pack(new(1), new(2)))
    assert deleted(crm.write("clients", pack(delete("1")))[0])
    assert acme.seen[-1] == ("DELETE", "/svc/t1/one/company/1")
    assert deleted(crm.write("clients", pack(delete("1")))[0], "gone")
    assert crm.ids("clients") == {"2"} and not crm.marks("clients")
    crm.close()
