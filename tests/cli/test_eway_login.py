"""`eway login`: a person signs in once, the token lies encrypted in the ledger, and runs use and renew it."""

import io
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import requests
from cryptography.fernet import Fernet

from pohoda_bridge.catalogue import open_catalogue
from pohoda_bridge.connections import from_environment
from pohoda_bridge.crm.eway.api import api_of
from pohoda_bridge.crm.eway.oauth import access_token, client_of
from pohoda_bridge.crm.transport import Transport
from pohoda_bridge.ledger import open_ledger
from pohoda_bridge.link import tokens
from pohoda_bridge.settings import ledger_url
from tests.bridge import AGENDAS, Bridge

from .conftest import Command, Done

BACK = "http://127.0.0.1/back"
KEY, OTHER = Fernet.generate_key().decode(), Fernet.generate_key().decode()
LINK = {
    "link": "eway", "unit": "firma", "crm": {"kind": "eway", "connection": "eway_api"}, "accept": "all",
    "agendas": {name: {"to_crm": {}} for name in AGENDAS},
}  # fmt: skip
Paste = Callable[[str], str]
SignIn = Callable[..., Done]


@pytest.fixture
def eway(bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> Bridge:
    """A link to an eWay-CRM that takes no password, and a key for the ledger."""
    bridge.write("links", LINK)
    bridge.sandbox.eway.switches.oauth_required = True
    monkeypatch.setenv("POHODA_BRIDGE_KEY", KEY)
    monkeypatch.delenv("AIRFLOW__CORE__FERNET_KEY", raising=False)
    connect(bridge, monkeypatch, oauth=True, client_id="pohoda-bridge", redirect_uri=BACK)
    return bridge


def connect(bridge: Bridge, monkeypatch: pytest.MonkeyPatch, **extra: object) -> None:
    told = bridge.sandbox.info["eway"]
    connection = {"host": told["url"], "login": told["user"], "password": told["client_secret"], "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_EWAY_API", json.dumps(connection))


def browse(bridge: Bridge, address: str) -> str:
    """Sign in as a person does; the address that the browser is sent to."""
    form = {"username": "api", "password": bridge.sandbox.info["eway"]["password"]}
    return requests.post(address, data=form, allow_redirects=False, timeout=20).headers["Location"]


@pytest.fixture
def sign_in(
    eway: Bridge, command: Command, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> SignIn:
    """`sign_in("--json", paste=...)`: at the prompt a person signs in and pastes; all that was shown is in `err`."""

    def run(*words: str, paste: Paste = lambda address: address) -> Done:
        shown: list[str] = []

        class Person(io.StringIO):
            def readline(self, *_: object) -> str:  # type: ignore[override]
                told = capsys.readouterr()
                shown.append(told.out + told.err)
                (address,) = (line.strip() for line in shown[0].splitlines() if line.startswith("  http"))
                return paste(browse(eway, address)) + "\n" if len(shown) == 1 else ""

        monkeypatch.setattr("sys.stdin", Person())
        done = command("eway", "login", "eway", *words)
        return Done(done.code, done.out, "".join(shown) + done.err)

    return run


def token() -> str | None:
    """The refresh token in the ledger."""
    ledger = open_ledger(ledger_url())
    try:
        return tokens(ledger, "eway_api").load()
    finally:
        ledger.close()


def database(bridge: Bridge) -> bytes:
    return b"".join(path.read_bytes() for path in bridge.sandbox.data.glob("ledger.db*"))


@pytest.mark.parametrize("variable", ["POHODA_BRIDGE_KEY", "AIRFLOW__CORE__FERNET_KEY"])
def test_a_person_signs_in_once_and_runs_renew_it(
    eway: Bridge, command: Command, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.delenv("POHODA_BRIDGE_KEY")
    monkeypatch.setenv(variable, KEY)
    eway.company()
    refused = command("sync", "eway", "clients", "to_crm")
    assert (refused.code, "eway login" in refused.err) == (1, True)
    done = sign_in()
    first = token()
    assert done.code == 0 and "is kept in the ledger, encrypted" in done.out
    assert command("sync", "eway", "clients", "to_crm", "--json").data["created"] == 1
    assert token() == first
    eway.sandbox.eway.switches.refresh_tokens = "rotate"
    eway.sandbox.eway.expire_tokens("access")
    eway.company(Firma="Druhá")
    assert command("sync", "eway", "clients", "to_crm", "--json").data["created"] == 1
    second = token()
    assert second not in {None, first}
    for one in (first, second):
        assert str(one).encode() not in database(eway)


def test_what_is_stored_and_how_long_it_lasts_is_told(sign_in: SignIn) -> None:
    data = sign_in("--json").data
    until = datetime.fromisoformat(data.pop("until"))
    assert data == {"link": "eway", "connection": "eway_api"}
    assert timedelta(days=15) - timedelta(minutes=1) < until - datetime.now(UTC) <= timedelta(days=15)


def test_no_secret_is_shown_or_logged(eway: Bridge, sign_in: SignIn, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    pasted: list[str] = []

    def paste(address: str) -> str:
        pasted.append(address.partition("code=")[2].partition("&")[0])
        return address

    done = sign_in(paste=paste)
    mine = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("pohoda_sandbox"))
    for secret in (*pasted, token(), eway.sandbox.info["eway"]["client_secret"], KEY):
        assert secret and secret not in done.out + done.err + mine
        assert secret.encode() not in database(eway)
    assert "/connect/token" in mine


def test_a_script_signs_in_in_two_steps(eway: Bridge, command: Command) -> None:
    begun = command("eway", "login", "eway", "--begin", "--json").data
    address = browse(eway, begun["open"])
    assert token() is None
    done = command("eway", "login", "eway", "--url", address, "--json")
    assert (done.code, done.data["connection"], token() is None) == (0, "eway_api", False)
    again = command("eway", "login", "eway", "--url", address)
    assert (again.code, "no sign-in was begun" in again.err) == (1, True)
    assert command("eway", "login", "eway", "--begin", "--url", address).code == 2


@pytest.mark.parametrize("key", [None, "no-key"])
def test_without_a_key_nobody_is_asked_to_sign_in(
    eway: Bridge, command: Command, monkeypatch: pytest.MonkeyPatch, key: str | None
) -> None:
    monkeypatch.setenv("POHODA_BRIDGE_KEY", key) if key else monkeypatch.delenv("POHODA_BRIDGE_KEY")
    done = command("eway", "login", "eway")
    assert (done.code, "POHODA_BRIDGE_KEY" in done.err) == (1, True)
    assert "http" not in done.out + done.err


def test_another_key_stops_the_run_until_somebody_signs_in_again(
    eway: Bridge, command: Command, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in()
    eway.company()
    monkeypatch.setenv("POHODA_BRIDGE_KEY", OTHER)
    done = command("sync", "eway", "clients", "to_crm")
    assert (done.code, "stored with another key" in done.err) == (1, True)
    assert sign_in().code == 0
    assert command("sync", "eway", "clients", "to_crm", "--json").data["created"] == 1


@pytest.mark.parametrize(
    ("pasted", "says"),
    [
        (lambda address: address.replace("state=", "state=x"), "belongs to another sign-in"),
        (lambda address: address.partition("state=")[0], "belongs to another sign-in"),
        (lambda _: f"{BACK}?error=access_denied&error_description=secret+words", "nobody was let in: access_denied"),
        (lambda _: f"{BACK}?error=%1b[31m", "nobody was let in: ?"),
        (lambda _: "http://[::1", "holds no code"),
        (lambda _: "I signed in, and now?", "holds no code"),
        (lambda address: address.replace("code=", "code=x"), "invalid_grant"),
    ],
)
def test_an_address_that_does_not_fit_keeps_nothing(
    eway: Bridge, command: Command, sign_in: SignIn, pasted: Paste, says: str
) -> None:
    right: list[str] = []

    def paste(address: str) -> str:
        right.append(address)
        return pasted(address)

    done = sign_in(paste=paste)
    assert (done.code, says in done.err) == (1, True), done.err
    assert "secret words" not in done.err and "\x1b" not in done.err
    assert token() is None
    assert command("eway", "login", "eway", "--url", right[0]).code == 0


def test_an_address_that_does_not_fit_leaves_the_token_there_was(sign_in: SignIn) -> None:
    sign_in()
    first = token()
    assert sign_in(paste=lambda address: "nonsense").code == 1
    assert token() == first


def test_an_eway_that_is_down_is_tried_again_with_the_same_address(
    eway: Bridge, command: Command, sign_in: SignIn
) -> None:
    right: list[str] = []

    def paste(address: str) -> str:
        right.append(address)
        eway.sandbox.eway.stop()
        return address

    done = sign_in(paste=paste)
    assert (done.code, "cannot be reached" in done.err) == (75, True)
    eway.sandbox.eway.start()
    assert command("eway", "login", "eway", "--url", right[0]).code == 0


def test_a_second_sign_in_takes_the_place_of_the_first(eway: Bridge, command: Command, sign_in: SignIn) -> None:
    sign_in()
    first = token()
    eway.sandbox.eway.expire_tokens("refresh")
    eway.company()
    assert command("sync", "eway", "clients", "to_crm").code == 1
    assert sign_in().code == 0
    assert token() not in {None, first}
    assert command("sync", "eway", "clients", "to_crm", "--json").data["created"] == 1


def test_a_token_that_another_task_replaced_in_between_is_taken_from_it(eway: Bridge, sign_in: SignIn) -> None:
    sign_in()
    eway.sandbox.eway.switches.refresh_tokens = "rotate"
    connection = from_environment("eway_api")
    client = client_of(api_of(open_catalogue().crms["eway"], {}), connection)
    ledger, transport = open_ledger(ledger_url()), Transport(connection, sleep=lambda _: None)
    kept = tokens(ledger, "eway_api")

    class Late:
        """Has read the token right before another task renewed it."""

        def __init__(self, told: str | None) -> None:
            self.told = [told]

        def load(self) -> str | None:
            return self.told.pop() if self.told else kept.load()

        def save(self, text: str) -> None:
            kept.save(text)

    late = Late(kept.load())
    access_token(client, transport, kept)
    assert access_token(client, transport, late)
    assert access_token(client, transport, kept)
    transport.close()
    ledger.close()


@pytest.mark.parametrize(
    ("link", "extra", "code", "says"),
    [
        ("gram", {}, 2, "Gram CRM, which needs no sign-in"),
        ("ewai", {}, 2, "did you mean"),
        ("eway", {}, 1, "signs in by its password"),
        ("eway", {"oauth": "false"}, 1, "signs in by its password"),
        ("eway", {"oauth": True}, 1, "client_id, redirect_uri"),
    ],
)
def test_a_link_that_needs_no_sign_in_says_so(
    eway: Bridge, command: Command, monkeypatch: pytest.MonkeyPatch, link: str, extra: dict[str, object], code: int,
    says: str,
) -> None:  # fmt: skip
    connect(eway, monkeypatch, **extra)
    done = command("eway", "login", link)
    assert (done.code, says in done.err) == (code, True), done.err
    assert "http" not in done.out + done.err
