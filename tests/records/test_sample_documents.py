"""Every document of the sample company: only its planted dirt does not add up, and the shipped table agrees with it."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from pohoda_bridge.catalogue import open_catalogue
from pohoda_bridge.records.accounting import filled
from pohoda_bridge.records.totals import differences
from pohoda_bridge.side import Row, Window
from tests.bridge import UNIT, Bridge

YEARS = {year: {"sql": f"pohoda_sql_{year}", "mserver": f"pohoda_mserver_{year}"} for year in (2025, 2026)}
AGENDAS = ("issued_invoices", "received_orders", "issued_orders", "offers")
Read = dict[str, list[Row]]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Bridge, Read]]:
    """The documents of two years, as they are read over SQL."""
    with (
        pytest.MonkeyPatch.context() as patch,
        Bridge.open(tmp_path_factory.mktemp("sample"), patch, empty=False, size=60, documents=True) as opened,
    ):
        opened.write("units", {**UNIT, "years": YEARS})
        with opened.job() as job:
            parts = {agenda: job.source.read(agenda, Window()).parts for agenda in AGENDAS}
            yield opened, {agenda: [row for part in of for row in part] for agenda, of in parts.items()}


def test_what_pohoda_computed_is_computed_to_the_cent_but_for_the_planted_dirt(read: tuple[Bridge, Read]) -> None:
    bridge, documents = read
    rows = [row for of in documents.values() for row in of]
    found = {row["_id"]: {fault.code for fault in differences(row, "SK")} for row in rows if differences(row, "SK")}
    wanted: dict[str, set[str]] = {}
    for dirt in bridge.sandbox.planted:
        if dirt.kind == "sum_off":
            wanted[f"2026/{dirt.table}/{dirt.id}"] = {"amount_unlike"}
        elif dirt.kind == "line_vat":
            (line,) = bridge.sandbox.pohoda.rows("SELECT RefAg FROM FApol WHERE ID = ?", dirt.id)
            wanted[f"2026/FA/{line['RefAg']}"] = {"amount_unlike"}
        elif dirt.kind == "currency_without_rate":
            wanted[f"2026/FA/{dirt.id}"] = {"rate_missing"}
    assert len(rows) > 100
    assert found == wanted
    assert len(wanted) == 4


def test_the_table_that_ships_classifies_as_the_company_did(read: tuple[Bridge, Read]) -> None:
    bridge, documents = read
    unit = open_catalogue().units["firma"]
    classes: Counter[Any] = Counter()
    dirty = {str(dirt.id) for dirt in bridge.sandbox.planted if dirt.table == "AD"}
    for row in documents["issued_invoices"]:
        if str(row["partner"]).rpartition("/")[2] in dirty:  # a country that is none is outside the union for the table
            continue
        bare = {name: value for name, value in row.items() if name not in {"vat_class", "accounting"}}
        made, _ = filled(bare, unit.accounting, unit, "issued_invoices")
        classes[row["vat_class"], made.get("vat_class")] += 1
    # Advance invoices are no tax documents; works without a card are services, which the company does not tell apart.
    other = {("UN", None), ("UDdodEU", "UDslEU")}
    assert {pair for pair in classes if pair[0] != pair[1]} <= other
    assert {("UD", "UD"), ("UDdodEU", "UDdodEU"), ("UDzasEU", "UDzasEU")} <= set(classes)
