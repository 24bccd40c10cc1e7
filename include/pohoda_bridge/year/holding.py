"""All leases of a unit and its CRMs at once: while they are held nothing else writes to any of them."""

import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from pohoda_bridge.ledger import Ledger
from pohoda_bridge.ledger.leases import Lease, acquire, release, renew
from pohoda_bridge.year.change import Change

SECONDS = 900.0
"""Time enough to read both sides in full, which is done between two renewals."""


@dataclass
class Held:
    """The leases. `until` is the end of the first of them that ends (seconds since the epoch)."""

    ledger: Ledger
    leases: list[Lease] = field(default_factory=list)
    until: float = 0.0

    def renew(self) -> None:
        """Hold them on; Busy when one was lost."""
        with self.ledger.transaction() as ledger:
            self.until = min(renew(ledger, lease, seconds=SECONDS) for lease in self.leases)


@contextmanager
def held(change: Change, clock: Callable[[], float] = time.time) -> Generator[Held]:
    """Raises Busy, naming the run, when one of them is taken; then none is kept."""
    targets = sorted({f"unit:{change.unit.unit}", *(f"crm:{flow.link.crm.connection}" for flow in change.flows)})
    found = Held(change.ledger)
    with ExitStack() as taken:
        for target in targets:
            with change.ledger.transaction() as ledger:
                owner = f"change of year of {change.unit.unit}"
                lease = acquire(ledger, target, owner, seconds=SECONDS, clock=clock)
            found.leases.append(lease)
            taken.callback(_give_back, change.ledger, lease)
        found.until = clock() + SECONDS
        yield found


def _give_back(ledger: Ledger, lease: Lease) -> None:
    with ledger.transaction() as connection:
        release(connection, lease)
