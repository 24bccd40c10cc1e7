"""The HTTP handler of the mServer: reads a request whole, carries out faults, sends one answer."""

import contextlib
import gzip
import re
import socket
import time
import zlib
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from pohoda_sandbox.faults import Fault
from pohoda_sandbox.pohoda.listening import Listening

if TYPE_CHECKING:
    from pohoda_sandbox.pohoda.mserver import MServer

CUT = 0
MAX_BODY = 256 * 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """What goes back: status, XML or nothing, extra headers."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


class BadRequest(Exception):
    """The bytes are no request that can be worked on: HTTP 400."""


class Server(Listening, HTTPServer):
    """Takes connections for one mServer."""

    def __init__(self, port: int, mserver: "MServer") -> None:
        self.mserver = mserver
        super().__init__(("127.0.0.1", port), Handler)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "POHODA-mServer"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 60

    def do_GET(self) -> None:
        """Every method is answered alike; the paths know which they take."""
        self._handle()

    do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: requests are recorded by the server."""

    def _handle(self) -> None:
        mserver = cast("Server", self.server).mserver
        try:
            body = self._body()
        except BadRequest:
            self.close_connection = True
            self._send(Answer(HTTPStatus.BAD_REQUEST), None)
            return
        fault = mserver.faults.take("mserver", self.command, f"{self.path} {first_request(body)}")
        if fault is not None and fault.kind in {"refuse", "cut_before"}:
            self._cut()
            return
        if fault is not None and fault.kind == "status":
            headers = (("Retry-After", fault.retry_after),) if fault.retry_after else ()
            self._send(Answer(fault.status, headers=headers), None)
            return
        seconds = fault.seconds if fault is not None and fault.kind == "delay" else 0.0
        try:
            answer = mserver.answer(self.command, urlsplit(self.path), self.headers, body, lambda: time.sleep(seconds))
        except Exception:
            self._send(Answer(HTTPStatus.INTERNAL_SERVER_ERROR), None)
            raise
        if fault is not None and fault.kind == "cut_after":
            self._cut()
        elif fault is not None and fault.kind == "status_after":
            self._send(Answer(fault.status), None)
        else:
            self._send(answer, fault)

    def _body(self) -> bytes:
        """The request's body, unpacked. Raises BadRequest."""
        try:
            length = int(self.headers.get("Content-Length") or 0)
        except ValueError as error:
            raise BadRequest from error
        if not 0 <= length <= MAX_BODY or self.headers.get("Transfer-Encoding"):
            raise BadRequest
        body = self.rfile.read(length)
        if len(body) < length:
            raise BadRequest
        return unpacked(body, (self.headers.get("Content-Encoding") or "").strip().lower())

    def _send(self, answer: Answer, fault: Fault | None) -> None:
        body = answer.body
        kind = fault.kind if fault is not None else ""
        if kind == "garbage":
            body = b"\x00\xff\xfe not an answer \x00"
        elif kind == "wrong_encoding":
            body = body.decode("cp1250").encode("utf-8")
        encoding, packed_body = packed(body, self.headers.get("Accept-Encoding") or "")
        self._record(answer.status)
        self.send_response(answer.status)
        self.send_header("Content-Type", "text/xml")
        if encoding:
            self.send_header("Content-Encoding", encoding)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(packed_body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if kind == "truncate":
            self.wfile.write(packed_body[: len(packed_body) // 2])
            self.wfile.flush()
            self._close()
            return
        self.wfile.write(packed_body)

    def _cut(self) -> None:
        self._record(CUT)
        self._close()

    def _close(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _record(self, status: int) -> None:
        cast("Server", self.server).mserver.record(self.command, self.path, status)


def first_request(body: bytes) -> str:
    """The local name of the first document or request in a pack, found without parsing; empty when there is none."""
    inside = re.search(rb"<(?:[\w.-]+:)?dataPackItem\b[^>]*>(?:\s|<!--.*?-->)*<(?:[\w.-]+:)?([\w.-]+)", body, re.DOTALL)
    return inside.group(1).decode("ascii", "replace") if inside else ""


def unpacked(body: bytes, encoding: str) -> bytes:
    """The body without its content encoding; deflate with or without zlib's wrapper. Raises BadRequest."""
    try:
        if encoding in {"", "identity"}:
            return body
        if encoding in {"gzip", "x-gzip"}:
            return gzip.decompress(body)
        if encoding == "deflate":
            try:
                return zlib.decompress(body)
            except zlib.error:
                return zlib.decompress(body, -zlib.MAX_WBITS)
    except (OSError, EOFError, zlib.error) as error:
        raise BadRequest from error
    raise BadRequest


def packed(body: bytes, accepted: str) -> tuple[str, bytes]:
    """The content encoding chosen and the body in it; gzip before deflate, neither for an empty body."""
    weights = {}
    for part in accepted.lower().split(","):
        name, _, weight = part.strip().partition(";q=")
        weights[name] = weight.strip() not in {"0", "0.0", "0.00", "0.000"}
    if body and weights.get("gzip"):
        return "gzip", gzip.compress(body, compresslevel=1)
    if body and weights.get("deflate"):
        return "deflate", zlib.compress(body, level=1)
    return "", body
