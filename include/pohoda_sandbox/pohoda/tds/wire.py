"""TDS packets and tokens: the bytes between client and server."""

import socket
import struct
from dataclasses import dataclass

from pohoda_sandbox.pohoda.tds.errors import SqlError

SQL_BATCH = 0x01
RPC = 0x03
ANSWER = 0x04
ATTENTION = 0x06
TRANSACTION = 0x0E
LOGIN7 = 0x10
PRELOGIN = 0x12

DONE = 0xFD
DONE_PROC = 0xFE
DONE_IN_PROC = 0xFF
MORE, FAILED, COUNTED, ATTENDED = 0x01, 0x02, 0x10, 0x20
SELECT = 0xC1

SERVER = "SANDBOX"
COLLATION = bytes([0x05, 0x04, 0xD0, 0x00, 0x00])
CODE_PAGE = "cp1250"


@dataclass
class Reader:
    """Reads little-endian values one after the other."""

    data: bytes
    at: int = 0

    def take(self, count: int) -> bytes:
        piece = self.data[self.at : self.at + count]
        if len(piece) < count:
            raise ValueError("message ends early")
        self.at += count
        return piece

    def number(self, form: str) -> int:
        value: int = struct.unpack(f"<{form}", self.take(struct.calcsize(f"<{form}")))[0]
        return value

    def text(self, length: int) -> str:
        return self.take(2 * length).decode("utf-16-le")

    @property
    def more(self) -> bool:
        return self.at < len(self.data)


def read_message(connection: socket.socket) -> tuple[int, bytes] | None:
    """The type and body of the next message, or None when the client has gone."""
    body = b""
    while True:
        header = _exactly(connection, 8)
        if header is None:
            return None
        kind, status, length = struct.unpack(">BBH", header[:4])
        piece = _exactly(connection, length - 8)
        if piece is None:
            return None
        body += piece
        if status & 1:
            return kind, body


def _exactly(connection: socket.socket, count: int) -> bytes | None:
    found = bytearray()
    while len(found) < count:
        piece = connection.recv(count - len(found))
        if not piece:
            return None
        found += piece
    return bytes(found)


def packets(body: bytes, size: int) -> bytes:
    """An answer cut into packets of the negotiated size."""
    room = size - 8
    pieces = [body[start : start + room] for start in range(0, len(body), room)] or [b""]
    out = bytearray()
    for number, piece in enumerate(pieces, start=1):
        last = 1 if number == len(pieces) else 0
        out += struct.pack(">BBHHBB", ANSWER, last, len(piece) + 8, 51, number & 255, 0) + piece
    return bytes(out)


def short_text(value: str) -> bytes:
    """A text with its length in one byte."""
    return bytes([len(value)]) + value.encode("utf-16-le")


def done(token: int, flags: int = 0, count: int = 0, command: int = 0) -> bytes:
    return struct.pack("<BHHQ", token, flags, command, count)


def error(raised: SqlError) -> bytes:
    text = raised.text[:2000]
    body = (
        struct.pack("<IBB", raised.number, 1, raised.severity)
        + struct.pack("<H", len(text))
        + text.encode("utf-16-le")
        + short_text(SERVER)
        + short_text("")
        + struct.pack("<I", 1)
    )
    return b"\xaa" + struct.pack("<H", len(body)) + body


def changed(kind: int, new: bytes, old: bytes) -> bytes:
    """ENVCHANGE: database, collation, packet size, transaction."""
    body = bytes([kind]) + new + old
    return b"\xe3" + struct.pack("<H", len(body)) + body
