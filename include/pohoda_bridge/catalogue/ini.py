"""The settings file of a running Gram CRM Connector, `Pohoda.ini`: what is known of it is understood, the rest listed.

Lines are `[SECTION]`, `key = value`, and comments that begin with `#`. The file is in Windows-1250, or in UTF-8.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pohoda_bridge.catalogue.load import nearest
from pohoda_bridge.errors import SettingsError

KNOWN: Mapping[str, tuple[str, ...]] = {
    "GRAMCRM": ("Organization", "Token", "LOG_DIR"),
    "POHODA": (
        "YEAR", "SOURCE", "MDB_FILE", "MSSQL_DATABASE", "MSSQL_SERVER", "MSSQL_USER", "MSSQL_PASSWORD", "COUNTRY",
        "IMPORT_INTERVAL",
    ),
}  # fmt: skip
SECRETS = frozenset({"Token", "MSSQL_PASSWORD"})
LARGEST = 1_000_000
LONGEST = 4000
_NAMED = re.compile(r"(?P<ico>\d{6,8})_(?P<year>\d{4})(?!\d)")


@dataclass(frozen=True)
class Unknown:
    """A line that says something which is not understood; its value is not shown, it may be a secret."""

    line: int
    what: str
    hint: str = ""


@dataclass(frozen=True)
class Ini:
    """The known keys of a file with their values and lines; a key that is empty or missing has none."""

    path: Path
    values: Mapping[str, str] = field(repr=False)
    lines: Mapping[str, int]
    unknown: tuple[Unknown, ...] = ()

    def needed(self, name: str, why: str = "") -> str:
        """The value of a key, or SettingsError where the file has none."""
        if name not in self.values:
            raise self.fault(name, f"`{name}` is missing or empty{why and f'; {why}'}")
        return self.values[name]

    def fault(self, name: str, text: str) -> SettingsError:
        return SettingsError(f"{self.path.name}:{self.lines.get(name, 1)}: {text}")

    @property
    def year(self) -> int:
        """The accounting year that is transferred. SettingsError."""
        text = self.needed("YEAR")
        if not re.fullmatch(r"20\d\d", text):
            raise self.fault("YEAR", "`YEAR` is no year; write it as 2026")
        return int(text)

    @property
    def source(self) -> str:
        """`mdb` or `sql`. SettingsError."""
        known = {"MDB": "mdb", "MSSQL": "sql"}
        text = self.needed("SOURCE").upper()
        if text not in known:
            raise self.fault("SOURCE", "`SOURCE` is neither MDB nor MSSQL")
        return known[text]

    @property
    def database(self) -> str:
        """The file or the database that SOURCE names. SettingsError."""
        return self.needed("MDB_FILE" if self.source == "mdb" else "MSSQL_DATABASE", "SOURCE asks for it")

    @property
    def country(self) -> str:
        """CZ or SK; Slovak unless the file says otherwise. SettingsError."""
        text = self.values.get("COUNTRY", "SK").upper()
        if text not in {"CZ", "SK"}:
            raise self.fault("COUNTRY", "`COUNTRY` is neither CZ nor SK")
        return text

    def ico(self, told: str | None = None) -> str:
        """The unit's IČO: as told, or as the name of the database says. SettingsError where neither does."""
        found = _NAMED.search(re.split(r"[\\/]", self.database)[-1])
        name = "MDB_FILE" if self.source == "mdb" else "MSSQL_DATABASE"
        if found and int(found["year"]) != self.year:
            raise self.fault(
                name, f"`{name}` is of {found['year']}, but `YEAR` is {self.year}: was a year half changed?"
            )
        if told is not None and not re.fullmatch(r"\d{6,8}", told):
            raise SettingsError("an IČO has 6 to 8 digits")
        if told is None and not found:
            raise self.fault(name, f"`{name}` does not tell the company's IČO; give it with --ico")
        return told or str(found and found["ico"])


def read(path: Path) -> Ini:
    """The file; SettingsError with `file:line: what` when it is no such file, or says a thing twice."""
    values: dict[str, str] = {}
    lines: dict[str, int] = {}
    unknown: list[Unknown] = []
    met: dict[tuple[str, str], int] = {}
    section = ""
    for number, line in enumerate(_text(path).splitlines(), start=1):
        place = f"{path.name}:{number}"
        if len(line) > LONGEST:
            raise SettingsError(f"{place}: the line is longer than {LONGEST} characters; this is no Pohoda.ini")
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if text.startswith("[") and text.endswith("]"):
            section = text[1:-1].strip().upper()
            if section not in KNOWN:
                unknown.append(Unknown(number, f"[{section}]", nearest(section, KNOWN)))
            continue
        if not section:
            raise SettingsError(f"{place}: stands in no section; a Pohoda.ini begins with [GRAMCRM] or [POHODA]")
        key, sign, value = (part.strip() for part in text.partition("="))
        if not sign or not key:
            unknown.append(Unknown(number, "a line without `key = value`"))
            continue
        if (section, key.upper()) in met:
            first = met[section, key.upper()]
            raise SettingsError(f"{place}: `{key}` stands twice in [{section}], first in line {first}; keep one")
        met[section, key.upper()] = number
        own = {known.upper(): known for known in KNOWN.get(section, ())}.get(key.upper())
        if own is None:
            unknown.append(Unknown(number, f"[{section}] {key}", nearest(key, KNOWN.get(section, ()))))
            continue
        lines[own] = number
        if value:
            values[own] = value
    if not lines:
        raise SettingsError(f"{path.name}:1: not one known key; is this the Connector's Pohoda.ini?")
    return Ini(path, values, lines, tuple(unknown))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise SettingsError(f"{path.name}:1: cannot be read: {error.strerror}") from error
    if len(content) > LARGEST:
        raise SettingsError(f"{path.name}:1: larger than {LARGEST // 1000} kB; this is no Pohoda.ini")
    if b"\0" in content:
        raise SettingsError(f"{path.name}:1: neither Windows-1250 nor UTF-8 (UTF-16?); save it in one of them")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if content.startswith(b"\xef\xbb\xbf"):
            raise _wrong(path, content, error, "UTF-8, as its first bytes say") from error
    try:
        return content.decode("cp1250")
    except UnicodeDecodeError as error:
        raise _wrong(path, content, error, "Windows-1250") from error


def _wrong(path: Path, content: bytes, error: UnicodeDecodeError, what: str) -> SettingsError:
    line = content.count(b"\n", 0, error.start) + 1
    return SettingsError(f"{path.name}:{line}: the file is not in {what}; save it in Windows-1250 or UTF-8")
