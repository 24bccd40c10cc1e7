"""Query of the simulated eWay-CRM: columns, filters, an order and pages, within the user's rights."""

from collections.abc import Iterator
from typing import Any

import pytest

from pohoda_sandbox.eway import EWay
from pohoda_sandbox.faults import Faults

from .test_eway_trade import Client


@pytest.fixture(scope="module")
def eway() -> Iterator[EWay]:
    with EWay(Faults(), password="Heslo-1") as running:
        for number in range(7):
            running.create("Goods", FileAs=f"Tovar {number}", Code=f"K{number}", SalePrice=number * 10)
        yield running


def column(name: str, alias: str | None = None) -> dict[str, Any]:
    return {"__type": "Column:#EQ", "Source": {"__type": "MainTable:#EQ"}, "Name": name, "Alias": alias}


def where(kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"__type": f"{kind}FilterExpressionPredicate:#EQ", "Field": column(name), **more}


def asked(eway: EWay, method: str = "Query", **parts: Any) -> dict[str, Any]:
    query = {"__type": "MainTableQuery:#EQ", "ItemTypes": ["Goods"], "Fields": [column("Code", "code")], **parts}
    return Client(eway)(method, query=query)


def codes(eway: EWay, **parts: Any) -> list[str]:
    return [row["code"] for row in asked(eway, **parts)["Data"]]


def test_pages_follow_each_other_in_the_order_asked_for(eway: EWay) -> None:
    sort = [{"Field": column("SalePrice"), "OrderDirection": "Descending"}]
    pages = [codes(eway, Sort=sort, Paging={"Skip": skip, "Take": 3}) for skip in (0, 3, 6)]
    assert pages == [["K6", "K5", "K4"], ["K3", "K2", "K1"], ["K0"]]
    assert asked(eway, "QueryAmount", Paging={"Skip": 0, "Take": 3})["Datum"] == 7


@pytest.mark.parametrize(
    ("filter_", "found"),
    [
        (where("Equals", "Code", Value="k3"), ["K3"]),
        (where("Greater", "SalePrice", Value=40), ["K5", "K6"]),
        (where("Like", "FileAs", Value="%ovar 2"), ["K2"]),
        (where("In", "Code", Value=["K1", "K4"]), ["K1", "K4"]),
    ],
)
def test_rows_are_filtered(eway: EWay, filter_: dict[str, Any], found: list[str]) -> None:
    assert codes(eway, Filter=filter_) == found
    inverse = {"__type": "NotFilterExpression:#EQ", "Child": filter_}
    assert len(codes(eway, Filter=inverse)) == 7 - len(found)
    both = {"__type": "AndFilterExpressionOperator:#EQ", "Children": [filter_, inverse]}
    assert codes(eway, Filter=both) == []


def test_what_is_not_served_is_refused_and_rights_hold(eway: EWay) -> None:
    assert asked(eway, Fields=[column("Nothing")])["ReturnCode"] == "rcParameterError"
    assert asked(eway, Filter={"__type": "RelatedToFilterExpression:#EQ"})["ReturnCode"] == "rcParameterError"
    eway.permit("Goods", View="None")
    try:
        assert asked(eway)["ReturnCode"] == "rcAccessDenied"
    finally:
        eway.permit("Goods", View="All")


def test_guids_have_the_order_of_sql_server(eway: EWay) -> None:
    """By their last six bytes first: who goes on after the last guid of a page must leave the order to the service."""
    guids = ["00000000-0000-0000-0000-0000000000b0", "ff000000-0000-0000-0000-0000000000a0",
             "01000000-0000-0000-0000-0000000000a0", "00010000-0000-0000-0000-0000000000a0"]  # fmt: skip
    for guid in guids:
        eway.create("Leads", ItemGUID=guid, FileAs="x")
    asked = {"ItemTypes": ["Leads"], "Fields": [column("ItemGUID", "id")], "Sort": [{"Field": column("ItemGUID")}]}
    query = {"__type": "MainTableQuery:#EQ", **asked}
    found = [row["id"] for row in Client(eway)("Query", query=query)["Data"]]
    assert found == [guids[2], guids[1], guids[3], guids[0]]
