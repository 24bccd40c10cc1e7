"""One unit linked with one CRM installation, with its settings (`include/links`)."""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, Field, StringConstraints, field_validator

from pohoda_bridge.catalogue.base import Language, Settings
from pohoda_bridge.catalogue.rules import Rule
from pohoda_bridge.catalogue.unit import Way

CRON_FIELDS = 5
CauseKind = Literal["failure", "quarantine", "conflict", "duplicate", "deletion", "cannot_write"]
CAUSES: tuple[CauseKind, ...] = get_args(CauseKind)
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


def _fires(expression: str) -> str:
    """The expression, for which Airflow's own reader of cron expressions finds a next time."""
    from croniter import croniter  # type: ignore[import-untyped]

    try:
        good = len(expression.split()) == CRON_FIELDS and croniter(expression, datetime(2026, 1, 1)).get_next()
    except ValueError:
        good = None
    if not good:
        raise ValueError(
            "no cron expression that ever fires; it has five fields (minute, hour, day, month, day of the week)"
        )
    return expression


Cron = Annotated[str, AfterValidator(_fires)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class CrmConnection(Settings):
    """Which kind of CRM the link writes to, and the id of the Airflow connection to it."""

    kind: str
    connection: str


class FieldSetting(Settings):
    """A change to the shipped mapping of one field of the CRM.

    `from`: which field goes there. `convert`: a named converter for the value. `values`: our words or codes (payment
    forms, states, countries, units) and the CRM's for them, beside the shipped ones.
    """

    from_: str | None = Field(default=None, alias="from")
    convert: str | None = None
    values: Mapping[str, str] | None = None
    on_create_only: bool | None = None
    if_empty: bool | None = None
    drop: bool = False


class Duplicates(Settings):
    """What becomes of a record that the target has already, as one that is not its pair.

    `crm_check`: the CRM holds no two clients with one IČO (or DIČ), no two contacts with one e-mail address;
    `pohoda_check`: the same of POHODA. A record that would be a second one is refused: `quarantine` goes on with the
    rest, `stop` turns the run red. `merge_by_ico`: a record that is not bound is linked with the only one of its IČO.
    """

    crm_check: Literal["off", "ico", "dic"] = "off"
    pohoda_check: bool = False
    merge_by_ico: bool = True
    on_duplicate: Literal["quarantine", "stop"] = "quarantine"


class DirectionSettings(Settings):
    """How one direction of one agenda runs. `schedule` is a cron expression; None means only by hand.

    `deletions`: what happens on the target when a record is deleted in the source.
    `rules_at_source`: a full read asks the source itself to keep back what breaks the rules. Such records are then not
    read, so no run counts them as left out, unless they are known from before.
    """

    enabled: bool = True
    schedule: Cron | None = None
    read: Way | None = None
    rules: tuple[Rule, ...] = ()
    rules_at_source: bool = False
    fields: Mapping[str, FieldSetting] = Field(default_factory=dict)
    constants: Mapping[str, str | int | Decimal | bool] = Field(default_factory=dict)
    master: Mapping[str, Literal["pohoda", "crm"]] = Field(default_factory=dict)
    settings: Mapping[str, Any] = Field(default_factory=dict)
    deletions: Literal["keep", "mark", "propagate"] = "keep"


class AgendaSettings(Settings):
    """Both directions of an agenda; a direction that is missing does not run."""

    to_crm: DirectionSettings | None = None
    to_pohoda: DirectionSettings | None = None

    def direction(self, name: str) -> DirectionSettings | None:
        found: DirectionSettings | None = getattr(self, name)
        return found if found is not None and found.enabled else None


class OwnerSetting(Settings):
    """Who owns a record in the CRM: the user whose alias or name is the code in the field `by`.

    `map` has the exceptions, code -> user (alias, login or e-mail); `default` owns what nobody else does.
    """

    by: Literal["centre", "activity"]
    map: Mapping[str, Name] = Field(default_factory=dict)
    default: Name | None = None
    on_create_only: bool = False

    @field_validator("map")
    @classmethod
    def _codes_differ(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        counted = Counter(known_as(code) for code in value)
        if twice := sorted(code for code in value if counted[known_as(code)] > 1):
            raise ValueError(f"{' and '.join(twice)} are one code")
        return value

    def named(self, code: str | None) -> tuple[str, ...]:
        """The users asked for in turn, for a record with this code."""
        own = self.exception(code) or code
        return tuple(name for name in (own, self.default) if name)

    def exception(self, code: str | None) -> str | None:
        """The user of `map` for this code."""
        return {known_as(of): user for of, user in self.map.items()}.get(known_as(code or ""))


def known_as(text: str) -> str:
    """A code or a user's name as two of them are compared: letter case and white space around do not matter."""
    return text.strip().casefold()


class Notify(Settings):
    """Who is told by mail, of what, and in which language (the unit's own by default); `connection` is Airflow's."""

    email: tuple[str, ...] = ()
    on: tuple[CauseKind, ...] = CAUSES
    connection: str = "smtp_default"
    language: Language | None = None

    @field_validator("email")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for address in value:
            if not ADDRESS.fullmatch(address):
                raise ValueError(f"{address!r} is no e-mail address; write one alone, as anna@example.sk")
        return tuple(dict.fromkeys(value))


class Link(Settings):
    """A link file.

    `maintenance`: when the nightly work is done, a cron expression; None means only by hand. What is over is forgotten
    after `keep_days`.
    """

    link: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    unit: str
    crm: CrmConnection
    accept: Literal["all", "ask"] = "ask"
    contact_names: str = "strict"
    owner: OwnerSetting | None = None
    default_master: Literal["pohoda", "crm", "ask"] = "pohoda"
    duplicates: Duplicates = Duplicates()
    notify: Notify = Notify()
    maintenance: Cron | None = "30 2 * * *"
    keep_days: int = Field(default=400, ge=1)
    agendas: Mapping[str, AgendaSettings]

    @field_validator("contact_names")
    @classmethod
    def _names_can_be_split(cls, value: str) -> str:
        from pohoda_bridge.records.names import check_expression

        if fault := check_expression(value):
            raise ValueError(fault)
        return value

    def has(self, agenda: str, direction: str) -> bool:
        """Whether the direction runs."""
        return agenda in self.agendas and self.agendas[agenda].direction(direction) is not None

    def enabled(self) -> list[tuple[str, str]]:
        """The (agenda, direction) pairs that run, in the order of the file."""
        return [
            (agenda, direction)
            for agenda, settings in self.agendas.items()
            for direction in ("to_pohoda", "to_crm")
            if settings.direction(direction)
        ]
