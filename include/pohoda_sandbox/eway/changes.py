"""The log of changes: one row a change, kept for some days, with ids that are never given twice."""

from dataclasses import dataclass
from datetime import timedelta

from pohoda_sandbox.clock import Clock
from pohoda_sandbox.eway.errors import Refused
from pohoda_sandbox.eway.store import Store
from pohoda_sandbox.eway.switches import Switches

FLOOR = "oldest change id still usable as a base"


@dataclass
class Changes:
    store: Store
    clock: Clock
    switches: Switches

    def add(self, folder: str, guid: str, *, removed: bool = False) -> None:
        values = (folder, guid, removed, self.clock.now().timestamp())
        self.store.db.execute("INSERT INTO changes (folder, guid, removed, moment) VALUES (?, ?, ?, ?)", values)

    def last(self) -> int:
        row = self.store.db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'changes'").fetchone()
        return int(row[0]) if row else 0

    def base(self) -> int:
        """The oldest id from which a client can go on; older rows are dropped as their days pass."""
        oldest = (self.clock.now() - timedelta(days=self.switches.history_days)).timestamp()
        row = self.store.db.execute("SELECT max(id) FROM changes WHERE moment < ?", (oldest,)).fetchone()
        floor = int(self.store.note(FLOOR, 0))
        if row[0] is not None and row[0] > floor:
            floor = int(row[0])
            self.store.db.execute("DELETE FROM changes WHERE id <= ?", (floor,))
            self.store.keep(FLOOR, floor)
        return floor

    def between(self, base: int, target: int, folders: list[str]) -> list[tuple[str, str, bool]]:
        """(folder, guid, removed) of each item changed after `base` up to `target`, in its last state there.

        Raises rcBaseItemChangeIdNotFound: `base` is older than the history, or was never given.
        """
        if not self.base() <= base <= self.last():
            raise Refused("rcBaseItemChangeIdNotFound", f"Base item change id '{base}' was not found")
        marks = ", ".join("?" * len(folders))
        rows = self.store.db.execute(
            f"SELECT folder, guid, removed, max(id) AS latest FROM changes WHERE id > ? AND id <= ? "
            f"AND folder IN ({marks}) GROUP BY folder, guid ORDER BY latest",
            (base, target, *folders),
        )
        return [(folder, guid, bool(removed)) for folder, guid, removed, _ in rows]
