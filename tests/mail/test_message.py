"""What a mail says, to whom in which language, and what no value in it can do."""

import re

import pytest

from pohoda_bridge import redact
from pohoda_bridge.ledger import waiting
from tests.mail.conftest import Desk
from tests.mail.server import text_of

BAD = "the check digit is wrong"


@pytest.mark.parametrize(
    ("settings", "subject", "reason", "todo"),
    [
        ({"country": "SK"}, "v karanténe 1", f"{BAD} (sk)", "Opravte záznam tam, odkiaľ pochádza"),
        ({"country": "CZ"}, "v karanténě 1", f"{BAD} (cs)", "Opravte záznam tam, odkud pochází"),
        ({"country": "CZ", "language": "en"}, "in quarantine 1", f"{BAD} (en)", "Mend the record where it comes from"),
    ],
)
def test_it_speaks_the_language_of_the_unit(
    desk: Desk, settings: dict[str, str], subject: str, reason: str, todo: str
) -> None:
    desk.settings(**settings)
    desk.quarantine({"2026/AD/1": BAD})
    (mail,) = desk.tell()
    assert mail["Subject"].endswith(f"POHODA → CRM: {subject}")
    for kind in ("plain", "html"):
        assert reason in text_of(mail, kind)
        assert todo in text_of(mail, kind)
        assert "https://airflow/bridge/runs/1" in text_of(mail, kind)
        assert f"quarantine list gram --language {reason[-3:-1]}" in text_of(mail, kind)


def test_each_kind_is_counted_and_says_how_to_act(desk: Desk) -> None:
    desk.settings(language="en")
    desk.quarantine({"2026/AD/1": BAD, "2026/AD/2": ("unique:ico", "there are two"), "2026/AD/3": ("duplicate", "two")})
    with desk.ledger.transaction() as connection:
        fields = {"phone": {"source": "0905 111 222", "target": "0905 333 444"}}
        waiting.in_conflict(connection, desk.scope(), [{"technical": "2026/AD/4", "fields": fields}])
    desk.delete("2026/AD/5")
    (mail,) = desk.tell()
    assert mail["Subject"].endswith(": in quarantine 1, in conflict 1, duplicates 2, deletions 1")
    text = text_of(mail)
    assert "- 2026/AD/4: both sides changed: phone\n" in text
    assert "0905" not in mail.as_string() + text
    for command in ("quarantine list gram", "conflicts list gram", "match gram clients", "reconcile gram"):
        assert f"pohoda-bridge {command}" in text
    assert desk.tell() == []


def test_hostile_values_are_only_text(desk: Desk) -> None:
    evil = "a\r\nBcc: all@evil.example\r\n\r\n<script>alert(1)</script>\x00\u202e{{ 7 * 7 }}"
    desk.quarantine({"2026/AD/1\nX-Evil: 1": evil})
    (mail,) = desk.tell()
    assert mail["Bcc"] is None
    assert mail["X-Evil"] is None
    assert set(mail.keys()) <= {
        "To", "From", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type", "X-Peer",
        "X-MailFrom", "X-RcptTo",
    }  # fmt: skip
    assert "<script>" not in text_of(mail, "html")
    assert "&lt;script&gt;alert(1)" in text_of(mail, "html")
    assert "{{ 7 * 7 }}" in text_of(mail)
    assert not re.search(r"[\x00\u202e]", text_of(mail) + text_of(mail, "html"))
    assert "- 2026/AD/1 X-Evil: 1: a Bcc: all@evil.example" in text_of(mail)


def test_ten_thousand_causes_are_a_short_mail(desk: Desk) -> None:
    desk.settings(language="en")
    desk.quarantine({f"2026/AD/{number}": BAD for number in range(10_000)})
    (mail,) = desk.tell()
    assert mail["Subject"].endswith("in quarantine 10000")
    assert text_of(mail).count("- 2026/AD/") == 200
    assert "- and 9800 more\n" in text_of(mail)
    assert len(mail.as_bytes()) < 150_000
    assert desk.tell() == []
    desk.quarantine({"2026/AD/10000": BAD})
    (mail,) = desk.tell()
    assert mail["Subject"].endswith("in quarantine 1")


def test_a_long_text_is_cut_and_a_secret_masked(desk: Desk) -> None:
    redact.keep_secret("canary-in-a-mail")
    desk.quarantine({"2026/AD/1": f"refused canary-in-a-mail {'x' * 10_000}"})
    (mail,) = desk.tell()
    assert "canary" not in text_of(mail) + text_of(mail, "html")
    assert "refused *** xxx" in text_of(mail)
    assert len(text_of(mail)) < 2_000


def test_it_goes_through_servers_that_know_ascii_alone(desk: Desk) -> None:
    desk.delete("2026/AD/1")  # its lines are short enough to go as they are, if the policy let them
    (mail,) = desk.tell()
    assert desk.server.envelopes[0].content.isascii()
    assert "Zatiaľ sa nič nevymazalo" in text_of(mail)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert str(mail["Message-ID"]).endswith("@example.sk>")
