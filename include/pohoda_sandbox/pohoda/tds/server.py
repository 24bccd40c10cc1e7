"""The TDS server: databases by name, logins, and what was asked."""

import atexit
import socketserver
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from pohoda_sandbox.faults import Faults
from pohoda_sandbox.listening import Listening
from pohoda_sandbox.pohoda.clock import Clock, bratislava
from pohoda_sandbox.pohoda.database import Pohoda
from pohoda_sandbox.pohoda.tds.login import Login
from pohoda_sandbox.pohoda.tds.session import Session


@dataclass(frozen=True)
class Statement:
    """One statement as it came, with its parameters by name."""

    sql: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


class TdsServer:
    """Serves databases on 127.0.0.1; `port` 0 takes a free one. Encryption is not offered.

    A database given as a Pohoda has that unit's clock for GETDATE(), one given as a path the time of Bratislava.
    Faults are asked for each statement that may read or write, as ("tds", "SQL", text); kind `status` is an
    error of SQL Server with that number (1205, 1222 ...), `drift` a column that is gone.
    """

    def __init__(
        self,
        databases: Mapping[str, Path | Pohoda],
        faults: Faults,
        *,
        port: int = 0,
        logins: Mapping[str, str | Login],
    ) -> None:
        self.faults = faults
        self.logins = {user: Login(given) if isinstance(given, str) else given for user, given in logins.items()}
        self.statements: list[Statement] = []
        self.stopping = threading.Event()
        self._databases = dict(databases)
        self._port = port
        self._server: _Listener | None = None

    @property
    def port(self) -> int:
        return self._server.port if self._server else self._port

    def database(self, name: str) -> tuple[str, Path, Clock] | None:
        """A database by name, whatever its case: its own name, its file, its clock."""
        for known, place in self._databases.items():
            if known.lower() == name.lower():
                return (known, place.path, place.clock) if isinstance(place, Pohoda) else (known, place, bratislava)
        return None

    def names(self) -> list[str]:
        """The names of all databases."""
        return list(self._databases)

    def add_database(self, name: str, place: Path | Pohoda) -> None:
        """Serves one more database from now on, as a new accounting year brings one."""
        self._databases[name] = place

    def capture(self, sql: str, parameters: Mapping[str, Any]) -> None:
        self.statements.append(Statement(sql, dict(parameters)))

    def start(self) -> None:
        """Listens from now on. Raises OSError when the port is taken."""
        self.stopping.clear()
        self._server = _Listener(self._port, self)
        self._port = self.port
        self._server.begin()
        atexit.register(self.stop)

    def stop(self) -> None:
        """Frees the port at once, open connections included; harmless when not running."""
        atexit.unregister(self.stop)
        if self._server is not None:
            self.stopping.set()
            self._server.end()
        self._server = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Listener(Listening):
    def __init__(self, port: int, tds: TdsServer) -> None:
        self.tds = tds
        super().__init__(port, _Handler)


class _Handler(socketserver.BaseRequestHandler):
    server: _Listener

    def handle(self) -> None:
        Session(self.request, self.server.tds).serve()
