"""Methods that answer bytes without an envelope, asked by POST or GET."""

from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie

from pohoda_sandbox.eway.call import Call
from pohoda_sandbox.http import Reply, Request

COOKIE = "eWaySession"
OCTETS = "application/octet-stream"


def cookie(request: Request) -> str:
    """The session of the request's cookie, "" without one."""
    try:
        morsel = SimpleCookie(request.headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def attachment(call: Call) -> Reply:
    return Reply(200, call.blobs.body(call.guid("itemGuid"), call.number("revision")), OCTETS)


def latest(call: Call) -> Reply:
    guid = call.guid("itemGuid")
    return Reply(200, call.blobs.body(guid, call.blobs.latest(guid)), OCTETS)


METHODS: dict[str, Callable[[Call], Reply]] = {
    "getbinaryattachment": attachment,
    "getbinaryattachmentlatestrevision": latest,
}
