"""Rows of a side into canonical records, with pandas: converters, derived fields, and why a record does not go.

A row of POHODA has POHODA's own fields; the derived ones are made of them. A row of a CRM has what the CRM's file maps,
derived fields among them; POHODA's own fields are restored from those, so that one set of rules judges both.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from pohoda_bridge.catalogue import CONSTANT, CUSTOM, Agenda, Derive, Flow, Unit
from pohoda_bridge.errors import RejectRecord
from pohoda_bridge.records.converters import convert
from pohoda_bridge.records.derive import DERIVATIONS, FORMS, DeriveContext
from pohoda_bridge.records.fingerprint import canonical
from pohoda_bridge.records.names import splitter
from pohoda_bridge.records.restore import FOLLOWING, RESTORATIONS
from pohoda_bridge.side import Row

if TYPE_CHECKING:
    import pandas as pd


def shape(rows: list[Row], flow: Flow) -> "pd.DataFrame":
    """A frame of the source's rows (index: their order) with every canonical name, `_left_out` and `_fault`."""
    frame = _of_source(rows, flow) if flow.direction == "to_crm" else _of_crm(rows, flow)
    _put(frame, "_left_out", [_left_out(row, flow) for row in as_rows(frame)])
    return frame


def _of_source(rows: list[Row], flow: Flow) -> "pd.DataFrame":
    """POHODA's rows as a source: with the link's converters and constants."""
    frame = of_pohoda(rows, flow)
    for name, mapped in flow.mapping.items():
        if mapped.convert and name in frame:
            country = flow.unit.country
            _put(frame, name, [convert(mapped.convert, value, country=country) for value in frame[name]])
    for wire, value in flow.given_to_crm.items():
        _put(frame, f"{CONSTANT}{wire}", [value] * len(frame))
    return frame


class Shaped(Protocol):
    """What the shape of POHODA's rows asks of the settings: a flow has it."""

    @property
    def agenda(self) -> Agenda: ...

    @property
    def unit(self) -> Unit: ...

    @property
    def contact_names(self) -> str: ...

    @property
    def tables(self) -> Mapping[str, str]: ...

    def setting(self, name: str) -> object: ...


def of_pohoda(rows: list[Row], flow: Shaped) -> "pd.DataFrame":
    """A frame of POHODA's rows with every canonical name and `_fault`."""
    import pandas as pd

    frame = pd.DataFrame(rows, dtype=object)
    frame = frame.where(frame.notna(), None) if len(frame) else frame
    for name, field in flow.agenda.fields.items():
        if field.convert:
            _put(frame, name, [convert(field.convert, value, country=flow.unit.country) for value in frame[name]])
    for name in [name for name in frame.columns if str(name).startswith(CUSTOM)]:
        _put(frame, str(name), [_exact(value) for value in frame[name]])  # whole numbers as a CRM's are
    contexts = _contexts(list(frame["_id"]), flow)
    faults: dict[int, str] = {}
    for derive in flow.agenda.derive:
        values = zip(*(frame[name] for name in derive.of), strict=True)
        made = [
            _derived(derive, context, value, faults, number)
            for number, (context, value) in enumerate(zip(contexts, values, strict=True))
        ]
        for position, name in enumerate(derive.gives):
            _put(frame, name, [value[position] for value in made])
    _put(frame, "_fault", [faults.get(number) for number in range(len(frame))])
    return frame


def of_crm(rows: list[Row], flow: Flow) -> list[Row]:
    """The CRM's rows with the mapped values in the form and type that POHODA's have."""
    shown = [{**row, **{n: _in_form(n, row[n], flow) for n in flow.reading if n in row}} for row in rows]
    forms = {
        name: FORMS[derive.with_] for derive in flow.agenda.derive if derive.with_ in FORMS for name in derive.gives
    }
    return [
        {n: _fitting(forms[n](v), flow, n) if n in forms and isinstance(v, list) else v for n, v in row.items()}
        for row in shown
    ]


def _fitting(rows: list[dict[str, Any]], flow: Flow, name: str) -> list[dict[str, Any]]:
    """The rows with what the CRM has a place for; what else their form gives them is no value of the CRM's."""
    parts = flow.reading[name].fields if name in flow.reading else {}
    return [{part: value for part, value in row.items() if part in parts} for row in rows]


def restored(wanted: Row, now: Row, flow: Flow) -> Row:
    """POHODA's own fields that give these canonical values; `now` is the record as it stands, canonical names too."""
    fields = {n: value for n, value in wanted.items() if n in flow.agenda.fields or n.startswith(CUSTOM)}
    (context,) = _contexts([now.get("_id", "")], flow)
    for derive in flow.agenda.derive:
        if derive.with_ in RESTORATIONS and any(name in wanted for name in derive.gives):
            values = tuple(wanted.get(name, now.get(name)) for name in derive.gives)
            stand = tuple(fields.get(name, now.get(name)) for name in derive.of)
            made = RESTORATIONS[derive.with_](context, values, stand)
            fields.update(made if isinstance(made, Mapping) else zip(derive.of, made, strict=True))
    return fields


def restorable(flow: Flow, writable: frozenset[str]) -> frozenset[str]:
    """The canonical names that can be written where POHODA takes these of its own fields."""
    derived = (d.gives for d in flow.agenda.derive if d.with_ in RESTORATIONS and writable & set(d.of))
    return writable.union(*derived) - FOLLOWING


def as_rows(frame: "pd.DataFrame") -> list[Row]:
    """The frame's rows as plain dicts."""
    names = [str(name) for name in frame.columns]
    return [dict(zip(names, values, strict=True)) for values in zip(*(frame[name] for name in frame), strict=True)]


def _of_crm(rows: list[Row], flow: Flow) -> "pd.DataFrame":
    import pandas as pd

    mapped = of_crm(rows, flow)
    nothing = dict.fromkeys((*flow.agenda.fields, *flow.agenda.sets))
    raw = [{"_id": row["_id"], **nothing, **restored(row, {}, flow)} for row in mapped]
    made = as_rows(of_pohoda(raw, flow)) if raw else []
    whole = [{**own, **row, "_fault": None} for own, row in zip(made, mapped, strict=True)]
    frame = pd.DataFrame(whole, dtype=object)
    return frame.where(frame.notna(), None) if len(frame) else frame


def _contexts(ids: list[str], flow: Shaped) -> list[DeriveContext]:
    settings = {name: flow.setting(name) for name in flow.agenda.settings}
    names = splitter(flow.contact_names)
    write = flow.agenda.write
    links = {**write.links, flow.agenda.agenda: write.corrects} if write else {}
    one = DeriveContext("", settings, names, flow.unit.country, flow.tables, links, max(flow.unit.years))
    return [replace(one, id=technical) for technical in ids]


def _put(frame: "pd.DataFrame", name: str, values: list[Any]) -> None:
    import pandas as pd

    frame[name] = pd.Series(values, index=frame.index, dtype=object)


def _in_form(name: str, value: Any, flow: Flow) -> Any:
    field, mapped = flow.agenda.fields.get(name), flow.reading[name]
    if value is None:
        return value
    if mapped.convert:
        value = convert(mapped.convert, value, country=flow.unit.country)
    if mapped.fields:
        return [{part: _exact(held) for part, held in row.items() if held is not None} for row in value]
    if field is None:
        return _exact(value) if flow.types_of_crm.get(name) == "decimal" else value
    if field.convert:
        return convert(field.convert, value, country=flow.unit.country)
    if field.type == "integer" and isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    if field.type == "decimal":
        return _exact(value)
    return str(canonical(value)) if field.type == "text" and not isinstance(value, str) else value


def _exact(value: Any) -> Any:
    """A whole number of a CRM as any other number."""
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _derived(
    derive: Derive, context: DeriveContext, values: tuple[Any, ...], faults: dict[int, str], number: int
) -> tuple[Any, ...]:
    try:
        return DERIVATIONS[derive.with_](context, values)
    except RejectRecord as error:
        faults[number] = error.text
        return (None,) * len(derive.gives)


def _left_out(row: dict[str, Any], flow: Flow) -> str | None:
    for entry in (*flow.agenda.leave_out, *flow.to_crm.leave_out):
        if not (entry.unless and flow.setting(entry.unless)) and all(rule.holds(row) for rule in entry.when):
            return entry.reason
    for rule in flow.settings.rules:
        if not rule.holds(row):
            return f"a rule of the link keeps it out: {rule}"
    return None
