"""The start of a connection: PRELOGIN without encryption, then LOGIN7 with user, password and database."""

import struct
from dataclasses import dataclass

from pohoda_sandbox.pohoda.tds.wire import COLLATION, DONE, Reader, changed, done, short_text

_VERSION = b"\x0f\x00\x07\xd0"
_NO_ENCRYPTION = b"\x02"


@dataclass(frozen=True)
class Login:
    """A SQL login; it reads every database, and writes only when told so."""

    password: str
    writes: bool = False


@dataclass(frozen=True)
class LoginRequest:
    user: str
    password: str
    database: str
    packet_size: int


def prelogin_answer() -> bytes:
    """Version, encryption not supported, no instance, no thread, no multiple results."""
    options = [(0, _VERSION + b"\0\0"), (1, _NO_ENCRYPTION), (2, b"\0"), (3, b""), (4, b"\0")]
    heads, values = b"", b""
    start = 5 * len(options) + 1
    for kind, value in options:
        heads += struct.pack(">BHH", kind, start + len(values), len(value))
        values += value
    return heads + b"\xff" + values


def parse_login(body: bytes) -> LoginRequest:
    """Raises ValueError for a message that is no LOGIN7."""
    size = Reader(body, 8).number("I")
    hidden = _part(body, 44)
    password = bytes((((byte ^ 0xA5) >> 4) | ((byte ^ 0xA5) << 4)) & 0xFF for byte in hidden)
    return LoginRequest(
        user=_part(body, 40).decode("utf-16-le"),
        password=password.decode("utf-16-le"),
        database=_part(body, 68).decode("utf-16-le"),
        packet_size=min(max(size or 4096, 512), 32767),
    )


def _part(body: bytes, place: int) -> bytes:
    head = Reader(body, place)
    start, length = head.number("H"), head.number("H")
    return Reader(body, start).take(2 * length)


def accepted(database: str, packet_size: int) -> bytes:
    """The answer to a login that may enter the database."""
    product = b"\x01\x74\x00\x00\x04" + short_text("Microsoft SQL Server") + _VERSION
    return (
        changed(1, short_text(database), short_text("master"))
        + changed(7, b"\x05" + COLLATION, b"\0")
        + changed(2, short_text("us_english"), short_text(""))
        + b"\xad"
        + struct.pack("<H", len(product))
        + product
        + changed(4, short_text(str(packet_size)), short_text("4096"))
        + done(DONE)
    )
