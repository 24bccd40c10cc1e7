"""Faults by script: what an endpoint of the sandbox does wrong, to which request, how often.

An endpoint asks `Faults.take(endpoint, method, target)` once for each request; the first script that
matches is used up and returned, and the endpoint carries out its kind:

| kind            | the endpoint                                                        |
|-----------------|---------------------------------------------------------------------|
| refuse          | closes the connection without reading on                            |
| delay           | waits `seconds`, then works as always                               |
| cut_before      | closes the connection before anything is stored                     |
| cut_after       | stores, then closes the connection without an answer                |
| truncate        | stores, then sends only the first half of the answer                |
| garbage         | stores, then answers bytes that are no answer                       |
| status          | answers HTTP `status` (429, 503 ...), nothing stored, `retry_after` |
| status_after    | stores, then answers HTTP `status`                                  |
| wrong_encoding  | answers bytes of another code page than it declares                 |
| drift           | the column or field `name` is gone (TDS, lists)                     |
"""

import re
import threading
from dataclasses import dataclass, field

KINDS = frozenset({
    "refuse", "delay", "cut_before", "cut_after", "truncate", "garbage",
    "status", "status_after", "wrong_encoding", "drift",
})  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """One script. `match` is a regular expression searched in the request's target (path and query, or SQL)."""

    endpoint: str
    kind: str
    match: str = ""
    method: str = ""
    skip: int = 0
    times: int = 1
    every: int = 1
    status: int = 503
    seconds: float = 0.0
    retry_after: str = ""
    name: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of fault {self.kind!r}; known: {', '.join(sorted(KINDS))}")
        re.compile(self.match)


@dataclass
class _Script:
    fault: Fault
    seen: int = 0
    struck: int = 0


@dataclass
class Faults:
    """The scripts in force, shared by all endpoints of one sandbox; safe between threads."""

    _scripts: list[_Script] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._scripts.append(_Script(fault))

    def clear(self) -> None:
        with self._lock:
            self._scripts.clear()

    def take(self, endpoint: str, method: str, target: str) -> Fault | None:
        """The fault for this request, or None. A request counts for each script that it matches until one strikes."""
        with self._lock:
            for script in self._scripts:
                fault = script.fault
                if fault.endpoint != endpoint or (fault.method and fault.method != method):
                    continue
                if script.struck >= fault.times or not re.search(fault.match, target):
                    continue
                script.seen += 1
                waited = script.seen - fault.skip
                if waited <= 0 or waited % fault.every:
                    continue
                script.struck += 1
                return fault
        return None
