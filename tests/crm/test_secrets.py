"""No token, password or personal value in any log line or error text, at DEBUG and under every fault."""

import logging
from functools import partial

import pytest

from pohoda_bridge import redact
from pohoda_bridge.errors import BridgeError
from pohoda_bridge.side import Lookup, Mark
from pohoda_sandbox.gram.access import digest
from tests.crm.conftest import SOURCE, TOKEN, Bench, change, new, pack, rows

NAME, MAIL, PASSWORD = "Canaria Nováková", "canary@example.sk", "canary-password"
FAULTS = ["refuse", "cut_before", "cut_after", "truncate", "garbage", "wrong_encoding", "status"]


@pytest.fixture
def heard(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    redact.install()
    caplog.set_level(logging.DEBUG)
    return caplog


def spoken(caplog: pytest.LogCaptureFixture, errors: list[str]) -> str:
    formatter = logging.Formatter()
    mine = [record for record in caplog.records if not record.name.startswith("pohoda_sandbox")]
    return "\n".join([*(formatter.format(record) for record in mine), *errors])


@pytest.mark.parametrize("kind", ["", *FAULTS, "400", "401", "403", "409", "429"])
def test_nothing_leaks(bench: Bench, heard: pytest.LogCaptureFixture, kind: str) -> None:
    bench.gram.service.password = PASSWORD
    errors: list[str] = []
    for options in ({}, {"login": "anna", "password": PASSWORD, "extra": {"login": True}}):
        crm = bench.open(**options)  # type: ignore[arg-type]
        marked = [Lookup(key={"name": NAME, "email": MAIL}), Lookup(mark=Mark(SOURCE, NAME))]
        items = pack(new(1, name=NAME, email=MAIL), change("x", note=NAME), new(2, ico=NAME))
        for ask in (
            partial(crm.write, "clients", items),
            partial(crm.look_up, "clients", marked),
            partial(rows, crm),
            partial(crm.describe, "clients"),
        ):
            if kind:
                status = int(kind) if kind.isdecimal() else 503
                bench.fault("status" if kind.isdecimal() else kind, status=status, times=2)
            try:
                ask()
            except BridgeError as error:
                assert error.__cause__ is None and (error.__context__ is None or error.__suppress_context__)
                errors += [str(error), repr(error), error.log]
            bench.faults.clear()
        errors.append(repr(crm) + repr(vars(crm)))
    text = spoken(heard, errors)
    for canary in (NAME, "Canaria", MAIL, "canary%40", TOKEN, PASSWORD, digest(PASSWORD)):
        assert canary not in text
    assert "HTTP/1.1" in text or kind in {"refuse", "cut_before"}
