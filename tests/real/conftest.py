"""A tiny mServer on loopback that answers every request with the records of one listing."""

import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from lxml import etree

from tests.bridge import UNIT, Bridge

STATUS = (
    b"<mServer><status>idle</status><companyDetail><databaseName>StwPh_12345678_2026</databaseName>"
    b"<year>2026</year></companyDetail></mServer>"
)


class Recording:
    """One recorded answer; to a request of several items each gets the listing, or the record it asks for by id."""

    def __init__(self, path: Path) -> None:
        text = path.read_text(encoding="cp1250")
        self.head = text[: text.index("<rsp:responsePackItem")]
        self.listing_head, records, self.listing_end = re.findall(
            r"(?s)(<lAdb:listAddressBook[^>]*>)(.*)(</lAdb:listAddressBook>)", text
        )[0]
        self.records = re.findall(r"(?s)<lAdb:addressbook .*?</lAdb:addressbook>", records)

    def answer(self, request: bytes) -> bytes:
        items = etree.fromstring(request).findall("{*}dataPackItem")
        assert items
        told = "".join(self._item(item) for item in items)
        return f"{self.head}{told}</rsp:responsePack>".encode("cp1250")

    def _item(self, item: etree._Element) -> str:
        wanted = item.findtext(".//{*}filter/{*}id")
        chosen = [one for one in self.records if wanted is None or f"<adb:id>{wanted}</adb:id>" in one]
        inside = self.listing_head + "".join(chosen) + self.listing_end
        return f'<rsp:responsePackItem version="2.0" id="{item.get("id")}" state="ok">{inside}</rsp:responsePackItem>'


Play = Callable[[Path], Bridge]


@pytest.fixture
def play(bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> Iterator[Play]:
    """`play(file)`: the product with the recording in the place of POHODA, and an empty Gram."""
    recordings: list[Recording] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say(STATUS)

        def do_POST(self) -> None:
            self._say(recordings[0].answer(self.rfile.read(int(self.headers["Content-Length"]))))

        def _say(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()

    def playing(path: Path) -> Bridge:
        recordings.append(Recording(path))
        bridge.write("units", {**UNIT, "read": "xml"})
        monkeypatch.setenv("AIRFLOW_CONN_POHODA_MSERVER_2026", f"http://api:x@127.0.0.1:{server.server_address[1]}")
        return bridge

    yield playing
    server.shutdown()
    thread.join()
    server.server_close()
