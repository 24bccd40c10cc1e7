"""Expectations of the agenda files as a Great Expectations suite.

Great Expectations takes seconds to import: everything here imports it inside, and only a run with rows comes here.
"""

import logging
import os
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from pohoda_bridge.catalogue.agenda import Expectation
from pohoda_bridge.quality.frame import COUNTRY, ROW, count_column, fault_column, filled_column
from pohoda_bridge.quality.own import fitting_values, right_value
from pohoda_bridge.quality.texts import promised
from pohoda_bridge.records.document_checks import RECORD_CHECKS

if TYPE_CHECKING:
    import pandas

RESULT_FORMAT = {
    "result_format": "COMPLETE",
    "unexpected_index_column_names": [ROW],
    "include_unexpected_rows": False,
}


def great_expectations() -> Any:
    """The package, with its reports home switched off and its log told to be quiet."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx

    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    return gx


def validated(prepared: "pandas.DataFrame", expectations: Sequence[Expectation], country: str, title: str) -> Any:
    """Great Expectations' result for the frame: entries know the expectations they judged by `meta["positions"]`."""
    batch = _definition().get_batch({"dataframe": prepared})
    return batch.validate(suite(expectations, country, title), result_format=RESULT_FORMAT)


@cache
def _definition() -> Any:
    """Where batches come from; one context serves the whole process, and keeps the last frame alone."""
    context = great_expectations().get_context(mode="ephemeral")
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("batch").add_dataframe_asset("records")
    return asset.add_batch_definition_whole_dataframe("part")


def suite(expectations: Sequence[Expectation], country: str, title: str) -> Any:
    """The suite; each expectation's meta holds the names of its rules and their positions in `expectations`.

    Great Expectations takes its time for each expectation, whatever the number of rows, and an agenda limits some
    thirty texts: all limits are one expectation.
    """
    made = [_made(entry, country, n) for n, entry in enumerate(expectations) if entry.rule != "length"]
    limited = {n: entry for n, entry in enumerate(expectations) if entry.rule == "length"}
    if limited:
        limits = {entry.fields[0]: entry.limit for entry in limited.values()}
        made.append(fitting_values()(column_list=[ROW, *limits], limits=limits, **_about(limited)))
    return great_expectations().ExpectationSuite(name=title, expectations=made)


def _about(entries: Mapping[int, Expectation]) -> dict[str, Any]:
    return {
        "meta": {"rules": [entry.name for entry in entries.values()], "positions": list(entries)},
        "description": "; ".join(map(promised, entries.values())),
    }


def _made(entry: Expectation, country: str, position: int) -> Any:
    expect, about = great_expectations().expectations, _about({position: entry})
    match entry.rule:
        case "filled":
            return expect.ExpectColumnValuesToNotBeNull(column=filled_column(entry), **about)
        case "unique":
            return expect.ExpectColumnValuesToBeBetween(column=count_column(entry), max_value=1, **about)
        case rule if rule in RECORD_CHECKS:
            return expect.ExpectColumnValuesToBeNull(column=fault_column(entry), **about)
    return right_value()(column_A=entry.fields[0], column_B=COUNTRY, rule=entry.rule, country=country, **about)
