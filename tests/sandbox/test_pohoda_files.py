"""`/documents/` hands out the files of the company's folder, and nothing else."""

import base64
import os
from collections.abc import Iterator

import pytest
import requests

from pohoda_sandbox.faults import Faults
from pohoda_sandbox.pohoda import MServer, Pohoda, User

CHANGED = 1_770_000_000
FILES = {"Faktúra č. 1.pdf": b"%PDF-1", "logo.PNG": b"\x89PNG"}


@pytest.fixture(scope="module")
def mserver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MServer]:
    folder = tmp_path_factory.mktemp("unit")
    documents = folder / "Dokumenty"
    (documents / "Faktury").mkdir(parents=True)
    for name, content in FILES.items():
        (documents / "Faktury" / name).write_bytes(content)
        os.utime(documents / "Faktury" / name, (CHANGED, CHANGED))
    (folder / "secret.txt").write_text("secret", encoding="utf-8")
    (documents / "out.txt").symlink_to(folder / "secret.txt")
    users = {"xml": "x", "shut": User("x", unit=False)}
    with MServer(Pohoda.create(folder / "unit.db"), Faults(), users=users, folder=documents) as server:
        yield server


def get(mserver: MServer, path: str, user: str = "xml", **headers: str) -> requests.Response:
    known = {"STW-Authorization": "Basic " + base64.b64encode(f"{user}:x".encode()).decode()}
    session = requests.Session()
    request = requests.Request("GET", mserver.url, headers=known | headers).prepare()
    request.url = f"{mserver.url}/documents/{path}"
    return session.send(request, timeout=20)


@pytest.mark.parametrize("path", ["Faktury/Fakt%C3%BAra%20%C4%8D.%201.pdf", "faktury/fakt%C3%BAra%20%C4%8D.%201.PDF"])
def test_a_file_is_handed_out_whatever_the_case_of_its_name(mserver: MServer, path: str) -> None:
    answer = get(mserver, path)
    assert (answer.status_code, answer.content) == (200, b"%PDF-1")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Last-Modified"] == "Mon, 02 Feb 2026 02:40:00 GMT"


def test_an_unchanged_file_is_not_sent_again(mserver: MServer) -> None:
    moments = ("Mon, 02 Feb 2026 02:40:00 GMT", "Mon, 02 Feb 2026 02:39:59 GMT", "yesterday")
    answers = [get(mserver, "Faktury/logo.png", **{"If-Modified-Since": moment}) for moment in moments]
    assert [(answer.status_code, answer.content) for answer in answers] == [
        (304, b""), (200, b"\x89PNG"), (200, b"\x89PNG"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "path", ["", "Faktury", "Faktury/none.pdf", "../secret.txt", "%2e%2e/secret.txt", "..%5Csecret.txt", "out.txt"]
)
def test_nothing_else_is_handed_out(mserver: MServer, path: str) -> None:
    assert get(mserver, path).status_code == 404


def test_who_may_not_open_the_unit_gets_no_file(mserver: MServer) -> None:
    assert get(mserver, "Faktury/logo.png", user="nobody").status_code == 401
    assert get(mserver, "Faktury/logo.png", user="shut").status_code == 403
    assert requests.post(f"{mserver.url}/documents/Faktury/logo.png", timeout=20).status_code == 405
