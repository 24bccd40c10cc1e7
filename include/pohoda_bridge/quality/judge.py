"""Which rows are good, which go on with a warning, which are refused, and why."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pohoda_bridge.catalogue.agenda import Expectation
from pohoda_bridge.catalogue.base import Titles
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.quality.frame import COUNTRY, ID, ROW, check_columns, fault_column, prepared
from pohoda_bridge.quality.own import fitting
from pohoda_bridge.quality.suite import validated
from pohoda_bridge.quality.texts import told
from pohoda_bridge.records import checks
from pohoda_bridge.records.document_checks import RECORD_CHECKS
from pohoda_bridge.records.record_faults import RECORD_FAULTS

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True)
class Finding:
    """One reason against one row. `rule` is the expectation's name; `code` what exactly is wrong; no value is held."""

    id: str
    rule: str
    level: Literal["refuse", "warn"]
    fields: tuple[str, ...]
    code: str
    text: Titles


def judge(
    frame: "pandas.DataFrame",
    expectations: Sequence[Expectation],
    *,
    country: str,
    title: str,
) -> list[Finding]:
    """Every reason against every row, in the order of the expectations; rows without a finding are good.

    `frame` has `_id`, every field a rule asks about, and for each `unique` rule `<rule name>__count`: how often the
    row's value occurs on the whole side. A `country` column, when there, is the partner's; `country` is the unit's.
    No rows give no findings: whether a batch may be empty is the caller's to say. A missing column, or a rule that
    could not be judged, is StopAgenda.
    """
    if frame.empty or not expectations:
        return []
    check_columns(frame, expectations)
    judged = prepared(frame, expectations, country)
    result = validated(judged, expectations, country, title)
    rows = {position: bad for entry in result.results for position, bad in _bad(entry, expectations)}
    ids = [str(value) for value in frame[ID]]
    return [
        finding
        for position, expectation in enumerate(expectations)
        for finding in _findings(expectation, rows[position], judged, ids, country)
    ]


def _bad(entry: Any, expectations: Sequence[Expectation]) -> Iterator[tuple[int, list[int]]]:
    """The numbers of the rows that Great Expectations found bad, for the position of each expectation judged so."""
    positions = entry.expectation_config.meta["positions"]
    _stop_when_not_judged(entry, [expectations[position] for position in positions])
    rows = [int(bad[ROW]) for bad in entry.result["unexpected_index_list"]]
    yield from ((position, rows) for position in positions)


def _findings(
    expectation: Expectation, rows: Sequence[int], judged: "pandas.DataFrame", ids: list[str], country: str
) -> Iterator[Finding]:
    for row in rows:
        fault = None
        if expectation.rule == "length" and fitting(judged[expectation.fields[0]][row], expectation.limit or 0):
            continue  # the row is there for another field
        if expectation.rule in checks.CHECKS:
            value, partner = str(judged.at[row, expectation.fields[0]]), str(judged.at[row, COUNTRY])
            fault = checks.fault(expectation.rule, value, country=country, row_country=partner)
        elif expectation.rule in RECORD_CHECKS:
            fault = RECORD_FAULTS[str(judged.at[row, fault_column(expectation)])]
        yield Finding(
            id=ids[row],
            rule=expectation.name,
            level=expectation.level,
            fields=expectation.fields,
            code=fault.code if fault else expectation.rule,
            text=told(expectation, fault),
        )


def _stop_when_not_judged(entry: Any, expectations: Sequence[Expectation]) -> None:
    """Great Expectations does not raise: a rule that broke looks like data that failed, with no rows to show.

    Its messages may hold values of people; only the kind of the error is told.
    """
    info = entry.exception_info or {}
    broke = [info] if "raised_exception" in info else list(info.values())
    if any(one.get("raised_exception") for one in broke) or "unexpected_index_list" not in entry.result:
        traces = "\n".join(str(one.get("exception_traceback") or "") for one in broke)
        kinds = re.findall(r"^([A-Za-z_][\w.]*(?:Error|Exception))\b", traces, re.MULTILINE)
        raise StopAgenda(
            f"{', '.join(one.name for one in expectations)}: could not be judged "
            f"({kinds[-1] if kinds else 'no result'}); nothing was written. "
            "Compare the agenda's fields and limits with the source"
        )
