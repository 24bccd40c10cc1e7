"""Which rows are good, which go on with a warning, which are refused, and why."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pohoda_bridge.catalogue.agenda import Expectation
from pohoda_bridge.catalogue.base import Titles
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.quality.frame import COUNTRY, ID, ROW, check_columns, prepared
from pohoda_bridge.quality.suite import validated
from pohoda_bridge.quality.texts import told
from pohoda_bridge.records import checks

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
    judged = prepared(frame, expectations)
    result = validated(judged, expectations, country, title)
    return [
        finding
        for entry in sorted(result.results, key=lambda entry: entry.expectation_config.meta["position"])
        for finding in _findings(entry, expectations, judged, [str(value) for value in frame[ID]], country)
    ]


def _findings(
    entry: Any, expectations: Sequence[Expectation], judged: "pandas.DataFrame", ids: list[str], country: str
) -> Iterator[Finding]:
    expectation = expectations[entry.expectation_config.meta["position"]]
    _stop_when_not_judged(entry, expectation)
    for bad in entry.result["unexpected_index_list"]:
        row = int(bad[ROW])
        fault = None
        if expectation.rule in checks.CHECKS:
            value, partner = str(judged.at[row, expectation.fields[0]]), str(judged.at[row, COUNTRY])
            fault = checks.fault(expectation.rule, value, country=country, row_country=partner)
        yield Finding(
            id=ids[row],
            rule=expectation.name,
            level=expectation.level,
            fields=expectation.fields,
            code=fault.code if fault else expectation.rule,
            text=told(expectation, fault),
        )


def _stop_when_not_judged(entry: Any, expectation: Expectation) -> None:
    """Great Expectations does not raise: a rule that broke looks like data that failed, with no rows to show.

    Its messages may hold values of people; only the kind of the error is told.
    """
    info = entry.exception_info or {}
    broke = [info] if "raised_exception" in info else list(info.values())
    if any(one.get("raised_exception") for one in broke) or "unexpected_index_list" not in entry.result:
        traces = "\n".join(str(one.get("exception_traceback") or "") for one in broke)
        kinds = re.findall(r"^([A-Za-z_][\w.]*(?:Error|Exception))\b", traces, re.MULTILINE)
        raise StopAgenda(
            f"the rule {expectation.name} could not be judged ({kinds[-1] if kinds else 'no result'}); "
            "nothing was written. Compare the agenda's fields and limits with the source"
        )
