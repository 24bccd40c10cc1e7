"""Coming in: the body and headers of LogIn, by a password's hash or by an OAuth token."""

import hashlib
from collections.abc import Mapping
from typing import Any

from pohoda_bridge.connections import Connection
from pohoda_bridge.crm.eway.api import EwayApi
from pohoda_bridge.crm.eway.keeping import Tokens
from pohoda_bridge.crm.eway.oauth import access_token, client_of, uses_oauth
from pohoda_bridge.crm.transport import Transport
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.redact import keep_secret


class Door:
    """Who we are to one installation. Nothing is sent before `credentials` is asked for."""

    def __init__(self, api: EwayApi, connection: Connection, tokens: Tokens | None) -> None:
        self._app = api.app_version
        self._user = connection.login
        self._tokens = tokens
        self._access: str | None = None
        oauth = uses_oauth(connection)
        if not connection.login:
            raise StopAgenda(f"connection {connection.id!r} has no login: the user name in eWay-CRM")
        if not connection.password:
            raise StopAgenda(f"connection {connection.id!r} has no password")
        self._client = client_of(api, connection) if oauth else None
        self._hash = "" if oauth else hashlib.md5(connection.password.encode(), usedforsecurity=False).hexdigest()
        keep_secret(self._hash, self._hash.upper())

    def credentials(self, transport: Transport) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """Body and headers of LogIn. Raises Failure when no access token can be had."""
        body = {"userName": self._user, "appVersion": self._app, "createSessionCookie": False}
        if self._client is None:
            machine = {"clientMachineIdentifier": None, "clientMachineName": "pohoda-bridge"}
            return {**body, "passwordHash": self._hash, **machine}, {}
        if self._access is None:
            self._access = access_token(self._client, transport, self._tokens)
        return body, {"Authorization": f"Bearer {self._access}"}

    @property
    def holds_token(self) -> bool:
        """Whether the next LogIn goes with an access token that was had earlier and may have run out."""
        return self._access is not None

    def forget(self) -> None:
        """Let go of the access token; the next LogIn gets a new one."""
        self._access = None
