"""A unit that is written through folders, its CRM, and the stand-in for pohoda.exe that people start."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pohoda_bridge.ledger import waiting
from pohoda_bridge.ledger.schema import metadata
from pohoda_bridge.sync import Gathered, collect
from pohoda_sandbox.pohoda import exe
from tests.both import Both
from tests.bridge import UNIT
from tests.faults.judging import quickly

FOLDER = "pohoda_folder_2026"


@dataclass
class Desk:
    """`both` runs the product, `exe` starts POHODA on what lies in the folders."""

    both: Both
    share: Path

    def exe(self, fault: str = "", *, password: str = "", ini: Path | None = None) -> int:
        info = self.both.sandbox.info["mserver"]
        argv = ["/XML", info["user"], password or info["password"], str(ini or self.share / "pohoda.ini")]
        return exe.main(argv, self.both.sandbox.data, fault)

    def send(self, agenda: str = "clients") -> dict[str, int]:
        return dict(self.both.sync(agenda, "to_pohoda"))

    def collect(self, agenda: str = "clients", *, lost: bool = False) -> Gathered:
        with self.both.job(agenda, "to_pohoda") as job:
            return collect(job, "collecting", lost=lost)

    def states(self) -> list[str]:
        """Of all intents of packs, by their order."""
        with self.both.job("clients", "to_pohoda") as job, job.ledger.transaction() as ledger:
            table = metadata.tables["intents"]
            rows = ledger.execute(table.select().order_by(table.c.opened)).all()
        return [row.state for row in rows if row.direction == "to_pohoda"]

    def quarantined(self) -> list[str]:
        """Names of the clients that wait in quarantine."""
        with self.both.job("clients", "to_pohoda") as job, job.ledger.transaction() as ledger:
            return [row["record"]["name"] for row in waiting.quarantined(ledger, job.scope)]

    def files(self, folder: str = "") -> list[str]:
        """Names in a folder of the share, with the packs' random names made plain."""
        return sorted(path.name for path in (self.share / folder).iterdir() if path.is_file())

    def packs(self) -> list[Path]:
        return sorted(self.share.glob("*.xml"))

    def connect(self, monkeypatch: pytest.MonkeyPatch, **extra: Any) -> None:
        value = {"conn_type": "fs", "extra": {"input": str(self.share), "ini": True, **extra}}
        monkeypatch.setenv(f"AIRFLOW_CONN_{FOLDER.upper()}", json.dumps(value))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    quickly(monkeypatch, None)
    share = tmp_path / "share"
    share.mkdir()
    years = {2026: {**UNIT["years"][2026], "folder": FOLDER}}  # type: ignore[index]
    with Both.open("gram", tmp_path, monkeypatch, unit={"write": "folder", "years": years}) as both:
        desk = Desk(both, share)
        desk.connect(monkeypatch)
        yield desk
