"""Every request the service had, so that a test can count calls and read what was sent; secrets are blanked."""

import re
from collections import Counter, deque
from dataclasses import asdict, dataclass, field
from typing import Any

from pohoda_sandbox.http import Reply, Request

KEPT = 50_000
SECRET = re.compile(r'("password"\s*:\s*")[^"]*', re.IGNORECASE)
WRITES = frozenset({"create", "update", "upsert", "delete", "bulk", "add_field"})


@dataclass(frozen=True)
class Entry:
    """`status` 0: the request got no answer. `operation` is empty for paths the service does not know."""

    method: str
    path: str
    operation: str
    entity: str
    status: int
    body: str
    answer: str


@dataclass
class Traffic:
    entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=KEPT))
    _counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def note(self, request: Request, reply: Reply | None, operation: str, entity: str) -> None:
        body = request.body.decode(errors="replace")
        answer = reply.body.decode(errors="replace") if reply and operation not in {"login", "list"} else ""
        if operation == "login":
            body = SECRET.sub(r"\1...", body)
        status = reply.status if reply else 0
        self.entries.append(Entry(request.method, request.target, operation, entity, status, body, answer))
        self._counts[request.method, operation, entity] += 1

    def count(self, method: str | None = None, entity: str | None = None) -> int:
        return sum(
            times
            for (its_method, _, its_entity), times in self._counts.items()
            if method in {None, its_method} and entity in {None, its_entity}
        )

    def writes(self) -> int:
        """Requests that ask for a change of records, whether it was made or refused."""
        return sum(times for (_, operation, _), times in self._counts.items() if operation in WRITES)

    def clear(self) -> None:
        self.entries.clear()
        self._counts.clear()

    def dump(self) -> list[dict[str, Any]]:
        return [asdict(entry) for entry in list(self.entries)]

    def counters(self) -> dict[str, Any]:
        by: Counter[str] = Counter()
        for (method, _, entity), times in self._counts.items():
            by[f"{method} {entity}".strip()] += times
        return {"requests": self.count(), "writes": self.writes(), "by": dict(by)}
