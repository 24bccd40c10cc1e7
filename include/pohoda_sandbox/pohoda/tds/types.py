"""SQL Server's column types on the wire: their description and their values."""

import struct
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from pohoda_sandbox.pohoda.tds.wire import CODE_PAGE, COLLATION

EPOCH = datetime(1900, 1, 1)
_FIXED = {
    "tinyint": b"\x26\x01",
    "smallint": b"\x26\x02",
    "int": b"\x26\x04",
    "bigint": b"\x26\x08",
    "bit": b"\x68\x01",
    "real": b"\x6d\x04",
    "float": b"\x6d\x08",
    "money": b"\x6e\x08",
    "datetime": b"\x6f\x08",
}
_PACKED = {"tinyint": "<B", "smallint": "<h", "int": "<i", "bigint": "<q", "real": "<f", "float": "<d"}
_LONG = {"text": 0x23, "image": 0x22}
_OTHER_NAMES = {
    "integer": "int",
    "decimal": "money",
    "numeric": "money",
    "smallmoney": "money",
    "double": "float",
    "boolean": "bit",
    "datetime2": "datetime",
    "smalldatetime": "datetime",
    "date": "datetime",
    "memo": "text",
    "nvarchar": "varchar",
    "char": "varchar",
    "nchar": "varchar",
}


@dataclass(frozen=True)
class SqlType:
    """A type by its T-SQL name in lower case; `length` counts for varchar."""

    name: str
    length: int = 0

    @classmethod
    def named(cls, name: str, length: int = 0) -> "SqlType | None":
        """The type by any of its names, or None."""
        known = _OTHER_NAMES.get(name.lower(), name.lower())
        return cls(known, length) if known in _FIXED or known in _LONG or known == "varchar" else None

    def described(self, table: str = "") -> bytes:
        """TYPE_INFO as it stands in COLMETADATA."""
        if self.name in _FIXED:
            return _FIXED[self.name]
        if self.name in _LONG:
            collation = COLLATION if self.name == "text" else b""
            name = table or "t"
            parts = b"\x01" + struct.pack("<H", len(name)) + name.encode("utf-16-le")
            return bytes([_LONG[self.name]]) + struct.pack("<I", 0x7FFFFFFF) + collation + parts
        return b"\xa7" + struct.pack("<H", min(self.length or 8000, 8000)) + COLLATION

    def encoded(self, value: Any, code_page: str = CODE_PAGE) -> bytes:
        """One value of a row."""
        if value is None:
            return b"\xff\xff" if self.name == "varchar" else b"\0"
        if self.name in _PACKED:
            number = float(value) if self.name in {"real", "float"} else int(value)
            return _sized(struct.pack(_PACKED[self.name], number))
        if self.name == "bit":
            return _sized(b"\x01" if int(value) else b"\x00")
        if self.name == "money":
            units = int((Decimal(str(value)) * 10_000).to_integral_value())
            return _sized(struct.pack("<iI", units >> 32, units & 0xFFFFFFFF))
        if self.name == "datetime":
            return _sized(_moment(datetime.fromisoformat(str(value))))
        raw = value if isinstance(value, bytes) else str(value).encode(code_page, "replace")
        if self.name in _LONG:
            return b"\x10" + b"x" * 16 + b"\0" * 8 + struct.pack("<I", len(raw)) + raw
        raw = raw[:8000]
        return struct.pack("<H", len(raw)) + raw


def _sized(raw: bytes) -> bytes:
    return bytes([len(raw)]) + raw


def _moment(value: datetime) -> bytes:
    since = value.replace(tzinfo=None) - EPOCH
    ticks = round((since.seconds + since.microseconds / 1e6) * 300)
    return struct.pack("<iI", since.days, ticks)
