"""Upsert of the simulated Gram: matching, re-linking after a change of year, and what must survive it."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from pohoda_sandbox.faults import Faults
from pohoda_sandbox.gram import Gram, shipped

OLD, NEW = "POHODA:12345678:2025", "POHODA:12345678:2026"


@pytest.fixture
def gram() -> Iterator[Gram]:
    with Gram(shipped(), Faults()) as gram:
        yield gram


def send(gram: Gram, entity: str = "Client", **body: Any) -> requests.Response:
    return requests.post(f"{gram.url}/{entity}/Upsert", json=body, headers={"Token": gram.token}, timeout=20)


def upsert(gram: Gram, entity: str = "Client", **body: Any) -> tuple[str, str]:
    """(action, id)"""
    answer = send(gram, entity, **body)
    assert answer.status_code == 200, answer.text
    return answer.json()["Action"], answer.json()["Record"]["Id"]


def client(gram: Gram, identity: str) -> dict[str, Any]:
    return next(record for record in gram.records("Client") if record["Id"] == identity)


def test_created_unchanged_updated(gram: Gram) -> None:
    body = {"ExternalSource": NEW, "ExternalId": "118", "Name": "Vzor", "Relation": ["Customer"]}
    action, identity = upsert(gram, **body)
    assert action == "Created"
    created = client(gram, identity)
    gram.clock.advance(5)
    assert upsert(gram, **body) == ("Unchanged", identity)
    assert client(gram, identity) == created
    assert upsert(gram, **body | {"City": "Nitra"}) == ("Updated", identity)
    assert client(gram, identity)["Modified"] > created["Modified"]
    assert gram.workflow_runs("Client", identity) == 1


def test_without_its_mark_an_upsert_is_refused(gram: Gram) -> None:
    answer = send(gram, Name="A", ExternalSource=NEW, ExternalId="")
    assert (answer.status_code, answer.json()["Errors"][0]["Field"]) == (400, "ExternalId")
    assert gram.records("Client") == []


def test_a_new_year_relinks_by_row_id_and_changes_the_mark_only(gram: Gram) -> None:
    _, identity = upsert(gram, ExternalSource=OLD, ExternalId="118", Name="Vzor", CompanyId="01234567")
    note = gram.create("Note", Entity="Client", Record=identity, Text="Volať v pondelok")
    gram.create("Activity", Entity="Client", Record=identity, Subject="Stretnutie")
    before = client(gram, identity)
    gram.clock.advance(5)
    answer = upsert(gram, ExternalSource=NEW, ExternalId="118", Name="Iné meno", CompanyId="01234567")
    assert answer == ("Relinked", identity)
    after = client(gram, identity)
    assert {name for name in after if after[name] != before[name]} == {"ExternalSource", "Modified"}
    assert gram.workflow_runs("Client", identity) == 1
    assert [(n["Id"], n["Record"]) for n in gram.records("Note")] == [(note, identity)]
    assert len(gram.records("Activity")) == len(gram.records("Client")) == 1


def test_an_older_year_is_not_taken_for_a_newer_nor_another_unit_for_ours(gram: Gram) -> None:
    _, newer = upsert(gram, ExternalSource=NEW, ExternalId="118", Name="Vzor")
    action, older = upsert(gram, ExternalSource=OLD, ExternalId="118", Name="Vzor")
    assert (action, older == newer) == ("Created", False)
    assert upsert(gram, ExternalSource="POHODA:87654321:2027", ExternalId="118", Name="Vzor")[0] == "Created"


def test_a_row_id_given_to_another_company_this_year_does_not_steal_its_record(gram: Gram) -> None:
    _, first = upsert(gram, ExternalSource=OLD, ExternalId="118", Name="Prvá", CompanyId="01234567")
    action, second = upsert(gram, ExternalSource=NEW, ExternalId="118", Name="Druhá", CompanyId="87654321")
    assert (action, second == first) == ("Created", False)


@pytest.mark.parametrize("ico", ["01234567", "01 234 567", " 01234567\u00a0"])
def test_a_record_without_our_mark_is_found_by_its_number(gram: Gram, ico: str) -> None:
    by_hand = gram.create("Client", Name="Vzor", CompanyId="01234567")
    assert upsert(gram, ExternalSource=NEW, ExternalId="5", Name="Vzor", CompanyId=ico) == ("Relinked", by_hand)
    assert client(gram, by_hand)["ExternalId"] == "5"


def test_leading_zeros_of_a_number_count(gram: Gram) -> None:
    gram.create("Client", Name="Vzor", CompanyId="1234567")
    assert upsert(gram, ExternalSource=NEW, ExternalId="5", Name="Vzor", CompanyId="01234567")[0] == "Created"


def test_name_postcode_and_email_match_only_where_no_number_is_given(gram: Gram) -> None:
    by_hand = gram.create("Client", Name="Ján Malý", Zip="949 01", Email="jan@example.sk")
    place = {"Name": "JÁN  MALÝ", "Zip": "94901", "Email": "Jan@example.sk"}
    assert upsert(gram, ExternalSource=NEW, ExternalId="1", CompanyId="01234567", **place)[0] == "Created"
    assert upsert(gram, ExternalSource=NEW, ExternalId="2", **place) == ("Relinked", by_hand)


def test_several_natural_matches_are_409_and_nothing_is_written(gram: Gram) -> None:
    for name in ("A", "B"):
        gram.create("Client", Name=name, CompanyId="01234567")
    before = gram.records("Client")
    answer = send(gram, ExternalSource=NEW, ExternalId="1", Name="A", CompanyId="01234567")
    assert (answer.status_code, answer.json()["ResultText"]) == (409, "Ambiguous match.")
    assert {found["Id"] for found in answer.json()["Conflicts"]} == {record["Id"] for record in before}
    assert gram.records("Client") == before


def test_one_mark_on_two_records_is_ambiguous(gram: Gram) -> None:
    for name in ("A", "B"):
        gram.create("Client", Name=name, ExternalSource=NEW, ExternalId="1")
    assert send(gram, ExternalSource=NEW, ExternalId="1", City="X").status_code == 409


def test_branches_of_one_number_keep_a_record_each(gram: Gram) -> None:
    ids = {upsert(gram, ExternalSource=NEW, ExternalId=i, Name=f"Pobočka {i}", CompanyId="01234567")[1] for i in "12"}
    assert len(ids) == 2
    again = {upsert(gram, ExternalSource=NEW, ExternalId=i, Name=f"Pobočka {i}", CompanyId="01234567") for i in "12"}
    assert again == {("Unchanged", identity) for identity in ids}


def test_a_contact_matches_within_its_client_only(gram: Gram) -> None:
    first, second = gram.create("Client", Name="A"), gram.create("Client", Name="B")
    jan = gram.create("Contact", Client=first, LastName="Malý", FirstName="Ján")
    person = {"ExternalSource": NEW, "LastName": "Malý", "FirstName": "Ján"}
    assert upsert(gram, "Contact", ExternalId="1", Client=second, **person)[0] == "Created"
    assert upsert(gram, "Contact", ExternalId="2", Client=first, **person) == ("Relinked", jan)


def test_a_deleted_record_is_not_matched(gram: Gram) -> None:
    _, identity = upsert(gram, ExternalSource=NEW, ExternalId="1", Name="A", CompanyId="01234567")
    gram.delete("Client", identity)
    action, again = upsert(gram, ExternalSource=NEW, ExternalId="1", Name="A", CompanyId="01234567")
    assert (action, again == identity) == ("Created", False)


def test_an_update_by_upsert_keeps_what_it_does_not_name(gram: Gram) -> None:
    _, identity = upsert(gram, ExternalSource=NEW, ExternalId="1", Name="A")
    gram.edit("Client", identity, InternalNote="od obchodníka")
    assert upsert(gram, ExternalSource=NEW, ExternalId="1", Name="B")[0] == "Updated"
    assert client(gram, identity)["InternalNote"] == "od obchodníka"


def test_a_supplier_s_credit_note_of_another_year_does_not_take_its_invoice_s_mark(gram: Gram) -> None:
    """They name one number of the supplier, and ours tell them apart."""
    supplier = gram.create("Client", Name="Dodávateľ")
    body = {"Client": supplier, "IssueDate": "2026-02-08", "SupplierNumber": "F-7"}
    invoice = {"ExternalSource": NEW, "ExternalId": "6", "Type": "Invoice", "Number": "251100002"}
    note = {"ExternalSource": OLD, "ExternalId": "31", "Type": "CreditNote", "Number": "251300001"}
    made = [upsert(gram, "ReceivedInvoice", **body, **one)[0] for one in (invoice, note)]
    assert made == ["Created", "Created"]
    assert {record["ExternalId"] for record in gram.records("ReceivedInvoice")} == {"6", "31"}
