"""A large folder read page by page, and whole where the service does not serve pages as they are assumed."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from pohoda_bridge.crm.eway import EwayCrm
from pohoda_bridge.side import Window
from pohoda_sandbox.eway import methods
from pohoda_sandbox.eway.call import Call
from pohoda_sandbox.eway.errors import Json

from .conftest import Bench, rows

IDENTIFIERS = "GetCompaniesIdentifiers"


def ids(crm: EwayCrm) -> list[str]:
    return sorted(row["_id"] for row in rows(crm))


def test_a_folder_is_counted_and_a_large_one_read_by_pages_that_bring_every_item_once(bench: Bench) -> None:
    made = bench.companies(7)
    for size, pages in ((1, 8), (3, 3), (6, 2)):
        bench.forget()
        assert ids(bench.open(extra={"query_page": size})) == sorted(made)
        assert (bench.sent().count("Query"), bench.sent().count("QueryAmount")) == (pages, 2)
        assert IDENTIFIERS not in bench.sent()
    bench.forget()
    assert ids(bench.open(extra={"query_page": 7})) == sorted(made)
    assert (bench.sent().count("Query"), bench.sent().count("QueryAmount")) == (0, 1)
    bench.forget()
    assert ids(bench.open(extra={"query_page": 0})) == sorted(made)
    assert "QueryAmount" not in bench.sent()


def test_pages_bring_the_carts_of_the_agendas_kinds_alone(bench: Bench) -> None:
    kinds = {one["FileAs"]: one["ItemGUID"] for one in bench.eway.records("EnumValues")}
    made = {name: bench.eway.create("Carts", FileAs=name, TypeEn=kinds[name])
            for name in ("IssuedInvoice", "IssuedProforma", "ReceivedOrder")}  # fmt: skip
    bench.eway.create("Carts", FileAs="of no kind")
    crm = bench.open(agenda="issued_invoices", extra={"query_page": 1})
    assert crm.ids("issued_invoices") == {made["IssuedInvoice"], made["IssuedProforma"]}
    assert bench.sent().count("Query") == 3
    assert bench.open(agenda="issued_invoices").ids("issued_invoices") == crm.ids("issued_invoices")


def test_what_people_make_and_delete_between_two_pages_moves_no_item(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The accident: rows move up over the seam of two pages, are not read, and count as deleted."""
    made = bench.companies(9)
    shown: list[str] = []

    def page(call: Call, query: Callable[[Call], Json] = methods.METHODS["Query"]) -> Json:
        told = query(call)
        if not shown:
            bench.eway.delete("Companies", told["Data"][0]["ItemGUID"])
            bench.eway.delete("Companies", told["Data"][-1]["ItemGUID"])
            for _ in range(2):
                bench.eway.create("Companies", CompanyName="new")
        shown.extend(one["ItemGUID"] for one in told["Data"])
        return told

    monkeypatch.setitem(methods.METHODS, "Query", page)
    found = bench.open(extra={"query_page": 3}).ids("clients")
    stay = {record["ItemGUID"] for record in bench.eway.records("Companies")} & set(made)
    assert len(stay) == 7 and stay <= found


def test_without_pages_the_folder_is_read_whole_and_that_is_said_once(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    made = bench.companies(4)
    for fault in ("rcParameterError", "rcGeneralError", "rcAccessDenied", "rcInternalError"):
        bench.eway.refuse(fault, "Query|QueryAmount")
        caplog.clear()
        crm = bench.open(extra={"query_page": 2})
        with caplog.at_level(logging.WARNING):
            assert ids(crm) == sorted(made) == sorted(crm.ids("clients"))
        assert [fault in one.getMessage() for one in caplog.records if "not by pages" in one.getMessage()] == [True]
        bench.eway.service.refusals.clear()
    assert bench.waits == []


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        ("Query", {"Data": [{"ID": "1"}]}),
        ("Query", {"Data": [["a"], ["b"]]}),
        ("Query", {"Data": {"Rows": []}}),
        ("Query", {"Datum": []}),
        ("Query", {"Data": []}),
        ("QueryAmount", {"Data": 4}),
        ("QueryAmount", {"Datum": True}),
    ],
)
def test_an_answer_of_another_form_is_never_taken_for_a_smaller_folder(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, method: str, answer: dict[str, Any]
) -> None:
    made = bench.companies(4)
    monkeypatch.setitem(methods.METHODS, method, lambda call: answer)
    assert ids(bench.open(extra={"query_page": 2})) == sorted(made)
    assert IDENTIFIERS in bench.sent()


def test_check_says_whether_pages_are_served(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.companies(2)
    assert bench.open().about(["clients"], []).warnings == ()
    bench.eway.refuse("rcGeneralError", "QueryAmount", times=9)
    (warning,) = bench.open().about([], ["clients"]).warnings
    assert "read whole, not by pages" in warning and "rcGeneralError" in warning
    assert bench.open(extra={"query_page": 0}).about(["clients"], []).warnings == ()
    bench.eway.service.refusals.clear()
    monkeypatch.setitem(methods.METHODS, "Query", lambda call: {"Data": [{"guid": "x"}]})
    assert "not by pages" in bench.open().about(["clients"], []).warnings[0]


def test_pages_without_an_order_are_noticed_by_their_number(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that passes over the order would show, after the largest guid, none of those left."""
    made = bench.companies(9)

    def page(call: Call, query: Callable[[Call], Json] = methods.METHODS["Query"]) -> Json:
        call.body["query"]["Sort"][0]["OrderDirection"] = "Descending"
        return query(call)

    monkeypatch.setitem(methods.METHODS, "Query", page)
    crm = bench.open(extra={"query_page": 3})
    assert {row["_id"] for part in crm.read("clients", Window()).parts for row in part} == set(made)
    assert IDENTIFIERS in bench.sent()
