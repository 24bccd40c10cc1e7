"""What POHODA stored, read back: the answer for a written item carries the row as it stands there now."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pohoda_bridge.errors import BridgeError
from pohoda_bridge.pohoda import identity
from pohoda_bridge.pohoda.reader import Reader, Source
from pohoda_bridge.pohoda.writing import deletion
from pohoda_bridge.pohoda.writing.ahead import GONE, parts_of
from pohoda_bridge.pohoda.writing.outgoing import Form, Outgoing
from pohoda_bridge.pohoda.writing.verdict import Verdict
from pohoda_bridge.side import Answer, Lookup, Row

Judged = tuple[Outgoing, Verdict]
UNSHOWN = "POHODA took it but did not show what it stored"


def answers(
    reader: Reader, form: Form, source: Source, judged: Sequence[Judged], before: Mapping[int, frozenset[str]]
) -> dict[str, Answer]:
    """The answer of each item, by item id. A stored record that cannot be read leaves its item in doubt."""
    done = [pair for pair in judged if pair[1].state in {"stored", "there"}]
    made = [pair for pair in done if not deletion.deletes(pair[0])]
    gone: Mapping[str, bool] = {}
    try:
        gone = deletion.gone(reader, form, [outgoing for outgoing, _ in done if deletion.deletes(outgoing)])
        if form.owner is None:
            hits = _records(reader, form, source, made)
        else:
            hits = _parts(reader, form, source, made, before)
    except BridgeError:
        hits = {}
    return {
        outgoing.item.id: _of_deletion(outgoing, verdict, gone.get(outgoing.item.id))
        if deletion.deletes(outgoing)
        else _answer(form, outgoing, verdict, hits.get(outgoing.item.id))
        for outgoing, verdict in judged
    }


def _answer(form: Form, outgoing: Outgoing, verdict: Verdict, rows: Sequence[Row] | None) -> Answer:
    item = outgoing.item
    if verdict.state not in {"stored", "there"}:
        return _unstored(item.id, verdict)
    if rows == [] and verdict.definite:
        told = {name: value for name, value in verdict.details.items() if name != "found"}
        return Answer(item.id, "refused", reasons=verdict.reasons, details=told)
    if rows is None or len(rows) > 1:
        return Answer(item.id, "doubt", reasons=(UNSHOWN,), details=verdict.details)
    if not rows and item.action == "update":
        return Answer(item.id, "refused", reasons=(GONE,), details={"gone": True})
    if not rows or (verdict.details.get("found") == "POHODA changed nothing" and not as_sent(form, outgoing, rows[0])):
        return Answer(item.id, "doubt", reasons=verdict.reasons or (UNSHOWN,), details=verdict.details)
    reasons = verdict.reasons
    if found := verdict.details.get("found"):
        reasons = (f"POHODA had stored it already: {found}",)
    return Answer(item.id, "written", rows[0], reasons, {**verdict.details, **_losses(outgoing)})


def _of_deletion(outgoing: Outgoing, verdict: Verdict, gone: bool | None) -> Answer:
    """`gone`: whether the record is there no more; None when it could not be looked for."""
    id = outgoing.item.id
    if verdict.state not in {"stored", "there"}:
        return _unstored(id, verdict)
    if gone is None:
        return Answer(id, "doubt", reasons=(UNSHOWN,), details=verdict.details)
    if not gone:
        return Answer(id, "refused", reasons=(*verdict.reasons, deletion.KEPT), details=verdict.details)
    return Answer(id, "written", details={"action": "deleted" if verdict.state == "stored" else "gone"})


def _unstored(id: str, verdict: Verdict) -> Answer:
    state = "retry" if verdict.state == "stop" else verdict.state
    return Answer(id, state, reasons=verdict.reasons, details=verdict.details)  # type: ignore[arg-type]


def as_sent(form: Form, outgoing: Outgoing, row: Row) -> bool:
    """Whether the row holds what the item says."""
    return all(row.get(name) == value for name, value in form.expected(outgoing).items())


def _records(reader: Reader, form: Form, source: Source, made: Sequence[Judged]) -> dict[str, list[Row]]:
    table = form.agenda.read.sql.table
    wanted = []
    for outgoing, verdict in made:
        number = verdict.number or outgoing.number
        if number is not None:
            wanted.append(Lookup(id=identity.technical(source.year, table, number)))
        else:
            wanted.append(_own(form, outgoing))
    found = reader.look_up(form.agenda, wanted) if wanted else []
    return {outgoing.item.id: rows for (outgoing, _), rows in zip(made, found, strict=True)}


def _own(form: Form, outgoing: Outgoing) -> Lookup:
    """How to find what an earlier sending made: by our mark, or where records carry none by the number."""
    if form.ext_id is not None and outgoing.item.mark is not None:
        return Lookup(mark=outgoing.item.mark)
    number = outgoing.item.values.get("number") if form.agenda.key == (("number",),) else None
    return Lookup(key={"number": number}) if number else Lookup(id="")


def _parts(
    reader: Reader, form: Form, source: Source, made: Sequence[Judged], before: Mapping[int, frozenset[str]]
) -> dict[str, list[Row]]:
    """Of the owner's sub-records the one that is the item's: by its id, as the only new one, or by what it holds."""
    owners = sorted({outgoing.number for outgoing, _ in made if outgoing.number is not None})
    after = parts_of(reader, form, source, owners)
    hits: dict[str, list[Row]] = {}
    taken: set[str] = set()
    for outgoing, verdict in made:
        number = outgoing.number or 0
        rows = [row for row in after.get(number, []) if row["_id"] not in taken]
        if outgoing.part is not None:
            found = _numbered(rows, [outgoing.part])
        elif verdict.parts:
            found = _numbered(rows, verdict.parts)
        else:
            new = [row for row in rows if row["_id"] not in before.get(number, frozenset())]
            found = rows if verdict.state == "there" else new
        if len(found) > 1 or (verdict.state == "there" and outgoing.part is None):
            found = [row for row in found if as_sent(form, outgoing, row)]
        hits[outgoing.item.id] = found
        taken |= {row["_id"] for row in found if len(found) == 1}
    return hits


def _numbered(rows: Iterable[Row], numbers: Sequence[int]) -> list[Row]:
    return [row for row in rows if (known := identity.parsed(row["_id"])) and known[2] in numbers]


def _losses(outgoing: Outgoing) -> dict[str, Any]:
    told = [
        {"field": name, "character": loss.character, "stored": loss.stored, "count": loss.count}
        for name, losses in outgoing.losses.items()
        for loss in losses
    ]
    return {"losses": told} if told else {}
