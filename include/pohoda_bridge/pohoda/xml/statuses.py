"""What an HTTP status or a failed call to mServer means: one table."""

from typing import Any

from pohoda_bridge.errors import BridgeError, Retry, StopAgenda

BUSY = frozenset({408, 429, 503})
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


def failure(error: Exception, connection: str) -> BridgeError:
    """The error for a call that got no whole answer. The library's text stays out: it quotes addresses."""
    import requests

    told = f"(connection {connection}, {type(error).__name__})"
    if isinstance(error, requests.exceptions.SSLError):
        return StopAgenda(f"mServer's certificate is not trusted: name its file in `verify` of the connection {told}")
    if isinstance(error, requests.exceptions.Timeout):
        return Retry(f"mServer did not answer in time {told}")
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.MissingSchema):
        return StopAgenda(f"the connection has no usable address of an mServer {told}")
    return Retry(f"mServer could not be reached, or the connection was cut {told}")


def retry_after(headers: Any) -> float | None:
    """Seconds from `Retry-After`; its form with a date is taken as none."""
    try:
        return max(0.0, float(headers.get("Retry-After", "")))
    except ValueError:
        return None
