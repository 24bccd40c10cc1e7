"""Decide for every record of a run exactly one outcome, and what to write; immutable once made.

A dry run is a plan that is not carried out. The order of the questions is the order of the outcomes: in doubt, left
out, quarantined, conflict, held, then what the comparison says.
"""

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from sqlalchemy import Connection

from pohoda_bridge.ledger import bindings, intents, matching, sightings, waiting
from pohoda_bridge.side import Row, Side, Window
from pohoda_bridge.sync.decide import Known, decide
from pohoda_bridge.sync.duplicates import Checked, without_doubles
from pohoda_bridge.sync.fit import custom_fields_fit
from pohoda_bridge.sync.gone import hidden
from pohoda_bridge.sync.gone import lines as gone_lines
from pohoda_bridge.sync.job import Job
from pohoda_bridge.sync.match import match
from pohoda_bridge.sync.owner import own
from pohoda_bridge.sync.places import forget_moved
from pohoda_bridge.sync.refer import Named, References, Referring

log = logging.getLogger(__name__)


def plan(job: Job, run_id: str) -> Counter[str]:
    """Write the plan of a run, one line a record; returns the planned outcomes, counted. A plan that is made stays."""
    files = job.files(run_id)
    if not files.is_done("plan"):
        job.target.describe(job.agenda)
        custom_fields_fit(job)
        forget_moved(job)
        findings: dict[str, list[Row]] = {}
        for finding in files.lines("findings"):
            findings.setdefault(finding["id"], []).append(finding)
        files.write("plan", _lines(job, files.read("records"), findings, files.lines("gone")))
    counts = Counter(line["outcome"] for line in files.lines("plan"))
    log.info("%s: planned %s", job.flow.dag_id, dict(counts))
    return counts


def _lines(
    job: Job, parts: Iterable[list[Row]], findings: Mapping[str, list[Row]], gone: Iterable[Row]
) -> Iterator[list[Row]]:
    checked: Checked = {}
    for part in parts:
        yield _part(job, part, findings, checked)
    with job.ledger.transaction() as ledger:
        doubts, handed = intents.unanswered(ledger, job.scope), intents.submitted(ledger, job.scope)
    yield gone_lines(job, [row["_id"] for row in gone], doubts, handed)


def _part(job: Job, part: list[Row], findings: Mapping[str, list[Row]], checked: Checked) -> list[Row]:
    known = _known(job, part)
    free = [record for record in known.records if _is_free(record, known, findings)]
    with job.ledger.transaction() as ledger:
        taken = (
            {b.target_id(job.flow.direction) for b in bindings.all_of(ledger, job.scope).values()} if free else set()
        ) | matching.called_new(ledger, job.scope.back)
        decided = matching.decided(ledger, job.scope, [record["_id"] for record in free])
    known.matches.update(match(job, free, taken, decided))
    targets = {binding.target_id(job.flow.direction) for binding in known.bound.values()}
    known.targets.update(_read(job.target, job.agenda, sorted(targets)))
    lost = targets - known.targets.keys()
    known.hidden.update(hidden(job.target, job.agenda, lost))
    follows = job.flow.direction == "to_crm" and job.flow.to_crm.further
    moved = _followed(job, known, lost) if follows and lost else {}
    pairs = [pair for record in known.records if (pair := known.pair_of(record["_id"]))]
    synced = [values for binding in known.bound.values() for values in (binding.pohoda, binding.crm)]
    with job.ledger.transaction() as ledger:
        known.named = Named.of(ledger, job, pairs, synced)
    for record in known.records:
        own(job, record, known.pair_of(record["_id"]))
    lines = [decide(job, record, known, findings.get(record["_id"], [])) for record in known.records]
    for line in lines:
        line["instead_of"] = moved.get(line["_id"], line.get("instead_of"))
    return without_doubles(job, known.records, lines, checked)


def _followed(job: Job, known: Known, lost: Collection[str]) -> dict[str, str]:
    """Pairs whose CRM record gave its place to another one, as a lead to its project, go on with that one: what each
    had before, by technical id."""
    rows = (row for part in job.target.read(job.agenda, Window()).parts for row in part)
    after = {row["_instead_of"]: row for row in rows if row.get("_instead_of") in lost}
    with job.ledger.transaction() as ledger:
        taken = bindings.by_target(ledger, job.scope, [row["_id"] for row in after.values()])
    moved = {t: b.crm_id for t, b in known.bound.items() if b.crm_id in after and after[b.crm_id]["_id"] not in taken}
    for technical, crm_id in moved.items():
        known.bound[technical] = replace(known.bound[technical], crm_id=after[crm_id]["_id"])
        known.targets[after[crm_id]["_id"]] = after[crm_id]
        known.found_by_key.add(technical)
    return moved


def _is_free(record: Row, known: Known, findings: Mapping[str, list[Row]]) -> bool:
    """Whether a pair has to be looked for: nothing else has an answer for the record already."""
    technical = record["_id"]
    refused = any(finding["level"] == "refuse" for finding in findings.get(technical, []))
    settled = technical in known.bound or technical in known.doubts | known.handed or technical in known.waits
    return not (settled or refused or record["_fault"] or record["_left_out"])


def _known(job: Job, part: list[Row]) -> Known:
    """What the ledger knows of these records, with their references turned into ids of the target."""
    technical = [record["_id"] for record in part]
    with job.ledger.transaction() as ledger:
        kinds = frozenset(matching.KINDS) if job.flow.link.accept == "all" else matching.accepted(ledger, job.scope)
        known = Known(job.flow.direction, kinds, doubts=set(intents.unanswered(ledger, job.scope)))
        known.handed.update(intents.submitted(ledger, job.scope))
        unclear = intents.unanswered(ledger, job.scope.back).values()
        known.back_in_doubt = any(intent.action == "create" for intent in unclear)
        known.handed_back.update(intents.submitted(ledger, job.scope.back))
        known.decisions.update({t: c["decision"] for t, c in waiting.conflicts(ledger, job.scope).items()})
        references = References.of(ledger, job, part)
        for record in part:
            known.records.append(_resolved(job, references.resolve(record), known))
        known.bound.update(bindings.by_source(ledger, job.scope, technical))
        known.bound.update(succeeding := _succeeding(ledger, job, part, known.bound))
        known.found_by_key.update(succeeding)
    by_key = _bound_by_key(job, {t: k for t, k in known.keys.items() if t not in known.bound})
    known.bound.update(by_key)
    known.found_by_key.update(by_key)
    with job.ledger.transaction() as ledger:
        back = waiting.conflicts(ledger, job.scope.back)
        for one, binding in known.bound.items():
            there = back.get(binding.target_id(job.flow.direction), {"decision": {}})["decision"]
            known.decisions[one] = {**there, **known.decisions.get(one, {})}
    if known.handed_back and not job.source.searchable(job.agenda):
        known.back_in_doubt = True
    return known


def _succeeding(
    ledger: Connection, job: Job, part: list[Row], bound: Mapping[str, bindings.Binding]
) -> dict[str, bindings.Binding]:
    """The pairs of records that others gave their places to, as a lead to its project."""
    before = {record["_id"]: record.get("_instead_of") for record in part if record["_id"] not in bound}
    found = bindings.by_source(ledger, job.scope, [one for one in before.values() if one])
    return {technical: found[one] for technical, one in before.items() if one in found}


def _bound_by_key(job: Job, keys: Mapping[str, str | None]) -> dict[str, bindings.Binding]:
    """The pairs of records under a new technical id: of a new year, or made anew after they were deleted.

    A key that a living record of the same year has lost, as by a new name, or has as well brings nobody its pair.
    """
    with job.ledger.transaction() as ledger:
        found = bindings.by_key(ledger, job.scope, {key for key in keys.values() if key})
        owners = _source_ids(ledger, job, list(found.values()))
        rivals = {
            technical: {owner for owner in owners[found[key].id] if _same_year(job, technical, owner)}
            for technical, key in keys.items()
            if key in found
        }
        there = sightings.there(ledger, job.scope, {owner for ids in rivals.values() for owner in ids})
    unseen = sorted({owner for ids in rivals.values() for owner in ids} - there)
    there |= _read(job.source, job.agenda, unseen).keys()  # made by the other direction, and not read since
    return {technical: found[str(keys[technical])] for technical, ids in rivals.items() if not ids & there}


def _source_ids(ledger: Connection, job: Job, found: list[bindings.Binding]) -> dict[int, set[str]]:
    if job.flow.direction == "to_crm":
        return bindings.technical_ids(ledger, job.scope, found)
    return {binding.id: {binding.crm_id} for binding in found}


def _same_year(job: Job, technical: str, other: str) -> bool:
    return job.source.mark_of(technical).source == job.source.mark_of(other).source


def _resolved(job: Job, found: Referring, known: Known) -> Row:
    """The record with target ids for references; what it waits for and goes without is noted."""
    technical = found.record["_id"]
    if found.waits:
        known.waits[technical] = found.waits
    if found.deleted:
        known.deleted[technical] = found.deleted
    known.wishes[technical] = [awaited.line() for awaited in found.wishes]
    known.keys[technical] = known.key_of(job.flow.agenda.key, found.keyed)
    return found.record


def _read(side: Side, agenda: str, ids: list[str]) -> dict[str, Row]:
    if not ids:
        return {}
    return {row["_id"]: row for part in side.read(agenda, Window(ids=tuple(ids))).parts for row in part}
