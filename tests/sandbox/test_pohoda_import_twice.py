"""What was imported is known by pack and item id: sent again with the check it is refused, whatever broke between."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from lxml import etree

from pohoda_sandbox.faults import Fault, Faults
from pohoda_sandbox.pohoda import MServer, Pohoda, User
from tests.sandbox.pohoda_desk import NS, Answered, Clock, Desk, action, deleted, document, packed, stored, valid
from tests.waits import NEVER, SHORT, until

ALFA = document("<adb:number><typ:numberRequested>X1</typ:numberRequested></adb:number>", company="Alfa")
BETA = document(company="Beta")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Desk:
    return Desk(Pohoda.create(tmp_path / "unit.db", clock=clock))


def repeated(answer: Answered) -> list[dict[str, str]]:
    """The records a refused item names; fails for an item that was not refused as imported before."""
    assert answer.item.get("state") == "error"
    assert "duplic" in answer.item.get("note")
    [detail] = answer.item
    assert etree.QName(detail).localname == "errorDetail"
    return [{etree.QName(part).localname: part.text for part in record} for record in detail]


def test_an_item_imported_before_names_its_record(desk: Desk, clock: Clock) -> None:
    [first] = desk.send(ALFA)
    clock.pass_hour()
    [again] = desk.send(BETA, check_duplicity=True)
    expected = {"agendaType": "adresar", "dateCreate": "2026-06-15", "id": str(first.id), "number": "X1"}
    assert repeated(again) == [expected]
    assert desk.count() == 1


def test_without_the_check_nothing_is_refused(desk: Desk) -> None:
    known = [desk.one(BETA).id for _ in range(2)]
    found = repeated(desk.one(BETA, check_duplicity=True))
    assert [record["id"] for record in found] == [str(id) for id in known]


def test_the_id_is_absent_when_the_record_was_deleted_since(desk: Desk) -> None:
    known = desk.one(ALFA).id
    desk.one(deleted(id=str(known)), pack="q")
    [record] = repeated(desk.one(ALFA, check_duplicity=True))
    assert record == {"agendaType": "adresar", "dateCreate": "2026-06-15", "number": "X1"}
    assert desk.count() == 0


def test_pack_and_item_count_together_and_each_item_stands_alone(desk: Desk) -> None:
    desk.send(ALFA)
    assert stored(desk.one(BETA, pack="P", check_duplicity=True))
    refused, added = desk.send(ALFA, BETA, check_duplicity=True)
    assert (len(repeated(refused)), stored(added)) == (1, True)


def test_what_stored_nothing_is_not_in_the_log(desk: Desk) -> None:
    desk.send(BETA, pack="first")
    for nothing in (
        document(action=action("add", company="Beta"), company="Beta"),
        document(action=action("update", company="Gama"), city="Nitra"),
        document("<adb:colour/>", company="Gama"),
    ):
        assert not stored(desk.one(nothing))
    assert stored(desk.one(BETA, check_duplicity=True))


def test_lists_are_never_refused(desk: Desk) -> None:
    listing = '<lAdb:listAddressBookRequest version="2.0" addressBookVersion="2.0"><lAdb:requestAddressBook/>'
    for _ in range(2):
        assert desk.one(f"{listing}</lAdb:listAddressBookRequest>", check_duplicity=True).states == ("ok", "ok")


def test_the_log_outlives_the_program_and_files_of_an_earlier_version_gain_it(desk: Desk) -> None:
    desk.pohoda.rows("DROP TABLE sImportXML")
    desk.pohoda.close()
    older = Desk(Pohoda(desk.pohoda.path))
    known = older.one(BETA).id
    older.pohoda.close()
    newer = Desk(Pohoda(desk.pohoda.path))
    assert repeated(newer.one(BETA, check_duplicity=True))[0]["id"] == str(known)


USERS = {"xml": "tajne", "reads": User("x", address_book=False)}


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def mserver(desk: Desk, faults: Faults) -> Iterator[MServer]:
    with MServer(desk.pohoda, faults, users=USERS) as server:
        yield server


def post(mserver: MServer, *, check: str = "", user: str = "xml:tajne", timeout: float = 20) -> Any:
    token = base64.b64encode(user.encode()).decode()
    headers = {"STW-Authorization": f"Basic {token}", **({"STW-Check-Duplicity": check} if check else {})}
    return requests.post(f"{mserver.url}/xml", data=packed(BETA), headers=headers, timeout=timeout)


def answered(response: Any) -> Answered:
    root = etree.fromstring(response.content)
    valid(root)
    return Answered(root[0])


@pytest.mark.parametrize(
    ("fault", "kept"),
    [
        (Fault("mserver", "refuse", match="addressbook$"), 0),
        (Fault("mserver", "cut_before", match="addressbook$"), 0),
        (Fault("mserver", "cut_after", match="addressbook$"), 1),
        (Fault("mserver", "truncate", match="addressbook$"), 1),
        (Fault("mserver", "garbage"), 1),
        (Fault("mserver", "status", status=503), 0),
        (Fault("mserver", "status_after", status=500), 1),
        (Fault("mserver", "wrong_encoding"), 1),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else str(value),
)
def test_a_fault_stores_or_does_not_and_a_checked_resend_makes_it_one(
    desk: Desk, mserver: MServer, faults: Faults, fault: Fault, kept: int
) -> None:
    faults.add(fault)
    try:
        response = post(mserver)
        assert fault.kind in {"garbage", "status", "status_after", "wrong_encoding"}, response.content
    except requests.RequestException:
        assert fault.kind in {"refuse", "cut_before", "cut_after", "truncate"}
    assert desk.count() == kept
    again = answered(post(mserver, check="true"))
    assert len(repeated(again)) == 1 if kept else stored(again)
    assert desk.count() == 1


def test_an_import_goes_on_after_its_client_gave_up(desk: Desk, mserver: MServer, faults: Faults) -> None:
    faults.add(Fault("mserver", "delay", seconds=NEVER))
    with pytest.raises(requests.Timeout):
        post(mserver, timeout=SHORT)
    mserver.stop()
    mserver.start()
    until(lambda: desk.count() == 1)
    again = answered(post(mserver, check="TRUE"))
    assert len(repeated(again)) == 1
    assert desk.count() == 1


@pytest.mark.parametrize("check", ["", "false"])
def test_over_http_nothing_is_checked_without_the_header(desk: Desk, mserver: MServer, check: str) -> None:
    for _ in range(2):
        assert stored(answered(post(mserver, check=check)))
    assert desk.count() == 2


def test_over_http_a_user_without_the_right_is_refused(desk: Desk, mserver: MServer) -> None:
    refused = answered(post(mserver, user="reads:x"))
    assert refused.details[0].errno == "101"
    assert desk.count() == 0


def test_the_switch_of_the_server_turns_the_copy_off(desk: Desk, faults: Faults) -> None:
    with MServer(desk.pohoda, faults, users=USERS, fills_delivery=False) as server:
        assert desk.deliveries(answered(post(server)).id) == []
    with MServer(desk.pohoda, faults, users=USERS) as server:
        assert len(desk.deliveries(answered(post(server)).id)) == 1
    assert desk.listed()[0].find("adb:identity/typ:shipToAddress", NS) is None
