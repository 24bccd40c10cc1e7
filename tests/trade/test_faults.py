"""All DAGs of a link with answers lost, cut and garbled on every side: at the end everything is there once, and equal.

TRADE_SIZE asks for a larger company (`make prove`: about ten thousand records).
"""

import os
from pathlib import Path

import pytest
from sqlalchemy import select

from pohoda_bridge.errors import BridgeError
from pohoda_bridge.ledger.schema import metadata
from pohoda_sandbox.faults import Fault
from tests.trade.selling import DEAL, ICO, WORK, make_each
from tests.trade.world import LINKS, World, in_order

SIZE = int(os.environ.get("TRADE_SIZE", "6"))
IMPORT = "xml (?!list)"
POHODAS = (
    Fault("mserver", "cut_after", match=IMPORT, every=3, times=10_000),
    Fault("mserver", "truncate", match=IMPORT, every=4, times=10_000),
    Fault("mserver", "garbage", match=IMPORT, every=5, times=10_000),
    Fault("tds", "cut_before", match="SELECT", skip=40, every=211, times=10_000),
)
FAULTS = {
    "gram": (
        Fault("gram", "cut_after", method="POST", every=17, times=10_000),
        Fault("gram", "truncate", method="POST", every=23, times=10_000),
        Fault("gram", "status_after", method="POST", status=500, every=29, times=10_000),
        Fault("gram", "garbage", method="PUT", every=13, times=10_000),
        Fault("gram", "cut_before", method="PUT", every=19, times=10_000),
    ),
    "eway": (
        Fault("eway", "cut_after", match="/Save", every=17, times=10_000),
        Fault("eway", "truncate", match="/Save", every=23, times=10_000),
        Fault("eway", "status_after", match="/Save", status=500, every=29, times=10_000),
        Fault("eway", "garbage", match="/(Search|Get)", every=61, times=10_000),
        Fault("eway", "cut_before", match="/Save", every=19, times=10_000),
    ),
}
KEPT = {
    "gram": ("Client", "Address", "Contact", "Deal", "Quote", "Order", "Invoice", "ReceivedInvoice", "Payment",
             "Product", "PriceList"),
    "eway": ("Companies", "Contacts", "Goods", "Carts", "Payments", "Projects"),
}  # fmt: skip
"""Where records of a link lie in its CRM."""
ENTERED = {table: (f"SELECT COUNT(*) AS n FROM {table} WHERE {column} = ?", value) for table, column, value in (
    ("AD", "ICO", ICO), ("sZAK", "SText", DEAL),
    ("NABpol", "SText", WORK), ("OBJpol", "SText", WORK), ("FApol", "SText", WORK),
)}  # fmt: skip
LINES = "SELECT f.Cislo, COUNT(*) AS n FROM FA f JOIN FApol p ON p.RefAg = f.ID WHERE f.RelTpFak = 1 GROUP BY f.Cislo"
ONCE = {"AD": 1, "sZAK": 1, "NABpol": 1, "OBJpol": 2, "FApol": 1}
"""What people entered as it lies in POHODA at the end; two orders, one of them issued."""


@pytest.mark.parametrize("link", LINKS)
def test_with_faults_on_all_dags_end_equal_and_nothing_is_there_twice(
    link: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with World.open(tmp_path, monkeypatch, link, size=SIZE) as world:
        make_each(world)
        born = ids(world)
        for fault in (*FAULTS[link], *POHODAS):
            world.sandbox.faults.add(fault)
        failed = _with_faults(world)
        world.sandbox.faults.clear()
        assert failed, "no fault struck a run: the scripts do not fit the traffic"
        world.until_quiet()
        found = world.reconciled()
        assert {flow: one.differences[:2] for flow, one in found.items() if not one.equal} == {}
        assert not any(one.duplicates for one in found.values())
        sums = [line for one in found.values() for line in one.sums]
        assert sums and [line.as_dict() for line in sums if not line.equal] == []
        assert {flow: one.open for flow, one in found.items() if {"in_doubt", "submitted"} & one.open.keys()} == {}
        assert ids(world) - born <= bound(world), "a record that no pair knows was made"
        assert {table: world.row(sql, value)["n"] for table, (sql, value) in ENTERED.items()} == ONCE
        lines = {one["number"]: len(one["items"]) for one in world.desk.records("invoice", type="invoice")}
        assert [row for row in world.rows(LINES) if lines.get(row["Cislo"], row["n"]) != row["n"]] == []
        before = world.writes()
        world.round()
        assert world.writes() == before


def ids(world: World) -> set[str]:
    """Every record of the CRM. No line of a cart is there twice."""
    found = set()
    for entity in KEPT[world.link]:
        for record in world.desk.crm.records(entity):
            lines = [(one["FileAs"], one["Rank"]) for one in record.get("GoodsInCart") or ()]
            assert len(lines) == len(set(lines)), "a line is there twice"
            found.add(str(record["Id"] if world.link == "gram" else record["ItemGUID"]).lower())
    return found


def bound(world: World) -> set[str]:
    with world.job("clients", "to_crm") as job, job.ledger.transaction() as ledger:
        return {str(one).lower() for one in ledger.execute(select(metadata.tables["bindings"].c.crm_id)).scalars()}


def _with_faults(world: World, rounds: int = 4) -> list[str]:
    """Rounds in which a flow may end with an error of ours, as a scheduler would start them; what failed."""
    failed = []
    for _ in range(rounds):
        for agenda, way in in_order(world.link):
            try:
                world.sync(agenda, way)
            except BridgeError as error:
                failed.append(f"{agenda} {way}: {error.text}")
    return failed
