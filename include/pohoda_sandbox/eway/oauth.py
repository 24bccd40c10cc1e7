"""OAuth 2.0 with the code flow: codes for a few minutes, access tokens for an hour, refresh tokens for fifteen days.

What a client keeps (refresh tokens) and what it shows (access tokens) outlive a restart of the service.
"""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pohoda_sandbox.eway.errors import Json
from pohoda_sandbox.eway.store import Store

CODE, ACCESS, REFRESH = timedelta(minutes=5), timedelta(hours=1), timedelta(days=15)
TOKENS, KEY = "oauth tokens", "oauth key"
SCOPE = "api offline_access"


class Rejected(Exception):
    """The token endpoint's refusal: HTTP 400 with this as `error`."""


@dataclass(frozen=True)
class Code:
    user: str
    redirect_uri: str
    challenge: str
    until: datetime


@dataclass
class OAuth:
    """`client`: (id, secret) of the one known client."""

    store: Store
    client: tuple[str, str] = field(repr=False)
    _codes: dict[str, Code] = field(default_factory=dict, repr=False)

    def code(self, user: str, redirect_uri: str, challenge: str, now: datetime) -> str:
        """What the sign-in page hands to the client."""
        code = secrets.token_urlsafe(24)
        self._codes[code] = Code(user, redirect_uri, challenge, now + CODE)
        return code

    def token(self, form: dict[str, str], ws: str, now: datetime, rotate: bool) -> Json:
        """The answer of the token endpoint. Raises Rejected."""
        known = (form.get("client_id", ""), form.get("client_secret", ""))
        if known != self.client:
            raise Rejected("invalid_client")
        if form.get("grant_type") == "authorization_code":
            return self._tokens(self._redeemed(form, now), ws, now, "")
        if form.get("grant_type") == "refresh_token":
            given = form.get("refresh_token", "")
            user = self._kept("refresh", given, now)
            if not user:
                raise Rejected("invalid_grant")
            if rotate:
                self._forget(given)
            return self._tokens(user, ws, now, "" if rotate else given)
        raise Rejected("unsupported_grant_type")

    def user(self, access_token: str, now: datetime) -> str:
        """The login name that a token was made for, "" when it is not valid (any more)."""
        return self._kept("access", access_token, now)

    def expire(self, kind: str) -> None:
        """Every token of a kind (`access`, `refresh`) ends now."""
        kept = self.store.note(TOKENS, {})
        self.store.keep(TOKENS, {token: entry for token, entry in kept.items() if entry[0] != kind})

    def _redeemed(self, form: dict[str, str], now: datetime) -> str:
        """The user of a code, which is good once. Raises Rejected."""
        code = self._codes.pop(form.get("code", ""), None)
        if code is None or now > code.until or form.get("redirect_uri", "") != code.redirect_uri:
            raise Rejected("invalid_grant")
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if code.challenge and base64.urlsafe_b64encode(verifier).rstrip(b"=").decode() != code.challenge:
            raise Rejected("invalid_grant")
        return code.user

    def _tokens(self, user: str, ws: str, now: datetime, refresh: str) -> Json:
        refresh = refresh or f"{secrets.token_hex(32)}.{_encoded(ws.encode())}"
        access = self._jwt({"username": user, "ws": ws, "exp": int((now + ACCESS).timestamp())})
        self._keep("refresh", refresh, user, now + REFRESH)
        self._keep("access", access, user, now + ACCESS)
        seconds = int(ACCESS.total_seconds())
        return {
            "access_token": access,
            "expires_in": seconds,
            "token_type": "Bearer",
            "refresh_token": refresh,
            "scope": SCOPE,
        }

    def _jwt(self, claims: Json) -> str:
        key = self.store.note(KEY) or secrets.token_hex(32)
        self.store.keep(KEY, key)
        parts: list[Json] = [{"alg": "HS256", "typ": "JWT"}, {**claims, "jti": secrets.token_hex(8)}]
        head = ".".join(_encoded(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
        return f"{head}.{_encoded(hmac.digest(key.encode(), head.encode(), 'sha256'))}"

    def _keep(self, kind: str, token: str, user: str, until: datetime) -> None:
        kept: dict[str, Any] = self.store.note(TOKENS, {})
        kept = {known: entry for known, entry in kept.items() if entry[2] >= (until - REFRESH).timestamp()}
        self.store.keep(TOKENS, {**kept, _digest(token): (kind, user, until.timestamp())})

    def _kept(self, kind: str, token: str, now: datetime) -> str:
        its_kind, user, until = self.store.note(TOKENS, {}).get(_digest(token), ("", "", 0.0))
        return str(user) if its_kind == kind and now.timestamp() <= until else ""

    def _forget(self, token: str) -> None:
        kept = self.store.note(TOKENS, {})
        kept.pop(_digest(token), None)
        self.store.keep(TOKENS, kept)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
