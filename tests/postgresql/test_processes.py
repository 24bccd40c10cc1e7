"""Processes that share a ledger on PostgreSQL: killed, started twice at once, and left alone by their server."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from pohoda_bridge.errors import Busy, Retry
from tests.both import Both
from tests.bothways.place import Place, at_rest, killed
from tests.bothways.test_crashes import strike
from tests.faults.forks import Forks
from tests.faults.judging import quickly
from tests.postgresql.server import Server


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    opened = Forks()
    yield opened
    opened.close()


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    kind, way = request.param
    with pytest.MonkeyPatch.context() as monkeypatch, Both.open(kind, tmp_path, monkeypatch) as both:
        quickly(monkeypatch)
        yield Place(both, way)


PLACES = [("gram", "to_crm"), ("eway", "to_pohoda")]
WRITES = {"to_crm": "crm write", "to_pohoda": "mserver write"}
each = pytest.mark.parametrize("place", PLACES, indirect=True, ids="-".join)


@each
def test_killed_around_the_call(place: Place, forks: Forks) -> None:
    """After the call and after its answer was noted; each then goes on in another way."""
    place.both.sync("clients", place.way)
    place.people_act("clients")
    points = killed(place, forks, "clients", "whole")["points"]
    write = points.index(WRITES[place.way]) + 1
    for kill in (write, write + 1):
        strike(place, forks, "clients", kill)
    at_rest(place.both)


@each
def test_two_of_one_flow_at_once_write_each_record_once(place: Place, forks: Forks) -> None:
    """To POHODA on a ledger in which nobody ever held its lease."""
    names = [place.people_act("clients", edit=False) for _ in range(4)]
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(killed, place, forks, "clients", "other")
        ends = [_end(place), other.result()["ended"]]
    assert "done" in ends, ends
    assert all(end == "done" or "Busy" in end or "Retry" in end for end in ends), ends
    place.lease_ends()
    for _ in range(2):
        place.both.sync("clients", place.way)
    for name in names:
        place.there_once("clients", name)
    at_rest(place.both)


@pytest.mark.parametrize("place", PLACES[:1], indirect=True, ids="-".join)
def test_a_server_that_crashes_between_calls_is_found_again(
    place: Place, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    send, crashes = requests.Session.send, [0]

    def sending(self: Any, request: Any, **more: Any) -> Any:
        postgres.restart()
        crashes[0] += 1
        return send(self, request, **more)

    name = place.people_act("clients")
    with monkeypatch.context() as patch:
        patch.setattr(requests.Session, "send", sending)
        place.both.sync("clients", place.way)
    assert crashes[0] > 1
    place.there_once("clients", name)
    at_rest(place.both)


def _end(place: Place) -> str:
    """Of a run in this process."""
    try:
        place.both.sync("clients", place.way)
    except (Busy, Retry) as error:
        return repr(error)
    return "done"
