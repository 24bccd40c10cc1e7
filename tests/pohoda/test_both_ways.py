"""SQL and XML of one company give equal rows."""

from typing import Any

import pytest

from pohoda_bridge.pohoda.differences import differing

from .conftest import AGENDAS, Bench, everything


def _comparable(agenda: str, rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    left_out = differing(agenda)
    return {row["_id"]: {name: row[name] for name in row if name not in left_out} for row in rows}


@pytest.mark.parametrize("agenda", AGENDAS)
def test_rows_are_equal_by_sql_and_xml(sample: Bench, agenda: str) -> None:
    by_sql, by_xml = (everything(sample.side(way), agenda) for way in ("sql", "xml"))
    assert len(by_sql) > 50
    assert _comparable(agenda, by_sql) == _comparable(agenda, by_xml)
    assert [row["_id"] for row in by_sql] == [row["_id"] for row in by_xml]
