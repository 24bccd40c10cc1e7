"""A mail server, and a flow of a link whose people want mail."""

import tests.airflow_home as airflow_home  # isort: skip  (settles Airflow's environment before anything imports it)

import json
import smtplib
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pohoda_bridge.ledger import Ledger, Outcome, Request, Scope, open_ledger, runs, schema, waiting
from pohoda_bridge.mail import Ended, post, tell
from tests.bridge import LINK, UNIT
from tests.mail.server import MailServer

PEOPLE = ["uctaren@example.sk", "anna@example.sk"]
NAMES = ("gram", "clients", "to_crm")


@pytest.fixture(scope="session")
def airflow() -> None:
    airflow_home.initialise()


@pytest.fixture
def server() -> Iterator[MailServer]:
    running = MailServer()
    running.start()
    yield running
    running.stop()


@dataclass
class Desk:
    """A ledger and a link whose people are told; what a test puts into the one, and what is mailed of it."""

    ledger: Ledger
    folder: Path
    server: MailServer
    number: int = 0

    def settings(self, country: str = "SK", **notify: Any) -> None:
        link = {**LINK, "notify": {"email": PEOPLE, **notify}}
        for name, file in (("units/firma", {**UNIT, "country": country}), ("links/gram", link)):
            path = self.folder / f"{name}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(file), encoding="utf-8")

    def run(self, *outcomes: Outcome, agenda: str = "clients", state: str = "done") -> str:
        """A run of the ledger that is over; its id."""
        self.number += 1
        run_id, scope = f"gram__{agenda}__to_crm@run-{self.number}", self.scope(agenda)
        with self.ledger.transaction() as connection:
            runs.begin(connection, run_id, scope, Request())
            runs.record_outcomes(connection, run_id, outcomes)
            if state == "done":
                runs.finish(connection, runs.get(connection, run_id), {}, None)
            elif state == "failed":
                runs.failed(connection, run_id, "the text for people")
        return run_id

    def quarantine(self, reasons: dict[str, str | tuple[str, str]]) -> None:
        """Records in quarantine: technical id -> its reason, in every language the same, maybe with its rule."""
        rows = []
        for technical, given in reasons.items():
            rule, text = ("ico", given) if isinstance(given, str) else given
            reason = {"rule": rule, "fields": ["ico"], **{one: f"{text} ({one})" for one in ("en", "cs", "sk")}}
            rows.append({"technical": technical, "reasons": [reason], "record": {"ico": "1"}})
        with self.ledger.transaction() as connection:
            waiting.to_quarantine(connection, self.scope(), "run", rows)

    def delete(self, technical: str) -> None:
        """A deletion that waits."""
        row = {**self.scope().columns(), "technical": technical, "since": datetime(2026, 1, 1)}
        with self.ledger.transaction() as connection:
            connection.execute(schema.deletions.insert(), row)

    def settle(self, *technical: str) -> None:
        with self.ledger.transaction() as connection:
            waiting.settle(connection, self.scope(), dict.fromkeys(technical, "updated"))

    @staticmethod
    def scope(agenda: str = "clients") -> Scope:
        return Scope("gram", agenda, "to_crm")

    def tell(self, *outcomes: Outcome, agenda: str = "clients", error: object = None, door: Any = None) -> list[Any]:
        """The mails that come of a run which is green, or red by this error."""
        run_id = self.run(*outcomes, agenda=agenda, state="failed" if error else "done")
        ended = Ended(run_id, "https://airflow/bridge/runs/1", "load" if error else None, error)
        tell(("gram", agenda, "to_crm"), ended, door or self.door)
        return self.server.taken()

    @contextmanager
    def door(self, connection_id: str) -> Generator[Callable[[EmailMessage], None]]:
        assert connection_id == "smtp_default"
        with smtplib.SMTP("127.0.0.1", self.server.port, timeout=20) as client:
            yield partial(post, client, "bridge@example.sk")


@pytest.fixture
def desk(tmp_path: Path, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    monkeypatch.setenv("POHODA_BRIDGE_LEDGER", url)
    monkeypatch.setenv("POHODA_BRIDGE_CONFIG", str(tmp_path / "config"))
    ledger = open_ledger(url)
    opened = Desk(ledger, tmp_path / "config", server)
    opened.settings()
    yield opened
    ledger.close()
