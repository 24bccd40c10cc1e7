"""schemas fetch: from a server on loopback, archives of every kind."""

import io
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from pohoda_bridge.cli import schemas

from .conftest import Command

Serve = Callable[[bytes], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """`serve(content)` is an address that answers it; an empty content answers 404."""
    answer: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if answer[0] else 404)
            self.send_header("Content-Length", str(len(answer[0])))
            self.end_headers()
            self.wfile.write(answer[0])

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()

    def serving(content: bytes) -> str:
        answer[:] = [content]
        return f"http://127.0.0.1:{server.server_address[1]}/schemas.zip"

    yield serving
    server.shutdown()
    thread.join()
    server.server_close()


def _zip(**files: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return made.getvalue()


def _files(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_the_schemas_lie_flat_in_the_folder(serve: Serve, command: Command, tmp_path: Path) -> None:
    url = serve(_zip(**{"all/data.xsd": "<a/>", "all/type.XSD": "<b/>", "all/readme.txt": "x", "all/": ""}))
    done = command("schemas", "fetch", "--url", url, "--to", str(tmp_path / "xsd"), "--json")
    assert done.code == 0
    assert done.data == {"folder": str(tmp_path / "xsd"), "files": ["data.xsd", "type.XSD"]}
    assert _files(tmp_path) == {"xsd/data.xsd": "<a/>", "xsd/type.XSD": "<b/>"}
    again = command("schemas", "fetch", "--url", serve(_zip(**{"data.xsd": "<new/>"})), "--to", str(tmp_path / "xsd"))
    assert (again.code, again.out) == (0, "")
    assert "1 schemas" in again.err
    assert _files(tmp_path)["xsd/data.xsd"] == "<new/>"


def test_no_path_in_an_archive_leads_out_of_the_folder(serve: Serve, command: Command, tmp_path: Path) -> None:
    hostile = {
        "data.xsd": "<a/>",
        "../out.xsd": "1",
        "/abs.xsd": "2",
        "a\\..\\..\\win.xsd": "3",
        "x/../../../up.xsd": "4",
    }
    folder = tmp_path / "deep" / "xsd"
    done = command("schemas", "fetch", "--url", serve(_zip(**hostile)), "--to", str(folder))
    assert done.code == 0
    assert all(name.startswith("deep/xsd/") for name in _files(tmp_path))
    assert not Path("/abs.xsd").exists()


@pytest.mark.parametrize(
    ("content", "code", "told"),
    [
        (b"<html>Not here</html>", 1, "no ZIP archive"),
        (_zip(**{"other.xsd": "<a/>"}), 1, "no data.xsd"),
        (_zip(), 1, "no data.xsd"),
        (_zip(**{"data.xsd": "<a/>"})[:-30], 1, "ZIP archive"),
        (b"", 75, "could not be fetched"),
    ],
    ids=["a page", "other schemas", "empty", "cut", "404"],
)
def test_what_is_no_set_of_schemas_is_refused_and_nothing_written(
    serve: Serve, command: Command, tmp_path: Path, content: bytes, code: int, told: str
) -> None:
    done = command("schemas", "fetch", "--url", serve(content), "--to", str(tmp_path / "xsd"))
    assert (done.code, done.out) == (code, "")
    assert told in done.err
    assert not (tmp_path / "xsd").exists()


def test_a_damaged_member_is_refused(serve: Serve, command: Command, tmp_path: Path) -> None:
    content = bytearray(_zip(**{"data.xsd": "<schema>" + "abcdefgh" * 50}))
    place = content.index(b"data.xsd") + len("data.xsd") + 4
    content[place] ^= 0xFF
    done = command("schemas", "fetch", "--url", serve(bytes(content)), "--to", str(tmp_path / "xsd"))
    assert (done.code, "archive" in done.err) == (1, True)


@pytest.mark.parametrize("told", ["unpacked", "fetched"])
def test_a_huge_archive_is_refused(
    serve: Serve, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    """A bomb of a few bytes by what it would unpack to, a long answer by what was fetched."""
    monkeypatch.setattr(schemas, "LARGEST", 10_000)
    text = "x" * 10_001 if told == "unpacked" else "".join(chr(33 + n * n % 90) + str(n) for n in range(9_000))
    content = _zip(**({"data.xsd": text} if told == "unpacked" else {"data.xsd": "<a/>", "notes.txt": text}))
    assert (len(content) > schemas.LARGEST) is (told == "fetched")
    done = command("schemas", "fetch", "--url", serve(content), "--to", str(tmp_path / "xsd"))
    assert (done.code, "larger than any schema set" in done.err) == (1, True)
    assert not (tmp_path / "xsd").exists()


def test_a_server_that_is_away(command: Command, tmp_path: Path) -> None:
    done = command("schemas", "fetch", "--url", "http://127.0.0.1:9/x.zip", "--to", str(tmp_path / "xsd"))
    assert (done.code, "could not be fetched" in done.err) == (75, True)
