"""A small REST service that has nothing in common with Gram but being one: other paths, names, envelope and header."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

NOW = "2026-07-01T10:00:00+0000"


class Acme:
    """Keeps its records in memory; `seen` are method and path of every request."""

    def __init__(self) -> None:
        self.records: dict[str, dict[str, Any]] = {}
        self.seen: list[tuple[str, str]] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                owner.seen.append((self.command, unquote(self.path)))
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else {}
                if self.headers["Authorization"] != "Bearer acme-secret":
                    status, told = 401, None
                else:
                    status, told = owner.handle(self.command, self.path, body)
                raw = b"" if told is None else json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            do_GET = do_POST = do_PATCH = do_DELETE = answer

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def handle(self, method: str, target: str, body: dict[str, Any]) -> tuple[int, Any]:
        url = urlsplit(target)
        parts = url.path.removeprefix("/svc/t1/").split("/")
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        if method == "POST":
            if len(str(body.get("title", ""))) > 10:
                return 422, {"problems": [{"on": "title", "why": "long", "say": "Too long"}]}
            return 201, self.store(str(len(self.records) + 1), body)
        if len(parts) == 3:
            if parts[2] not in self.records:
                return 404, {"problems": []}
            if method == "DELETE":
                del self.records[parts[2]]
                return 204, None
            return 200, self.store(parts[2], body) if method == "PATCH" else self.records[parts[2]]
        found = [record for record in self.records.values() if self.fits(record, asked)]
        first, size = int(asked["p"]) * int(asked["n"]), int(asked["n"])
        return 200, {"result": {"items": found[first : first + size], "count": len(found)}}

    def store(self, identity: str, body: dict[str, Any]) -> dict[str, Any]:
        known = self.records.setdefault(identity, {"uid": int(identity), "title": None, "size": None, "vip": None})
        known |= body | {"changed": NOW}
        return known

    @staticmethod
    def fits(record: dict[str, Any], asked: dict[str, str]) -> bool:
        conditions = [part.split(" is ") for part in asked.get("where", "").split(" and ") if part]
        same = all(str(record.get(field)) == value.strip("'") for field, value in conditions)
        return same and record["changed"] >= asked.get("changed_after", "")
