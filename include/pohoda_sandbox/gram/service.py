"""The service behind the port: authorises a request, has it carried out, and wraps the answer in its envelope."""

import json
import threading
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from pohoda_sandbox.admin import PATH
from pohoda_sandbox.gram.access import Tokens
from pohoda_sandbox.gram.errors import Json, Refused, invalid, not_found, problem, too_large, unauthorised
from pohoda_sandbox.gram.operations import OPERATIONS, Call
from pohoda_sandbox.gram.records import Records
from pohoda_sandbox.gram.switches import Switches
from pohoda_sandbox.http import Reply, Request
from pohoda_sandbox.traffic import Traffic

TEXTS = {
    200: "The command failed.",
    400: "Invalid request.",
    401: "Token is not valid.",
    403: "Access denied.",
    404: "Not found.",
    409: "Conflict.",
    413: "Request is too large.",
    429: "Too many requests.",
}
PAGE = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1><p>Skúste neskôr.</p></body></html>"


@dataclass
class GramService:
    """One tenant of the service. Everything it keeps is reached under `lock`."""

    records: Records
    tokens: Tokens
    organization: str
    password: str = field(repr=False)
    admin: Any = None
    traffic: Traffic = field(default_factory=Traffic)
    lock: threading.RLock = field(default_factory=threading.RLock)
    endpoint: str = "gram"
    max_body: int = 4 * 1024 * 1024

    def exempt(self, request: Request) -> bool:
        return request.target.startswith(PATH)

    def answer(self, request: Request, gone: str) -> Reply:
        with self.lock:
            if self.exempt(request):
                reply: Reply = self.admin.answer(request)
                return reply
            try:
                with self.records.store.transaction():
                    text, payload = self._carry_out(request, gone)
                return self._reply(200, text, payload)
            except Refused as refused:
                reply = self._reply(refused.status, refused.text, refused.payload, good=False)
                if refused.retry_after:
                    reply = replace(reply, headers=(("Retry-After", str(refused.retry_after)),))
                return reply

    def failed(self, request: Request, status: int) -> Reply:
        if status >= 500:
            return Reply(status, PAGE.format(f"{status} Chyba").encode(), "text/html; charset=utf-8")
        return self._reply(status, TEXTS.get(status, "The command failed."), {}, good=False)

    def garbled(self, reply: Reply) -> Reply:
        """Windows-1250 under the declaration of UTF-8, with letters in it that tell the two apart."""
        document = json.loads(reply.body)
        document[self.records.wire.envelope("text")] += " Žltý kôň."
        return replace(reply, body=json.dumps(document, ensure_ascii=False).encode("cp1250", "replace"))

    def noted(self, request: Request, reply: Reply | None) -> None:
        operation, names = self._route(request) or ("", {})
        with self.lock:
            self.traffic.note(request, reply, operation, names.get("entity", ""))

    def now(self) -> float:
        return self.records.clock.now().timestamp()

    def _route(self, request: Request) -> tuple[str, dict[str, str]] | None:
        path, base = unquote(urlsplit(request.target).path), self.records.wire.base_path(self.organization)
        return self.records.wire.route(request.method, path[len(base) :]) if path.startswith(base + "/") else None

    def _carry_out(self, request: Request, gone: str) -> tuple[str, Json]:
        url = urlsplit(request.target)
        if not unquote(url.path).startswith(self.records.wire.base_path(self.organization) + "/"):
            raise not_found()
        operation, names = self._route(request) or ("", {})
        token, user = "", ""
        if operation != "login":
            token = request.headers.get(str(self.records.wire.api["auth_header"]).lower(), "")
            user = self._authorise(token)
        if not operation:
            raise not_found()
        if request.size > self.max_body:
            raise too_large()
        call = Call(
            records=self.records,
            tokens=self.tokens,
            password=self.password,
            token=token,
            user=user,
            entity=names.get("entity", ""),
            id=names.get("id", ""),
            parameters=dict(parse_qsl(url.query, keep_blank_values=True)),
            body=_body(request.body) if request.method in {"POST", "PUT"} and operation != "logout" else {},
            gone=gone,
        )
        return OPERATIONS[operation](call)

    def _authorise(self, token: str) -> str:
        now = self.records.clock.now()
        user = self.tokens.use(token, now)
        self.tokens.throttle(token, now, self.records.switches.rate_per_minute)
        stored = self.records.store.get("User", user)
        if stored is not None and not stored.data.get("Active"):
            raise unauthorised()
        return user

    def _reply(self, status: int, text: str, payload: Json, *, good: bool = True) -> Reply:
        named = self.records.wire.envelope
        renamed = {named("errors") if name == "Errors" else name: value for name, value in payload.items()}
        document = {named("ok"): good, named("text"): text, **renamed}
        return Reply(status, json.dumps(_habits(document, self.records.switches), ensure_ascii=False).encode())


def _body(raw: bytes) -> Json:
    def refuse(constant: str) -> None:
        raise ValueError(constant)

    try:
        body = json.loads(raw.decode("utf-8"), parse_float=Decimal, parse_constant=refuse)
    except (ValueError, RecursionError):
        raise invalid(problem("", "bad_json", "The body is no JSON in UTF-8.")) from None
    if not isinstance(body, dict):
        raise invalid(problem("", "bad_type", "The body must be an object."))
    return body


def _habits(value: Any, switches: Switches, depth: int = 0) -> Any:
    """The answer with the unpleasant habits that are switched on."""
    if isinstance(value, list):
        return [_habits(item, switches, depth) for item in value]
    if isinstance(value, dict):
        known = {
            (name[:1].lower() + name[1:] if switches.other_case else name): _habits(item, switches, depth + 1)
            for name, item in value.items()
        }
        return {**known, "ServedBy": {"Node": 7}} if switches.extra_keys else known
    if switches.text_numbers and depth > 1 and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value
