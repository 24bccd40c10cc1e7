"""One POHODA accounting unit: its years with their connections, and how it is read and written (`include/units`)."""

from collections.abc import Mapping
from typing import Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, PrivateAttr, field_validator

from pohoda_bridge.catalogue.base import Language, Settings
from pohoda_bridge.catalogue.quiet import span
from pohoda_bridge.records.accounting_table import Table

Way = Literal["sql", "xml", "mdb", "files"]
WAYS: Mapping[str, str] = {"sql": "sql", "mdb": "mdb", "xml": "mserver", "files": "files"}
"""How a unit can be read, each with the setting of a year that names its connection."""


class Year(Settings):
    """The ids of the Airflow connections of one accounting year.

    `sql` a database server, `mserver` POHODA's own, `mdb` an Access file (`extra.path`; `password` when it has one),
    `files` a folder with exported answers (`extra.path`), `folder` where packs wait for `pohoda.exe /XML`
    (`extra.input`, `response`, `done`, `ini`).
    """

    sql: str | None = None
    mserver: str | None = None
    mdb: str | None = None
    files: str | None = None
    folder: str | None = None


class Unit(Settings):
    """A unit file. `quiet` are spans of its local day in which no request to its mServer begins.

    `own_rates`: a document in a foreign currency that comes without a rate goes so, and POHODA takes the rate from its
    own list (assumed).
    """

    unit: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    ico: str = Field(pattern=r"^\d{6,8}$")
    country: Literal["CZ", "SK"]
    timezone: str
    edition: Literal["mdb", "sql", "e1-sql", "e1-mdb"]
    read: Way = "sql"
    write: Literal["mserver", "folder"] = "mserver"
    answer_minutes: int = Field(default=30, ge=1, le=1440)
    pack_size: int = Field(default=20, ge=1, le=500)
    quiet: tuple[str, ...] = ()
    own_rates: bool = False
    years: Mapping[int, Year] = Field(min_length=1)
    _accounting: Table = PrivateAttr(default_factory=Table)

    @property
    def language(self) -> Language:
        """The language of its people."""
        return "cs" if self.country == "CZ" else "sk"

    @property
    def accounting(self) -> Table:
        """The accountant's table beside the file, `<unit>.accounting.csv`; without rules where there is none."""
        return self._accounting

    def with_accounting(self, table: Table) -> Self:
        """The unit with its accountant's table."""
        unit = self.model_copy()
        unit._accounting = table
        return unit

    @field_validator("timezone")
    @classmethod
    def _zone_known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"unknown time zone {value}") from error
        return value

    @field_validator("quiet")
    @classmethod
    def _hours_written(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            span(text)
        return value
