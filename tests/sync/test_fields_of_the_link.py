"""What a link says of its fields (words, converters, what goes where) holds on both ways; letters of all kinds stay."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pohoda_bridge.ledger import Request
from tests.both import Both


@pytest.fixture
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    with pytest.MonkeyPatch.context() as patch, Both.open("gram", tmp_path_factory.mktemp("words"), patch) as opened:
        yield opened


def settings(both: Both, fields: dict[str, Any], **more: Any) -> None:
    both.link({"clients": {way: {"fields": fields, **more} for way in ("to_crm", "to_pohoda")}})


def test_words_of_the_link_are_those_of_the_crm_and_come_back_as_ours(both: Both) -> None:
    settings(both, {"Country": {"values": {"SK": "SR", "CZ": "CR"}}, "Division": {"values": {"Účtáreň": "FIN"}}})
    number = both.company(Firma="Alfa", Utvar="Účtáreň")
    assert both.sync("clients") == {"created": 1}
    (client,) = both.crm.records("Client")
    assert (client["Country"], client["Division"]) == ("SR", "FIN")
    both.crm.edit("Client", client["Id"], Country="CR")
    assert both.sync("clients", "to_pohoda") == {"updated": 1}
    (country,) = both.pohoda.rows("SELECT IDS FROM sZeme WHERE ID = ?", both.card(number)["RefZeme"])
    assert (country["IDS"], both.card(number)["Utvar"]) == ("CZ", "Účtáreň")
    assert both.sync("clients", "to_crm", Request("full")) == {"unchanged": 1}


def test_a_field_goes_elsewhere_by_a_converter_and_another_nowhere(both: Both) -> None:
    settings(both, {"Web": {"drop": True}, "Fax": {"from": "zip", "convert": "postcode"}, "Zip": {"drop": True}})
    both.company(Firma="Alfa", PSC="949 01", WWW="www.alfa.example")
    assert both.sync("clients") == {"created": 1}
    (client,) = both.crm.records("Client")
    assert (client["Fax"], client["Zip"], client["Web"]) == ("94901", None, None)
    assert both.sync("clients", "to_crm", Request("full")) == {"unchanged": 1}
    assert both.sync("clients", "to_pohoda", Request("full")) == {"unchanged": 1}


def test_letters_that_pohoda_lacks_stay_in_the_crm_where_the_ledger_was_lost(
    both: Both, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = both.add("clients", name="Иванов 9 → Praha", note="Kontakt: 日本", city="Žilina")
    assert both.sync("clients", "to_pohoda") == {"created": 1}
    assert both.cards()[0]["Firma"] == "?????? 9 -> Praha"
    monkeypatch.setenv("POHODA_BRIDGE_LEDGER", f"sqlite:///{tmp_path}/new.db")
    assert both.sync("clients", "to_crm", Request("full"))["created"] == 0
    assert both.sync("clients", "to_pohoda", Request("full")) == {"unchanged": 1}
    (client,) = both.crm.records("Client")
    assert (client["Id"], client["Name"], client["Note"]) == (made, "Иванов 9 → Praha", "Kontakt: 日本")
    both.pohoda.edit("AD", both.cards()[0]["ID"], Firma="Ivanov")
    assert both.sync("clients") == {"updated": 1}
    assert both.crm.records("Client")[0]["Name"] == "Ivanov"
