"""Documents of the simulated Gram: lines and addresses, sums of its own, numbers, re-links, and what lists show."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from pohoda_sandbox.faults import Faults
from pohoda_sandbox.gram import Gram, shipped

OLD, NEW = "POHODA:12345678:2025", "POHODA:12345678:2026"
LINE = {"Name": "Čaj", "Quantity": 3, "UnitPrice": 0.1155, "VatPercent": 23}


@pytest.fixture(scope="module")
def gram() -> Iterator[Gram]:
    with Gram(shipped(), Faults()) as gram:
        yield gram


@pytest.fixture
def head(gram: Gram) -> dict[str, Any]:
    """What every document must have."""
    return {"Client": gram.create("Client", Name="Vzor"), "IssueDate": "2026-03-01"}


def call(gram: Gram, method: str, path: str, body: Any = None) -> requests.Response:
    return requests.request(method, gram.url + path, json=body, headers={"Token": gram.token}, timeout=10)


def post(gram: Gram, entity: str, body: Any) -> dict[str, Any]:
    answer = call(gram, "POST", f"/{entity}", body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["Record"])


def put(gram: Gram, made: dict[str, Any], **body: Any) -> dict[str, Any]:
    answer = call(gram, "PUT", f"/Quote/{made['Id']}", body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["Record"])


def codes(answer: requests.Response) -> dict[str, str]:
    assert answer.status_code == 400, answer.text
    return {error["Field"]: error["Code"] for error in answer.json()["Errors"]}


def sums(record: dict[str, Any]) -> tuple[float, float, float]:
    return record["TotalNet"], record["TotalVat"], record["TotalGross"]


def test_lines_get_ids_places_and_sums_and_the_document_theirs(gram: Gram, head: dict[str, Any]) -> None:
    lines = [LINE, LINE | {"Quantity": 1, "UnitPrice": 200, "DiscountPercent": 12.5, "VatPercent": 5, "TotalNet": 7}]
    made = post(gram, "Quote", head | {"Items": lines, "TotalGross": 1})
    first, second = made["Items"]
    assert len(first["LineId"]) == 32 and first["LineId"] != second["LineId"]
    assert (first["Position"], second["Position"], first["Note"]) == (1, 2, None)
    assert (sums(first), sums(second)) == ((0.35, 0.08, 0.43), (175, 8.75, 183.75))
    assert (sums(made), made["Rounding"]) == ((175.35, 8.83, 184.18), 0)
    assert call(gram, "GET", f"/Quote/{made['Id']}").json()["Record"] == made


def test_sums_that_are_kept_stay_as_they_were_written(gram: Gram, head: dict[str, Any]) -> None:
    line = LINE | {"TotalNet": 0.34, "TotalVat": 0.09, "TotalGross": 0.43}
    made = post(gram, "Quote", head | {"KeepTotals": True, "Items": [line], "TotalNet": 5, "Rounding": 0.02})
    assert (made["TotalNet"], made["TotalGross"], made["Rounding"]) == (5, None, 0.02)
    assert sums(made["Items"][0]) == (0.34, 0.09, 0.43)
    assert sums(put(gram, made, KeepTotals=False)) == (0.35, 0.08, 0.43)


def test_faults_are_told_by_line_and_part(gram: Gram, head: dict[str, Any]) -> None:
    line = {"Name": "x", "Quantity": "1", "Product": "nobody", "Kind": "Ghost", "Colour": 1}
    body = head | {"Items": [LINE, line], "BillingAddress": {"Zip": "9" * 16, "Planet": "x"}, "ShippingAddress": "x"}
    assert codes(call(gram, "POST", "/Quote", body)) == {
        "Items[1].Quantity": "bad_type", "Items[1].Product": "bad_reference", "Items[1].Kind": "bad_option",
        "Items[1].Colour": "unknown_field", "Items[1].VatPercent": "required", "BillingAddress.Zip": "too_long",
        "BillingAddress.Planet": "unknown_field", "ShippingAddress": "bad_type",
    }  # fmt: skip
    assert codes(call(gram, "POST", "/Quote", head | {"Items": ["x"]})) == {"Items": "bad_type"}
    assert codes(call(gram, "POST", "/Quote", {})) == {"Client": "required", "IssueDate": "required"}


def test_a_write_of_lines_replaces_them_and_a_known_id_keeps_its_line(gram: Gram, head: dict[str, Any]) -> None:
    made = post(gram, "Quote", head | {"Items": [LINE | {"Note": "ours"}, LINE]})
    first, second = (line["LineId"] for line in made["Items"])
    kept = [{"LineId": second, "Quantity": 9}, LINE, {"LineId": first}]
    now = put(gram, made, Items=kept)["Items"]
    assert [line["LineId"] for line in now][0::2] == [second, first] and now[1]["LineId"] not in {first, second}
    assert [(line["Position"], line["Quantity"], line["Note"]) for line in now] == [
        (1, 9, None), (2, 3, None), (3, 3, "ours"),
    ]  # fmt: skip
    assert codes(call(gram, "PUT", f"/Quote/{made['Id']}", {"Items": [{"LineId": "gone"}]})) == {
        "Items[0].Name": "required", "Items[0].Quantity": "required", "Items[0].VatPercent": "required",
    }  # fmt: skip
    assert put(gram, made, Items=[])["Items"] == []


def test_lines_written_as_they_are_change_nothing(gram: Gram, head: dict[str, Any]) -> None:
    made = post(gram, "Quote", head | {"Items": [LINE], "KeepTotals": True})
    answer = call(gram, "PUT", f"/Quote/{made['Id']}", {"Items": [LINE]}).json()
    assert (answer["ResultText"], answer["Record"]) == ("Record unchanged.", made)


def test_a_write_of_an_object_changes_the_parts_sent(gram: Gram, head: dict[str, Any]) -> None:
    made = post(gram, "Quote", head | {"BillingAddress": {"Street": "Dlhá 1", "City": "Nitra", "Zip": ""}})
    assert (made["BillingAddress"]["Street"], made["BillingAddress"]["Zip"]) == ("Dlhá 1", None)
    assert set(made["ShippingAddress"].values()) == {None}
    changed = put(gram, made, BillingAddress={"City": None, "Zip": "94901"})["BillingAddress"]
    assert (changed["Street"], changed["City"], changed["Zip"]) == ("Dlhá 1", None, "94901")


@pytest.mark.parametrize(("entity", "prefix"), [("Quote", "CP"), ("Order", "OB"), ("Invoice", "FV"), ("Deal", "OP")])
def test_a_document_without_a_number_gets_the_next(gram: Gram, head: dict[str, Any], entity: str, prefix: str) -> None:
    body = {"Name": "Zákazka"} if entity == "Deal" else head | ({"Type": "Invoice"} if entity == "Invoice" else {})
    first = post(gram, entity, body)
    assert first["Number"].startswith(prefix)
    gram.delete(entity, first["Id"])
    second = post(gram, entity, body | {"Number": ""})
    assert int(second["Number"][6:]) == int(first["Number"][6:]) + 1
    assert post(gram, entity, body | {"Number": "26FV7"})["Number"] == "26FV7"


def upsert(gram: Gram, entity: str, **body: Any) -> tuple[str, str]:
    """(action, id)"""
    answer = call(gram, "POST", f"/{entity}/Upsert", body)
    assert answer.status_code == 200, answer.text
    return answer.json()["Action"], answer.json()["Record"]["Id"]


def test_documents_are_relinked_by_type_and_number_without_a_workflow(gram: Gram, head: dict[str, Any]) -> None:
    body = head | {"Type": "Advance", "Number": "R1", "Items": [LINE]}
    action, identity = upsert(gram, "Invoice", **body, ExternalSource=OLD, ExternalId="5")
    gram.create("Note", Entity="Invoice", Record=identity, Text="volať")
    assert action == "Created"
    changed = body | {"Items": [LINE, LINE], "Text": "iný"}
    assert upsert(gram, "Invoice", **changed, ExternalSource=NEW, ExternalId="99") == ("Relinked", identity)
    (record,) = (one for one in gram.records("Invoice") if one["Id"] == identity)
    assert (record["ExternalId"], len(record["Items"]), record["Text"]) == ("99", 1, None)
    assert gram.workflow_runs("Invoice", identity) == 1
    assert any(note["Record"] == identity for note in gram.records("Note"))
    other = head | {"Type": "Invoice", "Number": "R1"}
    assert upsert(gram, "Invoice", **other, ExternalSource=NEW, ExternalId="100")[0] == "Created"


def test_the_row_id_of_another_document_of_last_year_is_no_mark(gram: Gram, head: dict[str, Any]) -> None:
    body = head | {"Type": "Invoice", "Number": "L1"}
    _, old = upsert(gram, "Invoice", **body, ExternalSource=OLD, ExternalId="700")
    action, new = upsert(gram, "Invoice", **body | {"Number": "L2"}, ExternalSource=NEW, ExternalId="700")
    assert (action, new == old) == ("Created", False)
    payment = {"Invoice": old, "Date": "2026-01-02", "Amount": 10, "DocumentNumber": "B1"}
    _, paid = upsert(gram, "Payment", **payment, ExternalSource=OLD, ExternalId="3")
    assert upsert(gram, "Payment", **payment | {"Amount": 11}, ExternalSource=NEW, ExternalId="3")[0] == "Created"
    assert upsert(gram, "Payment", **payment, ExternalSource=NEW, ExternalId="4") == ("Relinked", paid)


def test_an_upsert_by_mark_keeps_the_lines_it_knows(gram: Gram, head: dict[str, Any]) -> None:
    body = head | {"Number": "U1", "ExternalSource": NEW, "ExternalId": "u1"}
    _, identity = upsert(gram, "Order", **body, Items=[LINE | {"Note": "ours"}])
    (line,) = next(one for one in gram.records("Order") if one["Id"] == identity)["Items"]
    kept = {"LineId": line["LineId"], "Quantity": 8}
    assert upsert(gram, "Order", **body, Items=[kept]) == ("Updated", identity)
    (now,) = next(one for one in gram.records("Order") if one["Id"] == identity)["Items"]
    assert (now["LineId"], now["Quantity"], now["Note"]) == (line["LineId"], 8, "ours")
    assert upsert(gram, "Order", **body, Items=[LINE | {"Quantity": 8, "Note": "ours"}])[0] == "Unchanged"


def test_products_have_their_own_code_and_the_stock_of_all_warehouses(gram: Gram) -> None:
    product = post(gram, "Product", {"Code": "AB1", "Name": "Čaj"})
    for code, quantity in (("A", 2.5), ("B", 4)):
        warehouse = gram.create("Warehouse", Code=code)
        gram.create("StockLevel", Product=product["Id"], Warehouse=warehouse, OnHand=quantity)
    assert str(call(gram, "GET", f"/Product/{product['Id']}").json()["Record"]["StockTotal"]) == "6.5"
    answer = call(gram, "POST", "/Product", {"Code": "AB1", "Name": "Iný"})
    assert (answer.status_code, answer.json()["Conflicts"][0]["Code"]) == (409, "not_unique")


def test_parts_are_described_and_no_list_asks_by_them(gram: Gram) -> None:
    fields = {field["Name"]: field for field in call(gram, "GET", "/Entity/Quote/Field").json()["Records"]}
    inner = {field["Name"]: field["Kind"] for field in fields["Items"]["Fields"]}
    assert (fields["Items"]["Kind"], inner["Quantity"], "Fields" in fields["Number"]) == ("parts", "number", False)
    assert call(gram, "GET", "/Quote?Sort=Items").status_code == 400
    assert call(gram, "GET", "/Quote?Filter=Items:eq:x").status_code == 400
