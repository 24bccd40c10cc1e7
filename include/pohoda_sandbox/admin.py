"""The admin path `/_sim/...` of a simulated CRM: what a test or a person at the keyboard does to it from outside.

Guarded by its own token in the header `Admin-Token`; no part of the service's API, never counted or faulty.
A simulator adds its own verbs as methods `_<http method>_<first part of the path>`.
"""

import json
import re
import secrets
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from pohoda_sandbox.clock import Clock
from pohoda_sandbox.faults import Fault, Faults
from pohoda_sandbox.http import Reply, Request
from pohoda_sandbox.traffic import Traffic

PATH = "/_sim/"
HEADER = "admin-token"
FORM = "%Y-%m-%d %H:%M:%S"
Json = dict[str, Any]


class Simulated(Protocol):
    """What the admin path needs of a CRM."""

    faults: Faults
    clock: Clock
    switches: Any

    @property
    def traffic(self) -> Traffic: ...

    def records(self, entity: str, /) -> list[Json]: ...

    def create(self, entity: str, /, **fields: Any) -> str: ...

    def edit(self, entity: str, identity: str, /, **fields: Any) -> Json: ...

    def delete(self, entity: str, identity: str, /) -> None: ...


class Admin:
    """Verbs that every simulated CRM has:

    POST   /_sim/faults                  a fault as JSON (the fields of `Fault`); DELETE clears all
    GET    /_sim/requests                what the service was asked; DELETE clears; ?method= &entity= choose
    GET    /_sim/counters                how often, by method and entity
    GET    /_sim/records/{Entity}        all records; POST makes one, as a person would
    PUT    /_sim/records/{Entity}/{Id}   changes fields of one; DELETE deletes it
    GET    /_sim/clock                   the service's time; POST {"advance": seconds} or {"now": "Y-m-d H:M:S"}
    GET    /_sim/switches                habits of the service; POST {"name": value}
    """

    def __init__(self, crm: Simulated, endpoint: str, token: str, identity: str) -> None:
        """`identity`: the name under which a new record's id is answered."""
        self._crm = crm
        self.endpoint = endpoint
        self.token = token
        self.identity = identity

    def answer(self, request: Request) -> Reply:
        given = request.headers.get(HEADER, "")
        if not secrets.compare_digest(given.encode(), self.token.encode()):
            return _reply(401, {"error": "the header Admin-Token is missing or wrong"})
        url = urlsplit(request.target)
        _, name, *rest = unquote(url.path).strip("/").split("/")
        try:
            body = json.loads(request.body or b"{}")
            work = getattr(self, f"_{request.method.lower()}_{name}", None)
            if work is None:
                return _reply(404, {"error": f"no {request.method} {PATH}{name}"})
            run: Callable[..., Any] = work
            return _reply(200, run(body, dict(parse_qsl(url.query)), *rest))
        except (TypeError, ValueError, re.error) as wrong:
            return _reply(400, {"error": str(wrong)})
        except Exception as error:
            explained = self.explain(error)
            if explained is None:
                raise
            return _reply(*explained)

    def explain(self, error: Exception) -> tuple[int, Json] | None:
        """Status and document for a refusal of the service; None: it is no refusal."""
        return None

    def _post_faults(self, body: Json, query: Json) -> Json:
        fault = Fault(**{"endpoint": self.endpoint, **body})
        self._crm.faults.add(fault)
        return asdict(fault)

    def _delete_faults(self, body: Json, query: Json) -> Json:
        self._crm.faults.clear()
        return {}

    def _get_requests(self, body: Json, query: Json) -> list[Json]:
        entries = self._crm.traffic.dump()
        return [entry for entry in entries if all(entry.get(name) == value for name, value in query.items())]

    def _delete_requests(self, body: Json, query: Json) -> Json:
        self._crm.traffic.clear()
        return {}

    def _get_counters(self, body: Json, query: Json) -> Json:
        return self._crm.traffic.counters()

    def _get_records(self, body: Json, query: Json, entity: str) -> list[Json]:
        return self._crm.records(entity)

    def _post_records(self, body: Json, query: Json, entity: str) -> Json:
        return {self.identity: self._crm.create(entity, **body)}

    def _put_records(self, body: Json, query: Json, entity: str, identity: str) -> Json:
        return self._crm.edit(entity, identity, **body)

    def _delete_records(self, body: Json, query: Json, entity: str, identity: str) -> Json:
        self._crm.delete(entity, identity)
        return {}

    def _get_clock(self, body: Json, query: Json) -> Json:
        return {"now": self._crm.clock.text(FORM)}

    def _post_clock(self, body: Json, query: Json) -> Json:
        if "now" in body:
            self._crm.clock.set(datetime.strptime(body["now"], FORM))
        self._crm.clock.advance(float(body.get("advance", 0)))
        return self._get_clock(body, query)

    def _get_switches(self, body: Json, query: Json) -> Json:
        return asdict(self._crm.switches)

    def _post_switches(self, body: Json, query: Json) -> Json:
        for name, value in body.items():
            setattr(self._crm.switches, name, value)
        return asdict(self._crm.switches)


def _reply(status: int, document: Any) -> Reply:
    return Reply(status, json.dumps(document, ensure_ascii=False).encode())
