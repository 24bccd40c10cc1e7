"""Who we are to the service: a permanent token, or one had by logging in; neither ever shows in a log."""

import hashlib
from typing import Any

from pohoda_bridge.connections import Connection
from pohoda_bridge.crm.answer import Document
from pohoda_bridge.crm.api import Api
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.redact import keep_secret


class Auth:
    """The token in force. Nothing is sent before the first call asks for `headers`."""

    def __init__(self, api: Api, connection: Connection) -> None:
        self._api = api
        self._connection = connection
        self.can_login = _is_true(connection.extra.get("login"))
        self.token: str | None = None
        if not connection.password:
            raise StopAgenda(f"connection {connection.id!r} has no password: put the token there")
        if self.can_login and (api.login is None or not connection.login):
            raise StopAgenda(
                f"connection {connection.id!r} asks for a login: set its login name, if the CRM has logins"
            )
        if not self.can_login:
            self._take(connection.password)

    def credentials(self) -> dict[str, str]:
        """The body of a login."""
        login, password = self._api.login, self._connection.password or ""
        assert login is not None
        if login.password_transform == "md5":  # ruff: ignore[hardcoded-password-string]
            password = hashlib.md5(password.encode(), usedforsecurity=False).hexdigest()
            keep_secret(password)
        return {login.user: self._connection.login or "", login.password: password}

    def accept(self, document: Document) -> bool:
        """Take the token of a login's answer; False when there is none."""
        assert self._api.login is not None
        token = document.at(self._api.login.token)
        if not isinstance(token, str) or not token:
            return False
        self._take(token)
        return True

    def headers(self) -> dict[str, str]:
        return {self._api.auth_header: self._api.auth_form.format(token=self.token)} if self.token else {}

    def _take(self, token: str) -> None:
        keep_secret(token)
        if not (token.isascii() and token.isprintable()):
            raise StopAgenda(f"connection {self._connection.id!r}: the token has characters that no header can carry")
        self.token = token.strip()


def _is_true(value: Any) -> bool:
    return str(value).casefold() in {"true", "1", "yes"}
