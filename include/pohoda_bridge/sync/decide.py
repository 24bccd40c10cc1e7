"""One record, one outcome: the first question that has an answer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pohoda_bridge.ledger import Binding
from pohoda_bridge.quality.reasons import refusals
from pohoda_bridge.records.codepage import stored_for
from pohoda_bridge.records.fingerprint import canonical, dumps, fingerprint
from pohoda_bridge.records.keys import business_key
from pohoda_bridge.side import Direction, Partial, Row
from pohoda_bridge.sync.compare import Comparison, Winner, compare
from pohoda_bridge.sync.job import Job
from pohoda_bridge.sync.match import Match
from pohoda_bridge.sync.refer import Awaited, Named


@dataclass
class Known:
    """What is known of the records of one part; all by technical id but `targets` and `hidden` (by the target's id).

    `handed` lie with a writer that answers later, `handed_back` so in the other direction (by the target's id).
    """

    direction: Direction
    accepted: frozenset[str]
    doubts: set[str] = field(default_factory=set)
    handed: set[str] = field(default_factory=set)
    back_in_doubt: bool = False
    handed_back: set[str] = field(default_factory=set)
    records: list[Row] = field(default_factory=list)
    keys: dict[str, str | None] = field(default_factory=dict)
    waits: dict[str, Awaited] = field(default_factory=dict)
    deleted: dict[str, Awaited] = field(default_factory=dict)
    wishes: dict[str, list[list[str | None]]] = field(default_factory=dict)
    bound: dict[str, Binding] = field(default_factory=dict)
    found_by_key: set[str] = field(default_factory=set)
    matches: dict[str, Match] = field(default_factory=dict)
    targets: dict[str, Row] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    decisions: dict[str, Mapping[str, str]] = field(default_factory=dict)
    named: Named = field(default_factory=Named)

    def pair_of(self, technical: str) -> Row | None:
        """The target's record that the record is bound to, or certainly will be."""
        if binding := self.bound.get(technical):
            return self.targets.get(binding.target_id(self.direction))
        match = self.matches.get(technical, Match("new"))
        return match.candidates[0] if match.kind == "linked" else None

    @staticmethod
    def key_of(alternatives: Sequence[Sequence[str]], row: Row) -> str | None:
        return next((key for parts in alternatives if (key := business_key(parts, row))), None)


def decide(job: Job, record: Row, known: Known, findings: Sequence[Row]) -> Row:
    """The plan's line of one record."""
    technical = record["_id"]
    binding = known.bound.get(technical)
    settled = {entry.name for entry in job.flow.expectations if entry.of_new and binding is not None}
    refused = [finding for finding in findings if finding["level"] == "refuse" and finding["rule"] not in settled]
    if record["_fault"]:
        refused += refusals([record["_fault"]], job.flow.crm.reasons, rule="derive")
    line: Row = {
        "_id": technical, "key": known.keys.get(technical), "print": record["_print"], "action": "none", "reason": None,
        "warnings": [finding for finding in findings if finding["level"] == "warn"],
        "wishes": known.wishes.get(technical, []),
    }  # fmt: skip
    if technical in known.doubts | known.handed:
        return {**line, **_awaited(technical in known.doubts)}
    if record["_left_out"]:
        return {**line, "outcome": "left_out", "reason": record["_left_out"]}
    match = known.matches.get(technical, Match("new"))
    target_id = binding.target_id(job.flow.direction) if binding else None
    if binding is not None and job.flow.direction == "to_pohoda":
        line["key"] = binding.key
    if match.kind == "gone":
        reason = "its mark names a record of the target that is not there or not of this agenda; it is not made again"
        return {**line, "outcome": "left_out", "reason": reason}
    if binding is not None and target_id not in known.targets:
        shown = "is not shown on the target (hidden from our user, or deleted long ago)"
        why = shown if target_id in known.hidden else "was deleted on the target by a person"
        return {**line, "outcome": "left_out", "target_id": target_id,
                "reason": f"its record {why} and is not made again"}  # fmt: skip
    if (target_id or _only_id(match)) in known.handed_back:
        return {**line, "outcome": "held", "again": True,
                "reason": "its pair was handed to the other side, which answers later"}  # fmt: skip
    if binding is None and not refused and technical not in known.waits:
        if known.back_in_doubt:
            return {**line, "outcome": "held", "again": True,
                    "reason": "a write of the other direction was not answered; this may be what it made"}  # fmt: skip
        if match.kind == "ambiguous":
            ids = ", ".join(row["_id"] for row in match.candidates)
            why = match.why or f"several records may be its pair ({ids}); a person decides"
            return {**line, "outcome": "left_out", "match": "ambiguous", "reason": why}
        if match.kind not in known.accepted:
            return {**line, "outcome": "left_out", "match": match.kind, "target_id": _only_id(match),
                    "reason": "the first matching waits for acceptance (pohoda-bridge match --accept)"}  # fmt: skip
    if refused:
        return refuse(job, record, line, refused)
    return _compared(job, record, known, line, binding, match)


def _held(waits: Awaited) -> Row:
    return {"outcome": "held", "reason": f"waits for {waits.agenda} {waits.technical}", "waits": waits.line()}


def _awaited(doubt: bool) -> Row:
    if doubt:
        return {"outcome": "in_doubt", "action": "resolve", "reason": "an earlier write was not answered"}
    return {"outcome": "submitted", "reason": "it was handed over; the target answers later"}


def refuse(job: Job, record: Row, line: Row, reasons: list[Row]) -> Row:
    """The line of a record that is not written, for these reasons."""
    kept = {name: line[name] for name in ("_id", "key", "print", "warnings")}
    outcome = {"outcome": "quarantined", "action": "none", "reason": None, "reasons": reasons}
    return {**kept, **outcome, "record": _plain(job, record)}


def _compared(job: Job, record: Row, known: Known, line: Row, binding: Binding | None, match: Match) -> Row:
    technical = record["_id"]
    target = known.pair_of(technical)
    waits = known.waits.get(technical)
    held = _held(waits) if waits else {}
    if target is None and (deleted := known.deleted.get(technical)):
        reason = f"waits for {deleted.agenda} {deleted.technical}, whose record was deleted on the target"
        return {**line, "outcome": "held", "reason": reason, "waits": deleted.line()}
    if target is None:
        return {**line, **held} if held else {**line, **_create(job, record, beside=match.beside)}
    decision = known.decisions.get(technical, {})
    skip = _references(job) if waits else frozenset[str]()
    result = comparison(job, record, target, binding, decision, known.named, skip=skip)
    line = {**line, "target_id": target["_id"], "target_print": target_print(job, target)}
    if binding and technical in known.found_by_key and job.flow.direction == "to_pohoda":
        line["instead_of"] = binding.crm_id
    if result.conflicts:
        fields = {name: {"source": s, "target": t} for name, (s, t) in result.conflicts.items()}
        return {
            **line,
            "outcome": "conflict",
            "conflicts": fields,
            "reason": f"changed on both sides: {', '.join(fields)}",
        }
    if held:
        return {**line, **held}
    base = {name: list(pair) for name, pair in result.base.items()}
    changes = {name: [canonical(old), canonical(new)] for name, (old, new) in result.write.items()}
    values = {name: new for name, (_, new) in result.write.items()}
    if result.stuck:
        stuck = {name: list(pair) for name, pair in result.stuck.items()}
        line = {**line, "changes": {**changes, **stuck}, "values": dumps(values), "base": base}
        why = closed(job, record)
        reason = f"the target cannot take {', '.join(stuck)}" + (f": {why}" if why else "")
        paired = binding is not None and technical not in known.found_by_key
        action = "update" if values else "none" if paired else "bind"
        return {**line, "outcome": "cannot_write", "action": action, "reason": reason}
    if values:
        return {
            **line,
            "outcome": "updated",
            "action": "update",
            "changes": changes,
            "values": dumps(values),
            "base": base,
        }
    last = _last(job, binding, base, known.named) if binding and technical not in known.found_by_key else None
    rekeyed = binding is not None and bool(line["key"]) and line["key"] != binding.key
    same = base == last and not rekeyed
    return {**line, "outcome": "unchanged", "action": "none" if same else "bind", "base": base,
            "reason": None if binding else "found on the target and linked"}  # fmt: skip


def closed(job: Job, record: Row) -> str | None:
    """Why the target has no way to write the record at all; None where it has one."""
    return job.target.closed(job.agenda, record) if isinstance(job.target, Partial) else None


def _create(job: Job, record: Row, *, beside: bool) -> Row:
    if why := closed(job, record):
        return {"outcome": "cannot_write", "reason": why}
    can = job.target.writable(job.agenda)
    values = {
        name: record.get(name) for name in job.flow.mapping if name in can and canonical(record.get(name)) is not None
    }
    if not values:
        return {"outcome": "cannot_write", "reason": "the target takes no new records of this agenda"}
    base = {name: [canonical(record.get(name))] * 2 for name in job.flow.mapping}
    changes = {name: [None, canonical(value)] for name, value in values.items()}
    item = dumps({**values, "_beside": True} if beside else values)
    return {"outcome": "created", "action": "create", "values": item, "base": base, "changes": changes}


def comparison(
    job: Job,
    record: Row,
    target: Row,
    binding: Binding | None,
    decision: Mapping[str, str],
    named: Named,
    *,
    skip: frozenset[str],
) -> Comparison:
    """The three-way compare of a record with its pair, without the fields in `skip`; `decision` is a person's."""
    direction = job.flow.direction
    base = (named.row(binding.source(direction)), named.row(binding.target(direction))) if binding else None
    target = named.row(target)
    crm_id = record["_id"] if direction == "to_pohoda" else target["_id"]
    skip |= job.flow.lacking(crm_id)
    skip |= {n for n in job.flow.figures if record.get(n) is None and not (base and base[0].get(n))}
    mapping = {name: mapped for name, mapped in job.flow.mapping.items() if name not in skip}
    winners: dict[str, Winner] = {name: _winner(job, decision.get(name) or job.flow.master(name)) for name in mapping}
    open_ = job.target.updates(job.agenda) and not closed(job, record)
    writable = job.target.writable(job.agenda) if open_ else ()
    alike = () if binding else [name for name in mapping if _lost(direction, record.get(name), target.get(name))]
    return compare(
        record, target, base, mapping,
        winners=winners, writable=writable, returning=job.returning, alike=alike, decided=decision,
    )  # fmt: skip


def _lost(direction: str, source: Any, target: Any) -> bool:
    """Whether POHODA holds the CRM's text as far as its code page has the letters: nobody changed it."""
    crm, pohoda = (target, source) if direction == "to_crm" else (source, target)
    return stored_for(crm, pohoda)


def _winner(job: Job, master: str) -> Winner:
    if master == "ask":
        return "ask"
    return "source" if (master == "pohoda") == (job.flow.direction == "to_crm") else "target"


def target_print(job: Job, row: Row) -> str:
    """The fingerprint of the mapped values of a target's record: `load` compares it right before writing."""
    return fingerprint({name: row.get(name) for name in job.flow.mapping})


def _last(job: Job, binding: Binding, names: Iterable[str], named: Named) -> dict[str, Any]:
    source, target = named.row(binding.source(job.flow.direction)), named.row(binding.target(job.flow.direction))
    return {name: [source.get(name), target.get(name)] for name in names}


def _references(job: Job) -> frozenset[str]:
    return frozenset(name for name, mapped in job.flow.mapping.items() if mapped.ref and not mapped.optional)


def _only_id(match: Match) -> str | None:
    return match.candidates[0]["_id"] if match.kind == "linked" else None


def _plain(job: Job, record: Row) -> dict[str, Any]:
    names = {*job.flow.agenda.fields, *job.flow.mapping}
    return {name: canonical(record.get(name)) for name in sorted(names) if canonical(record.get(name)) is not None}
