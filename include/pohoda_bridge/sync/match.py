"""Find the pair of a record that is not bound; never a guess.

What a person decided comes first, then a mark: the record's own one, which names the target's record that it was made
from, or the one that it has on the target. Then its business key.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pohoda_bridge.ledger import sightings
from pohoda_bridge.records.keys import business_key, group_value
from pohoda_bridge.side import Lookup, Mark, Row, Window
from pohoda_bridge.sync.job import Job


@dataclass(frozen=True)
class Match:
    """`linked` with exactly one certain record, `ambiguous` with several that a person decides about.

    `gone`: the record that it was made from is not on the target any more. `beside`: a new one is made although the
    target has records with its natural key, as they are other records' pairs, or a person said so. `why`: what became
    of the pair that a person named.
    """

    kind: Literal["linked", "new", "ambiguous", "gone"]
    candidates: tuple[Row, ...] = ()
    beside: bool = False
    why: str | None = None


def match(
    job: Job, records: Sequence[Row], taken: Collection[str], decided: Mapping[str, str | None]
) -> dict[str, Match]:
    """The match of each record by technical id. `taken`: target ids that are bound, or that a person called new;
    `decided`: pairs named by a person.
    """
    matches = _certain(job, records, taken, decided)
    taken = {*taken, *(row["_id"] for certain in matches.values() for row in certain.candidates)}
    records = [record for record in records if record["_id"] not in matches]
    found = dict(zip((r["_id"] for r in records), _by_mark(job, records), strict=True))
    rest = [record for record in records if not found[record["_id"]]]
    hits = _by_key(job, rest)
    found.update(zip((r["_id"] for r in rest), hits, strict=True))
    if not job.flow.link.duplicates.merge_by_ico:
        apart = {r["_id"]: tuple(rows) for r, rows in zip(rest, hits, strict=True) if _by_number(job, r)}
        matches |= {technical: Match("new", beside=bool(rows)) for technical, rows in apart.items()}
        records = [record for record in records if record["_id"] not in apart]
    claims: dict[str, list[str]] = {}
    shared = _shared(job, rest)
    for record in records:
        rows = [row for row in found[record["_id"]] if row["_id"] not in taken]
        if len(found[record["_id"]]) > 1:
            same = _same_key(job, record, rows)
            if rows and not same:
                matches[record["_id"]] = Match("ambiguous", tuple(rows))
                continue
            rows = same
        matches[record["_id"]] = (
            Match("linked" if len(rows) == 1 else "ambiguous", tuple(rows))
            if rows
            else Match("new", beside=bool(found[record["_id"]]))
        )
        if len(rows) == 1:
            claims.setdefault(rows[0]["_id"], []).append(record["_id"])
    for claimants in claims.values():
        if len(claimants) > 1:
            matches.update(_contested(job, [r for r in records if r["_id"] in claimants], matches))
    for record in (record for record in records if record["_id"] in shared):
        match = matches[record["_id"]]
        if match.kind == "linked" and not _same_key(job, record, list(match.candidates)):
            matches[record["_id"]] = Match("ambiguous", match.candidates)
    for record in rest:
        match = matches[record["_id"]]
        if match.kind == "linked" and _is_doubtful(job, record, match.candidates[0]):
            why = f"{match.candidates[0]['_id']} may be its pair, but not all of its keys agree; a person decides"
            matches[record["_id"]] = Match("ambiguous", match.candidates, why=why)
    return matches


def natural_keys(job: Job) -> list[tuple[str, ...]]:
    """The CRM's natural keys in canonical names, strongest first, as far as its fields are mapped; the agenda's own key
    first where the link gave it a place among the CRM's custom fields.
    """
    canonical = {mapped.to: name for name, mapped in job.flow.reading.items()}
    constants = set(job.flow.to_crm.constants)
    fields = job.flow.crm.entities[job.flow.to_crm.entity].fields
    placed = {name for name, mapped in job.flow.reading.items() if mapped.to.partition(".")[0] not in fields}
    keys = job.flow.crm.entities[job.flow.to_crm.entity].natural_keys
    return [key for key in job.flow.agenda.key if placed.issuperset(key)] + [
        tuple(canonical[wire] for wire in key if wire not in constants)
        for key in keys
        if all(wire in canonical or wire in constants for wire in key)
    ]


def _certain(
    job: Job, records: Sequence[Row], taken: Collection[str], decided: Mapping[str, str | None]
) -> dict[str, Match]:
    """The matches that nothing has to be looked for: decided by a person, or told by the record's own mark."""
    named = {record["_id"]: decided.get(record["_id"]) or _own_mark(job, record) for record in records}
    ids = tuple(sorted({pair for pair in named.values() if pair}))
    parts = job.target.read(job.agenda, Window(ids=ids)).parts if ids else ()
    there = {row["_id"]: row for part in parts for row in part}
    matches: dict[str, Match] = {}
    for technical, pair in named.items():
        if pair is None:
            if technical in decided:
                matches[technical] = Match("new", beside=True)
        elif pair not in taken and pair in there:
            matches[technical] = Match("linked", (there[pair],))
        elif technical in decided:
            what = "another record's pair already" if pair in taken else "not there any more"
            matches[technical] = Match("ambiguous", why=f"{pair}, which a person named as its pair, is {what}")
        elif pair not in taken:
            matches[technical] = Match("gone")
    return matches


def _own_mark(job: Job, record: Row) -> str | None:
    mark = record.get("_mark")
    return job.target.id_of(job.agenda, Mark(*mark)) if mark else None


def _by_mark(job: Job, records: Sequence[Row]) -> list[list[Row]]:
    if not records or not job.target.searchable(job.agenda):
        return [[] for _ in records]
    marks = [job.source.mark_of(record["_id"], job.agenda) for record in records]
    return job.target.look_up(job.agenda, [Lookup(mark=mark) for mark in marks])


def _by_key(job: Job, records: Sequence[Row]) -> list[list[Row]]:
    """Hits by the first natural key that is filled; a row marked as another record of the same source is no hit.

    A key that tells only of some records, as a number that the CRM counts itself, leaves the others to the next one.
    A doubtful hit is one only where there is no other.
    """
    hits: list[list[Row]] = [[] for _ in records]
    doubtful: list[list[Row]] = [[] for _ in records]
    keys = [_filled_keys(job, record) for record in records]
    while wanted := [place for place, left in enumerate(keys) if left and not hits[place]]:
        asked = [Lookup(key={name: records[place][name] for name in keys[place][0]}) for place in wanted]
        for place, rows in zip(wanted, job.target.look_up(job.agenda, asked), strict=True):
            ours = job.source.mark_of(records[place]["_id"]).source
            free = [row for row in rows if not (row["_mark"] and row["_mark"].source == ours)]
            hits[place] = [row for row in free if not _is_doubtful(job, records[place], row)]
            doubtful[place] = doubtful[place] or free
            keys[place] = keys[place][1:] if keys[place][0] in _partial(job) else []
    found = [sure or weak for sure, weak in zip(hits, doubtful, strict=True)]
    return [rows or _incomplete(job, record) for record, rows in zip(records, found, strict=True)]


def _is_doubtful(job: Job, record: Row, row: Row) -> bool:
    """Whether nothing but a number that the CRM counts itself says that the two are one, which any other contract may
    have too; or whether the row has another key in the link's own field.
    """
    fields = job.flow.crm.entities[job.flow.to_crm.entity].fields
    counting = {n for n, mapped in job.flow.reading.items() if mapped.to in fields and fields[mapped.to].read_only}
    told = {key: business_key(key, record) for key in natural_keys(job)}
    counted = {told[key] for key in told if key and counting.issuperset(key)}
    sure = [key for key in told if told[key] and told[key] not in counted]
    placed = [key for key in sure if key in _partial(job) and key in job.flow.agenda.key]
    if any(business_key(key, row) not in {None, told[key]} for key in placed):
        return True
    return bool(counted) and not any(business_key(key, row) == told[key] for key in sure)


def _incomplete(job: Job, record: Row) -> list[Row]:
    """Rows of the agenda's own key without any of what the CRM tells records of that key apart by, as a place where
    goods are filed: they may be the record's pair. One that has it, and another than the record, is not.
    """
    known = set(_filled_key(job, record) or ())
    for own in (own for own in job.flow.agenda.key if known > set(own)):
        (rows,) = job.target.look_up(job.agenda, [Lookup(key={name: record[name] for name in own})])
        ours = job.source.mark_of(record["_id"]).source
        free = [row for row in rows if not (row["_mark"] and row["_mark"].source == ours)]
        return [row for row in free if all(row[name] is None for name in known.difference(own))]
    return []


def _filled_key(job: Job, record: Row) -> tuple[str, ...] | None:
    return next(iter(_filled_keys(job, record)), None)


def _filled_keys(job: Job, record: Row) -> list[tuple[str, ...]]:
    return [key for key in natural_keys(job) if all(record.get(name) is not None for name in key)]


def _partial(job: Job) -> set[tuple[str, ...]]:
    """The keys that not every record of the CRM that is the pair of one of POHODA's has: those with a field that the
    CRM fills itself, and with one of the link's that was perhaps added later.
    """
    fields = job.flow.crm.entities[job.flow.to_crm.entity].fields
    sure = {wire for wire, field in fields.items() if not field.read_only}
    partial = {name for name, mapped in job.flow.reading.items() if mapped.to.partition(".")[0] not in sure}
    return {key for key in natural_keys(job) if partial.intersection(key)}


def _by_number(job: Job, record: Row) -> bool:
    """Whether the record was looked for by one of its numbers (IČO, DIČ, IČ DPH) alone."""
    return _filled_key(job, record) in {name for names in job.flow.agenda.duplicates.values() for name in names}


def _shared(job: Job, records: Sequence[Row]) -> set[str]:
    """The records whose key other records of the source have too, whether these are in the run or not."""
    rules = {rule.fields: rule.name for rule in job.flow.agenda.expect if rule.rule == "unique"}
    by_key: dict[tuple[str, ...], dict[str, str | None]] = {}
    for record in records:
        if (key := _filled_key(job, record)) in rules:
            by_key.setdefault(key, {})[record["_id"]] = group_value(key, record)
    shared: set[str] = set()
    with job.ledger.transaction() as ledger:
        for key, values in by_key.items():
            counts = sightings.counts(ledger, job.scope, rules[key], (v for v in values.values() if v))
            shared |= {technical for technical, value in values.items() if counts.get(value or "", 0) > 1}
    return shared


def _same_key(job: Job, record: Row, rows: list[Row]) -> list[Row]:
    """Of several hits those with the record's whole business key: branches share an IČO, not name and postcode."""
    keys = [business_key(parts, record) for parts in job.flow.agenda.key]
    return [
        row
        for row in rows
        if any(k and business_key(p, row) == k for p, k in zip(job.flow.agenda.key, keys, strict=True))
    ]


def _contested(job: Job, claimants: Sequence[Row], matches: Mapping[str, Match]) -> dict[str, Match]:
    """Several records claim one: it goes to the only one with the same key, the others are new; else to nobody."""
    row = matches[claimants[0]["_id"]].candidates[0]
    owners = [record for record in claimants if _same_key(job, record, [row])]
    if len(owners) == 1:
        return {r["_id"]: Match("linked", (row,)) if r is owners[0] else Match("new", beside=True) for r in claimants}
    return {record["_id"]: Match("ambiguous", (row,)) for record in claimants}
