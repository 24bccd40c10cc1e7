"""Who we are: a permanent token or a login, renewed once when it runs out, and what a wrong one says."""

import pytest

from pohoda_bridge.catalogue import Crm
from pohoda_bridge.connections import Connection
from pohoda_bridge.crm.api import api_of
from pohoda_bridge.crm.http import base_url
from pohoda_bridge.errors import Retry, StopAgenda
from pohoda_sandbox.gram import shipped
from tests.crm.conftest import Bench, new, pack, rows

LOGIN = {"login": True}


def person(bench: Bench, **options: object):  # type: ignore[no-untyped-def]
    return bench.open(login="anna", password=bench.gram.password, extra=LOGIN, **options)  # type: ignore[arg-type]


def test_nothing_is_sent_before_the_first_question(bench: Bench) -> None:
    crm = person(bench)
    assert bench.gram.count() == 0
    rows(crm)
    rows(crm)
    assert [path.rpartition("/v1/")[2].split("?")[0] for _, path in bench.sent()] == ["Login", *["Ping", "Client"] * 2]


def test_a_token_that_runs_out_in_mid_run_is_renewed_once(bench: Bench) -> None:
    crm = person(bench)
    crm.write("clients", pack(new(1)))
    bench.gram.service.tokens.expire_all()
    bench.forget()
    answers = crm.write("clients", pack(new(2), new(3)))
    assert [answer.state for answer in answers] == ["written", "written"]
    assert [path.rpartition("/")[2] for _, path in bench.sent()] == ["Upsert", "Login", "Upsert", "Upsert"]
    bench.gram.service.tokens.expire_all()
    assert len(rows(crm)) == 3


def test_a_new_token_that_is_refused_too_stops(bench: Bench) -> None:
    crm = person(bench)
    rows(crm)
    bench.fault("status", status=401, match="Upsert", times=2)
    bench.forget()
    with pytest.raises(StopAgenda, match="token or the login"):
        crm.write("clients", pack(new(1)))
    assert bench.gram.count() == 3


def test_a_token_refused_right_after_the_login_is_not_asked_for_again(bench: Bench) -> None:
    crm = person(bench)
    bench.fault("status", status=401, match="Ping")
    with pytest.raises(StopAgenda, match="token"):
        rows(crm)
    assert [path.rpartition("/")[2] for _, path in bench.sent()] == ["Login", "Ping"]


def test_a_wrong_password_stops_and_is_not_tried_again(bench: Bench) -> None:
    crm = bench.open(login="anna", password="wrong-password", extra=LOGIN)
    with pytest.raises(StopAgenda, match="login"):
        rows(crm)
    with pytest.raises(StopAgenda):
        crm.write("clients", pack(new(1)))
    assert bench.gram.count() == 2


def test_a_permanent_token_that_is_refused_stops(bench: Bench) -> None:
    with pytest.raises(StopAgenda, match="token"):
        rows(bench.open(password="0" * 32))
    assert bench.gram.count() == 1


@pytest.mark.parametrize("kind", ["refuse", "cut_after", "garbage", "status"])
def test_a_login_without_an_answer_leaves_the_write_unsent(bench: Bench, kind: str) -> None:
    crm = person(bench)
    bench.fault(kind, match="Login")
    answers = crm.write("clients", pack(new(1), new(2)))
    assert [answer.state for answer in answers] == ["retry", "retry"]
    assert bench.gram.writes() == 0
    bench.fault(kind, match="Login", times=4)
    with pytest.raises(Retry):
        rows(crm)
    assert len(rows(crm)) == 0


def test_a_login_that_is_asked_to_wait_waits(bench: Bench) -> None:
    crm = person(bench)
    bench.fault("status", status=429, retry_after="3", match="Login")
    assert rows(crm) == []
    assert bench.waits == [3.0]


def test_a_login_without_a_token_stops(bench: Bench) -> None:
    crm = person(bench, api={"login": shipped()["api"]["login"] | {"token": "Token.Other"}})
    with pytest.raises(StopAgenda, match="login"):
        rows(crm)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"password": ""}, "no password"),
        ({"password": "bad\r\ntoken"}, "no header"),
        ({"password": "žltý"}, "no header"),
        ({"extra": LOGIN}, "login name"),
        ({"login": "anna", "extra": LOGIN, "api": {"login": None}}, "login name"),
    ],
)
def test_a_connection_that_cannot_work_is_said(bench: Bench, options: dict[str, object], says: str) -> None:
    with pytest.raises(StopAgenda, match=says):
        bench.open(**options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("connection", "url"),
    [
        (Connection("c", "http://h:81", extra={"organization": "demo"}), "http://h:81/demo/api/v1"),
        (Connection("c", "http://h/", 82, extra={"organization": "a/b"}), "http://h:82/a%2Fb/api/v1"),
        (Connection("c", "h.example", extra={"organization": "demo"}), "https://h.example/demo/api/v1"),
        (Connection("c", "h", 83, schema="http", extra={"organization": 7}), "http://h:83/7/api/v1"),
    ],
)
def test_the_address(connection: Connection, url: str) -> None:
    assert base_url(api_of(Crm.model_validate(shipped())), connection) == url


def test_an_address_that_lacks_something_is_said() -> None:
    api = api_of(Crm.model_validate(shipped()))
    with pytest.raises(StopAgenda, match="no host"):
        base_url(api, Connection("c", ""))
    with pytest.raises(StopAgenda, match="'organization'"):
        base_url(api, Connection("c", "h"))


def test_credentials_of_a_netrc_file_are_not_sent(bench: Bench, tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login x password y\n")
    monkeypatch.setenv("NETRC", str(netrc))
    seen: list[str] = []
    original = bench.gram.service.answer

    def answer(request, gone):  # type: ignore[no-untyped-def]
        seen.append(request.headers.get("authorization", ""))
        return original(request, gone)

    bench.gram.service.answer = answer  # type: ignore[method-assign]
    rows(bench.open())
    assert seen == ["", ""]
