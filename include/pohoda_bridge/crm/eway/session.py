"""Calls in one session: opened before the first call, renewed once when it is lost, closed at the end.

A read is repeated within bounds. A write goes out once: only what was certainly not carried out (a session that was
lost, a pause asked for) is sent again here.
"""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from pohoda_bridge.connections import Connection
from pohoda_bridge.crm.answer import Document
from pohoda_bridge.crm.eway.address import services
from pohoda_bridge.crm.eway.api import EwayApi
from pohoda_bridge.crm.eway.codes import RENEWABLE, TOKEN, code_of, read_envelope
from pohoda_bridge.crm.eway.door import Door
from pohoda_bridge.crm.eway.keeping import Tokens
from pohoda_bridge.crm.failure import ON_READ, Failure, Kind
from pohoda_bridge.crm.patience import patient, repeated
from pohoda_bridge.crm.transport import Transport
from pohoda_bridge.crm.wire import dumps
from pohoda_bridge.redact import keep_secret

FOREVER = float("inf")
LOGIN = "LogIn"
JSON = {"Content-Type": "application/json"}
log = logging.getLogger(__name__)


class Session:
    """One user's session. `user` is his guid once a call was made; `clock` gives aware times, `pause` waits."""

    def __init__(
        self,
        api: EwayApi,
        connection: Connection,
        tokens: Tokens | None,
        *,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None] = time.sleep,
        wait_budget: float = 60.0,
    ) -> None:
        self.clock = clock
        self.user = ""
        self._id: str | None = None
        self._bases = services(api, connection)
        self._door = Door(api, connection, tokens)
        self.pause = sleep
        self._wait_budget = float(connection.extra.get("wait_budget", wait_budget))
        self._transport = Transport(connection, sleep=sleep, rate_per_minute=api.rate_per_minute)

    def ask(self, method: str, /, until: float = FOREVER, **members: Any) -> Document:
        """The answer of a call that may be repeated. Raises Failure for `gone`, else Retry or StopAgenda."""
        return repeated(partial(self.tell, method, until, **members), self.pause)

    def tell(self, method: str, until: float = FOREVER, /, **members: Any) -> Document:
        """The answer of a write, not sent any more at `until` (seconds since the epoch). Raises Failure."""
        return patient(partial(self._renewed, method, members, until), self.pause, self._wait_budget)

    def close(self) -> None:
        """Log out, if anything was asked at all; a log-out that fails is not worth a word to the user."""
        try:
            if self._id is not None:
                self._once("LogOut", {"sessionId": self._id})
        except Failure as failure:
            log.info("%s; the session ends by itself", failure)
        finally:
            self._id = None
            self._transport.close()

    def _renewed(self, method: str, members: Mapping[str, Any], until: float) -> Document:
        fresh = self._id is None
        if fresh:
            self._log_in()
        try:
            return self._once(method, {**members, "sessionId": self._id}, until)
        except Failure as failure:
            if code_of(failure) not in RENEWABLE or fresh:
                raise
            log.info("the session was lost at %s; logging in again", method)
        self._log_in()
        return self._once(method, {**members, "sessionId": self._id}, until)

    def _log_in(self) -> None:
        """Raises Failure: `unsent` when it may work later (nothing else has gone out), else busy or a stop."""
        self._id = None
        try:
            document = self._let_in()
        except Failure as failure:
            raise _of_login(failure) from None
        identity, user = document.at("SessionId"), document.at("UserItemGuid")
        if not isinstance(identity, str) or not identity:
            raise Failure("login", f"POST {LOGIN}")
        keep_secret(identity)
        self._id, self.user = identity, str(user or "").lower()

    def _let_in(self) -> Document:
        """The answer to LogIn; an access token that ran out meanwhile is renewed once."""
        held = self._door.holds_token
        try:
            return self._knock()
        except Failure as failure:
            if code_of(failure) != TOKEN or not held:
                raise
        self._door.forget()
        return self._knock()

    def _knock(self) -> Document:
        """LogIn at the first service that there is; it is the one of all later calls."""
        body, headers = self._door.credentials(self._transport)
        while True:
            try:
                return self._once(LOGIN, body, headers=headers)
            except Failure as failure:
                if failure.kind != "address" or failure.status not in {404, 405} or len(self._bases) == 1:
                    raise
            self._bases = self._bases[1:]

    def _once(
        self, method: str, body: Mapping[str, Any], until: float = FOREVER, headers: Mapping[str, str] | None = None
    ) -> Document:
        call = f"POST {method}"
        self._transport.pace()
        if self.clock().timestamp() >= until:
            raise Failure("late", call)
        raw, sent = dumps(body).encode(), {**JSON, **(headers or {})}
        reply = self._transport.send("POST", f"{self._bases[0]}/{method}", call, body=raw, headers=sent)
        return read_envelope(reply, call)


def _of_login(failure: Failure) -> Failure:
    """What a failed LogIn means for the call behind it, whose own return codes it must not be taken for."""
    kind: Kind = failure.kind
    if kind not in {"busy", "login", "denied", "address"}:
        kind = "unsent" if ON_READ[kind] == "again" else "login"
    advice = ": ".join(filter(None, (code_of(failure), failure.advice)))
    return Failure(kind, failure.call, failure.status, after=failure.after, advice=advice)
