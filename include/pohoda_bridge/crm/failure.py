"""The one table of what can go wrong with a call, and what to do next when it was a read, and when it was a write.

| kind       | when                                                  | read              | write                     |
|------------|-------------------------------------------------------|-------------------|---------------------------|
| late       | the writer's lease ended before it was sent           |                   | retry                     |
| unsent     | connection refused, no such host, connect time-out    | again, then Retry | retry                     |
| cut        | time-out, connection cut, answer too long             | again, then Retry | doubt                     |
| unreadable | truncated, no JSON, other encoding, no envelope       | again, then Retry | doubt                     |
| server     | 5xx, 408                                              | again, then Retry | doubt                     |
| busy       | 429                                                   | wait, then Retry  | wait, then retry          |
| login      | 401                                                   | log in, then stop | log in, then stop         |
| denied     | 403                                                   | stop              | stop                      |
| gone       | 404, 410 told by the service itself                   | absent            | refused (gone), or stop   |
| conflict   | 409                                                   | stop              | refused                   |
| too_large  | 413                                                   | stop              | refused, a bulk is halved |
| invalid    | other 4xx, or success denied in the envelope          | stop              | refused                   |
| address    | 3xx, certificate not trusted                          | stop              | stop                      |
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pohoda_bridge.errors import BridgeError, Retry, StopAgenda

Kind = Literal[
    "late", "unsent", "cut", "unreadable", "server", "busy", "login", "denied", "gone", "conflict", "too_large",
    "invalid", "address",
]  # fmt: skip
Next = Literal["again", "wait", "retry", "doubt", "refused", "stop"]

ON_READ: Mapping[Kind, Next] = {
    "late": "again", "unsent": "again", "cut": "again", "unreadable": "again", "server": "again", "busy": "wait",
    "login": "stop", "denied": "stop", "gone": "stop", "conflict": "stop", "too_large": "stop", "invalid": "stop",
    "address": "stop",
}  # fmt: skip
ON_WRITE: Mapping[Kind, Next] = {
    "late": "retry", "unsent": "retry", "cut": "doubt", "unreadable": "doubt", "server": "doubt", "busy": "wait",
    "login": "stop", "denied": "stop", "gone": "refused", "conflict": "refused", "too_large": "refused",
    "invalid": "refused", "address": "stop",
}  # fmt: skip
BY_STATUS: Mapping[int, Kind] = {
    401: "login", 403: "denied", 404: "gone", 408: "server", 409: "conflict", 410: "gone", 413: "too_large",
    429: "busy",
}  # fmt: skip
# Decided by the status alone: gateways answer these with pages of their own, and nothing was stored or found.
STATUS_DECIDES: frozenset[Kind] = frozenset({"login", "denied", "too_large", "busy", "server", "address"})
TELLS: Mapping[Kind, str] = {
    "late": "was not asked, because the lease of the writer has ended",
    "unsent": "cannot be reached",
    "cut": "did not answer to the end",
    "unreadable": "answered something that is not its JSON",
    "server": "has a fault of its own",
    "busy": "asks for a pause",
    "login": "does not accept the token or the login; renew them in the connection",
    "denied": "denies access; give the user of the connection the right to it",
    "gone": "does not know this path; check the host, the organization and the API level in the CRM's file",
    "conflict": "sees a conflict",
    "too_large": "finds the request too large",
    "invalid": "does not accept the request",
    "address": "is not reached at this address, or its certificate is not trusted; mend the connection's host",
}


def kind_of(status: int) -> Kind | None:
    """The kind of failure that an HTTP status tells; None for success."""
    if 200 <= status < 300:
        return None
    if status in BY_STATUS:
        return BY_STATUS[status]
    if status >= 500:
        return "server"
    return "invalid" if status >= 400 else "address"


@dataclass(eq=False)
class Failure(Exception):
    """A call without success. `call` is method and path without ids; `after` the pause asked for, in seconds.

    `text` and `problems` (wire field, code, text) are the service's own words and may quote values: they go to the
    record's quarantine, never into an error or a log. `advice`: what to do about it, where more is known.
    """

    kind: Kind
    call: str
    status: int = 0
    after: float | None = None
    text: str = ""
    problems: tuple[tuple[str, str, str], ...] = ()
    codes: tuple[str, ...] = ()
    advice: str = ""

    def __str__(self) -> str:
        """What happened, in words without personal values."""
        status = f" (HTTP {self.status})" if self.status else ""
        codes = f": {', '.join(self.codes)}" if self.codes else ""
        advice = f" ({self.advice})" if self.advice else ""
        return f"the CRM {TELLS[self.kind]}{status}, at {self.call}{codes}{advice}"

    def error(self) -> BridgeError:
        """The failure of a read as the error that says what to do next."""
        if ON_READ[self.kind] == "stop":
            return StopAgenda(str(self))
        return Retry(str(self), after=self.after)
