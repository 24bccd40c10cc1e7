"""What an HTTP status or a failed call to mServer means: one table."""

from typing import Any

from pohoda_bridge.errors import BridgeError, Doubt, RejectRecord, Retry, StopAgenda

BUSY = frozenset({408, 429, 503})
# Of a write only these say that nothing was begun; after a 408 a part may be stored.
BUSY_WRITE = frozenset({429, 503})
_REFUSED = frozenset({400, 413, 414, 415, 422})
_STOP = {
    400: "mServer could not read the request; please report it with the log",
    401: "mServer does not know the user or the password: check login and password of the connection",
    403: "the POHODA user may not open this accounting unit: grant the right to it and to POHODA mServer",
    404: "there is no mServer at this address: check host and port of the connection",
    405: "there is no mServer at this address: it refused the method",
}
_RETRY = {
    408: "mServer ran out of its time for processing",
    429: "mServer is asked too often",
    500: "mServer failed while it worked on the request",
    503: "mServer is busy",
}


class NotThere(Retry):
    """No connection could be made: nothing left, and the server may be about to start."""


def meaning(status: int, connection: str, after: float | None = None) -> BridgeError:
    """The error for a status other than 200."""
    told = f"(connection {connection}, HTTP {status})"
    if status in _STOP:
        return StopAgenda(f"{_STOP[status]} {told}")
    if status in _RETRY or status >= 500:
        return Retry(f"{_RETRY.get(status, 'mServer is not available')} {told}", after=after)
    if 300 <= status < 400:
        return StopAgenda(f"mServer answers with a redirect, which is not followed: check host and port {told}")
    return StopAgenda(f"mServer answered something unknown {told}")


def meaning_of_write(status: int, connection: str, after: float | None = None) -> BridgeError:
    """The error for a status other than 200 to a pack of records: RejectRecord refuses the pack as a whole.

    Retry, StopAgenda and RejectRecord say that nothing was stored; whatever leaves that open is a Doubt.
    """
    told = f"(connection {connection}, HTTP {status})"
    if status in BUSY_WRITE:
        return Retry(f"{_RETRY[status]} {told}", after=after)
    if status in _REFUSED:
        return RejectRecord(f"mServer could not take the pack {told}")
    if 300 <= status < 500 and status != 408:
        return meaning(status, connection)
    return Doubt(f"{_RETRY.get(status, 'mServer answered no result')} {told}")


def failure_of_write(error: Exception, connection: str) -> BridgeError:
    """The error for a pack of records that got no whole answer: Retry only when it certainly never left."""
    told = f"(connection {connection}, {type(error).__name__})"
    if _never_left(error):
        return NotThere(f"mServer could not be reached {told}")
    return Doubt(f"mServer did not answer the pack, or the connection was cut {told}")


def failure(error: Exception, connection: str) -> BridgeError:
    """The error for a call that got no whole answer. The library's text stays out: it quotes addresses."""
    import requests

    told = f"(connection {connection}, {type(error).__name__})"
    if isinstance(error, requests.exceptions.SSLError):
        return StopAgenda(f"mServer's certificate is not trusted: name its file in `verify` of the connection {told}")
    if _never_left(error):
        return NotThere(f"mServer could not be reached {told}")
    if isinstance(error, requests.exceptions.Timeout):
        return Retry(f"mServer did not answer in time {told}")
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.MissingSchema):
        return StopAgenda(f"the connection has no usable address of an mServer {told}")
    return Retry(f"mServer could not be reached, or the connection was cut {told}")


def _never_left(error: Exception) -> bool:
    import requests
    from urllib3.exceptions import NewConnectionError

    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(error, requests.exceptions.ConnectTimeout) or isinstance(reason, NewConnectionError)


def retry_after(headers: Any) -> float | None:
    """Seconds from `Retry-After`; its form with a date is taken as none."""
    try:
        return max(0.0, float(headers.get("Retry-After", "")))
    except ValueError:
        return None
