"""Writes to the simulated Gram: what is checked, what is passed over, and what moves `Modified`."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from pohoda_sandbox.faults import Faults
from pohoda_sandbox.gram import Gram, shipped

SOURCE = "POHODA:12345678:2026"


@pytest.fixture
def gram() -> Iterator[Gram]:
    with Gram(shipped(), Faults()) as gram:
        yield gram


def call(gram: Gram, method: str, path: str, body: Any = None, **options: Any) -> requests.Response:
    headers = {"Token": gram.token}
    return requests.request(method, gram.url + path, json=body, headers=headers, timeout=20, **options)


def post(gram: Gram, body: Any, path: str = "/Client") -> dict[str, Any]:
    answer = call(gram, "POST", path, body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["Record"])


def codes(answer: requests.Response) -> dict[str, str]:
    assert answer.status_code == 400, answer.text
    document = answer.json()
    assert document["Result"] is False
    return {error["Field"]: error["Code"] for error in document["Errors"]}


def test_a_created_record_comes_back_whole_and_can_be_read(gram: Gram) -> None:
    made = post(gram, {"Name": "Vzor s.r.o.", "CompanyId": "01234567", "Relation": ["Customer"], "DueDays": 14})
    assert len(made["Id"]) == 32
    assert (made["CompanyId"], made["Relation"], made["DueDays"], made["Email"]) == ("01234567", ["Customer"], 14, None)
    assert made["Created"] == made["Modified"]
    read = call(gram, "GET", f"/Client/{made['Id']}/").json()
    assert read == {"Result": True, "ResultText": "Record read.", "Record": made}
    assert "Version" not in made


def test_all_faults_of_a_record_are_told_at_once(gram: Gram) -> None:
    body = {
        "Relation": ["Customer", "Friend"],
        "ClientType": "Ghost",
        "City": "x" * 46,
        "DueDays": "14",
        "Active": 1,
        "PrimaryContact": "nobody",
        "Street": 7,
        "Group": "one",
        "DueDay": 3,
    }
    assert codes(call(gram, "POST", "/Client", body)) == {
        "Name": "required",
        "Relation": "bad_option",
        "ClientType": "bad_option",
        "City": "too_long",
        "DueDays": "bad_type",
        "Active": "bad_type",
        "PrimaryContact": "bad_reference",
        "Street": "bad_type",
        "Group": "bad_type",
        "DueDay": "unknown_field",
    }
    assert gram.records("Client") == []


def test_a_number_too_large_is_out_of_range(gram: Gram) -> None:
    assert codes(call(gram, "POST", "/Client", {"Name": "A", "DueDays": 10**11})) == {"DueDays": "out_of_range"}


@pytest.mark.parametrize("value", [True, "14", [14], {}])
def test_what_only_looks_like_a_number_is_none(gram: Gram, value: Any) -> None:
    assert codes(call(gram, "POST", "/Client", {"Name": "A", "DueDays": value})) == {"DueDays": "bad_type"}


def test_a_body_in_chunks_is_taken(gram: Gram) -> None:
    parts = iter([b'{"Name": "', "Žltý".encode(), b'"}'])
    answer = requests.post(f"{gram.url}/Client", data=parts, headers={"Token": gram.token}, timeout=20)
    assert answer.json()["Record"]["Name"] == "Žltý"


def test_text_is_counted_in_characters_not_bytes(gram: Gram) -> None:
    assert post(gram, {"Name": "ž" * 255})["Name"] == "ž" * 255
    assert codes(call(gram, "POST", "/Client", {"Name": "ž" * 256})) == {"Name": "too_long"}


@pytest.mark.parametrize(
    ("sent", "kept"), [("12.34565", "12.3456"), ("12.5", "12.5"), ("0.0001", "0.0001"), ("7.00", "7")]
)
def test_numbers_keep_four_decimals_at_most(gram: Gram, sent: str, kept: str) -> None:
    raw = f'{{"Name": "A", "DueDays": {sent}}}'.encode()
    headers = {"Token": gram.token, "Content-Type": "application/json"}
    answer = requests.post(f"{gram.url}/Client", data=raw, headers=headers, timeout=20)
    assert f'"DueDays": {kept},' in answer.text


@pytest.mark.parametrize("raw", [b"", b"[]", b'"x"', b"{", b"\xff\xfe{}", b'{"DueDays": NaN}', b'{"Name": "\xe9"}'])
def test_a_body_that_is_no_object_in_utf8_is_400(gram: Gram, raw: bytes) -> None:
    answer = requests.post(f"{gram.url}/Client", data=raw, headers={"Token": gram.token}, timeout=20)
    assert (answer.status_code, answer.json()["Result"]) == (400, False)


def test_read_only_fields_are_passed_over_in_silence(gram: Gram) -> None:
    made = post(
        gram, {"Name": "A", "WonDealsValue": 5, "Id": "mine", "Created": "2000-01-01 00:00:00", "ModifiedBy": "x"}
    )
    assert (made["WonDealsValue"], made["Id"] == "mine", made["Created"] < "2001") == (0, False, False)
    answer = call(gram, "PUT", f"/Client/{made['Id']}", {"WonDealsValue": 7, "Modified": "2000-01-01 00:00:00"})
    assert (answer.status_code, answer.json()["ResultText"]) == (200, "Record unchanged.")
    assert answer.json()["Record"] == made


def test_unknown_fields_are_ignored_by_a_switch(gram: Gram) -> None:
    gram.switches.ignore_unknown_fields = True
    assert "Nonsense" not in post(gram, {"Name": "A", "Nonsense": 1})


def test_an_update_is_partial_and_moves_modified_only_when_something_changed(gram: Gram) -> None:
    made = post(gram, {"Name": "A", "City": "Nitra", "Email": "a@example.sk"})
    gram.clock.advance(5)
    same = call(gram, "PUT", f"/Client/{made['Id']}", {"City": "Nitra"}).json()["Record"]
    assert same["Modified"] == made["Modified"]
    changed = call(gram, "PUT", f"/Client/{made['Id']}", {"City": "Žilina", "Email": ""}).json()["Record"]
    assert (changed["Name"], changed["City"], changed["Email"]) == ("A", "Žilina", None)
    assert changed["Modified"] > made["Modified"]
    assert changed["Created"] == made["Created"]


def test_a_required_field_cannot_be_emptied(gram: Gram) -> None:
    made = post(gram, {"Name": "A"})
    for empty in ("", None):
        assert codes(call(gram, "PUT", f"/Client/{made['Id']}", {"Name": empty})) == {"Name": "required"}


def test_modified_by_tells_our_writes_from_a_persons(gram: Gram) -> None:
    made = post(gram, {"Name": "A"})
    edited = gram.edit("Client", made["Id"], City="Nitra")
    anna = next(user["Id"] for user in gram.records("User") if user["Login"] == "anna")
    assert edited["ModifiedBy"] == anna != made["ModifiedBy"]
    assert edited["CreatedBy"] == made["CreatedBy"] == made["Owner"]


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("PUT", {"City": "X"}), ("DELETE", None)])
def test_a_record_that_is_not_there_is_404(gram: Gram, method: str, body: Any) -> None:
    assert call(gram, method, "/Client/nobody", body).status_code == 404


def test_a_deleted_record_is_gone_from_lists_and_look_ups(gram: Gram) -> None:
    made = post(gram, {"Name": "A"})
    assert call(gram, "DELETE", f"/Client/{made['Id']}").json() == {"Result": True, "ResultText": "Record deleted."}
    assert call(gram, "GET", f"/Client/{made['Id']}").status_code == 404
    assert call(gram, "GET", "/Client").json()["Total"] == 0
    assert call(gram, "DELETE", f"/Client/{made['Id']}").status_code == 404


def test_a_contact_needs_a_client_that_exists(gram: Gram) -> None:
    assert codes(call(gram, "POST", "/Contact", {"LastName": "Malá", "Client": "x"})) == {"Client": "bad_reference"}
    client = post(gram, {"Name": "A"})
    assert post(gram, {"LastName": "Malá", "Client": client["Id"]}, "/Contact")["Client"] == client["Id"]


def test_a_plain_create_makes_a_second_record_when_sent_twice(gram: Gram) -> None:
    body = {"Name": "A", "ExternalSource": SOURCE, "ExternalId": "1"}
    assert post(gram, body)["Id"] != post(gram, body)["Id"]
    assert len(gram.records("Client")) == 2


def test_a_unique_field_is_409() -> None:
    wire = shipped()
    wire["entities"]["Client"]["fields"]["Number"]["unique"] = True
    with Gram(wire, Faults()) as gram:
        first, second = post(gram, {"Name": "A", "Number": "1"}), post(gram, {"Name": "B", "Number": "2"})
        answer = call(gram, "PUT", f"/Client/{second['Id']}", {"Number": "1"})
        assert (answer.status_code, answer.json()["Result"]) == (409, False)
        assert answer.json()["Conflicts"][0]["Code"] == "not_unique"
        assert call(gram, "POST", "/Client", {"Name": "C", "Number": "1"}).status_code == 409
        assert call(gram, "PUT", f"/Client/{first['Id']}", {"Number": "1", "City": "X"}).status_code == 200


def test_a_version_guards_against_a_lost_update_at_level_3(gram: Gram) -> None:
    gram.switches.level = "L3"
    made = post(gram, {"Name": "A"})
    assert made["Version"] == 1
    gram.edit("Client", made["Id"], City="Nitra")
    answer = call(gram, "PUT", f"/Client/{made['Id']}", {"City": "Zvolen", "Version": 1})
    assert (answer.status_code, answer.json()["ResultText"]) == (409, "Conflict.")
    assert gram.records("Client")[0]["City"] == "Nitra"
    assert call(gram, "PUT", f"/Client/{made['Id']}", {"City": "Zvolen", "Version": 2}).json()["Record"]["Version"] == 3


def test_the_feed_of_deletions_at_level_3(gram: Gram) -> None:
    gram.switches.level = "L3"
    early, late = (post(gram, {"Name": n, "ExternalSource": SOURCE, "ExternalId": n}) for n in "AB")
    gram.delete("Client", early["Id"])
    gram.clock.advance(60)
    since = gram.clock.text("%Y-%m-%d %H:%M:%S")
    gram.delete("Client", late["Id"])
    records = call(gram, "GET", f"/Client/Deleted?Since={since}").json()["Records"]
    assert [(r["Id"], r["ExternalSource"], r["ExternalId"]) for r in records] == [(late["Id"], SOURCE, "B")]
    assert len(call(gram, "GET", "/Client/Deleted?Since=2000-01-01 00:00:00").json()["Records"]) == 2
    assert call(gram, "GET", "/Client/Deleted").status_code == 400


def test_a_bulk_import_tells_of_each_record_apart(gram: Gram) -> None:
    gram.switches.level = "L3"
    body = {
        "Records": [
            {"Name": "A", "ExternalSource": SOURCE, "ExternalId": "1"},
            {"Name": "", "ExternalSource": SOURCE, "ExternalId": "2"},
            {"Name": "A", "ExternalSource": SOURCE, "ExternalId": "1"},
            {"Name": "B"},
            "nonsense",
        ]
    }
    answer = call(gram, "POST", "/Import/Client", body).json()
    assert (answer["Succeeded"], answer["Failed"]) == (3, 2)
    assert [(r["Index"], r["Result"], r["Action"]) for r in answer["Results"]] == [
        (0, True, "Created"), (1, False, None), (2, True, "Unchanged"), (3, True, "Created"), (4, False, None),
    ]  # fmt: skip
    assert answer["Results"][1]["Errors"] == [{"Field": "Name", "Code": "required", "Text": "Name is required."}]
    assert len(gram.records("Client")) == 2


def test_too_large_requests_are_413_and_the_connection_lives_on(gram: Gram) -> None:
    gram.switches.level = "L3"
    with requests.Session() as session:
        session.headers["Token"] = gram.token
        many = session.post(f"{gram.url}/Import/Client", json={"Records": [{"Name": "A"}] * 201}, timeout=20)
        assert (many.status_code, many.json()["ResultText"]) == (413, "Request is too large.")
        big = session.post(f"{gram.url}/Client", json={"Name": "A", "Note": "x" * (4 * 1024 * 1024)}, timeout=20)
        assert (big.status_code, big.json()["Result"]) == (413, False)
        assert session.get(f"{gram.url}/Ping", timeout=20).ok
    assert gram.records("Client") == []


def test_a_custom_field_is_added_written_and_warned_of_without_its_prefix(gram: Gram) -> None:
    good = call(gram, "POST", "/Entity/Client/Field", {"Name": "cRegion", "Kind": "text", "Length": 5}).json()
    bad = call(gram, "POST", "/Entity/Client/Field", {"Name": "Region", "Kind": "number"}).json()
    assert (good["Warnings"], len(bad["Warnings"])) == ([], 1)
    assert call(gram, "POST", "/Entity/Client/Field", {"Name": "cRegion", "Kind": "text"}).status_code == 409
    made = post(gram, {"Name": "A", "cRegion": "ZAPAD", "Region": 3})
    assert (made["cRegion"], made["Region"]) == ("ZAPAD", 3)
    assert codes(call(gram, "POST", "/Client", {"Name": "A", "cRegion": "VYCHOD"})) == {"cRegion": "too_long"}
    lost = requests.post(f"{gram.admin_url}/update", headers={"Admin-Token": gram.admin_token}, timeout=20).json()
    assert lost == {"lost": ["Client.Region"]}
    after = call(gram, "GET", f"/Client/{made['Id']}").json()["Record"]
    assert (after["cRegion"], "Region" in after) == ("ZAPAD", False)


def test_a_calculated_field_follows_the_won_deals() -> None:
    wire = shipped()
    money = {"kind": "currency"}
    ref = {"kind": "ref", "entity": "Client"}
    wire["entities"]["Deal"] = {"fields": {"Client": ref, "Status": {"kind": "text"}, "Value": money}}
    with Gram(wire, Faults()) as gram:
        client = post(gram, {"Name": "A"})
        for status, value in (("Won", 10.1), ("Won", 0.2), ("Open", 99)):
            gram.create("Deal", Client=client["Id"], Status=status, Value=value)
        after = call(gram, "GET", f"/Client/{client['Id']}").json()["Record"]
    assert str(after["WonDealsValue"]) == "10.3"
    assert after["Modified"] == client["Modified"]


def test_integer_ids_by_a_switch_are_never_given_twice(gram: Gram) -> None:
    gram.switches.id_style = "int"
    first = post(gram, {"Name": "A"})
    gram.delete("Client", first["Id"])
    assert (first["Id"], post(gram, {"Name": "B"})["Id"]) == ("1", "2")


def test_habits_of_answers_by_switches(gram: Gram) -> None:
    gram.switches.extra_keys = gram.switches.text_numbers = True
    answer = call(gram, "POST", "/Client", {"Name": "A", "DueDays": 14}).json()
    assert answer["ServedBy"] and answer["Record"]["ServedBy"]
    assert (answer["Record"]["DueDays"], answer["Result"]) == ("14", True)
    assert call(gram, "GET", "/Client").json()["Total"] == 1
    gram.switches.other_case = True
    assert call(gram, "GET", "/Ping").json()["result"] is True


@pytest.mark.parametrize(("name", "value"), [("level", "L9"), ("changing_list", "often"), ("levle", "L1")])
def test_a_switch_that_is_none_is_refused(gram: Gram, name: str, value: str) -> None:
    with pytest.raises(ValueError, match=value if name != "levle" else "levle"):
        setattr(gram.switches, name, value)
