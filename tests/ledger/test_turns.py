"""Two processes at the ledger at once: each sees all that the other has done before, whatever the database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import pytest

from pohoda_bridge.errors import Busy, RejectRecord, Retry
from pohoda_bridge.ledger import Ledger, mails, open_ledger, sightings, store
from pohoda_bridge.ledger.leases import acquire, renew
from tests.postgresql.server import DRIVERS

from .conftest import SCOPE, bind

Act = Callable[[Any], Any]


@pytest.fixture
def at_once(ledger: Ledger, url: str) -> Callable[[Act, Act], tuple[Any, Any]]:
    """Both act in transactions that overlap where they can: the first commits when the second waits or is done."""

    def other(act: Act) -> Any:
        second = open_ledger(url, migrate=False)
        try:
            with second.transaction() as connection:
                return act(connection)
        except (Busy, RejectRecord) as error:
            return error
        finally:
            second.close()

    def overlap(first: Act, second: Act) -> tuple[Any, Any]:
        with ThreadPoolExecutor(1) as pool:
            with ledger.transaction() as connection:
                one = first(connection)
                running = pool.submit(other, second)
                wait([running], timeout=0.3)
            return one, running.result()

    return overlap


def test_only_one_of_two_gets_a_lease_that_nobody_ever_had(at_once: Any, ledger: Ledger) -> None:
    one, two = at_once(lambda c: acquire(c, "unit:a", "one"), lambda c: acquire(c, "unit:a", "two"))
    assert (one.owner, type(two)) == ("one", Busy)
    with ledger.transaction() as connection:
        renew(connection, one)


def test_two_with_one_unique_value_know_of_each_other(at_once: Any) -> None:
    one, two = at_once(*(lambda c, t=t: sightings.regroup(c, SCOPE, {t: {"unique:ico": "1"}}) for t in "ab"))
    assert (one, two) == (set(), {"a"})


def test_only_one_of_two_tells_of_a_cause(at_once: Any, ledger: Ledger) -> None:
    with ledger.transaction() as connection:
        mails.meet(connection, SCOPE, ["x"])
    assert at_once(*[lambda c: mails.claim(c, SCOPE, ["x"])] * 2) == ({"x"}, set())


def test_only_one_of_two_binds_a_record(at_once: Any) -> None:
    one, two = at_once(*(lambda c, n=n: bind(c, f"2026/AD/{n}", f"k{n}", "c") for n in (1, 2)))
    assert (one, type(two)) == (None, RejectRecord)


@pytest.mark.parametrize("url", DRIVERS, indirect=True)
def test_a_silent_transaction_loses_its_turn(url: str, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """On another machine, or behind a network that is gone; SQLite's end with their process."""
    monkeypatch.setattr(store, "SILENCE", 0.05)
    silent = open_ledger(url, migrate=False)
    with pytest.raises(Retry), silent.transaction() as connection:
        lease = acquire(connection, "unit:a", "one")
        with ledger.transaction() as other:
            assert acquire(other, "unit:a", "two").token == lease.token == 1
        renew(connection, lease)
    silent.close()
