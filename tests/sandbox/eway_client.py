"""A plain client of the simulated eWay-CRM for its tests: what it sends is written out, nothing is hidden."""

import hashlib
from typing import Any

import requests

from pohoda_sandbox.eway import EWay

ZERO = "00000000-0000-0000-0000-000000000000"
A, B, C = (f"{letter * 8}-0000-4000-8000-000000000000" for letter in "abc")


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


class Client:
    """Logs in at once as the sandbox's user (or as another) and keeps the session."""

    def __init__(self, eway: EWay, user: str = "", base: str = "InsecureAPI.svc") -> None:
        self.eway = eway
        self.base = f"{eway.url}/{base}"
        self.user = user or eway.user
        self.session = self.log_in()["SessionId"]

    def log_in(self, **other: Any) -> dict[str, Any]:
        body = {"userName": self.user, "passwordHash": md5(self.eway.password), "appVersion": "Test1.0", **other}
        return self.raw("LogIn", body).json()  # type: ignore[no-any-return]

    def raw(self, method: str, body: Any, **more: Any) -> requests.Response:
        return requests.post(f"{self.base}/{method}", json=body, timeout=20, **more)

    def __call__(self, method: str, **members: Any) -> dict[str, Any]:
        """The envelope, whatever it says."""
        answer = self.raw(method, {"sessionId": self.session, **members})
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return answer.json()  # type: ignore[no-any-return]

    def ok(self, method: str, **members: Any) -> Any:
        """Data, Datum, Result or Guid of a success."""
        answer = self(method, **members)
        assert answer["ReturnCode"] == "rcSuccess", answer
        return next((answer[name] for name in ("Data", "Datum", "Result", "Guid") if name in answer), None)

    def save(self, folder: str = "Company", die: bool = False, **fields: Any) -> str:
        return str(self.ok(f"Save{folder}", transmitObject=fields, dieOnItemConflict=die))

    def one(self, guid: str, folder: str = "Companies", **members: Any) -> dict[str, Any]:
        (found,) = self.ok(f"Get{folder}ByItemGuids", itemGuids=[guid], **members)
        return dict(found)


class Php(Client):
    """What the vendor's PHP library 2.5.1 sends, as it was recorded: more members than a method has, an empty token."""

    def log_in(self, **other: Any) -> dict[str, Any]:
        body = {"userName": self.user, "passwordHash": md5(self.eway.password), "appVersion": "PHP2.5.1"}
        return self.raw("Login", {**body, "clientMachineIdentifier": None, **other}).json()  # type: ignore[no-any-return]

    def raw(self, method: str, body: Any, **more: Any) -> requests.Response:
        headers = {"Accept": "application/json", "Authorization": "Bearer "}
        return super().raw(method, body, headers=headers, **more)

    def whole(self, folder: str) -> Any:
        return self.ok(f"Get{folder}", includeRelations=False)

    def identifiers(self, folder: str) -> list[str]:
        return [one["ItemGUID"] for one in self.ok(f"Get{folder}Identifiers")]

    def search(self, folder: str, **members: Any) -> dict[str, Any]:
        return self(f"Search{folder}", transmitObject=members, includeRelations=False, dieOnItemConflict=False)

    def sent(self, singular: str, **members: Any) -> dict[str, Any]:
        more = {"includeRelations": False, "dieOnItemConflict": False}
        return self(f"Save{singular}", transmitObject=members, **more)
