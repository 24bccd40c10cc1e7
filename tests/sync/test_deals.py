"""Deals and POHODA's contracts: each is made once on the other side; what POHODA cannot change any more is told."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.both import Both

FLOWS = {name: {"to_crm": {}, "to_pohoda": {}} for name in ("clients", "deals")}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder: Path = tmp_path_factory.mktemp("deals")
    with pytest.MonkeyPatch.context() as patch, Both.open("gram", folder, patch, agendas=FLOWS) as made:
        yield made


def contracts(both: Both) -> list[dict[str, Any]]:
    """Those beside the two that each company has."""
    return list(both.pohoda.rows("SELECT * FROM sZAK WHERE ID > 2 ORDER BY ID"))


def test_a_contract_becomes_a_deal_and_a_deal_a_contract(both: Both) -> None:
    customer = both.company(Firma="Odberateľ a.s.")
    began = {"Zahajeni": date(2026, 3, 2), "PlPredani": date(2026, 9, 30)}
    both.pohoda.insert("sZAK", Cislo="26Z1", SText="Oprava strechy", RefAD=customer, Firma="Odberateľ a.s.", **began)
    both.sync("clients")
    (client,) = both.records()
    both.crm.create("Deal", Name="Nová hala", Client=client["id"], PlannedStart="2026-05-04", Note="a\nb", Status="Won")
    assert both.sync("deals", "to_crm") == {"created": 3}
    assert both.sync("deals", "to_pohoda") == {"created": 1, "unchanged": 3}
    ours, theirs = contracts(both)
    assert (ours["Cislo"], theirs["SText"], theirs["RefAD"], theirs["Pozn"]) == (
        "26Z1",
        "Nová hala",
        customer,
        "a\r\nb",
    )
    assert str(theirs["PlZahaj"])[:10] == "2026-05-04"
    both.sync("deals", "to_crm")
    shown = {deal["Name"]: deal for deal in both.records("deals")}
    started, born = shown["Oprava strechy"], shown["Nová hala"]
    assert (started["Number"], started["Client"], started["Stage"], started["Status"], started["ExpectedClose"]) == (
        "26Z1", client["id"], "InProgress", "Open", "2026-09-30"
    )  # fmt: skip
    assert (born["Number"], born["Status"]) == (theirs["Cislo"], "Won")
    for way in ("to_pohoda", "to_crm"):
        assert set(both.sync("deals", way)) <= {"unchanged"}


def test_a_change_in_the_crm_is_told_for_contracts_are_only_made(both: Both) -> None:
    (deal,) = [one for one in both.records("deals") if one["Name"] == "Nová hala"]
    both.crm.edit("Deal", deal["id"], Name="Väčšia hala")
    assert both.sync("deals", "to_pohoda")["cannot_write"] == 1
    assert [row["SText"] for row in contracts(both)] == ["Oprava strechy", "Nová hala"]
