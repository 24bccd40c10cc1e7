"""A large folder read page by page."""

import pytest

from pohoda_bridge.errors import Retry
from pohoda_bridge.side import Window

from .conftest import Bench, rows


def test_pages_bring_every_item_once(bench: Bench) -> None:
    made = bench.companies(7)
    for size in (1, 3, 7, 20):
        bench.forget()
        crm = bench.open(extra={"query_page": size})
        assert sorted(row["_id"] for row in rows(crm)) == sorted(made)
        assert bench.sent().count("Query") == 7 // size + 1
        assert "GetCompaniesIdentifiers" not in bench.sent()


def test_pages_bring_the_carts_of_the_agendas_kinds_alone(bench: Bench) -> None:
    kinds = {one["FileAs"]: one["ItemGUID"] for one in bench.eway.records("EnumValues")}
    made = {name: bench.eway.create("Carts", FileAs=name, TypeEn=kinds[name])
            for name in ("IssuedInvoice", "IssuedProforma", "ReceivedOrder")}  # fmt: skip
    bench.eway.create("Carts", FileAs="of no kind")
    crm = bench.open(agenda="issued_invoices", extra={"query_page": 2})
    assert crm.ids("issued_invoices") == {made["IssuedInvoice"], made["IssuedProforma"]}
    assert bench.open(agenda="issued_invoices").ids("issued_invoices") == crm.ids("issued_invoices")


def test_an_answer_without_guids_is_never_taken_for_an_empty_folder(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.companies(2)
    monkeypatch.setattr("pohoda_bridge.crm.eway.paging.GUID", "FileAs")
    with pytest.raises(Retry, match="Query"):
        list(bench.open(extra={"query_page": 5}).read("clients", Window()).parts)
