"""Who is told stands in the link, and is refused with its line where it cannot be."""

import json
from pathlib import Path

import pytest

from pohoda_bridge.catalogue import open_catalogue
from pohoda_bridge.catalogue.link import CAUSES, Notify
from tests.bridge import LINK, UNIT

FILE = """link: gram
unit: firma
crm: {kind: gram, connection: gram_api}
notify:
  email: [uctaren@example.sk, anna@example.sk]
agendas: {clients: {to_crm: {}}}
"""


def broken(folder: Path, text: str) -> str:
    for part in ("units", "links"):
        (folder / part).mkdir()
    (folder / "units/firma.yaml").write_text(json.dumps(UNIT), encoding="utf-8")
    (folder / "links/gram.yaml").write_text(text, encoding="utf-8")
    return open_catalogue(folder).broken.get("gram", "")


def test_the_link_is_taken_as_it_is(tmp_path: Path) -> None:
    assert broken(tmp_path, FILE) == ""
    notify = open_catalogue(tmp_path).links["gram"].notify
    assert notify.email == ("uctaren@example.sk", "anna@example.sk")
    assert (notify.on, notify.connection, notify.language) == (CAUSES, "smtp_default", None)


def test_nobody_is_told_by_default() -> None:
    assert Notify().email == ()
    assert "notify" not in LINK


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("anna@example.sk", "anna", "gram.yaml:5: notify.email: 'anna' is no e-mail address"),
        ("anna@example.sk", '"a@example.sk, b@example.sk"', "notify.email: 'a@example.sk, b@example.sk' is no e-mail"),
        ("anna@example.sk", '"Anna <anna@example.sk>"', "is no e-mail address"),
        ("anna@example.sk", r'"anna@example.sk\nBcc: all@example.sk"', "is no e-mail address"),
        ("email:", "emial:", "gram.yaml:5: unknown key 'emial' (did you mean 'email'?)"),
        ("agendas:", "  on: [failure, sunshine]\nagendas:", "gram.yaml:6: "),
        ("agendas:", "  language: de\nagendas:", "gram.yaml:6: "),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert told in broken(tmp_path, FILE.replace(old, new))
