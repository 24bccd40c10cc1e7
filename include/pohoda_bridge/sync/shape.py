"""Rows of the source into canonical records, with pandas: converters, derived fields, and why a record does not go."""

from typing import TYPE_CHECKING, Any

from pohoda_bridge.catalogue import Derive, Flow
from pohoda_bridge.errors import RejectRecord
from pohoda_bridge.records.converters import convert
from pohoda_bridge.records.derive import DERIVATIONS, DeriveContext
from pohoda_bridge.records.names import splitter
from pohoda_bridge.side import Row

if TYPE_CHECKING:
    import pandas as pd


def shape(rows: list[Row], flow: Flow) -> "pd.DataFrame":
    """A frame of the rows (index: their order) with every canonical name of the agenda `_left_out` and `_fault`."""
    import pandas as pd

    frame = pd.DataFrame(rows, dtype=object)
    frame = frame.where(frame.notna(), None) if len(frame) else frame

    def put(name: str, values: list[Any]) -> None:
        frame[name] = pd.Series(values, index=frame.index, dtype=object)

    for name, field in flow.agenda.fields.items():
        if field.convert:
            put(name, [convert(field.convert, value, country=flow.unit.country) for value in frame[name]])
    settings = {name: flow.setting(name) for name in flow.agenda.settings}
    names = splitter(flow.link.contact_names)
    contexts = [DeriveContext(id=technical, settings=settings, contact_names=names) for technical in frame["_id"]]
    faults: dict[int, str] = {}
    for derive in flow.agenda.derive:
        values = zip(*(frame[name] for name in derive.of), strict=True)
        made = [
            _derived(derive, context, value, faults, number)
            for number, (context, value) in enumerate(zip(contexts, values, strict=True))
        ]
        for position, name in enumerate(derive.gives):
            put(name, [value[position] for value in made])
    put("_left_out", [_left_out(row, flow) for row in as_rows(frame)])
    put("_fault", [faults.get(number) for number in range(len(frame))])
    return frame


def as_rows(frame: "pd.DataFrame") -> list[Row]:
    """The frame's rows as plain dicts."""
    names = [str(name) for name in frame.columns]
    return [dict(zip(names, values, strict=True)) for values in zip(*(frame[name] for name in frame), strict=True)]


def _derived(
    derive: Derive, context: DeriveContext, values: tuple[Any, ...], faults: dict[int, str], number: int
) -> tuple[Any, ...]:
    try:
        return DERIVATIONS[derive.with_](context, values)
    except RejectRecord as error:
        faults[number] = error.text
        return (None,) * len(derive.gives)


def _left_out(row: dict[str, Any], flow: Flow) -> str | None:
    of_crm = flow.to_crm.leave_out if flow.direction == "to_crm" else ()
    for entry in (*flow.agenda.leave_out, *of_crm):
        if not (entry.unless and flow.setting(entry.unless)) and all(rule.holds(row) for rule in entry.when):
            return entry.reason
    for rule in flow.settings.rules:
        if not rule.holds(row):
            return f"a rule of the link keeps it out: {rule}"
    return None
