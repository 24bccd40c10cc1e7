"""The admin path `/_sim/...`: what a test or a person at the keyboard does to the service from outside.

Guarded by its own token in the header `Admin-Token`; no part of the service's API, never counted or faulty.

    POST   /_sim/faults                  a fault as JSON (the fields of `Fault`); DELETE clears all
    GET    /_sim/requests                what the service was asked; DELETE clears; ?method= &entity= choose
    GET    /_sim/counters                how often, by method and entity
    GET    /_sim/records/{Entity}        all records; POST makes one, as a person would
    PUT    /_sim/records/{Entity}/{Id}   changes fields of one; DELETE moves it to the bin
    GET    /_sim/workflows/{Entity}/{Id} how often workflows ran for it
    GET    /_sim/clock                   the service's time; POST {"advance": seconds} or {"now": "Y-m-d H:M:S"}
    GET    /_sim/switches                habits of the service; POST {"level": "L1"}
    POST   /_sim/tokens/expire           every user's token dies
    POST   /_sim/update                  the vendor's update: custom fields without the prefix are gone
"""

import json
import re
import secrets
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from pohoda_sandbox.faults import Fault
from pohoda_sandbox.gram.errors import Json, Refused
from pohoda_sandbox.http import Reply, Request

if TYPE_CHECKING:
    from pohoda_sandbox.gram.server import Gram

HEADER = "admin-token"
FORM = "%Y-%m-%d %H:%M:%S"


class Admin:
    """Answers the admin path of one Gram."""

    def __init__(self, gram: "Gram", token: str) -> None:
        self.gram = gram
        self.token = token

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
                return _reply(404, {"error": f"no {request.method} /_sim/{name}"})
            run: Callable[..., Any] = work
            return _reply(200, run(body, dict(parse_qsl(url.query)), *rest))
        except Refused as refused:
            return _reply(refused.status, {"error": refused.text, **refused.payload})
        except (TypeError, ValueError, re.error) as wrong:
            return _reply(400, {"error": str(wrong)})

    def _post_faults(self, body: Json, query: Json) -> Json:
        fault = Fault(**{"endpoint": "gram", **body})
        self.gram.faults.add(fault)
        return asdict(fault)

    def _delete_faults(self, body: Json, query: Json) -> Json:
        self.gram.faults.clear()
        return {}

    def _get_requests(self, body: Json, query: Json) -> list[Json]:
        entries = self.gram.service.traffic.dump()
        return [entry for entry in entries if all(entry.get(name) == value for name, value in query.items())]

    def _delete_requests(self, body: Json, query: Json) -> Json:
        self.gram.service.traffic.clear()
        return {}

    def _get_counters(self, body: Json, query: Json) -> Json:
        return self.gram.service.traffic.counters()

    def _get_records(self, body: Json, query: Json, entity: str) -> list[Json]:
        return self.gram.records(entity)

    def _post_records(self, body: Json, query: Json, entity: str) -> Json:
        return {"Id": self.gram.create(entity, **body)}

    def _put_records(self, body: Json, query: Json, entity: str, identity: str) -> Json:
        return self.gram.edit(entity, identity, **body)

    def _delete_records(self, body: Json, query: Json, entity: str, identity: str) -> Json:
        self.gram.delete(entity, identity)
        return {}

    def _get_workflows(self, body: Json, query: Json, entity: str, identity: str) -> Json:
        return {"runs": self.gram.workflow_runs(entity, identity)}

    def _get_clock(self, body: Json, query: Json) -> Json:
        return {"now": self.gram.clock.text(FORM)}

    def _post_clock(self, body: Json, query: Json) -> Json:
        if "now" in body:
            self.gram.clock.set(datetime.strptime(body["now"], FORM))
        self.gram.clock.advance(float(body.get("advance", 0)))
        return self._get_clock(body, query)

    def _get_switches(self, body: Json, query: Json) -> Json:
        return asdict(self.gram.switches)

    def _post_switches(self, body: Json, query: Json) -> Json:
        for name, value in body.items():
            setattr(self.gram.switches, name, value)
        return asdict(self.gram.switches)

    def _post_tokens(self, body: Json, query: Json, action: str) -> Json:
        if action != "expire":
            raise ValueError(f"unknown action {action!r}")
        self.gram.service.tokens.expire_all()
        return {}

    def _post_update(self, body: Json, query: Json) -> Json:
        return {"lost": self.gram.service.records.service_update()}


def _reply(status: int, document: Any) -> Reply:
    return Reply(status, json.dumps(document, ensure_ascii=False).encode())
