"""Who may talk to the simulated Gram, for how long, and how often."""

from collections.abc import Iterator

import pytest
import requests

from pohoda_sandbox.faults import Faults
from pohoda_sandbox.gram import Gram, shipped
from pohoda_sandbox.gram.access import digest

DAY = 24 * 3600


@pytest.fixture
def gram() -> Iterator[Gram]:
    with Gram(shipped(), Faults()) as gram:
        yield gram


def ping(gram: Gram, token: str) -> requests.Response:
    return requests.get(f"{gram.url}/Ping", headers={"Token": token}, timeout=20)


def login(gram: Gram, **body: str) -> requests.Response:
    return requests.post(f"{gram.url}/Login/", json=body, timeout=20)


def token_of(gram: Gram, user: str) -> str:
    answer = login(gram, UserName=user, Password=digest(gram.password)).json()
    return str(answer["Token"]["NewToken"])


def make_profile(gram: Gram, login: str, profile: str) -> str:
    user = next(user for user in gram.records("User") if user["Login"] == login)
    gram.edit("User", user["Id"], Profile=profile)
    return str(user["Id"])


def test_ping_proves_the_permanent_token_with_and_without_slash(gram: Gram) -> None:
    assert ping(gram, gram.token).json() == {"Result": True, "ResultText": "Pong."}
    assert requests.get(f"{gram.url}/Ping/", headers={"token": gram.token}, timeout=20).json()["Result"] is True


@pytest.mark.parametrize(
    "headers", [{}, {"Token": "0" * 32}, {"Authorization": "Bearer x"}, {"Token": "žlté".encode()}]
)
def test_other_tokens_are_401_with_an_envelope(gram: Gram, headers: dict[str, str]) -> None:
    answer = requests.get(f"{gram.url}/Ping", headers=headers, timeout=20)
    assert answer.status_code == 401
    assert answer.json() == {"Result": False, "ResultText": "Token is not valid."}


@pytest.mark.parametrize("path", ["/other/api/v1/Ping", "/demo/api/v2/Ping", "/demo/Ping", "/", "/demo/api/v1x/Ping"])
def test_wrong_organization_or_base_is_404(gram: Gram, path: str) -> None:
    answer = requests.get(gram.host_url + path, headers={"Token": gram.token}, timeout=20)
    assert (answer.status_code, answer.json()["Result"]) == (404, False)


@pytest.mark.parametrize("path", ["/ping", "/client", "/Nothing", "/Client/1/2/3"])
def test_paths_are_known_in_pascal_case_only(gram: Gram, path: str) -> None:
    assert requests.get(gram.url + path, headers={"Token": gram.token}, timeout=20).status_code == 404


@pytest.mark.parametrize("names", [("UserName", "Password"), ("Username", "password"), ("username", "PASSWORD")])
def test_login_takes_keys_in_any_case_and_the_md5_of_the_password(gram: Gram, names: tuple[str, str]) -> None:
    answer = login(gram, **{names[0]: "Anna@Example.SK", names[1]: digest(gram.password)}).json()
    assert answer["ResultText"] == "User loged in."
    assert len(answer["Token"]["NewToken"]) == 32
    assert ping(gram, answer["Token"]["NewToken"]).ok


@pytest.mark.parametrize("password", ["plain", "", "wrong"])
def test_a_refused_login_is_200_with_result_false(gram: Gram, password: str) -> None:
    given = gram.password if password == "plain" else password
    answer = login(gram, UserName="anna", Password=given)
    assert (answer.status_code, answer.json()["Result"]) == (200, False)
    assert "Token" not in answer.json()


def test_a_users_token_lives_two_weeks_from_its_last_use(gram: Gram) -> None:
    token = token_of(gram, "anna")
    for _ in range(3):
        gram.clock.advance(13 * DAY)
        assert ping(gram, token).ok
    gram.clock.advance(14 * DAY + 60)
    assert ping(gram, token).status_code == 401
    assert ping(gram, token).status_code == 401
    assert ping(gram, gram.token).ok


def test_valid_to_is_two_weeks_ahead_in_local_time(gram: Gram) -> None:
    requests.post(
        f"{gram.admin_url}/clock",
        json={"now": "2026-03-20 12:00:00"},
        headers={"Admin-Token": gram.admin_token},
        timeout=20,
    )
    answer = login(gram, UserName="anna", Password=digest(gram.password)).json()
    assert answer["Token"]["ValidTo"].startswith("2026-04-03 13:00:0")


def test_logout_kills_the_token_and_expiry_all_of_users(gram: Gram) -> None:
    first, second = token_of(gram, "anna"), token_of(gram, "karol")
    assert requests.post(f"{gram.url}/Logout", headers={"Token": first}, timeout=20).ok
    assert ping(gram, first).status_code == 401
    assert ping(gram, second).ok
    requests.post(f"{gram.admin_url}/tokens/expire", headers={"Admin-Token": gram.admin_token}, timeout=20)
    assert ping(gram, second).status_code == 401
    assert ping(gram, gram.token).ok


def test_a_user_made_inactive_is_out(gram: Gram) -> None:
    token = token_of(gram, "petra")
    user = next(user for user in gram.records("User") if user["Login"] == "petra")
    gram.edit("User", user["Id"], Active=False)
    assert ping(gram, token).status_code == 401
    assert login(gram, UserName="petra", Password=digest(gram.password)).json()["Result"] is False


def test_three_salespeople_carry_their_centre_as_alias(gram: Gram) -> None:
    assert {user["Alias"] for user in gram.records("User") if user["Alias"]} == {"BA", "KE", "PO"}


def test_fewer_rights_mean_fewer_records_and_403_on_the_others(gram: Gram) -> None:
    petra = make_profile(gram, "petra", "Sales")
    own = gram.create("Client", Name="Vlastná", Owner=petra)
    foreign = gram.create("Client", Name="Cudzia")
    headers = {"Token": token_of(gram, "petra")}
    listed = requests.get(f"{gram.url}/Client", headers=headers, timeout=20).json()
    assert ([record["Id"] for record in listed["Records"]], listed["Total"]) == ([own], 1)
    assert requests.get(f"{gram.url}/Client/{own}", headers=headers, timeout=20).ok
    assert requests.get(f"{gram.url}/Client/{foreign}", headers=headers, timeout=20).status_code == 403
    refused = requests.put(f"{gram.url}/Client/{foreign}", json={"Name": "X"}, headers=headers, timeout=20)
    assert (refused.status_code, refused.json()["ResultText"]) == (403, "Access denied.")


def test_a_reader_writes_nothing_and_nobody_writes_users(gram: Gram) -> None:
    make_profile(gram, "karol", "Reader")
    as_reader = {"Token": token_of(gram, "karol")}
    assert requests.post(f"{gram.url}/Client", json={"Name": "X"}, headers=as_reader, timeout=20).status_code == 403
    body = {"LastName": "X", "Email": "x@example.sk", "Login": "x", "Profile": "Administrator"}
    assert requests.post(f"{gram.url}/User", json=body, headers={"Token": gram.token}, timeout=20).status_code == 403
    assert gram.records("Client") == []


def test_the_rate_limit_says_how_long_to_wait_and_then_lets_through(gram: Gram) -> None:
    gram.switches.rate_per_minute = 5
    assert all(ping(gram, gram.token).ok for _ in range(5))
    refused = ping(gram, gram.token)
    assert (refused.status_code, refused.json()["Result"]) == (429, False)
    wait = int(refused.headers["Retry-After"])
    assert 50 <= wait <= 60
    assert ping(gram, token_of(gram, "anna")).ok
    gram.clock.advance(wait)
    assert ping(gram, gram.token).ok


def test_no_rate_limit_unless_switched_on(gram: Gram) -> None:
    with requests.Session() as session:
        session.headers["Token"] = gram.token
        assert {session.get(f"{gram.url}/Ping", timeout=20).status_code for _ in range(200)} == {200}
