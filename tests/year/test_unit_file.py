"""The unit file with a year more, and less: nothing else of it changes."""

import json

import pytest

from pohoda_bridge.catalogue.unit import Year
from pohoda_bridge.settings import ROOT
from pohoda_bridge.year import unit_file
from tests.year.turn import LINE, UNIT

NEW = Year(sql="pohoda_sql_2026", mserver="pohoda_mserver_2026")


def test_one_line_more_and_less() -> None:
    text = unit_file.with_year(UNIT, 2026, NEW)
    assert text == UNIT + LINE
    assert unit_file.with_year(text, 2026, NEW) == text
    assert unit_file.without_year(text, 2026) == UNIT
    assert unit_file.line(2026, NEW) == LINE.strip()


@pytest.mark.parametrize("unit", ["firma", "obchod"])
def test_shipped_units_keep_their_comments(unit: str) -> None:
    text = (ROOT / "include" / "units" / f"{unit}.yaml").read_text(encoding="utf-8")
    longer = unit_file.with_year(text, 2027, Year(sql="new"))
    assert set(longer.splitlines()) - set(text.splitlines()) == {"  2027: {sql: new}"}
    assert set(text.splitlines()) <= set(longer.splitlines())
    assert unit_file.without_year(longer, 2027) == text


def test_a_file_in_another_style() -> None:
    block = "unit: firma\nyears:\n  2025:\n    sql: a\n# the end\nquiet: []\n"
    assert "# the end" in unit_file.with_year(block, 2026, NEW)
    flow = json.dumps({"unit": "firma", "years": {"2025": {"sql": "a"}}})
    text = unit_file.with_year(flow, 2026, NEW)
    assert "2026: {sql: pohoda_sql_2026" in text
    assert "2026" not in unit_file.without_year(text, 2026)
