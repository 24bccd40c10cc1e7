"""Modules, columns and single items that our user may not see or change."""

from datetime import UTC, datetime
from typing import Any

import pytest

from pohoda_bridge.crm.eway import Memory
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.side import Window
from tests.crm_eway.conftest import Bench, change, new, rows, states, write


@pytest.mark.parametrize("closed", ["denied", "empty"])
def test_a_closed_module_is_never_an_empty_one(bench: Bench, closed: str) -> None:
    bench.companies(1)
    bench.eway.switches.closed_folder = closed
    bench.eway.permit("Companies", View="None")
    crm = bench.open()
    for look in (crm.describe, crm.ids):
        with pytest.raises(StopAgenda, match=r"Companies \(View: None\)"):
            look("clients")


@pytest.mark.parametrize("level", ["Own", "Group", "Related"])
def test_of_a_module_shown_in_part_no_ids_are_told_as_all(bench: Bench, level: str) -> None:
    bench.companies(1)
    bench.eway.permit("Companies", View=level)
    crm = bench.open()
    crm.describe("clients")
    assert len(rows(crm)) == (level == "Group"), "the sandbox's users have a group in common"
    with pytest.raises(StopAgenda, match=rf"only a part of Companies \(View: {level}\)"):
        crm.ids("clients")


@pytest.mark.parametrize("level", ["All", "Inherited"])
def test_a_module_shown_whole(bench: Bench, level: str) -> None:
    made = bench.companies(1)
    bench.eway.permit("Companies", View=level)
    assert bench.open().ids("clients") == set(made)


def test_lines_and_columns_that_are_hidden_stop_before_they_are_taken_for_empty(bench: Bench) -> None:
    bench.eway.permit("GoodsInCart", View="None")
    with pytest.raises(StopAgenda, match=r"not let our user see GoodsInCart \(View: None\)"):
        bench.open(agenda="offers").describe("offers")
    bench.eway.permit("Goods", columns={"PurchasePrice": "Invisible", "SalePrice": "Readonly"})
    with pytest.raises(StopAgenda, match=r"products: .* PurchasePrice of Goods \(purchase_net: Invisible\)") as stop:
        bench.open(agenda="products").describe("products")
    assert "SalePrice of" not in str(stop.value)
    bench.eway.permit("Companies", columns={"Fax": "Invisible"})
    with pytest.raises(StopAgenda, match="Fax of Companies"):
        bench.open().describe("clients")


def test_a_service_that_tells_no_rights_is_trusted(bench: Bench) -> None:
    made = bench.companies(1)
    bench.eway.refuse("rcAccessDenied", "GetMy(Module|Column)Permissions", times=9)
    crm = bench.open()
    assert crm.describe("clients") and crm.ids("clients") == set(made)


@pytest.mark.parametrize(
    ("rights", "told"), [({"Edit": "None"}, "change records of Companies .Edit: None"),
                         ({"CanCreate": False}, "make records of Companies .CanCreate: False")]
)  # fmt: skip
def test_a_stop_names_module_and_right(bench: Bench, rights: dict[str, Any], told: str) -> None:
    (guid,) = bench.companies(1)
    crm = bench.open()
    bench.eway.permit("Companies", **rights)
    with pytest.raises(StopAgenda, match=told):
        write(crm, change(guid, phone="1") if "Edit" in rights else new())


def test_a_column_that_may_not_be_changed_refuses_the_record_alone(bench: Bench) -> None:
    one, other = bench.companies(2)
    bench.eway.permit("Companies", columns={"Phone": "Readonly"})
    answers = write(bench.open(), change(one, phone="1"), change(other, fax="2"))
    assert states(answers) == ["refused", "written"]
    assert "the right to it" in answers[0].reasons[0]


def test_a_private_record_is_hidden_and_not_deleted(bench: Bench) -> None:
    made = bench.companies(4)
    keep = Memory()
    reader = bench.open(positions=keep)
    reader.read("clients", Window())
    bench.eway.edit("Companies", made[0], IsPrivate=True)
    bench.eway.delete("Companies", made[1])
    crm = bench.open(positions=keep)
    gone = set(made) - crm.ids("clients")
    assert gone == {made[0], made[1]}
    assert crm.deleted("clients", gone) == {made[1]}
    assert bench.open().deleted("clients", gone) == gone, "no change id is known: it cannot be told"
    bench.eway.switches.history_days = 0
    assert crm.deleted("clients", gone) == gone, "the history does not reach back so far"


def test_a_postal_address_that_was_emptied_is_deleted(bench: Bench) -> None:
    kept, emptied, private = bench.companies(3, Address2City="Nitra")
    keep = Memory()
    bench.open(agenda="addresses", positions=keep).read("addresses", Window())
    bench.eway.edit("Companies", emptied, Address2City=None)
    bench.eway.edit("Companies", private, IsPrivate=True)
    crm = bench.open(agenda="addresses", positions=keep, clock=lambda: datetime.now(UTC))
    assert crm.ids("addresses") == {kept}
    assert crm.deleted("addresses", {emptied, private}) == {emptied}
