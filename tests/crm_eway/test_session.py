"""Coming in: URLs, password and OAuth, one session for everything, renewed once, closed at the end."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from pohoda_bridge.catalogue import Crm
from pohoda_bridge.connections import Connection
from pohoda_bridge.crm.eway import Memory, begin, finish
from pohoda_bridge.crm.eway.address import services
from pohoda_bridge.crm.eway.api import api_of
from pohoda_bridge.crm.eway.codes import CODES
from pohoda_bridge.errors import Retry, StopAgenda
from tests.crm_eway.conftest import BACK, FILE, PASSWORD, SECRET, Bench, new, rows, states, write

OAUTH = {"oauth": True, "client_id": "pohoda-bridge", "redirect_uri": BACK}
CRM = Crm.model_validate(FILE)


def test_one_session_for_everything_closed_at_the_end(bench: Bench) -> None:
    crm = bench.open()
    assert bench.eway.count() == 0
    write(crm, new())
    rows(crm)
    crm.describe("clients")
    assert bench.eway.count("LogIn") == 1 and bench.eway.sessions() == 1
    crm.close()
    crm.close()
    assert bench.eway.count("LogOut") == 1 and bench.eway.sessions() == 0


def test_closing_never_fails(bench: Bench) -> None:
    crm = bench.open()
    rows(crm)
    bench.eway.stop()
    crm.close()
    bench.eway.start()
    bench.open().close()
    assert bench.eway.count("LogOut") == 0


def test_a_session_lost_in_mid_run_is_renewed_once(bench: Bench) -> None:
    crm = bench.open()
    write(crm, new())
    bench.eway.expire_sessions()
    bench.forget()
    assert states(write(crm, new(), new())) == ["written", "written"]
    assert bench.sent() == ["SaveCompany", "LogIn", "SaveCompany", "SaveCompany", "GetCompaniesByItemGuids"]
    bench.eway.expire_sessions()
    assert len(rows(crm)) == 3


def test_a_session_refused_twice_stops(bench: Bench) -> None:
    crm = bench.open()
    rows(crm)
    bench.forget()
    bench.eway.refuse("rcBadSession", "SaveCompany", times=2)
    with pytest.raises(StopAgenda, match="rcBadSession"):
        write(crm, new())
    assert bench.sent() == ["SaveCompany", "LogIn", "SaveCompany"]


@pytest.mark.parametrize("code", sorted(code for code, (kind, _) in CODES.items() if kind != "server"))
def test_a_login_that_is_refused_stops_and_is_not_tried_again(bench: Bench, code: str) -> None:
    crm = bench.open()
    bench.eway.refuse(code, "LogIn", times=2)
    with pytest.raises(StopAgenda, match=code):
        rows(crm)
    with pytest.raises(StopAgenda, match=code):
        write(crm, new())
    assert bench.eway.count() == 2


@pytest.mark.parametrize("code", ["rcDatabaseTimeout", "rcInternalError"])
def test_a_login_that_failed_in_passing_leaves_the_write_unsent(bench: Bench, code: str) -> None:
    bench.eway.refuse(code, "LogIn")
    assert states(write(bench.open(), new())) == ["retry"]


def test_a_wrong_password_stops(bench: Bench) -> None:
    with pytest.raises(StopAgenda, match="password is wrong"):
        rows(bench.open(password="wrong-password"))
    bench.eway.switches.oauth_required = True
    with pytest.raises(StopAgenda, match="oauth"):
        rows(bench.open())


def test_too_many_sessions_is_no_wrong_password(bench: Bench) -> None:
    bench.eway.switches.sessions_per_user = 1
    first, second = bench.open(), bench.open()
    rows(first)
    with pytest.raises(Retry, match="too many open sessions"):
        rows(second)
    assert states(write(second, new())) == ["retry"]
    first.close()
    assert rows(second) == []


@pytest.mark.parametrize("kind", ["refuse", "cut_after", "garbage", "status"])
def test_a_login_without_an_answer_leaves_the_write_unsent(bench: Bench, kind: str) -> None:
    crm = bench.open()
    bench.fault(kind, match="LogIn")
    assert states(write(crm, new(), new())) == ["retry", "retry"]
    assert bench.eway.writes() == 0


def test_an_old_server_is_reached_by_its_old_path(bench: Bench) -> None:
    bench.eway.switches.legacy_only = True
    crm = bench.open()
    assert states(write(crm, new(), new())) == ["written", "written"]
    paths = [entry.path for entry in bench.eway.traffic.entries]
    assert ["WcfService" in path for path in paths] == [False, *[True] * (len(paths) - 1)]


def test_a_wrong_address_stops(bench: Bench) -> None:
    bench.fault("status", status=404, match="LogIn", times=2)
    with pytest.raises(StopAgenda, match="host"):
        rows(bench.open())
    assert bench.eway.count() == 2


@pytest.mark.parametrize(
    ("connection", "urls"),
    [
        (("https://h/31994",), ["https://h/31994/API.svc", "https://h/31994/WcfService/Service.svc"]),
        (("http://h:81/a/",), ["http://h:81/a/InsecureAPI.svc", "http://h:81/a/WcfService/Service.svc"]),
        (("https://h/a/API.svc",), ["https://h/a/API.svc"]),
        (("h", 82, {"path": "/b/"}), ["https://h:82/b/API.svc", "https://h:82/b/WcfService/Service.svc"]),
    ],
)
def test_the_services(connection: tuple[str, int | None, dict[str, str]], urls: list[str]) -> None:
    host, port, extra = (*connection, None, {})[:3]
    assert services(api_of(CRM, {}), Connection("c", host, port, extra=extra)) == urls


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"login": None}, "no login"),
        ({"password": ""}, "no password"),
        ({"extra": {"oauth": "true", "client_id": "x"}}, "redirect_uri"),
    ],
)
def test_a_connection_that_cannot_work_is_said(bench: Bench, options: dict[str, object], says: str) -> None:
    with pytest.raises(StopAgenda, match=says):
        bench.open(**options)  # type: ignore[arg-type]


def sign_in(bench: Bench, tokens: Memory) -> None:
    connection = Connection("eway_api", bench.eway.url, login="api", password=SECRET, extra=OAUTH)
    begun = begin(CRM, connection)
    form = {"username": "api", "password": PASSWORD}
    answer = requests.post(begun.url, data=form, allow_redirects=False, timeout=20)
    finish(begun, answer.headers["Location"], tokens)


def test_a_person_signs_in_once(bench: Bench) -> None:
    bench.eway.switches.oauth_required = True
    tokens = Memory()
    with pytest.raises(StopAgenda, match="eway login"):
        rows(bench.open(password=SECRET, extra=OAUTH, tokens=tokens))
    sign_in(bench, tokens)
    crm = bench.open(password=SECRET, extra=OAUTH, tokens=tokens)
    assert states(write(crm, new())) == ["written"]
    bench.eway.expire_sessions()
    bench.eway.expire_tokens("access")
    bench.forget()
    assert states(write(crm, new())) == ["written"]
    assert bench.sent() == ["SaveCompany", "LogIn", "token", "LogIn", "SaveCompany", "GetCompaniesByItemGuids"]


def test_a_bad_access_token_in_mid_run_is_renewed(bench: Bench) -> None:
    tokens = Memory()
    sign_in(bench, tokens)
    crm = bench.open(password=SECRET, extra=OAUTH, tokens=tokens)
    rows(crm)
    bench.eway.refuse("rcBadAccessToken", "SaveCompany")
    assert states(write(crm, new())) == ["written"]


def test_a_new_refresh_token_is_kept_at_once(bench: Bench) -> None:
    bench.eway.switches.refresh_tokens = "rotate"
    tokens = Memory()
    sign_in(bench, tokens)
    first = tokens.load()
    rows(bench.open(password=SECRET, extra=OAUTH, tokens=tokens))
    assert tokens.load() not in {None, first}
    rows(bench.open(password=SECRET, extra=OAUTH, tokens=tokens))


def test_a_refresh_token_that_ended_asks_for_a_new_sign_in(bench: Bench) -> None:
    tokens = Memory()
    sign_in(bench, tokens)
    bench.eway.expire_tokens("refresh")
    with pytest.raises(StopAgenda, match="eway login"):
        rows(bench.open(password=SECRET, extra=OAUTH, tokens=tokens))


@pytest.mark.parametrize("pasted", ["", "https://x/back?error=no", "{back}&state=other"])
def test_a_pasted_address_that_does_not_fit_is_said(bench: Bench, pasted: str) -> None:
    connection = Connection("eway_api", bench.eway.url, login="api", password=SECRET, extra=OAUTH)
    begun = begin(CRM, connection)
    assert parse_qs(urlsplit(begun.url).query)["code_challenge_method"] == ["S256"]
    with pytest.raises(StopAgenda, match="pasted address"):
        finish(begun, pasted.replace("{back}", BACK + "?code=x"), Memory())
    with pytest.raises(StopAgenda, match="invalid_grant"):
        finish(begun, f"{BACK}?code=x&state={begun.state}", Memory())
