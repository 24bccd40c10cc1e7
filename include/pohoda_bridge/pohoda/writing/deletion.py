"""Deletions: which of them may go, and whether a record is gone after one. Each is held against what stands there.

A card of the address book is a company, a contact person, or both: what an agenda takes as its own decides what it may
delete, and a company's card never goes as a contact, nor a company under its contact persons.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pohoda_bridge.catalogue import Agenda
from pohoda_bridge.pohoda import identity
from pohoda_bridge.pohoda.reader import Reader, Source, taken
from pohoda_bridge.pohoda.writing.outgoing import Form, Outgoing
from pohoda_bridge.side import Answer, Lookup, Row

KEPT = "POHODA answered the deletion and did not delete it"


def deletes(outgoing: Outgoing) -> bool:
    """Whether an item takes its record away."""
    return outgoing.item.action == "delete"


def look(
    reader: Reader, form: Form, source: Source, items: Sequence[Outgoing]
) -> tuple[list[Outgoing], dict[str, Answer]]:
    """The deletions that may go, each with the card it lies in, and the answers of the others. Raises as reading does.

    A record that is not there is answered as gone; one that must stay is refused with the reason.
    """
    rows = _there(reader, form, items)
    with_parts = _holding(reader, form, [id for id, row in rows.items() if row is not None])
    may: list[Outgoing] = []
    answers: dict[str, Answer] = {}
    for outgoing in items:
        id, row = outgoing.item.id, rows[str(outgoing.item.target_id)]
        if row is None:
            answers[id] = Answer(id, "written", details={"action": "gone"})
        elif reasons := tuple(_reasons(form, source, row, held=row["_id"] in with_parts)):
            answers[id] = Answer(id, "refused", reasons=reasons)
        else:
            may.append(replace(outgoing, number=_owner(form, source, row)) if form.owner else outgoing)
    return may, answers


def gone(reader: Reader, form: Form, items: Sequence[Outgoing]) -> Mapping[str, bool]:
    """Whether the record of each item is gone now, by item id. Raises as reading does."""
    rows = _there(reader, form, items) if items else {}
    return {outgoing.item.id: rows[str(outgoing.item.target_id)] is None for outgoing in items}


def _reasons(form: Form, source: Source, row: Row, *, held: bool) -> Iterator[str]:
    """Why a record must stay."""
    if not taken(form.agenda, [row]):
        yield f"it is no record of {form.agenda.agenda} any more; POHODA uses it otherwise"
    for name, spec in form.fields.items():
        if spec.type == "reference" and spec.clear == "never" and name != form.owner and row.get(name) is None:
            yield f"{name}: it is a company's own card, which is not deleted with a contact; empty the name there"
    if form.owner is not None and _owner(form, source, row) is None:
        yield f"{form.owner}: it belongs to no record of POHODA"
    if held:
        yield "it has contact persons, who would be left without their company; delete them first"


def _owner(form: Form, source: Source, row: Row) -> int | None:
    """The number of the card that a sub-record lies in."""
    spec = form.fields[str(form.owner)]
    return identity.number_in(row[str(form.owner)], source.year, source.table_of(spec.ref))


def _there(reader: Reader, form: Form, items: Sequence[Outgoing]) -> dict[str, Row | None]:
    """The record of each item by its technical id, whether the agenda takes it or not; None for one that is gone."""
    ids = list(dict.fromkeys(str(outgoing.item.target_id) for outgoing in items))
    found = reader.look_up(whole(form.agenda), [Lookup(id=id) for id in ids])
    return {id: rows[0] if rows else None for id, rows in zip(ids, found, strict=True)}


def _holding(reader: Reader, form: Form, ids: Sequence[str]) -> frozenset[str]:
    """Those of the records that others of the same table stand below."""
    agenda = form.agenda
    above = [name for name, spec in agenda.fields.items() if spec.type == "reference" and spec.ref == agenda.agenda]
    asked = [(name, id) for name in above for id in ids]
    found = reader.look_up(whole(agenda), [Lookup(key={name: id}) for name, id in asked]) if asked else []
    return frozenset(id for (_, id), rows in zip(asked, found, strict=True) if rows)


def whole(agenda: Agenda) -> Agenda:
    """The agenda with every row of its table. It has a name of its own, as readers keep their queries by it."""
    return agenda.model_copy(update={"agenda": f"every row of {agenda.agenda}", "takes": ()})
