"""The mServer: POHODA's XML over HTTP, one request at a time, as the program serves it."""

import atexit
import base64
import binascii
import os
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple, Self
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import escape

from pohoda_sandbox.faults import Faults
from pohoda_sandbox.http import Manners, Reply, Request, Server
from pohoda_sandbox.listening import HOST
from pohoda_sandbox.pohoda.database import Pohoda
from pohoda_sandbox.pohoda.files import found, sent
from pohoda_sandbox.pohoda.packing import BadRequest, first_request, packed, unpacked
from pohoda_sandbox.pohoda.turns import Queue
from pohoda_sandbox.pohoda.xml import Ways, XmlUnit
from pohoda_sandbox.pohoda.xml.schemas import Schemas

CUT = 0
LISTS = "Request"
"""How the name of every element that asks for a listing ends."""
SCHEMAS_VARIABLE = "POHODA_XSD_DIR"


@dataclass(frozen=True)
class User:
    """A POHODA user: may open the unit (else HTTP 403), may use XML (else the pack is refused), may write the
    address book and documents (else errno 101)."""

    password: str
    unit: bool = True
    xml: bool = True
    address_book: bool = True
    documents: bool = True


class Call(NamedTuple):
    """One request served; status 0 when the connection was cut instead of an answer."""

    method: str
    path: str
    status: int


class MServer:
    """Serves one unit on 127.0.0.1; `port` 0 takes a free one. Requests are checked against Stormware's schemas
    when `xsd_dir` or the variable POHODA_XSD_DIR names them, by the sandbox's own checks otherwise.

    `user_filters` are the queries users saved: name to condition. `ways`: how this version of the program lists.
    `fills_delivery`: an address saved by an import without a delivery address gets a copy of its main one, as the
    program does. `endpoint`: the name by which faults find it. `folder`: the company's folder of documents, whose
    files `/documents/` hands out. `closed_until` is the last day of a closed VAT period, and may be set at any time;
    without one the unit's own counts. `writes` counts the packs that ask for a change, refused and unanswered ones too.
    """

    max_body = 256 * 1024 * 1024

    def __init__(
        self,
        pohoda: Pohoda,
        faults: Faults,
        *,
        port: int = 0,
        users: Mapping[str, str | User],
        xsd_dir: Path | None = None,
        name: str = "sandbox",
        endpoint: str = "mserver",
        user_filters: Mapping[str, str] | None = None,
        fills_delivery: bool = True,
        ways: Ways | None = None,
        folder: Path | None = None,
        closed_until: date | None = None,
    ) -> None:
        self.pohoda = pohoda
        self.faults = faults
        self.name = name
        self.endpoint = endpoint
        self.requests: list[Call] = []
        self.writes = 0
        self._users = {user: User(given) if isinstance(given, str) else given for user, given in users.items()}
        self.folder = folder
        self.closed_until = closed_until
        xsd = xsd_dir or (Path(os.environ[SCHEMAS_VARIABLE]) if os.environ.get(SCHEMAS_VARIABLE) else None)
        schemas = Schemas(xsd) if xsd else None
        self._unit = XmlUnit(pohoda, schemas, user_filters, fills_delivery=fills_delivery, ways=ways)
        self._queue = Queue()
        self._server = Server(self, faults, port, Manners(_target, self._turn, _packed))

    @property
    def port(self) -> int:
        return self._server.port

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

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
        self._server.start()
        atexit.register(self.stop)

    def stop(self) -> None:
        """Frees the port at once, open connections included; harmless when not running."""
        atexit.unregister(self.stop)
        self._server.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def exempt(self, request: Request) -> bool:
        return False

    def answer(self, request: Request, gone: str) -> Reply:
        path = _path(request)
        if path == "/status":
            return self._status(request)
        if path == "/xml":
            return self._xml(request)
        if path.startswith("/documents/"):
            return self._documents(request)
        return _reply(HTTPStatus.NOT_FOUND)

    def failed(self, request: Request, status: int) -> Reply:
        return _reply(status)

    def garbled(self, reply: Reply) -> Reply:
        return replace(reply, body=reply.body.decode("cp1250").encode())

    def noted(self, request: Request, reply: Reply | None) -> None:
        self.requests.append(Call(request.method, request.target, CUT if reply is None else int(reply.status)))
        asked = _asked(request)
        self.writes += bool(asked) and not asked.endswith(LISTS)

    def now(self) -> float:
        return time.time()

    def _turn(self, request: Request) -> AbstractContextManager[None]:
        """The queue's turn for XML that may be worked on; nothing else waits."""
        works = _path(request) == "/xml" and request.method == "POST" and self._refused(request) is None
        return self._queue.turn() if works else nullcontext()

    def _xml(self, request: Request) -> Reply:
        if request.method != "POST":
            return _reply(HTTPStatus.METHOD_NOT_ALLOWED, headers=(("Allow", "POST"),))
        user = self._user(request)
        refused = self._refused(request)
        if refused is not None or user is None:
            return refused or _reply(HTTPStatus.UNAUTHORIZED)
        try:
            body = unpacked(request.body, request.headers.get("content-encoding", "").strip().lower())
        except BadRequest:
            return _reply(HTTPStatus.BAD_REQUEST)
        if not body.strip():
            return _reply(HTTPStatus.BAD_REQUEST)
        checked = request.headers.get("stw-check-duplicity", "").strip().lower() == "true"
        answer = self._unit.answer(
            body,
            may_xml=user.xml,
            may_write=user.address_book,
            documents=user.documents,
            closed_until=self.closed_until,
            check_duplicity=checked,
        )
        return _reply(HTTPStatus.OK, answer)

    def _documents(self, request: Request) -> Reply:
        """A file of the company's folder; 304 for one that was not changed since `If-Modified-Since`."""
        if request.method != "GET":
            return _reply(HTTPStatus.METHOD_NOT_ALLOWED, headers=(("Allow", "GET"),))
        refused = self._refused(request)
        if refused is not None:
            return refused
        path = unquote(urlsplit(request.target).path)[len("/documents/") :]
        file = found(self.folder, path) if self.folder else None
        if file is None:
            return _reply(HTTPStatus.NOT_FOUND)
        return sent(file, request.headers.get("if-modified-since", ""))

    def _status(self, request: Request) -> Reply:
        if request.method not in {"GET", "POST"}:
            return _reply(HTTPStatus.METHOD_NOT_ALLOWED, headers=(("Allow", "GET, POST"),))
        detail = ""
        if urlsplit(request.target).query.split("=")[0].lower() == "companydetail":
            refused = self._refused(request)
            if refused is not None:
                return refused
            unit = self.pohoda.settings()
            detail = (
                f"<companyDetail><company>{escape(unit['Firma'])}</company>"
                f"<databaseName>{escape(self.pohoda.database)}</databaseName>"
                f"<year>{unit['Rok']}</year></companyDetail>"
            )
        processing = self._queue.processing
        text = (
            '<?xml version="1.0" encoding="Windows-1250"?>\n<mServer>'
            "<message>Response from POHODA mServer</message>"
            f"<name>{escape(self.name)}</name><server>{self.url}</server>"
            f"<status>{'working' if processing else 'idle'}</status><processing>{processing}</processing>"
            f"{detail}</mServer>"
        )
        return _reply(HTTPStatus.OK, text.encode("cp1250", "xmlcharrefreplace"))

    def _refused(self, request: Request) -> Reply | None:
        user = self._user(request)
        if user is None:
            return _reply(HTTPStatus.UNAUTHORIZED)
        return None if user.unit else _reply(HTTPStatus.FORBIDDEN)

    def _user(self, request: Request) -> User | None:
        """The user whose name and password `STW-Authorization` carries, or None."""
        scheme, _, token = request.headers.get("stw-authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            name, _, password = base64.b64decode(token, validate=True).decode("utf-8").partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        user = self._users.get(name)
        return user if user is not None and user.password == password else None


def _reply(status: int, body: bytes = b"", headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    return Reply(status, body, "text/xml", headers)


def _path(request: Request) -> str:
    return urlsplit(request.target).path.rstrip("/").lower()


def _target(request: Request) -> str:
    """What faults match: the path and the first element of the pack."""
    return f"{request.target} {_asked(request)}"


def _asked(request: Request) -> str:
    """The first element of the pack, without its prefix; empty when there is none."""
    try:
        return first_request(unpacked(request.body, request.headers.get("content-encoding", "").strip().lower()))
    except BadRequest:
        return ""


def _packed(request: Request, reply: Reply) -> Reply:
    encoding, body = packed(reply.body, request.headers.get("accept-encoding", ""))
    if not encoding:
        return reply
    return replace(reply, body=body, headers=(*reply.headers, ("Content-Encoding", encoding)))
