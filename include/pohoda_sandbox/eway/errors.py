"""Refusals of the service: a return code in an envelope that HTTP calls a success."""

from typing import Any

Json = dict[str, Any]
ZERO = "00000000-0000-0000-0000-000000000000"
SUCCESS = "rcSuccess"

# Every code that an official source names; nothing else is ever answered.
CODES = frozenset({
    SUCCESS, "rcGeneralError", "rcParameterError", "rcInternalError", "rcBaseItemChangeIdNotFound", "rcLoginFailed",
    "rcBadSession", "rcAccessDenied", "rcBadAccessToken", "rcOAuthRequired", "rcItemConflict",
    "rcItemAlreadyUploaded", "rcDatabaseTimeout", "rcDuplicateContact", "rcWebServiceMoved",
    "rcLoginUserNameChanged", "rcLicenseExpired", "rcConsentRequired", "rcGraphAuthorizationRequired",
    "rcExchangeWebServicesAccountAuthorizationRequired",
})  # fmt: skip


class Refused(Exception):
    """A call that was not carried out; nothing is stored. `extra`: further members of its envelope."""

    def __init__(self, code: str, description: str = "", status: int = 200, **extra: Any) -> None:
        super().__init__(description or code)
        if code not in CODES:
            raise ValueError(f"eWay-CRM has no return code {code!r}")
        self.code = code
        self.description = description or code
        self.status = status
        self.extra: Json = extra


class NoMethod(Exception):
    """The path leads nowhere: HTTP 404, or 405 when it wants another verb."""

    def __init__(self, status: int = 404) -> None:
        super().__init__(status)
        self.status = status


def failed(description: str) -> Refused:
    return Refused("rcGeneralError", description)


def wrong(description: str) -> Refused:
    return Refused("rcParameterError", description)


def denied(description: str = "Access denied") -> Refused:
    return Refused("rcAccessDenied", description)


def bad_session() -> Refused:
    return Refused("rcBadSession", "Session is not valid")


def bad_token() -> Refused:
    return Refused("rcBadAccessToken", "Access token is not valid", 401)


def conflict(folder: str, guid: str, sent: int, stored: int, user: str) -> Refused:
    """The two texts that the vendor's documentation prints."""
    if sent == stored == 1:
        code, text = "rcItemAlreadyUploaded", f"Item with the same GUID '{guid}' has already been uploaded"
    else:
        code = "rcItemConflict"
        text = (
            f"ItemVersion of item '{guid}' from folder '{folder}' is set to '{sent}' while current item modified by "
            f"'{user}' has version '{stored}', you have to increase the version by one during update"
        )
    return Refused(code, f"Web service returned an error ({code}): {text}")
