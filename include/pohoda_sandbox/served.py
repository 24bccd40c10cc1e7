"""What all simulated CRMs have in common: they begin and end on a port of loopback, and count what they were asked."""

import threading
from collections.abc import Callable
from typing import Self

from pohoda_sandbox.http import Server
from pohoda_sandbox.listening import HOST
from pohoda_sandbox.traffic import Traffic


class Served:
    """`lock` guards what the service keeps, `traffic` is what it notes of requests, `let_go` closes its file."""

    def __init__(self, server: Server, lock: threading.RLock, traffic: Traffic, let_go: Callable[[], None]) -> None:
        self._server = server
        self._lock = lock
        self.traffic = traffic
        self._let_go = let_go

    def start(self) -> Self:
        """Serve. Raises OSError when the port is taken."""
        self._server.start()
        return self

    def stop(self) -> None:
        """Free the port at once; what was stored stays, and `start` goes on with it on the same port."""
        self._server.stop()

    def close(self) -> None:
        """Stop for good and let go of the file."""
        self.stop()
        with self._lock:
            self._let_go()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def port(self) -> int:
        return self._server.port

    @property
    def host_url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def admin_url(self) -> str:
        return f"{self.host_url}/_sim"

    def count(self, method: str | None = None, entity: str | None = None) -> int:
        """Requests received so far, refused and faulty ones too; `entity`: eWay-CRM's folder."""
        return self.traffic.count(method, entity)

    def writes(self) -> int:
        """Requests that ask for a change, whether it was made or refused."""
        return self.traffic.writes()
