"""The duplicate check of the target: what it would have twice is refused before it is sent.

eWay-CRM checks companies by IČO or DIČ and contacts by e-mail address, when they are made and when they are changed. A
side that checks nothing by itself is looked at here, so that all behave alike.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.quality.reasons import refusals
from pohoda_bridge.records.keys import business_key
from pohoda_bridge.side import Lookup, Row
from pohoda_bridge.sync.decide import refuse
from pohoda_bridge.sync.job import Job

Checked = dict[tuple[tuple[str, ...], str], str]
"""The checked values that records of this run bring to the target: (fields, value) -> the first record with it."""


def without_doubles(job: Job, records: Sequence[Row], lines: list[Row], checked: Checked) -> list[Row]:
    """The lines with those refused that would make a duplicate on the target; one of this run is one too.

    Raises StopAgenda for them when the link says `on_duplicate: stop`. A refused one is due again in the next run: what
    it is a duplicate of may be gone by then, and that leaves no trace in its source.
    """
    found = _doubles(job, {record["_id"]: record for record in records}, lines, checked)
    if found:
        stop(job, found)
    return [
        {**refuse(job, record, line, [refusal(job, found[line["_id"]])]), "again": True}
        if line["_id"] in found
        else line
        for record, line in zip(records, lines, strict=True)
    ]


def stop(job: Job, found: Mapping[str, Collection[str]]) -> None:
    """Raise StopAgenda for these duplicates (record -> what the target has already), when the link wants it so."""
    if job.flow.link.duplicates.on_duplicate == "stop":
        told = "; ".join(f"{technical}: {', '.join(sorted(set(ids)))}" for technical, ids in sorted(found.items())[:5])
        raise StopAgenda(
            f"{len(found)} records would be duplicates on the target ({told}), and `on_duplicate: stop` is set; no "
            "more of this run is written. Link them by `pohoda-bridge match` or mend them, then run again"
        )


def refusal(job: Job, ids: Collection[str]) -> Row:
    """Why a record would be a duplicate, for the accountant too."""
    there = ", ".join(sorted(set(ids)))
    side = job.flow.crm.title if job.flow.direction == "to_crm" else "POHODA"
    text = f"{side} has it already, as {there}; link the two by `pohoda-bridge match`, or mend one of them"
    (reason,) = refusals([text], rule="duplicate")
    return {**reason, "fields": sorted({name for key in _keys(job) for name in key}), "level": "refuse"}


def _doubles(job: Job, records: Mapping[str, Row], lines: Sequence[Row], checked: Checked) -> dict[str, list[str]]:
    """Of the lines that write a checked field, those whose value the target has or gets: id -> where it is."""
    asked = [
        (line, key, Lookup(key={name: records[line["_id"]][name] for name in key}))
        for key in _keys(job)
        for line in lines
        if line["action"] in {"create", "update"} and _writes(line, key, records[line["_id"]])
    ]
    found: dict[str, list[str]] = {}
    hits = job.target.look_up(job.agenda, [look for _, _, look in asked]) if asked else []
    for (line, key, look), rows in zip(asked, hits, strict=True):
        technical = line["_id"]
        there = [row["_id"] for row in rows if row["_id"] != line.get("target_id")]
        if not there and (value := business_key(key, look.key or {})):
            first = checked.setdefault((key, value), technical)
            there = [first] if first != technical else []
        if there:
            found.setdefault(technical, []).extend(there)
    return found


def _writes(line: Row, key: Sequence[str], record: Row) -> bool:
    return any(name in line["changes"] for name in key) and all(record.get(name) is not None for name in key)


def _keys(job: Job) -> Sequence[tuple[str, ...]]:
    settings = job.flow.link.duplicates
    of_pohoda: Literal["ico", "off"] = "ico" if settings.pohoda_check else "off"
    check = settings.crm_check if job.flow.direction == "to_crm" else of_pohoda
    return () if check == "off" else job.flow.agenda.duplicates.get(check, ())
