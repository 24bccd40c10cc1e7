"""A company, a CRM and a ledger, and what a test asks of them."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pohoda_bridge.connections import from_environment
from pohoda_bridge.ledger import Run, open_ledger, runs
from pohoda_bridge.ledger.schema import metadata
from pohoda_bridge.settings import ledger_url
from pohoda_bridge.steps import Run as Asked
from pohoda_bridge.steps import run_step
from pohoda_sandbox.sandbox import Sandbox

AGENDAS = ("clients", "addresses", "contacts")
STEPS = ("extract", "validate", "transform", "plan", "load", "report")
PASSING = ("runs", "outcomes", "intents", "leases", "cursors")
"""Tables of the ledger that tell about runs, not about where both sides stand."""
TIMES = ("Modified", "Version", "Created", "run_id", "at", "since", "id", "binding_id")
IDENTITY = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class World:
    """The variables that lead to it are in the environment while it is open."""

    sandbox: Sandbox

    @classmethod
    @contextmanager
    def open(cls, folder: Path, **sandbox: Any) -> Generator["World"]:
        with Sandbox(folder / "sandbox", **sandbox) as running:
            yield cls(running)

    def step(self, name: str, run_id: str, agenda: str = "clients", **asked: Any) -> Any:
        """Call a step as the task of a run does."""
        run = Asked(run_id, **{"type": "manual", "params": {}} | asked)
        return run_step(name, ("gram", agenda, "to_crm"), run, connections=connection)

    def run(self, run_id: str, agenda: str = "clients", start: str = "extract", **asked: Any) -> None:
        """The steps from `start` on, as Airflow runs them: nothing after an extract that found nothing."""
        for name in STEPS[STEPS.index(start) :]:
            if self.step(name, run_id, agenda, **asked) is False:
                return

    def runs(self) -> list[Run]:
        """The ledger's runs, the newest first."""
        ledger = open_ledger(ledger_url())
        with ledger.transaction() as connection:
            found = runs.latest(connection)
        ledger.close()
        return found

    def cursor(self, agenda: str = "clients") -> Any:
        ledger = open_ledger(ledger_url())
        with ledger.transaction() as connection:
            rows = connection.execute(metadata.tables["cursors"].select()).all()
        ledger.close()
        return next((row.watermark for row in rows if row.agenda == agenda), None)

    def state(self) -> dict[str, list[str]]:
        """Where both sides stand: every record of the CRM, and every table of the ledger that is not about runs.

        The CRM's random ids are replaced by what they stand for, so that two worlds can be compared.
        """
        records = {entity: self.sandbox.gram.records(entity) for entity in ("Client", "Address", "Contact", "User")}
        names = {one["Id"]: f"{entity} {one['ExternalId'] or ''}" for entity, of in records.items() for one in of}
        stands = {
            entity: [{name: value for name, value in one.items() if name not in TIMES} for one in of]
            for entity, of in records.items()
        }
        ledger = open_ledger(ledger_url())
        with ledger.transaction() as connection:
            for table in metadata.sorted_tables:
                if table.name not in PASSING:
                    rows = connection.execute(table.select()).mappings().all()
                    stands[table.name] = [{name: row[name] for name in row if name not in TIMES} for row in rows]
        ledger.close()
        return {
            name: sorted(IDENTITY.sub(lambda found: names.get(found[0], found[0]), str(row)) for row in rows)
            for name, rows in stands.items()
        }

    def clients(self) -> list[dict[str, Any]]:
        """POHODA's companies."""
        return self.sandbox.pohoda.rows(
            "SELECT * FROM AD WHERE RefAD IS NULL AND Firma IS NOT NULL AND Firma != '' ORDER BY ID"
        )


def connection(connection_id: str) -> SimpleNamespace:
    """A connection as Airflow gives it."""
    found = from_environment(connection_id)
    return SimpleNamespace(**{**vars(found), "conn_id": found.id, "extra": dict(found.extra)})
