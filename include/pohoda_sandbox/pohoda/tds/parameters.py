"""Parameters of remote calls, read into values that SQLite compares rightly with what it stores."""

import struct
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from pohoda_sandbox.pohoda.tds.types import EPOCH
from pohoda_sandbox.pohoda.tds.wire import CODE_PAGE, Reader

_NO_VALUE = 0xFFFF
_UNKNOWN_LENGTH = 0xFFFFFFFFFFFFFFFF


def moment(value: datetime) -> str:
    """'YYYY-MM-DD HH:MM:SS', with a fraction only when there is one: so texts compare as times do."""
    return value.isoformat(" ", "milliseconds" if value.microsecond else "seconds")


def read_parameter(reader: Reader) -> tuple[str, Any]:
    """The name (may be empty) and value of the next parameter. Raises ValueError for a type not supported."""
    name = reader.text(reader.number("B"))
    reader.number("B")
    kind = reader.number("B")
    if kind not in _READERS:
        raise ValueError(f"parameter type {kind:#x}")
    return name, _READERS[kind](reader)


def _sized(reader: Reader) -> bytes:
    reader.number("B")
    return reader.take(reader.number("B"))


def _integer(reader: Reader) -> int | None:
    raw = _sized(reader)
    return int.from_bytes(raw, "little", signed=len(raw) > 1) if raw else None


def _bit(reader: Reader) -> int | None:
    raw = _sized(reader)
    return raw[0] if raw else None


def _float(reader: Reader) -> float | None:
    raw = _sized(reader)
    return float(struct.unpack("<f" if len(raw) == 4 else "<d", raw)[0]) if raw else None


def _money(reader: Reader) -> float | None:
    raw = _sized(reader)
    if not raw:
        return None
    if len(raw) == 4:
        return int.from_bytes(raw, "little", signed=True) / 10_000
    high, low = struct.unpack("<iI", raw)
    return float(Decimal(high << 32 | low) / 10_000)


def _datetime(reader: Reader) -> str | None:
    raw = _sized(reader)
    if not raw:
        return None
    if len(raw) == 4:
        days, minutes = struct.unpack("<HH", raw)
        return moment(EPOCH + timedelta(days=days, minutes=minutes))
    days, ticks = struct.unpack("<iI", raw)
    return moment(EPOCH + timedelta(days=days, milliseconds=round(ticks * 1000 / 300)))


def _numeric(reader: Reader) -> float | int | None:
    reader.take(2)
    scale, length = reader.number("B"), reader.number("B")
    if not length:
        return None
    sign = 1 if reader.number("B") else -1
    value = (Decimal(int.from_bytes(reader.take(length - 1), "little")) * sign).scaleb(-scale)
    return int(value) if value == value.to_integral_value() else float(value)


def _text(encoding: str | None) -> Callable[[Reader], str | bytes | None]:
    def read(reader: Reader) -> str | bytes | None:
        longest = reader.number("H")
        if encoding:
            reader.take(5)
        raw = _chunks(reader) if longest == _NO_VALUE else _short(reader)
        return raw if raw is None or encoding is None else raw.decode(encoding)

    return read


def _short(reader: Reader) -> bytes | None:
    length = reader.number("H")
    return None if length == _NO_VALUE else reader.take(length)


def _chunks(reader: Reader) -> bytes | None:
    if reader.number("Q") == _UNKNOWN_LENGTH:
        return None
    found = b""
    while length := reader.number("I"):
        found += reader.take(length)
    return found


def _old_text(encoding: str) -> Callable[[Reader], str | None]:
    def read(reader: Reader) -> str | None:
        reader.take(9)
        length = reader.number("i")
        return None if length < 0 else reader.take(length).decode(encoding)

    return read


def _date(reader: Reader) -> str | None:
    length = reader.number("B")
    if not length:
        return None
    return f"{_day(reader.take(3)).isoformat()} 00:00:00"


def _datetime2(reader: Reader) -> str | None:
    scale, length = reader.number("B"), reader.number("B")
    if not length:
        return None
    raw = reader.take(length)
    ticks, day = int.from_bytes(raw[: length - 3], "little"), _day(raw[length - 3 :])
    microseconds = ticks * 10**6 // 10**scale
    return moment(datetime.combine(day, datetime.min.time()) + timedelta(microseconds=microseconds))


def _day(raw: bytes) -> date:
    return date(1, 1, 1) + timedelta(days=int.from_bytes(raw, "little"))


_READERS: dict[int, Callable[[Reader], Any]] = {
    0x26: _integer,
    0x68: _bit,
    0x6D: _float,
    0x6E: _money,
    0x6F: _datetime,
    0x6A: _numeric,
    0x6C: _numeric,
    0xA7: _text(CODE_PAGE),
    0xAF: _text(CODE_PAGE),
    0xE7: _text("utf-16-le"),
    0xEF: _text("utf-16-le"),
    0xA5: _text(None),
    0xAD: _text(None),
    0x23: _old_text(CODE_PAGE),
    0x63: _old_text("utf-16-le"),
    0x28: _date,
    0x2A: _datetime2,
}
