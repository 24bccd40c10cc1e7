"""Programs of one machine ask a mServer one after another."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from pohoda_bridge.errors import Retry
from pohoda_bridge.pohoda.xml.kinds import kind_of
from pohoda_bridge.pohoda.xml.mserver import MServer
from pohoda_bridge.pohoda.xml.requests import Ask, pack
from pohoda_bridge.pohoda.xml.turn import turn

from .conftest import Bench

BODY = pack(kind_of("addressbook"), [Ask("1")], id="p", ico="12345678")
HOLDER = """
import sys
from pohoda_bridge.pohoda.xml.turn import turn
with turn(sys.argv[1], 20):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_request_waits_for_that_of_another_program(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    client, waits, sleep = MServer(bench.connection("by_mserver")), threading.Event(), time.sleep
    monkeypatch.setattr("time.sleep", lambda seconds: (waits.set(), sleep(seconds)))
    with ThreadPoolExecutor(1) as pool:
        with turn(client._base, 20):
            asked = pool.submit(client.post, BODY)
            assert waits.wait(20)
            assert (bench.mserver.count, asked.done()) == (0, False)
        asked.result(20).close()
    assert bench.mserver.count == 1


def test_one_that_waited_in_vain_sent_nothing(bench: Bench) -> None:
    client = MServer(bench.connection("by_mserver"))
    client._total = 0
    with turn(client._base, 20), pytest.raises(Retry, match="other programs"):
        client.post(BODY)
    assert bench.mserver.count == 0


def test_each_mserver_has_its_own(bench: Bench) -> None:
    with turn(f"http://{uuid4().hex}", 20):
        MServer(bench.connection("by_mserver")).post(BODY).close()
    assert bench.mserver.count == 1


def test_a_killed_program_leaves_its_turn() -> None:
    address = uuid4().hex
    command = [sys.executable, "-c", HOLDER, address]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Retry), turn(address, 0):
            pass
        holder.kill()
        holder.wait(20)
    with turn(address, 20):
        pass
