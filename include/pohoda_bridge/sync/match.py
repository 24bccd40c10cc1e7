"""Find the pair of a record that is not bound: by our mark on the target, then by its business key; never a guess."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pohoda_bridge.records.keys import business_key
from pohoda_bridge.side import Lookup, Row
from pohoda_bridge.sync.job import Job


@dataclass(frozen=True)
class Match:
    """`linked` with exactly one certain record, `ambiguous` with several that a person decides about.

    The candidates of a `new` one have its natural key, but are other records' pairs: it is made beside them.
    """

    kind: Literal["linked", "new", "ambiguous"]
    candidates: tuple[Row, ...] = ()


def match(job: Job, records: Sequence[Row], taken: Mapping[str, str]) -> dict[str, Match]:
    """The match of each record by technical id. `taken` are target ids that are bound already, with their owner."""
    found = dict(zip((r["_id"] for r in records), _by_mark(job, records), strict=True))
    rest = [record for record in records if not found[record["_id"]]]
    found.update(zip((r["_id"] for r in rest), _by_key(job, rest), strict=True))
    matches: dict[str, Match] = {}
    claims: dict[str, list[str]] = {}
    for record in records:
        rows = [row for row in found[record["_id"]] if row["_id"] not in taken]
        if len(rows) > 1:
            rows = _same_key(job, record, rows) or rows
        matches[record["_id"]] = (
            Match("linked" if len(rows) == 1 else "ambiguous", tuple(rows))
            if rows
            else Match("new", tuple(found[record["_id"]]))
        )
        if len(rows) == 1:
            claims.setdefault(rows[0]["_id"], []).append(record["_id"])
    for claimants in claims.values():
        if len(claimants) > 1:
            matches.update(_contested(job, [r for r in records if r["_id"] in claimants], matches))
    return matches


def natural_keys(job: Job) -> list[tuple[str, ...]]:
    """The target's natural keys in canonical names, strongest first, as far as its fields are mapped."""
    canonical = {mapped.to: name for name, mapped in job.flow.mapping.items()}
    constants = set(job.flow.to_crm.constants)
    keys = job.flow.crm.entities[job.flow.to_crm.entity].natural_keys
    return [
        tuple(canonical[wire] for wire in key if wire not in constants)
        for key in keys
        if all(wire in canonical or wire in constants for wire in key)
    ]


def _by_mark(job: Job, records: Sequence[Row]) -> list[list[Row]]:
    if not records or not job.target.searchable(job.agenda):
        return [[] for _ in records]
    return job.target.look_up(job.agenda, [Lookup(mark=job.source.mark_of(record["_id"])) for record in records])


def _by_key(job: Job, records: Sequence[Row]) -> list[list[Row]]:
    """Hits by the first natural key that is filled; a row marked as another record of the same source is no hit."""
    keys = natural_keys(job)
    wanted: list[tuple[int, Lookup]] = []
    for position, record in enumerate(records):
        key = next((key for key in keys if all(record.get(name) is not None for name in key)), None)
        if key is not None:
            wanted.append((position, Lookup(key={name: record[name] for name in key})))
    hits: list[list[Row]] = [[] for _ in records]
    if wanted:
        for (position, _), rows in zip(
            wanted, job.target.look_up(job.agenda, [look for _, look in wanted]), strict=True
        ):
            ours = job.source.mark_of(records[position]["_id"]).source
            hits[position] = [row for row in rows if not (row["_mark"] and row["_mark"].source == ours)]
    return hits


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
        return {r["_id"]: Match("linked" if r is owners[0] else "new", (row,)) for r in claimants}
    return {record["_id"]: Match("ambiguous", (row,)) for record in claimants}
