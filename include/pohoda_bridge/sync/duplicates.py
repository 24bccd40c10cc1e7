"""The duplicate check of the target: a new record that it would have twice is refused before it is sent.

eWay-CRM checks companies by IČ or DIČ and contacts by e-mail address. A side that checks nothing by itself is looked at
here, so that all behave alike.
"""

from collections.abc import Collection, Sequence
from typing import Literal

from pohoda_bridge.side import Lookup, Row
from pohoda_bridge.sync.job import Job


def doubles(job: Job, records: Sequence[Row]) -> dict[str, list[str]]:
    """Of records that would be made, those that the target has already: technical id -> ids there."""
    keys = _keys(job)
    asked = [
        (record["_id"], Lookup(key={name: record[name] for name in key}))
        for record in records
        for key in keys
        if all(name in job.flow.mapping and record.get(name) is not None for name in key)
    ]
    found: dict[str, list[str]] = {}
    if asked:
        hits = job.target.look_up(job.agenda, [look for _, look in asked])
        for (technical, _), rows in zip(asked, hits, strict=True):
            if rows:
                found.setdefault(technical, []).extend(row["_id"] for row in rows)
    return found


def refusal(job: Job, ids: Collection[str]) -> Row:
    """Why a record would be a duplicate, for the accountant too."""
    there = ", ".join(sorted(set(ids)))
    side = job.flow.crm.title if job.flow.direction == "to_crm" else "POHODA"
    return {
        "rule": "duplicate",
        "fields": sorted({name for key in _keys(job) for name in key}),
        "level": "refuse",
        "en": f"{side} has it already, as {there}; link the two by `pohoda-bridge match`, or mend one of them",
        "cs": f"{side} jej už má, jako {there}; spojte je příkazem `pohoda-bridge match`, nebo jeden z nich opravte",
        "sk": f"{side} ho už má, ako {there}; spojte ich príkazom `pohoda-bridge match`, alebo jeden z nich opravte",
    }


def _keys(job: Job) -> Sequence[tuple[str, ...]]:
    settings = job.flow.link.duplicates
    of_pohoda: Literal["ico", "off"] = "ico" if settings.pohoda_check else "off"
    check = settings.crm_check if job.flow.direction == "to_crm" else of_pohoda
    return () if check == "off" else job.flow.agenda.duplicates.get(check, ())
