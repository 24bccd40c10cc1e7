"""An HTTP answer read strictly: either the service's own JSON with success, or a `Failure` that says which kind."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

from pohoda_bridge.crm.api import Api
from pohoda_bridge.crm.failure import STATUS_DECIDES, Failure, kind_of

NO_CONTENT = 204
CODE = re.compile(r"[\w.\[\]-]{1,60}")


@dataclass(frozen=True)
class Document:
    """A successful answer: its JSON and the service's clock (aware) when its header tells it."""

    body: Any
    date: datetime | None

    def at(self, place: str | None) -> Any:
        """The value at a dotted place, the whole body for None; None when there is nothing. Letter case is ignored."""
        return at(self.body, place)


def at(body: Any, place: str | None) -> Any:
    """The value at a dotted place of a document, the whole of it for None; None when there is nothing."""
    for name in place.split(".") if place else ():
        body = folded(body).get(name.casefold()) if isinstance(body, dict) else None
    return body


def folded(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record with its keys in one letter case, as services are free in it."""
    return {key.casefold(): value for key, value in record.items()}


def read_answer(api: Api, status: int, headers: Mapping[str, str], raw: bytes, call: str) -> Document:
    """The document of a success. Raises Failure for everything else."""
    date = moment(headers.get("Date"))
    kind = kind_of(status)
    body = read_json(raw)
    told = at(body, api.envelope.ok) if isinstance(body, dict) and api.envelope.ok else None
    readable = isinstance(told, bool) if api.envelope.ok else body is not None or status == NO_CONTENT
    if kind in STATUS_DECIDES:
        raise Failure(kind, call, status, after=pause(headers.get("Retry-After"), date))
    if not readable or (told and kind):
        raise Failure("unreadable", call, status)
    if kind or told is False:
        raise with_reasons(api, Failure(kind or "invalid", call, status), body)
    return Document(body, date)


def with_reasons(api: Api, failure: Failure, body: Any) -> Failure:
    """The failure with the service's own words; `codes` are what of them is fit for a log."""
    errors = at(body, api.envelope.errors) if api.envelope.errors else None
    conflicts = at(body, api.envelope.conflicts) if api.envelope.conflicts else None
    failure.problems = tuple(_problem(api, entry) for part in (errors, conflicts) for entry in _list(part))
    failure.codes = tuple(
        " ".join(filter(CODE.fullmatch, (field, code))) for field, code, _ in failure.problems if field or code
    )
    text = at(body, api.envelope.text) if api.envelope.text else None
    failure.text = text if isinstance(text, str) else ""
    return failure


def _problem(api: Api, entry: Any) -> tuple[str, str, str]:
    """(wire field, code, text) of one entry of the errors; an entry of another shape is its own text."""
    if not isinstance(entry, dict):
        return "", "", str(entry)
    known = folded(entry)
    field, code, text = (
        str(known.get(name.casefold()) or "") for name in (api.problem.field, api.problem.code, api.problem.text)
    )
    identity = known.get(api.system.id.casefold())
    return field, code, text or (str(identity) if identity else "")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def read_json(raw: bytes) -> Any:
    """The JSON of an answer, numbers exact; None when it is none. JSON is always UTF-8, whatever the header says."""

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    try:
        return json.loads(raw.decode("utf-8-sig"), parse_float=Decimal, parse_constant=refuse)
    except (ValueError, ArithmeticError, RecursionError):
        return None


def moment(text: str | None) -> datetime | None:
    """The aware time of an HTTP header, None when it is missing or none."""
    try:
        found = parsedate_to_datetime(text) if text else None
    except (ValueError, TypeError, OverflowError):
        return None
    return found if found and found.tzinfo else None


def pause(text: str | None, now: datetime | None) -> float | None:
    """The seconds that `Retry-After` asks for, as a number or as a time by the service's own clock."""
    if text and re.fullmatch(r"\s*\d{1,9}\s*", text):
        return float(text)
    until = moment(text)
    return max(0.0, (until - now).total_seconds()) if until and now else None
