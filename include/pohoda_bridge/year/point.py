"""The restore point: what the ledger knew, how the unit file read and which marks the CRM's records had."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pohoda_bridge.ledger.restoring import TABLES, Rows, taken_out
from pohoda_bridge.side import Mark
from pohoda_bridge.sync import Store
from pohoda_bridge.year.change import Change
from pohoda_bridge.year.marks import Stand

UNIT = "unit.yaml"


@dataclass(frozen=True)
class Point:
    """One restore point in the store."""

    store: Store

    def keep(self, change: Change, stands: Mapping[tuple[str, str], Stand]) -> None:
        """Store everything. It counts once the journal names it: a broken one is stored anew."""
        with change.ledger.transaction() as ledger:
            for name in TABLES:
                self.store.write(f"ledger-{name}", taken_out(ledger, change.links, name))
        for (link, agenda), of in stands.items():
            rows = [{"id": one, "source": mark.source, "external": mark.id} for one, mark in of.marks.items() if mark]
            self.store.write(f"marks-{link}-{agenda}", [rows])
        self.store.write_text(UNIT, change.path.read_text(encoding="utf-8"))

    def ledger(self) -> dict[str, Rows]:
        """The rows of the ledger, by table; a table that came with a later version was empty then."""
        return {name: self.store.read(f"ledger-{name}") if self.store.is_done(f"ledger-{name}") else ()
                for name in TABLES}  # fmt: skip

    def marks(self, link: str, agenda: str) -> Iterator[tuple[str, Mark]]:
        """The CRM's ids with the marks they had."""
        name = f"marks-{link}-{agenda}"
        for row in self.store.lines(name) if self.store.is_done(name) else ():
            yield row["id"], Mark(row["source"], row["external"])

    def unit(self) -> str:
        """The unit file's text."""
        return self.store.read_text(UNIT)


def point_of(store: Store, unit: str, year: int) -> Point:
    """Where the restore point of this change lies."""
    return Point(store.of("years", unit, str(year)))
