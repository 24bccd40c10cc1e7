"""No password, hash, session, token or personal value in any log line or error text, at DEBUG and under every fault."""

import logging
from functools import partial

import pytest

from pohoda_bridge import redact
from pohoda_bridge.crm.eway import Memory
from pohoda_bridge.errors import BridgeError
from pohoda_bridge.side import Lookup
from pohoda_sandbox.eway import sessions
from tests.crm_eway.conftest import PASSWORD, SECRET, Bench, change, new, rows, write
from tests.crm_eway.test_session import OAUTH, sign_in
from tests.sandbox.eway_client import md5

NAME, MAIL = "Canaria Nováková", "canary@example.sk"
KINDS = [
    "",
    "refuse",
    "cut_before",
    "cut_after",
    "truncate",
    "garbage",
    "wrong_encoding",
    "500",
    "403",
    "404",
    "429",
    "401",
]
CODES = ["rcGeneralError", "rcBadSession", "rcItemConflict", "rcAccessDenied", "rcLoginFailed", "rcDatabaseTimeout"]


@pytest.fixture
def heard(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    redact.install()
    caplog.set_level(logging.DEBUG)
    return caplog


@pytest.mark.parametrize("kind", [*KINDS, *CODES])
def test_nothing_leaks(
    bench: Bench, heard: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    ids: list[str] = []
    original = sessions.Sessions.open
    monkeypatch.setattr(
        sessions.Sessions,
        "open",
        lambda *args: ids.append(original(*args)) or ids[-1],  # type: ignore[func-returns-value]
    )
    tokens = Memory()
    sign_in(bench, tokens)
    guid = bench.eway.create("Companies", CompanyName=NAME, Email=MAIL)
    errors: list[str] = []
    for options in ({}, {"password": SECRET, "extra": OAUTH, "tokens": tokens}):
        crm = bench.open(**options)  # type: ignore[arg-type]
        rows(crm)
        items = (new(name=NAME, email=MAIL, groups=[NAME]), change(guid, note=NAME), new(number=NAME))
        keys = [Lookup(key={"name": NAME, "zip": "1", "email": MAIL}), Lookup(id=NAME)]
        for ask in (
            partial(write, crm, *items),
            partial(crm.look_up, "clients", keys),
            partial(rows, crm),
            partial(crm.describe, "clients"),
        ):
            if kind.startswith("rc"):
                bench.eway.refuse(kind, times=2)
            elif kind:
                bench.fault(
                    "status" if kind.isdecimal() else kind, status=int(kind) if kind.isdecimal() else 503, times=2
                )
            try:
                ask()
            except BridgeError as error:
                assert error.__cause__ is None and (error.__context__ is None or error.__suppress_context__)
                errors += [str(error), repr(error), error.log]
            bench.faults.clear()
            bench.eway.service.refusals.clear()
        errors.append(repr(crm) + repr(vars(crm)))
        crm.close()
    mine = [record for record in heard.records if not record.name.startswith("pohoda_sandbox")]
    text = "\n".join([*(logging.Formatter().format(record) for record in mine), *errors])
    assert ids
    for canary in (NAME, "Canaria", MAIL, PASSWORD, md5(PASSWORD), SECRET, tokens.load(), *ids):
        assert str(canary) not in text
    assert "HTTP/1.1" in text
