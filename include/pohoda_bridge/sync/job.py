"""One flow, open: its settings, its two sides, the ledger, and where its runs keep their files."""

from dataclasses import dataclass
from functools import cached_property

from pohoda_bridge.catalogue import Flow
from pohoda_bridge.ledger import Ledger, Scope
from pohoda_bridge.side import Side
from pohoda_bridge.sync.shape import restorable
from pohoda_bridge.sync.store import Store


@dataclass(frozen=True)
class Job:
    """What every step works on. `source` and `target` are the sides as the direction has them."""

    flow: Flow
    source: Side
    target: Side
    ledger: Ledger
    store: Store

    @property
    def agenda(self) -> str:
        return self.flow.agenda.agenda

    @property
    def scope(self) -> Scope:
        return Scope(self.flow.link.link, self.agenda, self.flow.direction)

    @cached_property
    def returning(self) -> frozenset[str]:
        """The fields whose changes on the target travel by themselves: the other direction can write them."""
        back = self.flow.returning
        if back is None:
            return frozenset()
        can = self.source.writable(self.agenda)
        can = restorable(self.flow, can) if self.flow.direction == "to_crm" else can
        return can & frozenset(back.mapping)

    @property
    def lease_target(self) -> str:
        """What only one run may write at a time: the CRM installation, or the unit."""
        link = self.flow.link
        return f"crm:{link.crm.connection}" if self.flow.direction == "to_crm" else f"unit:{link.unit}"

    def files(self, run_id: str) -> Store:
        """The folder of a run; a run id of Airflow holds signs that no path should."""
        return self.store.of("runs", self.scope.link, self.scope.agenda, self.scope.direction, path_name(run_id))


def path_name(run_id: str) -> str:
    """The run id as a folder's name."""
    return "".join(sign if sign.isalnum() or sign in "-_." else "_" for sign in run_id)
