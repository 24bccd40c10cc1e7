"""An HTTP/1.1 server on loopback that can be told to misbehave, and frees its port the moment it is stopped.

A `Service` says what is answered; this module reads, writes, and carries out the scripted faults.
"""

import contextlib
import logging
import socket
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler
from typing import Any, Protocol

from pohoda_sandbox.faults import Fault, Faults
from pohoda_sandbox.listening import Listening

JUNK = b"\x00\x81\xff}{ not an answer \xfe" * 8
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Request:
    """One request as read. `size` is the length the body had; `body` is empty when it was over the limit."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""
    size: int = 0


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes
    content_type: str = "application/json; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


class Service(Protocol):
    """What a server asks of the simulator behind it; called from many threads."""

    endpoint: str
    max_body: int

    def exempt(self, request: Request) -> bool:
        """True for requests that no fault may touch and no log counts (the admin path)."""

    def answer(self, request: Request, gone: str) -> Reply:
        """Do what was asked and answer; `gone` is a field that does not exist for this one request."""

    def failed(self, request: Request, status: int) -> Reply:
        """The answer for a status that a script asked for; stores nothing."""

    def garbled(self, reply: Reply) -> Reply:
        """The same answer in another code page than it declares."""

    def noted(self, request: Request, reply: Reply | None) -> None:
        """Log the request, before its answer leaves; None: it gets no answer."""

    def now(self) -> float:
        """The service's own time, for the header Date."""


@dataclass(frozen=True)
class Manners:
    """Where a server differs from others. `target` is what its faults match, found in the whole request instead of
    the path alone; `turn` is held while a request is worked on, a scripted delay included; `packed` is the reply as
    the client accepts it."""

    target: Callable[[Request], str] | None = None
    turn: Callable[[Request], AbstractContextManager[None]] = lambda request: nullcontext()
    packed: Callable[[Request, Reply], Reply] = lambda request, reply: reply


class Server:
    """Serves one `Service` on 127.0.0.1; `port` 0 takes a free one and keeps it over a restart."""

    def __init__(self, service: Service, faults: Faults, port: int = 0, manners: Manners | None = None) -> None:
        self.service = service
        self.faults = faults
        self.manners = manners or Manners()
        self.port = port
        self.stopping = threading.Event()
        self._threads: _Threads | None = None

    def start(self) -> None:
        """Listen and serve. Raises OSError when the port is taken."""
        self.stopping.clear()
        self._threads = _Threads(self)
        self.port = self._threads.port
        self._threads.begin()

    def stop(self) -> None:
        """Close the listener and every open connection; harmless when not started."""
        threads, self._threads = self._threads, None
        if threads is not None:
            self.stopping.set()
            threads.end()


class _Threads(Listening):
    def __init__(self, server: Server) -> None:
        self.server = server
        super().__init__(server.port, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Threads
    protocol_version = "HTTP/1.1"
    server_version = "pohoda-sandbox"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1

    def serve(self) -> None:
        service, faults = self.server.server.service, self.server.server.faults
        request = Request(self.command, self.path, {name.lower(): value for name, value in self.headers.items()})
        if service.exempt(request):
            self._send(service.answer(self._read(request), ""))
            return
        manners = self.server.server.manners
        if manners.target is not None:
            request = self._read(request)
        fault = faults.take(service.endpoint, self.command, manners.target(request) if manners.target else self.path)
        kind = fault.kind if fault is not None else ""
        if manners.target is None and kind != "refuse":
            request = self._read(request)
        reply = None if fault is not None and kind in {"refuse", "cut_before"} else self._reply(request, fault)
        service.noted(request, None if kind == "cut_after" else reply)
        if reply is not None and kind != "cut_after":
            self._send(manners.packed(request, reply), half=kind == "truncate")
        if reply is None or kind in {"cut_after", "truncate"}:
            self._hang_up()

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = serve

    def _reply(self, request: Request, fault: Fault | None) -> Reply:
        """The reply, made as the fault says."""
        service = self.server.server.service
        if fault is not None and fault.kind == "status":
            reply = service.failed(request, fault.status)
            after = (("Retry-After", fault.retry_after),) if fault.retry_after else ()
            return replace(reply, headers=(*reply.headers, *after))
        with self.server.server.manners.turn(request):
            if fault is not None and fault.kind == "delay":
                self.server.server.stopping.wait(fault.seconds)
            reply = self._answer(request, fault.name if fault is not None and fault.kind == "drift" else "")
        if fault is not None and fault.kind == "status_after":
            return service.failed(request, fault.status)
        if fault is not None and fault.kind == "garbage":
            return replace(reply, status=200, body=JUNK)
        return service.garbled(reply) if fault is not None and fault.kind == "wrong_encoding" else reply

    def _answer(self, request: Request, gone: str = "") -> Reply:
        try:
            return self.server.server.service.answer(request, gone)
        except Exception:
            log.exception("the simulator itself failed at %s %s", request.method, request.target)
            return self.server.server.service.failed(request, 500)

    def _read(self, request: Request) -> Request:
        """The request with its body; one over the limit is read to its end and dropped, so that 413 arrives."""
        limit, kept, size = self.server.server.service.max_body, bytearray(), 0
        for part in self._parts():
            size += len(part)
            if size <= limit:
                kept += part
        return replace(request, body=bytes(kept) if size <= limit else b"", size=size)

    def _parts(self) -> Any:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            while length := int(self.rfile.readline().split(b";")[0], 16):
                yield self.rfile.read(length)
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
            return
        left = int(self.headers.get("Content-Length") or 0)
        while left > 0 and (part := self.rfile.read(min(left, 65536))):
            left -= len(part)
            yield part

    def _send(self, reply: Reply, *, half: bool = False) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body[: len(reply.body) // 2] if half else reply.body)
        self.wfile.flush()

    def _hang_up(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def handle_expect_100(self) -> bool:
        going_on = super().handle_expect_100()
        self.wfile.flush()
        return going_on

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string(self.server.server.service.now() if timestamp is None else timestamp)

    def log_message(self, format: str, *args: Any) -> None:
        log.debug(format, *args)
