"""The mServer: POHODA's XML over HTTP, one request at a time, as the program serves it."""

import atexit
import base64
import binascii
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple, Self
from urllib.parse import SplitResult
from xml.sax.saxutils import escape

from pohoda_sandbox.faults import Faults
from pohoda_sandbox.pohoda.database import Pohoda
from pohoda_sandbox.pohoda.turns import Queue
from pohoda_sandbox.pohoda.web import Answer, Server
from pohoda_sandbox.pohoda.xml import XmlUnit
from pohoda_sandbox.pohoda.xml.schemas import Schemas

SCHEMAS_VARIABLE = "POHODA_XSD_DIR"


@dataclass(frozen=True)
class User:
    """A POHODA user: may open the unit (else HTTP 403), may use XML (else the pack is refused)."""

    password: str
    unit: bool = True
    xml: bool = True


class Call(NamedTuple):
    """One request served; status 0 when the connection was cut instead of an answer."""

    method: str
    path: str
    status: int


class MServer:
    """Serves one unit on 127.0.0.1; `port` 0 takes a free one. Requests are checked against Stormware's schemas
    when `xsd_dir` or the variable POHODA_XSD_DIR names them, by the sandbox's own checks otherwise.

    `user_filters` are the queries users saved in the address book: name to condition.
    """

    def __init__(
        self,
        pohoda: Pohoda,
        faults: Faults,
        *,
        port: int = 0,
        users: Mapping[str, str | User],
        xsd_dir: Path | None = None,
        name: str = "sandbox",
        user_filters: Mapping[str, str] | None = None,
    ) -> None:
        self.pohoda = pohoda
        self.faults = faults
        self.name = name
        self.requests: list[Call] = []
        self._port = port
        self._users = {user: User(given) if isinstance(given, str) else given for user, given in users.items()}
        folder = xsd_dir or (Path(os.environ[SCHEMAS_VARIABLE]) if os.environ.get(SCHEMAS_VARIABLE) else None)
        self._unit = XmlUnit(pohoda, Schemas(folder) if folder else None, user_filters)
        self._queue = Queue()
        self._server: Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        return int(self._server.server_address[1]) if self._server else self._port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def count(self) -> int:
        """How many requests were served or cut."""
        return len(self.requests)

    @property
    def processing(self) -> int:
        """Requests being worked on or waiting."""
        return self._queue.processing

    def start(self) -> None:
        """Listens from now on. Raises OSError when the port is taken."""
        self._server = Server(self._port, self)
        self._port = self.port
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="mserver", daemon=True
        )
        self._thread.start()
        atexit.register(self.stop)

    def stop(self) -> None:
        """Frees the port at once, open connections included; harmless when not running."""
        atexit.unregister(self.stop)
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
        self._server = self._thread = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def record(self, method: str, path: str, status: int) -> None:
        self.requests.append(Call(method, path, int(status)))

    def answer(
        self, method: str, target: SplitResult, headers: Message, body: bytes, wait: Callable[[], None]
    ) -> Answer:
        """The answer to one request; `wait` runs while the request holds its turn."""
        path = target.path.rstrip("/").lower()
        if path == "/status":
            return self._status(method, target, headers, wait)
        if path == "/xml":
            return self._xml(method, headers, body, wait)
        if path.startswith("/documents/"):
            return self._refused(headers) or Answer(HTTPStatus.NOT_FOUND)
        return Answer(HTTPStatus.NOT_FOUND)

    def _xml(self, method: str, headers: Message, body: bytes, wait: Callable[[], None]) -> Answer:
        if method != "POST":
            return Answer(HTTPStatus.METHOD_NOT_ALLOWED, headers=(("Allow", "POST"),))
        refused = self._refused(headers)
        if refused is not None:
            return refused
        if not body.strip():
            return Answer(HTTPStatus.BAD_REQUEST)
        user = self._user(headers)
        with self._queue.turn():
            wait()
            return Answer(HTTPStatus.OK, self._unit.answer(body, may_xml=user is not None and user.xml))

    def _status(self, method: str, target: SplitResult, headers: Message, wait: Callable[[], None]) -> Answer:
        if method not in {"GET", "POST"}:
            return Answer(HTTPStatus.METHOD_NOT_ALLOWED, headers=(("Allow", "GET, POST"),))
        detail = ""
        if target.query.split("=")[0].lower() == "companydetail":
            refused = self._refused(headers)
            if refused is not None:
                return refused
            unit = self.pohoda.settings()
            detail = (
                f"<companyDetail><company>{escape(unit['Firma'])}</company>"
                f"<databaseName>{escape(self.pohoda.database)}</databaseName>"
                f"<year>{unit['Rok']}</year></companyDetail>"
            )
        wait()
        processing = self._queue.processing
        text = (
            '<?xml version="1.0" encoding="Windows-1250"?>\n<mServer>'
            "<message>Response from POHODA mServer</message>"
            f"<name>{escape(self.name)}</name><server>{self.url}</server>"
            f"<status>{'working' if processing else 'idle'}</status><processing>{processing}</processing>"
            f"{detail}</mServer>"
        )
        return Answer(HTTPStatus.OK, text.encode("cp1250", "xmlcharrefreplace"))

    def _refused(self, headers: Message) -> Answer | None:
        user = self._user(headers)
        if user is None:
            return Answer(HTTPStatus.UNAUTHORIZED)
        return None if user.unit else Answer(HTTPStatus.FORBIDDEN)

    def _user(self, headers: Message) -> User | None:
        """The user whose name and password `STW-Authorization` carries, or None."""
        scheme, _, token = (headers.get("STW-Authorization") or "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            name, _, password = base64.b64decode(token, validate=True).decode("utf-8").partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        user = self._users.get(name)
        return user if user is not None and user.password == password else None
