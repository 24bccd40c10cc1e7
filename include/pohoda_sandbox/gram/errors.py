"""Refusals of the service, each with its HTTP status, text and payload (reference: table of errors)."""

from typing import Any

Json = dict[str, Any]


class Refused(Exception):
    """A command that was not carried out; nothing is stored."""

    def __init__(self, status: int, text: str, payload: Json | None = None, retry_after: int = 0) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.payload = payload or {}
        self.retry_after = retry_after


def problem(field: str, code: str, text: str = "") -> Json:
    return {"Field": field, "Code": code, "Text": text or f"{field}: {code}."}


def invalid(*problems: Json) -> Refused:
    return Refused(400, "Invalid request.", {"Errors": list(problems)})


def unauthorised() -> Refused:
    return Refused(401, "Token is not valid.")


def denied() -> Refused:
    return Refused(403, "Access denied.")


def not_found() -> Refused:
    return Refused(404, "Not found.")


def conflict(text: str = "Conflict.", *conflicts: Json) -> Refused:
    return Refused(409, text, {"Conflicts": list(conflicts)})


def too_large() -> Refused:
    return Refused(413, "Request is too large.")


def too_many(seconds: int) -> Refused:
    return Refused(429, "Too many requests.", retry_after=seconds)
