"""Requests to a service and its raw answers: a pooled session, time-outs always set, bounds on size and time."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import ConnectTimeoutError, HTTPError, ProxyError

from pohoda_bridge.connections import Connection
from pohoda_bridge.crm.failure import Failure
from pohoda_bridge.errors import StopAgenda

LARGEST = 256 * 1024 * 1024
TIMEOUTS = (("connect", 5.0), ("read", 60.0))


@dataclass(frozen=True)
class Reply:
    """An answer as it came: status, headers, bytes."""

    status: int
    headers: Mapping[str, str]
    raw: bytes


class Transport:
    """One pool of connections. Time-outs, in seconds: `connect_timeout`, `read_timeout` of the connection's extra."""

    def __init__(self, connection: Connection, *, sleep: Callable[[float], None], rate_per_minute: int = 0) -> None:
        connect, read = (float(connection.extra.get(f"{name}_timeout", default)) for name, default in TIMEOUTS)
        self._timeout = (connect, read)
        self._sleep = sleep
        self._gap = 60.0 / rate_per_minute if rate_per_minute else 0.0
        self._last = 0.0
        self._session = requests.Session()
        self._session.auth = _no_netrc
        self._session.headers.update({"Accept": "application/json", "User-Agent": "pohoda-bridge"})

    def pace(self) -> None:
        """Wait until the next request may go."""
        if self._gap:
            if (wait := self._last + self._gap - time.monotonic()) > 0:
                self._sleep(wait)
            self._last = time.monotonic()

    def send(
        self,
        method: str,
        url: str,
        call: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """The answer, whatever its status. Raises Failure: unsent, cut, address. `call` names it without values."""
        try:
            with self._session.request(
                method,
                url,
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
        return Reply(response.status_code, response.headers, raw)

    def close(self) -> None:
        self._session.close()

    def _whole(self, response: requests.Response, call: str) -> bytes:
        """The body, as long as it ends in time and within bounds however slowly it drips."""
        parts, size, end = [], 0, time.monotonic() + 5 * self._timeout[1]
        while part := response.raw.read1(65536, decode_content=True):
            parts.append(part)
            size += len(part)
            if size > LARGEST or time.monotonic() > end:
                raise Failure("cut", call, response.status_code)
        return b"".join(parts)


def host_url(connection: Connection) -> str:
    """Scheme, host and port of a connection, with the path that its host has. StopAgenda when it has no host."""
    host = connection.host.rstrip("/")
    if not host:
        raise StopAgenda(f"connection {connection.id!r} has no host")
    if "://" not in host:
        host = f"{connection.schema if connection.schema in {'http', 'https'} else 'https'}://{host}"
    if connection.port and urlsplit(host).port is None:
        parts = urlsplit(host)
        host = parts._replace(netloc=f"{parts.netloc}:{connection.port}").geturl()
    return host


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
