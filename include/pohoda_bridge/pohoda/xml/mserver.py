"""The client of one mServer: one request in flight, time-outs always, nothing but a 200 is ever read as XML."""

import base64
import gzip
import logging
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, cast
from zoneinfo import ZoneInfo

import requests

from pohoda_bridge.catalogue import Unit
from pohoda_bridge.catalogue.quiet import quiet_until
from pohoda_bridge.connections import Connection
from pohoda_bridge.errors import BridgeError, Doubt, Retry, StopAgenda
from pohoda_bridge.pohoda.xml import guard, statuses
from pohoda_bridge.pohoda.xml.turn import turn
from pohoda_bridge.redact import keep_secret

log = logging.getLogger(__name__)
CONNECT_SECONDS = 10.0
READ_SECONDS = 300.0
TOTAL_SECONDS = 900.0
PATIENCE_SECONDS = 60.0
# A POHODA that begins to serve takes about half a minute until it can be reached.
START_SECONDS = 30.0
FIRST_WAIT = 2.0
LONGEST_WAIT = 30.0
SPOOL = 1 << 20
GZIP_FROM = 10_000
NOT_UNPACKED = frozenset({400, 415})


@dataclass(frozen=True)
class _Way:
    """How a call's failures are read (a write leaves doubt where a read does not), and what is asked before a try."""

    busy: frozenset[int] = statuses.BUSY
    meaning: Callable[[int, str, float | None], BridgeError] = statuses.meaning
    failure: Callable[[Exception, str], BridgeError] = statuses.failure
    due: Callable[[], None] = lambda: None

    @property
    def writes(self) -> bool:
        return self.failure is statuses.failure_of_write


class MServer:
    """Sends packs and keeps answers in temporary files. Raises Retry and StopAgenda as `statuses` says.

    One request is in flight on this machine: another program's is waited for, as long as an answer may take.
    While mServer says that it is busy (408, 429, 503), or is not there yet, the same request is asked again within
    `patience` seconds, with growing pauses. In the quiet hours of `unit` no request begins: Retry says until when.
    `extra` of the connection: scheme, verify (false, or a file of certificates), read_timeout, total_timeout,
    patience (seconds), gzip (false sends no request compressed; else those above 10 kB are, until one is refused).
    """

    def __init__(
        self,
        connection: Connection,
        *,
        unit: Unit | None = None,
        wait: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._id = connection.id
        self._unit = unit
        self._base = _base(connection)
        self.patience = _seconds(connection, "patience", PATIENCE_SECONDS)
        self._timeouts = (CONNECT_SECONDS, _seconds(connection, "read_timeout", READ_SECONDS))
        self._total = _seconds(connection, "total_timeout", TOTAL_SECONDS)
        self._gzip = str(connection.extra.get("gzip", True)).lower() in {"true", "1", "yes"}
        self._wait = wait
        self._clock = clock
        self._now = now
        self._lock = threading.Lock()
        self._session = _session(connection)

    def post(self, body: bytes) -> BinaryIO:
        """The answer to a pack, whole, as a file at its start; the caller closes it."""
        return self._answer("POST", "/xml", data=body, headers={"Content-Type": "text/xml; charset=Windows-1250"})

    def send(self, body: bytes, pack: str, until: float, *, now: Callable[[], float] = time.time) -> BinaryIO:
        """The answer to a pack of records, whole; the caller closes it. Nothing leaves after `until` (since the epoch).

        Retry, StopAgenda and RejectRecord: nothing was stored. Doubt: nobody knows. POHODA is asked to refuse what it
        imported before, by the ids of pack and items.
        """
        headers = {
            "Content-Type": "text/xml; charset=Windows-1250",
            "STW-Check-Duplicity": "true",
            "STW-Instance": pack,
        }

        def due() -> None:
            if now() >= until:
                raise Retry(f"the time to write was over before the pack was sent (connection {self._id})")

        return self._answer(
            "POST", "/xml", _Way(statuses.BUSY_WRITE, statuses.meaning_of_write, statuses.failure_of_write, due),
            data=body, headers=headers,
        )  # fmt: skip

    def status(self) -> BinaryIO:
        """What mServer tells of itself and its accounting unit; the caller closes it."""
        return self._answer("GET", "/status?companyDetail")

    def close(self) -> None:
        self._session.close()

    def rest(self) -> None:
        """Retry in the quiet hours of the unit."""
        if self._unit is None:
            return
        zone, now = ZoneInfo(self._unit.timezone), self._now()
        if end := quiet_until(self._unit.quiet, zone, now):
            text = f"unit {self._unit.unit} has its quiet hours; mServer is asked again from {end:%H:%M} ({zone})"
            raise Retry(text, after=end.timestamp() - now)

    def _answer(self, method: str, path: str, way: _Way | None = None, **request: Any) -> BinaryIO:
        file = cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=SPOOL))  # ruff: ignore[open-file-with-context-handler]
        try:
            with self._lock, turn(self._base, self._total):
                self._patiently(method, self._base + path, file, request, way or _Way())
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return file

    def _patiently(self, method: str, url: str, file: BinaryIO, request: dict[str, Any], way: _Way) -> None:
        begun, pause = self._clock(), FIRST_WAIT
        while True:
            self.rest()
            way.due()
            try:
                status, after = self._unpacked(method, url, file, request, way)
                if status == requests.codes.ok:
                    return
                error, found = way.meaning(status, self._id, after), f"answers {status}"
                budget = self.patience if status in way.busy else 0.0
            except statuses.NotThere as told:
                error, found, after = told, "is not there", None
                budget = min(self.patience, START_SECONDS)
            pause = after if after is not None else pause
            if self._clock() + pause > begun + budget:
                raise error
            log.info("connection %s: mServer %s; asked again in %.0f seconds", self._id, found, pause)
            self._wait(pause)
            pause = min(max(pause, FIRST_WAIT) * 2, LONGEST_WAIT)

    def _unpacked(
        self, method: str, url: str, file: BinaryIO, request: dict[str, Any], way: _Way
    ) -> tuple[int, float | None]:
        """As `_once`, with a large body in gzip; a server that cannot unpack it gets it as it is, now and later."""
        body = request.get("data", b"")
        if not self._gzip or len(body) <= GZIP_FROM:
            return self._once(method, url, file, request, way)
        headers = {**request["headers"], "Content-Encoding": "gzip"}
        packed = {**request, "data": gzip.compress(body, mtime=0), "headers": headers}
        status, after = self._once(method, url, file, packed, way)
        if status not in NOT_UNPACKED:
            return status, after
        self._gzip = False
        way.due()
        log.warning("connection %s: mServer takes no gzip (HTTP %d); requests go as they are", self._id, status)
        return self._once(method, url, file, request, way)

    def _once(
        self, method: str, url: str, file: BinaryIO, request: dict[str, Any], way: _Way
    ) -> tuple[int, float | None]:
        """Status and asked wait; the body lies in the file when the status is 200."""
        try:
            with self._session.request(
                method, url, timeout=self._timeouts, allow_redirects=False, stream=True, **request
            ) as response:
                if response.status_code == requests.codes.ok:
                    self._keep(response, file)
                return response.status_code, statuses.retry_after(response.headers)
        except (requests.RequestException, OSError) as error:
            raise way.failure(error, self._id) from None
        except (Retry, StopAgenda) as error:
            raise (Doubt(error.text, log=error.log) if way.writes else error) from None

    def _keep(self, response: requests.Response, file: BinaryIO) -> None:
        deadline, size = self._clock() + self._total, 0
        for chunk in response.iter_content(1 << 16):
            size += len(chunk)
            if size > guard.MAX_BYTES:
                raise StopAgenda(
                    f"mServer's answer is over the limit of {guard.MAX_BYTES} bytes (connection {self._id})"
                )
            if self._clock() > deadline:
                raise Retry(f"mServer's answer did not end in {self._total:.0f} seconds (connection {self._id})")
            file.write(chunk)
        announced = response.headers.get("Content-Length", "")
        if not response.headers.get("Content-Encoding") and announced.isdigit() and int(announced) != size:
            raise Retry(f"mServer's answer was cut after {size} of {announced} bytes (connection {self._id})")


def _session(connection: Connection) -> requests.Session:
    session = requests.Session()
    # No proxy and no login of this machine's surroundings: the password goes to mServer alone.
    session.trust_env = False
    session.verify = connection.extra.get("verify", True)
    user = f"{connection.login or ''}:{connection.password or ''}"
    token = base64.b64encode(user.encode()).decode()
    keep_secret(token, connection.password)
    session.headers.update(
        {
            "STW-Authorization": f"Basic {token}",
            "STW-Application": "POHODA Bridge",
            "Accept-Encoding": "gzip, deflate",
            "User-Agent": "POHODA Bridge",
        }
    )
    return session


def _base(connection: Connection) -> str:
    host = connection.host.rstrip("/")
    if not host or ":" in (connection.login or ""):
        raise StopAgenda(f"connection {connection.id} needs the host of an mServer and a login without a colon")
    scheme, _, rest = host.rpartition("://")
    scheme = scheme or str(connection.extra.get("scheme") or "") or (connection.schema or "")
    port = f":{connection.port}" if connection.port else ""
    return f"{scheme if scheme in {'http', 'https'} else 'http'}://{rest}{port}"


def _seconds(connection: Connection, name: str, default: float) -> float:
    try:
        return float(connection.extra.get(name, default))
    except (TypeError, ValueError):
        raise StopAgenda(f"connection {connection.id}: `{name}` must be a number of seconds") from None
