"""Coming in to the simulated eWay-CRM: paths, passwords, OAuth, and how long a session lives."""

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from pohoda_sandbox.eway import EWay
from pohoda_sandbox.faults import Faults
from tests.sandbox.eway_client import Client, md5

CANARY = "canary-Žltý-4711"
MINUTE, DAY = 60, 86_400
BACK = "http://127.0.0.1/back?a=1"


@pytest.fixture
def eway() -> Iterator[EWay]:
    with EWay(Faults(), password=CANARY) as eway:
        yield eway


def code_of(eway: EWay, challenge: str = "", user: str = "", password: str = CANARY) -> requests.Response:
    asked = {
        "client_id": eway.client_id,
        "redirect_uri": BACK,
        "response_type": "code",
        "state": "s1",
        "code_challenge": challenge,
    }
    form = {"username": user or eway.user, "password": password}
    url = f"{eway.url}/auth/connect/authorize"
    return requests.post(url, params=asked, data=form, allow_redirects=False, timeout=20)


def token(eway: EWay, **form: str) -> requests.Response:
    given = {"client_id": eway.client_id, "client_secret": eway.client_secret, **form}
    return requests.post(f"{eway.url}/auth/connect/token", data=given, timeout=20)


def tokens(eway: EWay) -> dict[str, Any]:
    code = parse_qs(urlsplit(code_of(eway).headers["Location"]).query)["code"][0]
    answer = token(eway, grant_type="authorization_code", code=code, redirect_uri=BACK)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def refresh(eway: EWay, refresh_token: str) -> requests.Response:
    return token(eway, grant_type="refresh_token", refresh_token=refresh_token)


def log_in(eway: EWay, access: str, user: str = "") -> requests.Response:
    body = {"userName": user or eway.user, "appVersion": "Test1.0", "passwordHash": None}
    headers = {"Authorization": f"Bearer {access}"}
    return requests.post(f"{eway.url}/API.svc/LogIn", json=body, headers=headers, timeout=20)


@pytest.mark.parametrize("path", ["demo/API.svc", "demo/InsecureAPI.svc", "demo/WcfService/Service.svc", "API.svc"])
@pytest.mark.parametrize("name", ["LogIn", "Login", "LOGIN"])
def test_three_services_under_any_path_know_a_method_in_any_case(eway: EWay, path: str, name: str) -> None:
    root = eway.url.removesuffix("/demo")
    body = {
        "userName": eway.user,
        "passwordHash": md5(CANARY),
        "appVersion": "PHP2.5.1",
        "clientMachineIdentifier": None,
    }
    answer = requests.post(f"{root}/{path}/{name}", json=body, headers={"Authorization": "Bearer "}, timeout=20)
    told = answer.json()
    assert (answer.status_code, told["ReturnCode"], told["Description"]) == (200, "rcSuccess", None)
    assert told["WcfVersion"] == "9.0.0.180" and len(told["SessionId"]) == len(told["UserItemGuid"]) == 36


def test_other_paths_and_methods_are_404(eway: EWay) -> None:
    client = Client(eway)
    for path in ("/API.svc", "/Other.svc/LogIn", "/API.svc/GetUnicorns", "/API.svc/Get/Users"):
        assert requests.post(eway.url + path, json={}, timeout=20).status_code == 404
    assert requests.get(f"{client.base}/GetUsers", timeout=20).status_code == 405
    assert requests.put(f"{client.base}/GetUsers", json={}, timeout=20).status_code == 405


def test_an_old_server_has_only_the_legacy_path(eway: EWay) -> None:
    eway.switches.legacy_only = True
    assert requests.post(f"{eway.url}/InsecureAPI.svc/LogIn", json={}, timeout=20).status_code == 404
    assert Client(eway, base="WcfService/Service.svc").ok("GetLastItemChangeId") > 0


def test_what_needs_no_session(eway: EWay) -> None:
    base = f"{eway.url}/API.svc"
    settings = requests.get(f"{base}/GetServiceAuthSettings", timeout=20).json()
    assert settings["ReturnCode"] == "rcSuccess"
    assert (settings["IsActiveDirectory"], settings["IsAzureAuth"]) == (False, False)
    assert requests.get(f"{base}/CheckStatus", timeout=20).json() == {"ReturnCode": "rcSuccess", "Description": None}
    assert "<WebServiceVersion>9.0.0.180<" in requests.get(f"{eway.url}/eWayWS.asmx/GetInfo", timeout=20).text


@pytest.mark.parametrize("hashed", [md5(CANARY), md5(CANARY).upper()])
@pytest.mark.parametrize("user", ["api", "API", "anna"])
def test_a_password_is_its_md5_in_any_case(eway: EWay, hashed: str, user: str) -> None:
    assert Client(eway).log_in(passwordHash=hashed, userName=user)["ReturnCode"] == "rcSuccess"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"passwordHash": md5("other")}, "rcLoginFailed"),
        ({"passwordHash": CANARY}, "rcLoginFailed"),
        ({"passwordHash": None}, "rcLoginFailed"),
        ({"userName": "nobody"}, "rcLoginFailed"),
        ({"userName": None}, "rcLoginFailed"),
        ({"appVersion": "1.0"}, "rcParameterError"),
        ({"appVersion": "Test"}, "rcParameterError"),
        ({"appVersion": None}, "rcParameterError"),
    ],
)
def test_a_login_that_fails_says_so_in_a_success_of_http(eway: EWay, sent: dict[str, Any], code: str) -> None:
    told = Client(eway).log_in(**sent)
    assert told["ReturnCode"] == code and told["Description"]
    assert told["SessionId"] is told["UserItemGuid"] is told["WcfVersion"] is None


def test_a_user_who_is_not_active_stays_out(eway: EWay) -> None:
    (anna,) = (user for user in eway.records("Users") if user["Username"] == "anna")
    eway.edit("Users", anna["ItemGUID"], IsActive=False)
    assert Client(eway).log_in(userName="anna")["ReturnCode"] == "rcLoginFailed"


def test_where_oauth_is_wanted_no_password_gets_in(eway: EWay) -> None:
    client = Client(eway)
    eway.switches.oauth_required = True
    assert client.log_in()["ReturnCode"] == "rcOAuthRequired"
    assert requests.get(f"{client.base}/GetServiceAuthSettings", timeout=20).json()["IsAzureAuth"] is True
    assert log_in(eway, tokens(eway)["access_token"]).json()["ReturnCode"] == "rcSuccess"


def test_a_session_lives_twenty_minutes_after_its_last_call_and_never_longer_than_a_day(eway: EWay) -> None:
    client = Client(eway)
    for _ in range(75):
        eway.clock.advance(19 * MINUTE)
        assert client("GetLastItemChangeId")["ReturnCode"] == "rcSuccess"
    eway.clock.advance(16 * MINUTE)
    assert client("GetLastItemChangeId")["ReturnCode"] == "rcBadSession"
    client.session = client.log_in()["SessionId"]
    eway.clock.advance(20 * MINUTE + 1)
    assert client("SaveCompany", transmitObject={"CompanyName": "A"})["ReturnCode"] == "rcBadSession"
    assert eway.records("Companies") == []


@pytest.mark.parametrize("session", [None, "", "x", 7, "00000000-0000-0000-0000-000000000000"])
def test_no_session_no_answer(eway: EWay, session: object) -> None:
    client = Client(eway)
    assert client("IsSessionValid")["Result"] is True
    client.session = session  # type: ignore[assignment]
    assert client("GetCompanies") == {"Data": None, "ReturnCode": "rcBadSession", "Description": "Session is not valid"}
    assert client("IsSessionValid")["Result"] is False


def test_a_session_ends_at_log_out_and_when_a_test_says_so(eway: EWay) -> None:
    client, other = Client(eway), Client(eway)
    assert client("LogOut")["ReturnCode"] == "rcSuccess"
    assert client("GetLastItemChangeId")["ReturnCode"] == "rcBadSession"
    assert other("GetLastItemChangeId")["ReturnCode"] == "rcSuccess" and eway.sessions() == 1
    eway.expire_sessions()
    assert other("GetLastItemChangeId")["ReturnCode"] == "rcBadSession"


def test_one_session_too_many_is_refused_until_one_ends(eway: EWay) -> None:
    eway.switches.sessions_per_user = 2
    first, second = Client(eway), Client(eway)
    refused = second.log_in()
    assert refused["ReturnCode"] == "rcLoginFailed"
    assert refused["Description"].startswith("There is too many sessions for user with GUID '")
    assert Client(eway, "anna").session
    first("LogOut")
    assert second.log_in()["ReturnCode"] == "rcSuccess"


def test_the_code_flow_gives_tokens_in_the_forms_clients_read(eway: EWay) -> None:
    given = tokens(eway)
    claims = json.loads(base64.urlsafe_b64decode(given["access_token"].split(".")[1] + "=="))
    assert (claims["username"], claims["ws"]) == (eway.user, eway.url)
    opaque, url = given["refresh_token"].split(".")
    assert opaque and base64.urlsafe_b64decode(url + "==").decode() == eway.url
    assert (given["token_type"], given["expires_in"]) == ("Bearer", 3600)
    told = log_in(eway, given["access_token"]).json()
    assert told["ReturnCode"] == "rcSuccess" and told["SessionId"]
    introspected = requests.post(
        f"{eway.url}/auth/connect/introspect", data={"token": given["access_token"]}, timeout=20
    ).json()
    assert (introspected["active"], introspected["username"]) == (True, eway.user)


def test_the_sign_in_page_sends_back_with_code_and_state_or_asks_again(eway: EWay) -> None:
    good = code_of(eway)
    assert good.status_code == 302
    assert parse_qs(urlsplit(good.headers["Location"]).query).keys() == {"a", "code", "state"}
    wrong = code_of(eway, password="wrong")
    assert (wrong.status_code, "Wrong user name" in wrong.text) == (200, True)


def test_a_code_is_good_once_for_minutes_and_for_who_has_the_verifier(eway: EWay) -> None:
    challenge = base64.urlsafe_b64encode(hashlib.sha256(b"secret").digest()).rstrip(b"=").decode()

    def redeem(response: requests.Response, **form: str) -> Any:
        code = parse_qs(urlsplit(response.headers["Location"]).query)["code"][0]
        answers = [
            token(eway, grant_type="authorization_code", code=code, redirect_uri=BACK, **form).json() for _ in range(2)
        ]
        return [answer.get("error", "tokens") for answer in answers]

    assert redeem(code_of(eway, challenge), code_verifier="secret") == ["tokens", "invalid_grant"]
    assert redeem(code_of(eway, challenge), code_verifier="other") == ["invalid_grant", "invalid_grant"]
    assert redeem(code_of(eway, challenge)) == ["invalid_grant", "invalid_grant"]
    old = code_of(eway)
    eway.clock.advance(5 * MINUTE + 1)
    assert redeem(old) == ["invalid_grant", "invalid_grant"]


def test_an_access_token_lives_an_hour_and_a_bad_one_is_401_with_the_code(eway: EWay) -> None:
    given = tokens(eway)
    eway.clock.advance(3601)
    refused = log_in(eway, given["access_token"])
    assert (refused.status_code, refused.json()["ReturnCode"]) == (401, "rcBadAccessToken")
    fresh = refresh(eway, given["refresh_token"]).json()["access_token"]
    assert log_in(eway, fresh).status_code == 200
    assert log_in(eway, fresh, user="anna").status_code == 401
    assert log_in(eway, "nonsense").status_code == 401


def test_a_refresh_token_slides_for_fifteen_days(eway: EWay) -> None:
    given = tokens(eway)
    for _ in range(3):
        eway.clock.advance(14 * DAY)
        assert refresh(eway, given["refresh_token"]).json()["refresh_token"] == given["refresh_token"]
    eway.clock.advance(15 * DAY + 1)
    refused = refresh(eway, given["refresh_token"])
    assert (refused.status_code, refused.json()) == (400, {"error": "invalid_grant"})


def test_where_refresh_tokens_rotate_the_old_one_is_dead(eway: EWay) -> None:
    eway.switches.refresh_tokens = "rotate"
    given = tokens(eway)
    fresh = refresh(eway, given["refresh_token"]).json()
    assert fresh["refresh_token"] != given["refresh_token"]
    assert refresh(eway, given["refresh_token"]).status_code == 400
    assert refresh(eway, fresh["refresh_token"]).status_code == 200


def test_a_refresh_token_outlives_a_restart(tmp_path: Path) -> None:
    options: dict[str, Any] = {"password": CANARY, "client_secret": "s", "data": tmp_path / "eway.db"}
    with EWay(Faults(), **options) as eway:
        given = tokens(eway)
    with EWay(Faults(), **options) as again:
        assert log_in(again, given["access_token"]).status_code == 200
        assert refresh(again, given["refresh_token"]).status_code == 200
        again.expire_tokens("refresh")
        assert refresh(again, given["refresh_token"]).status_code == 400


def test_the_token_endpoint_wants_its_client(eway: EWay) -> None:
    given = tokens(eway)
    for form in ({"client_secret": "wrong"}, {"client_id": "other"}):
        refused = token(eway, **{"grant_type": "refresh_token", "refresh_token": given["refresh_token"], **form})
        assert (refused.status_code, refused.json()) == (400, {"error": "invalid_client"})
    assert token(eway, grant_type="client_credentials").json() == {"error": "unsupported_grant_type"}


def test_the_log_has_no_secret(eway: EWay) -> None:
    given = tokens(eway)
    refresh(eway, given["refresh_token"])
    log_in(eway, given["access_token"])
    client = Client(eway)
    client("GetUsers")
    requests.get(f"{client.base}/CheckStatus?sessionId={client.session}", timeout=20)
    shown = json.dumps(eway.traffic.dump(), ensure_ascii=False)
    secrets = (CANARY, md5(CANARY), client.session, given["access_token"], given["refresh_token"], eway.client_secret)
    assert not [secret for secret in secrets if secret in shown]
    assert '"userName": "api"' in shown.replace('\\"', '"')
