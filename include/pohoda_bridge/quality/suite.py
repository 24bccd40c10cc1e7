"""Expectations of the agenda files as a Great Expectations suite.

Great Expectations takes seconds to import: everything here imports it inside, and only a run with rows comes here.
"""

import logging
import os
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from pohoda_bridge.catalogue.agenda import Expectation
from pohoda_bridge.quality.frame import COUNTRY, ROW, count_column, filled_column
from pohoda_bridge.quality.texts import promised
from pohoda_bridge.records import checks

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
    """Great Expectations' result for the frame: one entry for each expectation, known by `meta["position"]`."""
    gx = great_expectations()
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("batch").add_dataframe_asset("records")
    batch = asset.add_batch_definition_whole_dataframe("part").get_batch({"dataframe": prepared})
    return batch.validate(suite(expectations, country, title), result_format=RESULT_FORMAT)


def suite(expectations: Sequence[Expectation], country: str, title: str) -> Any:
    """The suite; each expectation's meta holds the rule's name, its level and its position in `expectations`."""
    made = [_made(entry, country, position) for position, entry in enumerate(expectations)]
    return great_expectations().ExpectationSuite(name=title, expectations=made)


def _made(entry: Expectation, country: str, position: int) -> Any:
    expect = great_expectations().expectations
    about = {
        "meta": {"rule": entry.name, "level": entry.level, "position": position},
        "description": promised(entry),
    }
    match entry.rule:
        case "filled":
            return expect.ExpectColumnValuesToNotBeNull(column=filled_column(entry), **about)
        case "unique":
            return expect.ExpectColumnValuesToBeBetween(column=count_column(entry), max_value=1, **about)
        case "length":
            return expect.ExpectColumnValueLengthsToBeBetween(column=entry.fields[0], max_value=entry.limit, **about)
    return right_value()(column_A=entry.fields[0], column_B=COUNTRY, rule=entry.rule, country=country, **about)


@cache
def right_value() -> Any:
    """Our own expectation: `records.checks` finds no fault in the value, given the row's country."""
    import pandas
    from great_expectations.execution_engine import PandasExecutionEngine
    from great_expectations.expectations.expectation import ColumnPairMapExpectation
    from great_expectations.expectations.metrics.map_metric_provider import (
        ColumnPairMapMetricProvider,
        column_pair_condition_partial,
    )

    class ColumnPairValuesRight(ColumnPairMapMetricProvider):  # type: ignore[misc]
        condition_metric_name = "column_pair_values.pohoda_bridge_right"
        condition_domain_keys = ("column_A", "column_B")
        condition_value_keys = ("rule", "country")

        @column_pair_condition_partial(engine=PandasExecutionEngine)  # type: ignore[untyped-decorator]
        def _pandas(cls, column_A: Any, column_B: Any, *, rule: str, country: str, **_: Any) -> Any:
            right = [
                checks.fault(rule, value, country=country, row_country=row_country) is None
                for value, row_country in zip(column_A, column_B, strict=True)
            ]
            return pandas.Series(right, index=column_A.index, dtype=bool)

    class ExpectColumnPairValuesToBeRight(ColumnPairMapExpectation):  # type: ignore[misc]
        rule: str
        country: str

        map_metric = "column_pair_values.pohoda_bridge_right"
        success_keys = ("rule", "country", "mostly")
        args_keys = ("column_A", "column_B", "rule", "country")

    return ExpectColumnPairValuesToBeRight
