"""One writer per target, by a clock of the test's own."""

import pytest

from pohoda_bridge.errors import Busy
from pohoda_bridge.ledger import Ledger
from pohoda_bridge.ledger.leases import SECONDS, Lease, acquire, release, renew


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def _take(ledger: Ledger, clock: Clock, owner: str = "one", target: str = "crm:gram") -> Lease:
    with ledger.transaction() as connection:
        return acquire(connection, target, owner, clock=clock)


def _renew(ledger: Ledger, clock: Clock, lease: Lease) -> float:
    with ledger.transaction() as connection:
        return renew(connection, lease, clock=clock)


def test_one_holder_at_a_time(ledger: Ledger, clock: Clock) -> None:
    _take(ledger, clock)
    with pytest.raises(Busy, match="crm:gram is being written by run one") as caught:
        _take(ledger, clock, "two")
    assert caught.value.after == pytest.approx(30)
    clock.now += SECONDS - 10
    with pytest.raises(Busy) as caught:
        _take(ledger, clock, "two")
    assert caught.value.after == pytest.approx(10)


def test_another_target_is_free(ledger: Ledger, clock: Clock) -> None:
    assert _take(ledger, clock).token == 1
    assert _take(ledger, clock, "two", "unit:firma").token == 1


def test_a_lease_ends_by_itself_and_its_token_is_dead(ledger: Ledger, clock: Clock) -> None:
    paused = _take(ledger, clock)
    clock.now += SECONDS
    second = _take(ledger, clock, "two")
    assert (second.owner, second.token) == ("two", paused.token + 1)
    with pytest.raises(Busy, match="was lost to another run"):
        _renew(ledger, clock, paused)
    with ledger.transaction() as connection:
        release(connection, paused)
    with pytest.raises(Busy):
        _take(ledger, clock, "three")
    assert _renew(ledger, clock, second) == clock.now + SECONDS


def test_renewing_holds_it_on(ledger: Ledger, clock: Clock) -> None:
    lease = _take(ledger, clock)
    clock.now += SECONDS - 1
    assert _renew(ledger, clock, lease) == clock.now + SECONDS
    clock.now += SECONDS - 1
    with pytest.raises(Busy):
        _take(ledger, clock, "two")


def test_a_lease_past_its_end_that_nobody_took_is_still_ours(ledger: Ledger, clock: Clock) -> None:
    lease = _take(ledger, clock)
    clock.now += 2 * SECONDS
    assert _renew(ledger, clock, lease) == clock.now + SECONDS
    with pytest.raises(Busy):
        _take(ledger, clock, "two")


def test_the_same_run_begun_again_takes_it_from_its_own_earlier_try(ledger: Ledger, clock: Clock) -> None:
    first = _take(ledger, clock)
    again = _take(ledger, clock)
    assert again.token == first.token + 1
    with pytest.raises(Busy):
        _renew(ledger, clock, first)


def test_a_released_lease_is_free_at_once_and_tokens_go_on_growing(ledger: Ledger, clock: Clock) -> None:
    tokens = []
    for owner in ("one", "two", "one"):
        lease = _take(ledger, clock, owner)
        tokens.append(lease.token)
        with ledger.transaction() as connection:
            release(connection, lease)
        with pytest.raises(Busy):
            _renew(ledger, clock, Lease(lease.target, lease.owner, lease.token - 1))
    assert tokens == [1, 2, 3]
