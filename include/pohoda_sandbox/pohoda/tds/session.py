"""One client's connection: login, then statements until it goes."""

import contextlib
import re
import socket
import struct
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from pohoda_sandbox.faults import Fault, Faults
from pohoda_sandbox.pohoda.clock import Clock
from pohoda_sandbox.pohoda.tds import wire
from pohoda_sandbox.pohoda.tds.errors import SqlError, login_failed, no_database
from pohoda_sandbox.pohoda.tds.executor import Count, Executor, Rows
from pohoda_sandbox.pohoda.tds.login import Login, accepted, parse_login, prelogin_answer
from pohoda_sandbox.pohoda.tds.parameters import read_parameter
from pohoda_sandbox.pohoda.tds.results import answer
from pohoda_sandbox.pohoda.tds.wire import Reader

_PROCEDURES = {10: "sp_executesql", 11: "sp_prepare", 12: "sp_execute", 13: "sp_prepexec", 15: "sp_unprepare"}
_TRANSACTIONS = {5: ("BEGIN", 8), 7: ("COMMIT", 9), 8: ("ROLLBACK", 10)}
_DRIVERS_OWN = re.compile(r"\s*(EXEC(UTE)?\s+)?sp_\w+", re.IGNORECASE)
_NO_DATA = re.compile(r"\s*(SET|USE|IF|BEGIN|COMMIT|ROLLBACK)\b(?!.*\bSELECT\b)", re.IGNORECASE | re.DOTALL)


class Cut(Exception):
    """The connection ends here by a fault script; `sent` goes out before."""

    def __init__(self, sent: bytes = b"") -> None:
        super().__init__()
        self.sent = sent


class Host(Protocol):
    """What a session asks of the server it belongs to."""

    faults: Faults
    logins: dict[str, Login]
    stopping: threading.Event

    def database(self, name: str) -> tuple[str, Path, Clock] | None:
        """A database by name: its own name, its file, its clock."""

    def names(self) -> Sequence[str]:
        """The names of all databases."""

    def capture(self, sql: str, parameters: Mapping[str, Any]) -> None:
        """Keep a statement as it came."""


class Session:
    def __init__(self, connection: socket.socket, server: Host) -> None:
        self._connection = connection
        self._server = server
        self._packet_size = self._agreed_size = 4096
        self._executor: Executor | None = None
        self._prepared: dict[int, tuple[str, list[str]]] = {}

    def serve(self) -> None:
        """Answers messages until the client or a fault ends the connection."""
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            while (message := wire.read_message(self._connection)) is not None:
                reply = self._answer(*message)
                if reply is None:
                    return
                self._connection.sendall(wire.packets(reply, self._packet_size))
                self._packet_size = self._agreed_size
        except Cut as cut:
            with contextlib.suppress(OSError):
                self._connection.sendall(cut.sent)
        except (OSError, ValueError, struct.error):
            return
        finally:
            if self._executor is not None:
                self._executor.close()

    def _answer(self, kind: int, body: bytes) -> bytes | None:
        if kind == wire.PRELOGIN:
            return prelogin_answer()
        if kind == wire.LOGIN7:
            return self._login(body)
        if self._executor is None:
            return None
        if kind == wire.SQL_BATCH:
            sql = body[Reader(body).number("I") :].decode("utf-16-le")
            return self._run(sql, {}, wire.DONE)
        if kind == wire.RPC:
            return self._call(body)
        if kind == wire.TRANSACTION:
            return self._transaction(body)
        if kind == wire.ATTENTION:
            return wire.done(wire.DONE, wire.ATTENDED)
        return None

    def _login(self, body: bytes) -> bytes:
        request = parse_login(body)
        login = self._server.logins.get(request.user)
        if login is None or login.password != request.password:
            return wire.error(login_failed(request.user)) + wire.done(wire.DONE, wire.FAILED)
        database = self._server.database(request.database)
        if database is None:
            return wire.error(no_database(request.database)) + wire.done(wire.DONE, wire.FAILED)
        name, path, clock = database
        self._executor = Executor(path, name, clock, may_write=login.writes, databases=self._server.names())
        self._agreed_size = request.packet_size
        return accepted(name, request.packet_size)

    def _transaction(self, body: bytes) -> bytes:
        reader = Reader(body, Reader(body).number("I"))
        word, kind = _TRANSACTIONS.get(reader.number("H"), ("", 0))
        if not word or self._executor is None:
            return wire.done(wire.DONE)
        self._executor.transaction(word)
        descriptor = b"\x08" + b"\x01" * 8
        changed = wire.changed(kind, *((descriptor, b"\0") if word == "BEGIN" else (b"\0", descriptor)))
        return changed + wire.done(wire.DONE)

    def _call(self, body: bytes) -> bytes:
        """A remote procedure call."""
        reader = Reader(body, Reader(body).number("I"))
        length = reader.number("H")
        name = _PROCEDURES.get(reader.number("H"), "") if length == 0xFFFF else reader.text(length).lower()
        reader.number("H")
        given = []
        while reader.more and reader.data[reader.at] not in {0x80, 0xFF}:
            given.append(read_parameter(reader))
        values = [value for _, value in given]
        end = wire.done(wire.DONE_PROC)
        if name == "sp_executesql":
            names = _declared(values[1]) if len(values) > 1 else []
            return self._run(values[0], _named(names, given[2:]), wire.DONE_IN_PROC) + _status() + end
        if name in {"sp_prepare", "sp_prepexec"}:
            handle = max(self._prepared, default=0) + 1
            self._prepared[handle] = (values[2], _declared(values[1]))
            run = b""
            if name == "sp_prepexec":
                run = self._run(values[2], _named(_declared(values[1]), given[3:]), wire.DONE_IN_PROC)
            return run + _status() + _handle(handle) + end
        if name == "sp_execute":
            sql, names = self._prepared.get(values[0], ("", []))
            return self._run(sql, _named(names, given[1:]), wire.DONE_IN_PROC) + _status() + end
        if name == "sp_unprepare":
            self._prepared.pop(values[0], None)
            return _status() + end
        missing = SqlError(2812, f"Could not find stored procedure '{name}'.")
        return wire.error(missing) + wire.done(wire.DONE_PROC, wire.FAILED)

    def _run(self, sql: str, parameters: dict[str, Any], token: int) -> bytes:
        """Runs a batch, carrying out the fault scripted for it. Raises Cut."""
        if _DRIVERS_OWN.match(sql):
            return wire.done(token, wire.MORE if token == wire.DONE_IN_PROC else 0)
        self._server.capture(sql, parameters)
        fault = None if _NO_DATA.match(sql) else self._server.faults.take("tds", "SQL", sql)
        kind = fault.kind if fault is not None else ""
        if fault is not None:
            _before(fault, self._server.stopping)
        out = self._ran(sql, parameters, token, fault)
        if kind in {"cut_after", "status_after"}:
            raise Cut
        if kind == "truncate":
            whole = wire.packets(out, self._packet_size)
            raise Cut(whole[: len(whole) // 2])
        if kind == "garbage":
            raise Cut(b"\x04\x01\x00\x20" + b"\xee" * 28)
        return out

    def _ran(self, sql: str, parameters: dict[str, Any], token: int, fault: Fault | None) -> bytes:
        gone = fault.name if fault is not None and fault.kind == "drift" else ""
        code_page = "utf-8" if fault is not None and fault.kind == "wrong_encoding" else wire.CODE_PAGE
        outcomes: list[Rows | Count] = []
        failed = None
        try:
            if fault is not None and fault.kind == "status":
                raise SqlError(fault.status, f"Scripted error {fault.status}.", 13)
            if self._executor is not None:
                outcomes.extend(self._executor.run(sql, parameters, gone=gone))
        except SqlError as error:
            failed = error
        return answer(outcomes, failed, token, code_page)


def _before(fault: Fault, stopping: threading.Event) -> None:
    if fault.kind in {"refuse", "cut_before"}:
        raise Cut
    if fault.kind == "delay":
        stopping.wait(fault.seconds)


def _declared(text: str | None) -> list[str]:
    """The names of the parameters in a declaration such as `@P1 INT, @P2 NVARCHAR(10)`."""
    return re.findall(r"@(\w+)", text or "")


def _named(names: list[str], given: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name.lstrip("@") or names[place]: value for place, (name, value) in enumerate(given)}


def _status() -> bytes:
    return b"\x79" + struct.pack("<i", 0)


def _handle(number: int) -> bytes:
    """The return value that carries a prepared statement's handle."""
    head = b"\xac\0\0" + wire.short_text("") + b"\x01" + struct.pack("<IH", 0, 0)
    return head + b"\x26\x04\x04" + struct.pack("<i", number)
