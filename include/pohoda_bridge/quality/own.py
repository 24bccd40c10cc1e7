"""Expectations of our own, made as Great Expectations lets everybody make them; it is slow, and imported inside."""

from functools import cache
from typing import Any

from pohoda_bridge.records import checks


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


@cache
def fitting_values() -> Any:
    """Our own expectation: every text of the row has at most the characters that `limits` gives its column."""
    import pandas
    from great_expectations.execution_engine import PandasExecutionEngine
    from great_expectations.expectations.expectation import MulticolumnMapExpectation
    from great_expectations.expectations.metrics.map_metric_provider import (
        MulticolumnMapMetricProvider,
        multicolumn_condition_partial,
    )

    class MulticolumnValuesFitting(MulticolumnMapMetricProvider):  # type: ignore[misc]
        condition_metric_name = "multicolumn_values.pohoda_bridge_fitting"
        condition_domain_keys = ("column_list",)
        condition_value_keys = ("limits",)

        @multicolumn_condition_partial(engine=PandasExecutionEngine)  # type: ignore[untyped-decorator]
        def _pandas(cls, column_list: Any, *, limits: dict[str, int], **_: Any) -> Any:
            columns = ([fitting(value, most) for value in column_list[name]] for name, most in limits.items())
            return pandas.Series(list(map(all, zip(*columns, strict=True))), index=column_list.index, dtype=bool)

    class ExpectMulticolumnValuesToFit(MulticolumnMapExpectation):  # type: ignore[misc]
        limits: dict[str, int]

        map_metric = "multicolumn_values.pohoda_bridge_fitting"
        success_keys = ("limits", "mostly")
        args_keys = ("column_list", "limits")

    return ExpectMulticolumnValuesToFit


def fitting(value: str | None, limit: int) -> bool:
    """Whether the text has at most so many characters; nothing fits everywhere."""
    return value is None or len(value) <= limit
