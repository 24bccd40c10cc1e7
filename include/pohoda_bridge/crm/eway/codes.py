"""The one table of return codes: what kind of failure each is, and what to do about it.

What happens next follows from the kind (`crm/failure.py`), and for three codes from the caller as well:
`rcBadSession` and `rcBadAccessToken` are renewed and the call is repeated once; after `rcDatabaseTimeout` a write is
looked at, and repeated once when nothing of it was stored. A code that nobody has published refuses the record.

| code                        | read                   | write                                                      |
|-----------------------------|------------------------|------------------------------------------------------------|
| rcBadSession                | log in, once           | log in, once (nothing was stored)                          |
| rcBadAccessToken            | refresh, log in, once  | refresh, log in, once                                      |
| rcLoginFailed, rcOAuth...   | stop                   | stop; too many sessions: retry                             |
| rcDatabaseTimeout           | again                  | look, repeat once, else doubt                              |
| rcInternalError             | again                  | doubt                                                      |
| rcItemConflict              | stop                   | create: it is ours, read it; update: refused, planned anew |
| rcItemAlreadyUploaded       | stop                   | the same                                                   |
| rcAccessDenied              | stop                   | refused; stop when the whole module is closed              |
| rcDuplicateContact          | stop                   | refused, with the record that has the value already        |
| rcGeneralError, Parameter.. | stop                   | refused                                                    |
| rcBaseItemChangeIdNotFound  | the folder is read whole |                                                          |
| the rest                    | stop                   | stop                                                       |
"""

from collections.abc import Mapping
from typing import Any

from pohoda_bridge.crm.answer import CODE, Document, moment, pause, read_json
from pohoda_bridge.crm.failure import Failure, Kind, kind_of
from pohoda_bridge.crm.transport import Reply

SUCCESS = "rcSuccess"
SESSION, TOKEN, TIMEOUT, DENIED = "rcBadSession", "rcBadAccessToken", "rcDatabaseTimeout", "rcAccessDenied"
CONFLICTS = frozenset({"rcItemConflict", "rcItemAlreadyUploaded"})
RENEWABLE = frozenset({SESSION, TOKEN})
SIGN_IN = "sign in again with `pohoda-bridge eway login`"
CONSENT = "sign in to eWay-CRM itself once with this user and confirm what it asks for"

CODES: Mapping[str, tuple[Kind, str]] = {
    "rcGeneralError": ("invalid", ""),
    "rcParameterError": ("invalid", ""),
    "rcInternalError": ("server", ""),
    "rcDatabaseTimeout": ("server", "its database was too slow"),
    "rcBaseItemChangeIdNotFound": ("gone", "its history of changes does not reach back so far"),
    "rcLoginFailed": ("login", "user name or password is wrong"),
    "rcBadSession": ("login", "a new session was refused too"),
    "rcBadAccessToken": ("login", SIGN_IN),
    "rcOAuthRequired": ("login", f"passwords are not accepted here: set `oauth` in the connection, then {SIGN_IN}"),
    "rcLoginUserNameChanged": ("login", "the login name was changed in eWay-CRM; change it in the connection"),
    "rcAccessDenied": ("denied", ""),
    "rcLicenseExpired": ("denied", "the licence of eWay-CRM has expired"),
    "rcConsentRequired": ("denied", CONSENT),
    "rcGraphAuthorizationRequired": ("denied", CONSENT),
    "rcExchangeWebServicesAccountAuthorizationRequired": ("denied", CONSENT),
    "rcItemConflict": ("conflict", ""),
    "rcItemAlreadyUploaded": ("conflict", ""),
    "rcDuplicateContact": ("invalid", "its check for duplicates is on"),
    "rcWebServiceMoved": ("address", "the web service has moved; ask for its new URL"),
}
TOO_MANY = "there is too many sessions"


def read_envelope(reply: Reply, call: str) -> Document:
    """The document of a success. Raises Failure for everything else; its `codes` holds the return code."""
    date = moment(reply.headers.get("Date"))
    body, kind = read_json(reply.raw), kind_of(reply.status)
    code = body.get("ReturnCode") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(code, str) or kind in {"server", "busy", "too_large"}:
        raise Failure(_without_code(kind), call, reply.status, after=pause(reply.headers.get("Retry-After"), date))
    if code != SUCCESS:
        raise _refusal(code, body, call, reply.status)
    if kind:
        raise Failure("unreadable", call, reply.status)
    return Document(body, date)


def code_of(failure: Failure) -> str:
    """The return code of a failure, "" when the service told none."""
    return failure.codes[0] if failure.codes else ""


def optional_text(failure: Failure) -> str:
    """The text which, sent along, lets the same save pass; "" when there is no such."""
    return next((text for _, kind, text in failure.problems if kind == "optional"), "")


def _without_code(kind: Kind | None) -> Kind:
    """An answer that is not the service's own. A page for a wrong path must not make a record look deleted."""
    if kind == "gone":
        return "address"
    return "unreadable" if kind in {None, "invalid", "conflict"} else kind or "unreadable"


def _refusal(code: str, body: Mapping[str, Any], call: str, status: int) -> Failure:
    kind, advice = CODES.get(code, ("invalid", ""))
    texts = [body.get(name) for name in ("UserMessage", "Description")]
    text = next((text for text in texts if isinstance(text, str) and text), "")
    if kind == "login" and text.casefold().startswith(TOO_MANY):
        kind, advice = "busy", "the user has too many open sessions; they end by themselves after twenty minutes"
    failure = Failure(kind, call, 0 if status == 200 else status, text=text, advice=advice)
    failure.codes = (code if CODE.fullmatch(code) else "?",)
    if body.get("IsUserMessageOptionalError") is True and isinstance(body.get("UserMessage"), str):
        failure.problems = (("", "optional", str(body["UserMessage"])),)
    return failure
