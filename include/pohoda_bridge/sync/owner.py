"""Who owns a record in the CRM: the user that its centre or activity in POHODA stands for."""

from collections.abc import Iterable
from dataclasses import dataclass

from pohoda_bridge.catalogue import OwnerSetting, known_as
from pohoda_bridge.catalogue.base import Titles
from pohoda_bridge.quality.judge import Finding
from pohoda_bridge.quality.labels import labels
from pohoda_bridge.side import Row
from pohoda_bridge.sync.job import Job

RULE = "owner"


@dataclass(frozen=True)
class _Asked:
    """`user` is the id of the one found; `fault` says which user that was asked for is not there."""

    user: str | None = None
    fault: str | None = None


def own(job: Job, record: Row, pair: Row | None) -> None:
    """Put the id of its owner into a record, where the link says who owns what.

    Where nobody is found it is the owner that its pair has already: nobody's record is never taken from anybody.
    """
    if setting := job.flow.owner:
        record[RULE] = _asked(job, setting, record).user or (pair or {}).get(RULE)


def unowned(job: Job, records: Iterable[Row]) -> list[Finding]:
    """A warning for each record that takes part and whose user is asked for in vain."""
    setting = job.flow.owner
    if setting is None:
        return []
    asked = [(row["_id"], _asked(job, setting, row)) for row in records if not row["_left_out"]]
    return [
        Finding(technical, RULE, "warn", (setting.by,), one.fault, _told(one.fault, setting.by))
        for technical, one in asked
        if one.fault
    ]


def _asked(job: Job, setting: OwnerSetting, record: Row) -> _Asked:
    """The first known user of those that the setting names; a code that only the default answers to is no fault."""
    users, code = job.target.users(), record.get(setting.by)
    names = setting.named(code)
    user = next((users[known_as(name)] for name in names if known_as(name) in users), None)
    if names and user is None:
        return _Asked(fault="nobody")
    lost = (exception := setting.exception(code)) and known_as(exception) not in users
    return _Asked(user, "default" if lost else None)


def _told(fault: str, field: str) -> Titles:
    label = labels([field])
    if fault == "default":
        return Titles(
            en=f"the user whom the link names for this {label.en} is not there or not active; the default one owns it",
            cs=f"{label.cs}: uživatel z nastavení v CRM není nebo není aktivní; vlastníkem je výchozí",
            sk=f"{label.sk}: používateľ z nastavenia v CRM nie je alebo nie je aktívny; vlastníkom je predvolený",
        )
    return Titles(
        en=f"no active user of the CRM answers to this {label.en}; the record keeps the owner it has",
        cs=f"{label.cs}: v CRM tomu neodpovídá žádný aktivní uživatel; záznamu zůstává jeho vlastník",
        sk=f"{label.sk}: v CRM tomu nezodpovedá žiadny aktívny používateľ; záznamu zostáva jeho vlastník",
    )
