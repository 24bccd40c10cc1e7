"""Address-book listings as POHODA sends them, all the way into Gram; every value was read off the files by hand."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.bridge import AGENDAS, Bridge

from .conftest import Play

EXAMPLE = Path(__file__).parents[1] / "pohoda" / "data" / "response_list_addressbook.xml"
SAMPLES = os.environ.get("POHODA_SAMPLES_DIR")
SYSTEM = {"Id", "Created", "Modified", "CreatedBy", "ModifiedBy", "Owner", "Version", "ExternalSource", "WonDealsValue"}
"""What the service keeps by itself."""

# ExternalId -> the fields that are filled; `Client` is the ExternalId of the client.
EXPECTED_EXAMPLE: dict[str, dict[str, Any]] = {
    "Client": {
        "25": {
            "Name": "Alfa s.r.o.", "ClientType": "Company", "Relation": ["Customer"], "CompanyId": "87654321",
            "TaxId": "CZ87654321", "Email": "info@alfa.example", "Phone": "541 000 001", "Street": "Dlouhá 1",
            "City": "Brno", "Zip": "60200", "Country": "CZ", "DueDays": 14, "Group": ["Zákazník"],
        },
    },
    "Address": {
        "3": {
            "Client": "25", "Kind": "Shipping", "Name": "Alfa s.r.o. - sklad", "Person": "Petr Sklad",
            "Street": "Skladová 5", "City": "Brno", "Zip": "60200", "IsDefault": True,
        },
        "4": {
            "Client": "25", "Kind": "Shipping", "Name": "Alfa s.r.o. - prodejna", "City": "Praha 1", "IsDefault": False,
        },
    },
    "Contact": {
        "25": {
            "Client": "25", "FirstName": "Jana", "LastName": "Nováková", "Email": "info@alfa.example",
            "Phone": "541 000 001", "IsPrimary": True,
        },
        "26": {
            "Client": "25", "FirstName": "Jana", "LastName": "Nováková", "Position": "Vedoucí nákupu",
            "IsPrimary": False,
        },
    },
}  # fmt: skip
EXPECTED_RECORDED: dict[str, dict[str, Any]] = {
    "Client": {
        "25": {
            "Name": "ZET s.r.o.", "ClientType": "Company", "Relation": ["Customer", "Supplier"],
            "CompanyId": "56541223", "TaxId": "CZ56541223", "Email": "ondrej.marsik@telecom.cz",
            "Phone": "223 456 852", "Mobile": "602 236 445", "Fax": "223 456 853", "Web": "www.telecom.cz/zet",
            "Street": "Komenského 78", "City": "Praha 3", "Zip": "13000", "Number": "13AD00022",
            "Group": ["Obchod", "Zákazník"],
        },
    },
    "Address": {
        "3": {
            "Client": "25", "Kind": "Shipping", "Name": "ZET s.r.o.", "Person": "Tomáš Honzík",
            "Street": "Průmyslová", "City": "Jihlava 1", "Zip": "58601", "IsDefault": True,
        },
    },
    "Contact": {
        "25": {
            "Client": "25", "FirstName": "Ondřej", "LastName": "Maršín", "Email": "ondrej.marsik@telecom.cz",
            "Phone": "223 456 852", "Mobile": "602 236 445", "Fax": "223 456 853", "IsPrimary": True,
        },
    },
}  # fmt: skip


def _carried(bridge: Bridge) -> dict[str, dict[str, Any]]:
    """What Gram holds, in the form of the tables above."""
    clients = {record["Id"]: record["ExternalId"] for record in bridge.records("Client")}

    def filled(record: dict[str, Any]) -> dict[str, Any]:
        found = {k: v for k, v in record.items() if k not in SYSTEM | {"ExternalId"} and v not in (None, [], "")}
        return {**found, "Client": clients[found["Client"]]} if "Client" in found else found

    return {
        entity: {record["ExternalId"]: filled(record) for record in bridge.records(entity)}
        for entity in ("Client", "Address", "Contact")
    }


def _play(play: Play, path: Path, expected: dict[str, dict[str, Any]]) -> None:
    bridge = play(path)
    made = [bridge.sync(agenda) for agenda in AGENDAS]
    assert made == [{"created": len(expected[entity])} for entity in ("Client", "Address", "Contact")]
    assert _carried(bridge) == expected
    marks = {record["ExternalSource"] for entity in expected for record in bridge.records(entity)}
    assert marks == {"POHODA:12345678:2026"}
    before = bridge.sandbox.gram.writes()
    for agenda in AGENDAS:
        assert bridge.sync(agenda).keys() <= {"unchanged"}
        assert bridge.reconcile(agenda).equal
    assert bridge.sandbox.gram.writes() == before


def test_the_example_listing_arrives_whole(play: Play) -> None:
    _play(play, EXAMPLE, EXPECTED_EXAMPLE)


@pytest.mark.skipif(not SAMPLES, reason="POHODA_SAMPLES_DIR is not set: recorded answers are Stormware's, not ours")
def test_the_recorded_listing_arrives_whole(play: Play) -> None:
    _play(play, Path(str(SAMPLES)) / "resp_list_addressbook_one.xml", EXPECTED_RECORDED)
