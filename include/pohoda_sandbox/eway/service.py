"""The service behind the port: finds the method, lets it work in one transaction, and wraps what it answers."""

import json
import re
import threading
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pohoda_sandbox.admin import PATH
from pohoda_sandbox.eway import streams
from pohoda_sandbox.eway.blobs import Blobs
from pohoda_sandbox.eway.call import Call
from pohoda_sandbox.eway.door import Door
from pohoda_sandbox.eway.errors import SUCCESS, ZERO, Json, NoMethod, Refused, bad_token
from pohoda_sandbox.eway.folders import Method
from pohoda_sandbox.eway.items import Items
from pohoda_sandbox.eway.methods import METHODS, WRITES
from pohoda_sandbox.eway.rights import Rights
from pohoda_sandbox.eway.route import Route, route
from pohoda_sandbox.eway.verbs import SAVED, VERBS
from pohoda_sandbox.faults import Faults
from pohoda_sandbox.http import Reply, Request
from pohoda_sandbox.listening import HOST
from pohoda_sandbox.traffic import Traffic

SECRET = re.compile(r'("(?:passwordHash|newPasswordHash|sessionId)"\s*:\s*")[^"]*|((?:sessionId|code)=)[^&\s]+', re.I)
PAGE = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"
INFO = (
    '<?xml version="1.0" encoding="utf-8"?><InfoResponse xmlns="http://tempuri.org/">'
    "<WebServiceVersion>{}</WebServiceVersion></InfoResponse>"
)
OWN = {name.lower(): name for name in METHODS}
LOGIN = {"login": "LogIn"}
PLAIN = {name.lower(): name for name in ("CheckStatus", "GetServiceAuthSettings", "IsSessionValid")}
OPERATIONS = {"save": "upsert", "save_all": "upsert", "delete": "delete", "delete_all": "delete"}


@dataclass
class EWayService:
    """One customer's service. Everything it keeps is reached under `lock`; `refusals`: return codes by script."""

    items: Items
    rights: Rights
    door: Door
    blobs: Blobs
    admin: Any = None
    refusals: Faults = field(default_factory=Faults)
    traffic: Traffic = field(default_factory=Traffic)
    lock: threading.RLock = field(default_factory=threading.RLock)
    port: int = 0
    endpoint: str = "eway"
    max_body: int = 32 * 1024 * 1024

    def exempt(self, request: Request) -> bool:
        return request.target.startswith(PATH)

    def answer(self, request: Request, gone: str) -> Reply:
        with self.lock:
            if self.exempt(request):
                reply: Reply = self.admin.answer(request)
                return reply
            try:
                return self._routed(request, gone)
            except NoMethod as unknown:
                return _page(unknown.status)
            except Refused as refused:
                return self._refused(request, refused)

    def failed(self, request: Request, status: int) -> Reply:
        return self._refused(request, bad_token()) if status == 401 else _page(status)

    def garbled(self, reply: Reply) -> Reply:
        """Windows-1250 under the declaration of UTF-8, with letters in it that tell the two apart."""
        document = json.loads(reply.body)
        document["Description"] = f"{document.get('Description') or ''} Žltý kôň."
        return replace(reply, body=json.dumps(document, ensure_ascii=False).encode("cp1250", "replace"))

    def noted(self, request: Request, reply: Reply | None) -> None:
        """Under the method's proper name, with the folder it is about; secrets are blanked."""
        found = route(request.target)
        name, operation, folder = self._named(found) if found else (request.method, "", "")
        target, body = (
            SECRET.sub(r"\1\2...", text) for text in (request.target, request.body.decode("utf-8", "replace"))
        )
        if found and found.kind == "connect":
            operation, body = "login", ""
        with self.lock:
            self.traffic.note(
                replace(request, method=name, target=target, body=body.encode()), reply, operation, folder
            )

    def now(self) -> float:
        return self.items.clock.now().timestamp()

    def _named(self, found: Route) -> tuple[str, str, str]:
        """(method, kind of operation, folder) for the log."""
        low = found.method.lower()
        if method := self._method(low):
            return method.name, OPERATIONS.get(method.verb, "list"), method.folder.name
        name = OWN.get(low) or LOGIN.get(low) or PLAIN.get(low) or found.method
        return name, "login" if low in LOGIN else "update" if name in WRITES else "list", ""

    def _method(self, low: str) -> Method | None:
        """A folder's method; those that nobody has published are there behind their switch only."""
        method = self.items.folders.methods.get(low)
        return None if method and method.assumed and not self.items.switches.price_lists else method

    def _routed(self, request: Request, gone: str) -> Reply:
        found = route(request.target)
        if found is None or (found.kind == "service" and self.items.switches.legacy_only):
            raise NoMethod
        if found.kind == "connect":
            with self.items.store.transaction():
                return self.door.connect(found.method, request, f"http://{HOST}:{self.port}{found.ws}")
        if found.kind == "info":
            return Reply(200, INFO.format(self.items.switches.version).encode(), "text/xml; charset=utf-8")
        if request.size > self.max_body:
            return _page(413)
        refusal = self.refusals.take(self.endpoint, request.method, found.method)
        if refusal is not None and refusal.kind == "status":
            raise Refused(refusal.name, f"Refused by script: {refusal.name}")
        with self.items.store.transaction():
            reply = self._called(found.method, request, gone)
        if refusal is not None:
            raise Refused(refusal.name, f"Stored, then refused by script: {refusal.name}")
        return reply

    def _called(self, name: str, request: Request, gone: str) -> Reply:
        low, query = name.lower(), dict(parse_qsl(urlsplit(request.target).query))
        if request.method == "GET":
            return self._got(low, query, request)
        if request.method != "POST":
            raise NoMethod(405)
        if low in LOGIN:
            return self._log_in(request)
        if not (self._method(low) or low in OWN or low in PLAIN or low in streams.METHODS):
            raise NoMethod
        raw = low == "savebinaryattachment"
        body = query if raw else _body(request.body)
        user = self._user(body, optional=low == "issessionvalid")
        call = Call(
            self.items, self.rights, self.door.sessions, self.blobs, body, user, gone, request.body if raw else b""
        )
        if low == "issessionvalid":
            return _envelope({"Result": bool(user)})
        if low in streams.METHODS:
            return streams.METHODS[low](call)
        if method := self._method(low):
            return _envelope(VERBS[method.verb](call, method.folder))
        if low not in OWN:
            raise NoMethod(405)
        return _envelope(METHODS[OWN[low]](call))

    def _user(self, body: Json, *, optional: bool = False) -> str:
        try:
            return self.door.sessions.use(body.get("sessionId"), self.items.clock.now())
        except Refused:
            if optional:
                return ""
            raise

    def _log_in(self, request: Request) -> Reply:
        body = _body(request.body)
        told = self.door.log_in(body, _bearer(request))
        cookie = f"{streams.COOKIE}={told['SessionId']}; path=/; HttpOnly"
        reply = _envelope(told)
        return replace(reply, headers=(("Set-Cookie", cookie),)) if body.get("createSessionCookie") is True else reply

    def _got(self, low: str, query: Json, request: Request) -> Reply:
        """GET knows two methods without a session, and streams with the cookie's or the header's."""
        if low == "checkstatus":
            return _envelope({})
        if low == "getserviceauthsettings":
            return _envelope({"IsActiveDirectory": False, "IsAzureAuth": self.items.switches.oauth_required})
        if low not in streams.METHODS:
            raise NoMethod(405 if low in OWN or self._method(low) or low in LOGIN else 404)
        user = self._user({"sessionId": streams.cookie(request) or _bearer(request)})
        return streams.METHODS[low](Call(self.items, self.rights, self.door.sessions, self.blobs, query, user))

    def _refused(self, request: Request, refused: Refused) -> Reply:
        found = route(request.target)
        low = found.method.lower() if found else ""
        extra: Json = {}
        if low in LOGIN:
            extra = dict.fromkeys(("SessionId", "UserItemGuid", "WcfVersion", "OutlookClientVersion"))
            extra |= {"IsAdmin": False, "Debug": False}
        elif (method := self._method(low)) and method.verb == "save":
            extra = {"Guid": ZERO, **SAVED}
        elif method and method.verb in {"get", "by_guids", "identifiers", "search", "search_identifiers"}:
            extra = {"Data": None}
        told = {"ReturnCode": refused.code, "Description": refused.description}
        return _envelope({**extra, **refused.extra, **told}, refused.status)


def _envelope(members: Json, status: int = 200) -> Reply:
    document = {"ReturnCode": SUCCESS, "Description": None, **members}
    return Reply(status, json.dumps(document, ensure_ascii=False).encode())


def _page(status: int) -> Reply:
    return Reply(status, PAGE.format(f"{status}").encode(), "text/html; charset=utf-8")


def _bearer(request: Request) -> str:
    """The token of the header; one with nothing after `Bearer` is as good as none."""
    kind, _, token = request.headers.get("authorization", "").strip().partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _body(raw: bytes) -> Json:
    """The wrapped request. What is no JSON object gets HTTP 400 and a page (assumed)."""
    try:
        body = json.loads(raw.decode("utf-8-sig") or "{}", parse_float=Decimal)
    except (ValueError, RecursionError):
        raise NoMethod(400) from None
    if not isinstance(body, dict):
        raise NoMethod(400)
    return body
