"""Who comes in: LogIn with a password's hash or with an OAuth token, and the pages of the sign-in itself."""

import hashlib
import hmac
import html
import json
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

from pohoda_sandbox.clock import Clock
from pohoda_sandbox.eway.errors import Json, NoMethod, Refused, bad_token, wrong
from pohoda_sandbox.eway.oauth import OAuth, Rejected
from pohoda_sandbox.eway.sessions import Sessions
from pohoda_sandbox.eway.store import Item, Store
from pohoda_sandbox.eway.switches import Switches
from pohoda_sandbox.http import Reply, Request

APP_VERSION = re.compile(r"[a-zA-Z][a-zA-Z].*\d", re.DOTALL)
PAGE = (
    "<!DOCTYPE html><html><head><title>eWay-CRM</title></head><body><form method=post>{text}"
    "<input name=username value='{hint}'><input name=password type=password><button>OK</button></form></body></html>"
)


@dataclass
class Door:
    """`password`: the one of every user of the sandbox."""

    store: Store
    clock: Clock
    switches: Switches
    sessions: Sessions
    oauth: OAuth
    password: str = field(repr=False)

    def log_in(self, body: Json, bearer: str) -> Json:
        """The members of a LoginResponse. Raises rcLoginFailed, rcOAuthRequired, rcBadAccessToken."""
        name = str(body.get("userName") or "")
        if not APP_VERSION.fullmatch(str(body.get("appVersion") or "")):
            raise wrong("'appVersion' must start with two letters and end with a digit")
        if bearer:
            if self.oauth.user(bearer, self.clock.now()).casefold() != name.casefold():
                raise bad_token()
        elif self.switches.oauth_required:
            raise Refused("rcOAuthRequired", "Password login is not allowed, use OAuth")
        elif not self._is_password(body.get("passwordHash")):
            raise _login_failed()
        user = self.find(name)
        if user is None:
            raise _login_failed()
        session = self.sessions.open(user.guid, self.clock.now(), self.switches.sessions_per_user)
        told = self.switches.version
        return {
            "SessionId": session,
            "UserItemGuid": user.guid,
            "IsAdmin": False,
            "WcfVersion": told,
            "OutlookClientVersion": told,
            "Debug": False,
        }

    def find(self, name: str) -> Item | None:
        """The active user with this login name, in any letter case."""
        found = self.store.find("Users", [("Username", name)])
        return next((user for user in found if user.data.get("IsActive")), None)

    def connect(self, page: str, request: Request, ws: str) -> Reply:
        """The pages below /auth/connect. `ws`: the web service's URL as the client reached it."""
        form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
        if page == "authorize":
            return self._authorize(request, form)
        if request.method != "POST":
            raise NoMethod(405)
        if page == "token":
            return self._token(form, ws)
        user = self.oauth.user(form.get("token", ""), self.clock.now())
        return _json(200, {"active": True, "username": user, "ws": ws} if user else {"active": False})

    def _authorize(self, request: Request, form: dict[str, str]) -> Reply:
        """GET shows the form; a POST of user name and password sends the browser back with a code."""
        asked = dict(parse_qsl(urlsplit(request.target).query))
        back = asked.get("redirect_uri", "")
        if asked.get("client_id") != self.oauth.client[0] or asked.get("response_type") != "code" or not back:
            return _json(400, {"error": "invalid_request"})
        name = form.get("username", "")
        right = request.method == "POST" and form.get("password") == self.password
        user = self.find(name) if right else None
        if user is None:
            text = "" if request.method == "GET" else "Wrong user name or password."
            hint = html.escape(asked.get("login_hint", ""), quote=True)
            return Reply(200, PAGE.format(text=text, hint=hint).encode(), "text/html; charset=utf-8")
        challenge = asked.get("code_challenge", "")
        code = self.oauth.code(str(user.data["Username"]), back, challenge, self.clock.now())
        told = {"code": code} | ({"state": asked["state"]} if "state" in asked else {})
        location = f"{back}{'&' if '?' in back else '?'}{urlencode(told)}"
        return Reply(302, b"", headers=(("Location", location),))

    def _token(self, form: dict[str, str], ws: str) -> Reply:
        try:
            rotate = self.switches.refresh_tokens == "rotate"
            return _json(200, self.oauth.token(form, ws, self.clock.now(), rotate))
        except Rejected as rejected:
            return _json(400, {"error": str(rejected)})

    def _is_password(self, given: object) -> bool:
        """Hex MD5 of the password in UTF-8, in any letter case."""
        known = hashlib.md5(self.password.encode(), usedforsecurity=False).hexdigest()
        return isinstance(given, str) and hmac.compare_digest(given.lower().encode(), known.encode())


def _login_failed() -> Refused:
    return Refused("rcLoginFailed", "User name or password is not valid")


def _json(status: int, document: Json) -> Reply:
    return Reply(status, json.dumps(document).encode())
