"""Calls to a plain REST service: authorised, paced, and with patience as the table of failures allows it.

A read is repeated within bounds. A write goes out once: only what was certainly not taken (a token that ran out, a
pause asked for) is sent again here.
"""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from pohoda_bridge.connections import Connection
from pohoda_bridge.crm.answer import Document, read_answer
from pohoda_bridge.crm.api import Api, Operation
from pohoda_bridge.crm.auth import Auth
from pohoda_bridge.crm.failure import ON_READ, Failure
from pohoda_bridge.crm.patience import patient, repeated
from pohoda_bridge.crm.transport import Transport, host_url
from pohoda_bridge.crm.wire import dumps
from pohoda_bridge.errors import StopAgenda

FOREVER = float("inf")


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
        self._transport = Transport(connection, sleep=sleep, rate_per_minute=api.rate_per_minute)

    def read(self, operation: Operation, entity: str = "", identity: str = "", **params: Any) -> Document:
        """The answer of a read. Raises Failure for `gone`, else Retry or StopAgenda."""
        asked = partial(self._patient, operation, entity, identity, params=params)
        return repeated(asked, self._sleep)

    def write(self, operation: Operation, entity: str, identity: str, body: Any, until: float = FOREVER) -> Document:
        """The answer of a write, not sent any more at `until` (seconds since the epoch). Raises Failure.

        Without a body (None) nothing but the address is sent.
        """
        raw = None if body is None else dumps(body).encode()
        return self._patient(operation, entity, identity, body=raw, until=until)

    def close(self) -> None:
        self._transport.close()

    def _patient(self, operation: Operation, entity: str, identity: str, **sent: Any) -> Document:
        """Waits as long as a busy service asks for, within the budget."""
        attempt = partial(self._authorised, operation, entity, identity, **sent)
        return patient(attempt, self._sleep, self._wait_budget)

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
        self._transport.pace()
        if self.clock().timestamp() >= until:
            raise Failure("late", call)
        url = f"{self._base}/{path}"
        reply = self._transport.send(operation.method, url, call, params=params, body=body, headers=headers)
        return read_answer(self._api, reply.status, reply.headers, reply.raw, call)


def base_url(api: Api, connection: Connection) -> str:
    """Scheme, host and base path of the API. StopAgenda says what the connection lacks."""
    host, quoted = host_url(connection), {name: quote(str(value), safe="") for name, value in connection.extra.items()}
    try:
        return host + api.base_path.format_map(quoted)
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
