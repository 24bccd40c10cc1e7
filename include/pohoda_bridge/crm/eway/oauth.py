"""OAuth 2 as eWay-CRM has it: a person signs in once, and from then on a refresh token that slides on with each use.

    sign_in = begin(crm, connection)          # show sign_in.url to the person
    finish(sign_in, pasted_url, tokens)       # the address that the browser ended at

Between the two a process may end: `sign_in.pending` is kept as a secret, and `resume` goes on with it.
Connection: `login` the user name, `password` the client's secret, extra `oauth: true`, `client_id`, `redirect_uri`.
"""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

from pohoda_bridge.catalogue import Crm
from pohoda_bridge.connections import Connection
from pohoda_bridge.crm.answer import read_json
from pohoda_bridge.crm.eway.address import web_service
from pohoda_bridge.crm.eway.api import EwayApi, api_of
from pohoda_bridge.crm.eway.codes import SIGN_IN
from pohoda_bridge.crm.eway.keeping import Tokens
from pohoda_bridge.crm.failure import Failure, kind_of
from pohoda_bridge.crm.transport import Transport
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.redact import keep_secret

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CALL = "POST token"
LASTS = timedelta(days=15)
"""How long a refresh token lives without being used, as eWay-CRM's documentation says."""


@dataclass(frozen=True)
class Client:
    """The registered client of one connection."""

    url: str
    api: EwayApi
    id: str
    secret: str = field(repr=False)
    redirect_uri: str

    def token(self, transport: Transport, form: Mapping[str, str]) -> Mapping[str, str]:
        """The answer of the token endpoint. Raises Failure: `login` when the code or the token is not valid."""
        known = {"client_id": self.id, "client_secret": self.secret, **form}
        url = f"{self.url}/{self.api.sign_in.token}"
        transport.pace()
        reply = transport.send("POST", url, CALL, body=urlencode(known).encode(), headers=FORM)
        body, kind = read_json(reply.raw), kind_of(reply.status)
        if isinstance(body, dict) and kind == "invalid" and isinstance(body.get("error"), str):
            raise Failure("login", CALL, reply.status, codes=(_code(body["error"]),), advice=SIGN_IN)
        if kind or not isinstance(body, dict):
            raise Failure("address" if kind == "gone" else kind or "unreadable", CALL, reply.status)
        told = {name: body.get(name) for name in ("access_token", "refresh_token")}
        keep_secret(*(value for value in told.values() if isinstance(value, str)))
        return {name: value for name, value in told.items() if isinstance(value, str) and value}


@dataclass(frozen=True)
class SignIn:
    """A sign-in that has begun: `url` is for the person's browser."""

    url: str
    client: Client
    connection: Connection
    state: str
    verifier: str = field(repr=False)

    @property
    def pending(self) -> str:
        """What `resume` needs to go on in another process; a secret."""
        return json.dumps([self.state, self.verifier])


def uses_oauth(connection: Connection) -> bool:
    """Whether the connection signs in by OAuth; else by a password."""
    return str(connection.extra.get("oauth", "")).casefold() in {"true", "1", "yes"}


def client_of(api: EwayApi, connection: Connection) -> Client:
    """StopAgenda says what the connection lacks."""
    missing = [name for name in ("client_id", "redirect_uri") if not connection.extra.get(name)]
    if missing or not connection.password or not connection.login:
        lacks = [*missing, *([] if connection.login else ["login"]), *([] if connection.password else ["password"])]
        raise StopAgenda(
            f"connection {connection.id!r}: OAuth needs {', '.join(lacks)} (password: the client's secret)"
        )
    identity, back = (str(connection.extra[name]) for name in ("client_id", "redirect_uri"))
    return Client(web_service(connection), api, identity, connection.password, back)


def begin(crm: Crm, connection: Connection) -> SignIn:
    """Begin the sign-in of a connection's user. Nothing is sent."""
    return _sign_in(crm, connection, secrets.token_urlsafe(16), secrets.token_urlsafe(48))


def resume(crm: Crm, connection: Connection, pending: str) -> SignIn:
    """The sign-in that was begun earlier, by its `pending`."""
    state, verifier = json.loads(pending)
    return _sign_in(crm, connection, state, verifier)


def finish(sign_in: SignIn, pasted_url: str, tokens: Tokens, *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Turn the address that the browser was sent back to into a refresh token and keep it. Raises StopAgenda, Retry."""
    told = _told(pasted_url)
    if "error" in told:
        raise StopAgenda(f"the pasted address says that nobody was let in: {_code(told['error'])}; begin anew")
    if "code" not in told:
        raise StopAgenda("the pasted address holds no code: copy the whole address that the browser was sent back to")
    if told.get("state") != sign_in.state:
        raise StopAgenda("the pasted address belongs to another sign-in; begin anew")
    keep_secret(told["code"])
    form = {
        "grant_type": "authorization_code",
        "code": told["code"],
        "redirect_uri": sign_in.client.redirect_uri,
        "code_verifier": sign_in.verifier,
    }
    transport = Transport(sign_in.connection, sleep=sleep)
    try:
        answer = sign_in.client.token(transport, form)
    except Failure as failure:
        raise failure.error() from None
    finally:
        transport.close()
    if "refresh_token" not in answer:
        raise StopAgenda("eWay-CRM gave no refresh token; the client needs the scope offline_access")
    tokens.save(answer["refresh_token"])


def access_token(client: Client, transport: Transport, tokens: Tokens | None) -> str:
    """A new access token; a new refresh token is kept before anything else happens. Raises Failure.

    A refresh token that another task has replaced in between is refused; the one it kept is used then.
    """
    known = tokens.load() if tokens is not None else None
    if tokens is None or not known:
        raise Failure("login", CALL, advice=f"nobody has signed in yet: {SIGN_IN}")
    try:
        answer = _refreshed(client, transport, known)
    except Failure as failure:
        replaced = tokens.load()
        if failure.kind != "login" or not replaced or replaced == known:
            raise
        known, answer = replaced, _refreshed(client, transport, replaced)
    if (fresh := answer.get("refresh_token")) and fresh != known:
        tokens.save(fresh)
    if "access_token" not in answer:
        raise Failure("unreadable", CALL)
    return answer["access_token"]


def _refreshed(client: Client, transport: Transport, token: str) -> Mapping[str, str]:
    keep_secret(token)
    return client.token(transport, {"grant_type": "refresh_token", "refresh_token": token})


def _sign_in(crm: Crm, connection: Connection, state: str, verifier: str) -> SignIn:
    keep_secret(verifier)
    api = api_of(crm, connection.extra)
    client = client_of(api, connection)
    digest = hashlib.sha256(verifier.encode()).digest()
    asked = {
        "client_id": client.id,
        "scope": api.sign_in.scope,
        "redirect_uri": client.redirect_uri,
        "response_type": "code",
        "prompt": "login",
        "state": state,
        "login_hint": connection.login or "",
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    url = f"{client.url}/{api.sign_in.authorize}?{urlencode(asked)}"
    return SignIn(url, client, connection, state, verifier)


def _told(address: str) -> Mapping[str, str]:
    """The members of an address' query; none in what is no address."""
    try:
        return {name: values[-1] for name, values in parse_qs(urlsplit(address.strip()).query).items()}
    except ValueError:
        return {}


def _code(error: str) -> str:
    return error if error.isascii() and error.replace("_", "").isalnum() else "?"
