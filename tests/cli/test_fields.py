"""fields: the mapping of an agenda, its fields in POHODA where no link carries it, and custom fields."""

from collections.abc import Iterator

import pytest

from tests.bridge import Bridge

from .conftest import Command


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    """A company with documents and custom fields."""
    with (
        pytest.MonkeyPatch.context() as patch,
        Bridge.open(tmp_path_factory.mktemp("fields"), patch, empty=False, size=3, documents=True) as opened,
    ):
        yield opened


def test_fields_are_held_against_both_sides(company: Bridge, command: Command) -> None:
    done = command("fields", "gram", "clients", "--json")
    assert done.code == 0
    found = {row["field"]: row for row in done.data["fields"]}
    assert (found["ico"]["sql"], found["ico"]["xml"], found["ico"]["crm"], found["ico"]["crm_type"]) == (
        "ICO", "identity/address/ico", "CompanyId", "text",
    )  # fmt: skip
    assert (found["name"]["sql"], found["name"]["crm"]) == ("client_kind()", "Name")
    assert (found["region"]["crm"], found["region"]["sql"], found["region"]["direction"]) == (None, "Okres", "to_crm")
    assert "CompanyId" in command("fields", "gram", "clients").out


def test_an_agenda_that_no_link_carries_shows_where_pohoda_keeps_it(company: Bridge, command: Command) -> None:
    done = command("fields", "gram", "issued_invoices", "--json")
    assert done.code == 0
    found = {row["field"]: row for row in done.data["fields"]}
    assert (found["due_on"]["sql"], found["due_on"]["pohoda_type"], found["due_on"]["crm"]) == (
        "DatSplat",
        "datetime",
        None,
    )
    assert (found["lines"]["type"], found["lines.quantity"]["sql"]) == ("set", "Mnozstvi")
    levels = {row["field"]: row for row in command("fields", "gram", "price_lists", "--json").data["fields"]}
    assert levels["customer"]["sql"] == "ID" and levels["cards.price"]["xml"]
    assert command("fields", "gram", "issued_invoicez").code == 2


def test_custom_fields_come_with_caption_type_values_and_place(company: Bridge, command: Command) -> None:
    custom = {one["field"]: one for one in command("fields", "gram", "issued_invoices", "--json").data["custom"]}
    assert custom["custom.RefVPrDoprava"] == {
        "field": "custom.RefVPrDoprava", "set": None, "caption": "Spôsob dopravy", "type": "text",
        "values": {"OSOBNE": "Osobný odber", "KURIER": "Kuriér", "POSTA": "Pošta"},
    }  # fmt: skip
    assert (custom["custom.VPrSarza"]["set"], custom["custom.VPrSchvalene"]["type"]) == ("lines", "boolean")
    shown = command("fields", "gram", "issued_invoices").out
    assert "Spôsob dopravy" in shown and "KURIER (Kuriér)" in shown
    own = command("fields", "gram", "addresses")
    assert own.code == 0 and "no custom fields here" in own.out
