"""The frame that Great Expectations judges: a text column for each field, helper columns where a rule needs one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pohoda_bridge.catalogue.agenda import Expectation
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.records.document_checks import RECORD_CHECKS, asked, record_fault

if TYPE_CHECKING:
    import pandas

ID = "_id"
ROW = "__row"
COUNTRY = "__country"


def count_column(expectation: Expectation) -> str:
    """Where the caller puts how often the value of a `unique` rule occurs on the whole side; None is not judged."""
    return f"{expectation.name}__count"


def filled_column(expectation: Expectation) -> str:
    """Where `prepared` says whether any field of a `filled` rule has something in it."""
    return f"{expectation.name}__filled"


def fault_column(expectation: Expectation) -> str:
    """Where `prepared` says what is wrong with the row by a rule on whole records, None when nothing is."""
    return f"{expectation.name}__fault"


def check_columns(frame: "pandas.DataFrame", expectations: Sequence[Expectation]) -> None:
    """StopAgenda when a column is missing that a rule asks about: Great Expectations would only call its rows good."""
    wanted = [ID, *(name for expectation in expectations for name in columns_of(expectation))]
    wanted += [count_column(expectation) for expectation in expectations if expectation.rule == "unique"]
    if missing := sorted(set(wanted) - set(frame.columns)):
        raise StopAgenda(
            f"the data came without {', '.join(missing)}: the source has changed; nothing was judged or written. "
            "Compare the agenda's fields with the source"
        )


def columns_of(expectation: Expectation) -> list[str]:
    """The columns that hold the expectation's fields: a set for the fields of its rows."""
    return list(dict.fromkeys(name.partition(".")[0] for name in expectation.fields))


def prepared(frame: "pandas.DataFrame", expectations: Sequence[Expectation], country: str) -> "pandas.DataFrame":
    """Only what the rules ask, as text or None; rows are numbered in `__row`, in the order of the frame."""
    import pandas

    columns: dict[str, list[Any]] = {
        ROW: list(range(len(frame))),
        COUNTRY: [text(value) or "" for value in _values(frame, "country")]
        if "country" in frame
        else [""] * len(frame),
    }
    for expectation in expectations:
        if expectation.rule == "filled":
            cells = zip(*(_values(frame, name) for name in expectation.fields), strict=True)
            columns[filled_column(expectation)] = [1 if any(map(text, row)) else None for row in cells]
        elif expectation.rule == "unique":
            counts = _values(frame, count_column(expectation))
            columns[count_column(expectation)] = [None if _nothing(count) else int(count) for count in counts]
        elif expectation.rule in RECORD_CHECKS:
            columns[fault_column(expectation)] = _faults(frame, expectation, country)
        else:
            name = expectation.fields[0]
            columns[name] = [text(value) for value in _values(frame, name)]
    return pandas.DataFrame(columns, dtype=object)


def text(value: Any) -> str | None:
    """The value as text; None for what counts as empty: nothing, not-a-number, an empty list, white space."""
    if _nothing(value) or value == []:
        return None
    shown = str(value)
    return shown if shown.strip() else None


def _faults(frame: "pandas.DataFrame", expectation: Expectation, country: str) -> list[str | None]:
    names = [name for name in asked(expectation.rule, expectation.fields) if name in frame]
    rows = zip(*(_values(frame, name) for name in names), strict=True)
    whole = ({n: None if _nothing(v) else v for n, v in zip(names, row, strict=True)} for row in rows)
    found = (record_fault(expectation.rule, row, expectation.fields, country=country) for row in whole)
    return [fault.code if fault else None for fault in found]


def _values(frame: "pandas.DataFrame", name: str) -> list[Any]:
    return list(frame[name].astype(object))


def _nothing(value: Any) -> bool:
    """None, NaN, NaT and pandas' NA; of these only None equals itself."""
    import pandas

    return value is None or value is pandas.NA or bool(value != value)  # ruff: ignore[comparison-with-itself]
