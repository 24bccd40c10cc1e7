"""Calls to the service: a pooled session, time-outs always set, and patience as the table of failures allows it.

A read is repeated within bounds. A write goes out once: only what was certainly not taken (a token that ran out, a
pause asked for) is sent again here.
"""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, urlsplit

import requests
from urllib3.exceptions import ConnectTimeoutError, HTTPError, ProxyError

from pohoda_bridge.connections import Connection
from pohoda_bridge.crm.answer import Document, read_answer
from pohoda_bridge.crm.api import Api, Operation
from pohoda_bridge.crm.auth import Auth
from pohoda_bridge.crm.failure import ON_READ, Failure
from pohoda_bridge.crm.wire import dumps
from pohoda_bridge.errors import StopAgenda

BACKOFF = (1.0, 2.0, 4.0)
LARGEST = 256 * 1024 * 1024
FOREVER = float("inf")
log = logging.getLogger(__name__)


class Http:
    """One connection to one service. `clock` gives aware times; `wait_budget` is a call's, in seconds."""

    def __init__(
        self,
        api: Api,
        connection: Connection,
        *,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None] = time.sleep,
        wait_budget: float = 60.0,
    ) -> None:
        self.clock = clock
        self._api = api
        self._base = base_url(api, connection)
        self._auth = Auth(api, connection)
        self._sleep = sleep
        self._wait_budget = float(connection.extra.get("wait_budget", wait_budget))
        connect, read = (float(connection.extra.get(f"{name}_timeout", default)) for name, default in TIMEOUTS)
        self._timeout = (connect, read)
        self._gap = 60.0 / api.rate_per_minute if api.rate_per_minute else 0.0
        self._last = 0.0
        self._session = requests.Session()
        self._session.auth = _no_netrc
        self._session.headers.update({"Accept": "application/json", "User-Agent": "pohoda-bridge"})

    def read(self, operation: Operation, entity: str = "", identity: str = "", **params: Any) -> Document:
        """The answer of a read. Raises Failure for `gone`, else Retry or StopAgenda."""
        for wait in (*BACKOFF, None):
            try:
                return self._patient(operation, entity, identity, params=params)
            except Failure as failure:
                if failure.kind == "gone":
                    raise
                if wait is None or ON_READ[failure.kind] != "again":
                    raise failure.error() from None
                log.warning("%s; asked again in %g s", failure, wait)
            self._sleep(wait)
        raise AssertionError

    def write(self, operation: Operation, entity: str, identity: str, body: Any, until: float = FOREVER) -> Document:
        """The answer of a write, not sent any more at `until` (seconds since the epoch). Raises Failure."""
        return self._patient(operation, entity, identity, body=dumps(body).encode(), until=until)

    def close(self) -> None:
        self._session.close()

    def _patient(self, operation: Operation, entity: str, identity: str, **sent: Any) -> Document:
        """Waits as long as a busy service asks for, within the budget."""
        waited, guess = 0.0, 1.0
        while True:
            try:
                return self._authorised(operation, entity, identity, **sent)
            except Failure as failure:
                wait = max(1.0, guess if failure.after is None else failure.after)
                if failure.kind != "busy" or waited + wait > self._wait_budget:
                    raise
                log.info("%s; waiting %g s", failure, wait)
            self._sleep(wait)
            waited, guess = waited + wait, guess * 2

    def _authorised(self, operation: Operation, entity: str, identity: str, **sent: Any) -> Document:
        """Logs in when there is no token, and once more when the service says that it is none any longer."""
        fresh = self._auth.token is None
        if fresh:
            self._login()
        try:
            return self._once(operation, entity, identity, **sent)
        except Failure as failure:
            if failure.kind != "login" or fresh or not self._auth.can_login:
                raise
        self._login()
        return self._once(operation, entity, identity, **sent)

    def _login(self) -> None:
        """Raises Failure: `unsent` when it may work later (the call behind it has not gone out), else `login`."""
        self._auth.token = None
        assert self._api.login is not None
        try:
            taken = self._auth.accept(self._once(self._api.login, body=dumps(self._auth.credentials()).encode()))
        except Failure as failure:
            if failure.kind == "busy":
                raise
            passing = ON_READ[failure.kind] == "again"
            raise Failure("unsent" if passing else "login", failure.call, failure.status) from None
        if not taken:
            raise Failure("login", label(self._api.login))

    def _once(
        self,
        operation: Operation,
        entity: str = "",
        identity: str = "",
        *,
        params: Mapping[str, Any] | None = None,
        body: bytes | None = None,
        until: float = FOREVER,
    ) -> Document:
        call = label(operation, entity)
        path = operation.path.format(entity=quote(entity, safe=""), id=_in_path(operation, identity, call))
        headers = self._auth.headers() | ({"Content-Type": "application/json"} if body is not None else {})
        self._pace()
        if self.clock().timestamp() >= until:
            raise Failure("late", call)
        try:
            with self._session.request(
                operation.method,
                f"{self._base}/{path}",
                params=params,
                data=body,
                headers=headers,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                raw = self._whole(response, call)
        except (requests.RequestException, HTTPError, HTTPException, OSError) as error:
            raise _broken(error, call) from None
        return read_answer(self._api, response.status_code, response.headers, raw, call)

    def _whole(self, response: requests.Response, call: str) -> bytes:
        """The body, as long as it ends in time and within bounds however slowly it drips."""
        parts, size, end = [], 0, time.monotonic() + 5 * self._timeout[1]
        while part := response.raw.read1(65536, decode_content=True):
            parts.append(part)
            size += len(part)
            if size > LARGEST or time.monotonic() > end:
                raise Failure("cut", call, response.status_code)
        return b"".join(parts)

    def _pace(self) -> None:
        if self._gap:
            if (wait := self._last + self._gap - time.monotonic()) > 0:
                self._sleep(wait)
            self._last = time.monotonic()


TIMEOUTS = (("connect", 5.0), ("read", 60.0))


def base_url(api: Api, connection: Connection) -> str:
    """Scheme, host and base path of the API. StopAgenda says what the connection lacks."""
    host = connection.host.rstrip("/")
    if not host:
        raise StopAgenda(f"connection {connection.id!r} has no host")
    if "://" not in host:
        host = f"{connection.schema if connection.schema in {'http', 'https'} else 'https'}://{host}"
    if connection.port and urlsplit(host).port is None:
        parts = urlsplit(host)
        host = parts._replace(netloc=f"{parts.netloc}:{connection.port}").geturl()
    try:
        return host + api.base_path.format_map({k: quote(str(v), safe="") for k, v in connection.extra.items()})
    except KeyError as missing:
        raise StopAgenda(f"connection {connection.id!r}: its extra must have {missing.args[0]!r}") from None


def label(operation: Operation, entity: str = "") -> str:
    """The call as logs and errors name it: without ids, parameters and values."""
    return f"{operation.method} {operation.path.replace('{entity}', entity)}"


def _in_path(operation: Operation, identity: str, call: str) -> str:
    """The id as one step of a path; one that would lead elsewhere (empty, dots) is the id of nothing."""
    if "{id}" in operation.path and not identity.strip("."):
        raise Failure("gone", call)
    return quote(identity, safe="")


def _broken(error: Exception, call: str) -> Failure:
    """What an exception of the transport means; its own text may quote the address with its values, and is dropped."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.ProxyError):
        return Failure("unsent", call)
    if isinstance(reason, ConnectTimeoutError | ProxyError):
        return Failure("unsent", call)
    if isinstance(error, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error):
        return Failure("address", call)
    if isinstance(error, ValueError) and isinstance(error, requests.RequestException):
        return Failure("address", call)
    return Failure("cut", call)


def _no_netrc(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """The token is the only credential: keeps requests from adding one out of a .netrc file."""
    return request


def _without_query(record: logging.LogRecord) -> bool:
    """urllib3 tells the whole address at DEBUG; its query holds filter values."""
    if isinstance(record.args, tuple):
        record.args = tuple(a.split("?", 1)[0] if isinstance(a, str) else a for a in record.args)
    return True


logging.getLogger("urllib3.connectionpool").addFilter(_without_query)
