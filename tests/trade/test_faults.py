"""All DAGs of a link with answers lost, cut and garbled on every side: at the end everything is there once, and equal.

TRADE_SIZE asks for a larger company (`make prove`: about ten thousand records).
"""

import os
from collections import Counter
from pathlib import Path

import pytest

from pohoda_bridge.errors import BridgeError
from pohoda_sandbox.faults import Fault
from tests.trade.world import World, in_order

SIZE = int(os.environ.get("TRADE_SIZE", "20"))
IMPORT = "xml (?!list)"
FAULTS = (
    Fault("gram", "cut_after", method="POST", every=17, times=10_000),
    Fault("gram", "truncate", method="POST", every=23, times=10_000),
    Fault("gram", "status_after", method="POST", status=500, every=29, times=10_000),
    Fault("gram", "garbage", method="PUT", every=13, times=10_000),
    Fault("gram", "cut_before", method="PUT", every=19, times=10_000),
    Fault("mserver", "cut_after", match=IMPORT, every=3, times=10_000),
    Fault("mserver", "truncate", match=IMPORT, every=4, times=10_000),
    Fault("mserver", "garbage", match=IMPORT, every=5, times=10_000),
    Fault("tds", "cut_before", match="SELECT", skip=40, every=211, times=10_000),
)
MARKED = ("Client", "Address", "Contact", "Deal", "Quote", "Order", "Invoice", "ReceivedInvoice", "Payment", "Product",
          "PriceList")  # fmt: skip


def test_with_faults_on_all_dags_end_equal_and_nothing_is_there_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with World.open(tmp_path, monkeypatch, size=SIZE) as world:
        born = Counter({entity: len(world.records(entity)) for entity in MARKED})
        for fault in FAULTS:
            world.sandbox.faults.add(fault)
        failed = _with_faults(world)
        world.sandbox.faults.clear()
        assert failed, "no fault struck a run: the scripts do not fit the traffic"
        world.until_quiet()
        found = world.reconciled()
        assert {flow: one.differences[:2] for flow, one in found.items() if not one.equal} == {}
        assert not any(one.duplicates for one in found.values())
        assert [line.as_dict() for one in found.values() for line in one.sums if not line.equal] == []
        assert {flow: one.open for flow, one in found.items() if {"in_doubt", "submitted"} & one.open.keys()} == {}
        for entity in MARKED:
            records = world.records(entity)
            marks = Counter((one["ExternalSource"], one["ExternalId"]) for one in records if one["ExternalId"])
            assert max(marks.values(), default=1) == 1, entity
            assert len(records) - born[entity] == len(marks), f"{entity}: a record without a mark was made"
        before = world.writes()
        world.round()
        assert world.writes() == before


def _with_faults(world: World, rounds: int = 4) -> list[str]:
    """Rounds in which a flow may end with an error of ours, as a scheduler would start them; what failed."""
    failed = []
    for _ in range(rounds):
        for agenda, way in in_order():
            try:
                world.sync(agenda, way)
            except BridgeError as error:
                failed.append(f"{agenda} {way}: {error.text}")
    return failed
