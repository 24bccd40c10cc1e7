"""A pack alone: its elements, what is refused before it goes, and that POHODA's schema takes every one."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from pohoda_bridge.catalogue import Agenda
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.pohoda.writing.outgoing import Form, Unwritable
from pohoda_bridge.pohoda.writing.pack import pack
from pohoda_bridge.side import Item, Mark

from .conftest import UNIT
from .writing import XSD, create, document, form, needs_schemas, paths, schema, update

Agendas = Mapping[str, Agenda]
HEADER = "addressbook/addressbookHeader/"
ACTION = "addressbook/actionType/"


def _items(root: Any) -> list[dict[str, str]]:
    return [paths(item) for item in root]


def test_the_envelope_carries_the_stored_ids_and_the_company(agendas: Agendas) -> None:
    root = document(form(agendas, "clients"), [create("i1", company="A"), create("i2", company="B")], id="p1")
    assert {name: root.get(name) for name in ("version", "id", "ico", "application", "note")} == {
        "version": "2.0", "id": "p1", "ico": "12345678", "application": "POHODA Bridge", "note": "",
    }  # fmt: skip
    assert [(item.get("id"), item.get("version")) for item in root] == [("i1", "2.0"), ("i2", "2.0")]


def test_a_pack_is_windows_1250_without_space_and_the_same_every_time(agendas: Agendas) -> None:
    known = form(agendas, "clients")
    made = [known.outgoing(create("i1", "C-1", company="Žluťoučký kůň", note="prvý\ndruhý"))]
    body = pack(known, made, id="p", ico=UNIT.ico, note="Adresář")
    assert body == pack(known, made, id="p", ico=UNIT.ico, note="Adresář")
    assert body.startswith(b"<?xml version='1.0' encoding='Windows-1250'?>\n")
    text = body.decode("cp1250")
    assert "<typ:company>Žluťoučký kůň</typ:company>" in text
    assert "<adb:note>prvý&#13;\ndruhý</adb:note>" in text
    assert "> <" not in text
    assert text.count("\n") == 2


def test_a_new_record_is_guarded_by_our_mark(agendas: Agendas) -> None:
    (item,) = _items(document(form(agendas, "clients"), [create("i", "C-1", company="Alfa")]))
    assert item == {
        f"{ACTION}add/filter/extId/ids": "C-1", f"{ACTION}add/filter/extId/exSystemName": "gram",
        f"{HEADER}identity/extId/ids": "C-1", f"{HEADER}identity/extId/exSystemName": "gram",
        f"{HEADER}identity/address/company": "Alfa",
    }  # fmt: skip


def test_a_record_without_a_mark_is_added_unguarded(agendas: Agendas) -> None:
    (item,) = _items(document(form(agendas, "clients"), [create("i", company="Alfa")]))
    assert item == {f"{ACTION}add": "", f"{HEADER}identity/address/company": "Alfa"}


def test_an_update_names_its_record_and_nothing_but_what_changes(agendas: Agendas) -> None:
    item = Item("i", "k", "update", {"emails": "new@alfa.example"}, "2026/AD/25", Mark("gram", "C-1"))
    (sent,) = _items(document(form(agendas, "clients"), [item]))
    assert sent == {f"{ACTION}update/filter/id": "25", f"{HEADER}email": "new@alfa.example"}


def test_an_emptied_field_is_said_to_be_empty(agendas: Agendas) -> None:
    known = form(agendas, "clients")
    can = [name for name, spec in known.fields.items() if spec.clear != "never"]
    root = document(known, [update("i", "2026/AD/25", **dict.fromkeys(can))])
    (item,) = _items(root)
    below = {path.removeprefix(HEADER): text for path, text in item.items() if path.startswith(HEADER)}
    assert below["identity/address/company"] == below["credit"] == below["note"] == ""
    assert below["centre/valueType"] == below["identity/address/country/valueType"] == "nullValue"
    assert (below["maturity"], below["p1"]) == ("0", "false")
    nil = root.find(".//{*}paymentType")
    assert nil.get("{http://www.w3.org/2001/XMLSchema-instance}nil") == "true"
    assert len(below) == len(can)


def test_nothing_is_said_of_what_a_new_record_does_not_have(agendas: Agendas) -> None:
    (item,) = _items(
        document(form(agendas, "clients"), [create("i", company="A", city=None, note="  ", phone="\u200b")])
    )
    assert set(item) == {f"{ACTION}add", f"{HEADER}identity/address/company"}


def test_a_contact_is_a_person_of_its_company(agendas: Agendas) -> None:
    item = create("i", "P-1", parent="2026/AD/25", person="Jana Nováková", position="Nákup")
    (sent,) = _items(document(form(agendas, "contacts"), [item]))
    assert sent[f"{HEADER}refAddress/refAD"] == "25"
    assert sent[f"{HEADER}identity/address/name"] == "Jana Nováková"
    assert f"{HEADER}identity/address/company" not in sent


@pytest.mark.parametrize("parent", ["2025/AD/25", "2026/FA/25", "25"])
def test_a_contact_is_never_made_a_company(agendas: Agendas, parent: str | None) -> None:
    with pytest.raises(Unwritable) as caught:
        form(agendas, "contacts").outgoing(create("i", "P-1", parent=parent, person="Jana"))
    assert caught.value.reasons[0].startswith("parent: ")


def test_a_contact_of_no_company_is_a_card_with_only_a_name(agendas: Agendas) -> None:
    (sent,) = _items(document(form(agendas, "contacts"), [create("i", "P-1", parent=None, person="Jana")]))
    own = {name: text for name, text in sent.items() if name.startswith(HEADER)}
    assert own.pop(f"{HEADER}identity/address/name") == "Jana"
    assert not [name for name in own if "company" in name or "refAddress" in name]


def test_a_delivery_address_lies_in_an_update_of_its_company(agendas: Agendas) -> None:
    known = form(agendas, "addresses")
    (sent,) = _items(document(known, [create("i", "A-1", client="2026/AD/25", name="Sklad", is_default=False)]))
    part = f"{HEADER}identity/shipToAddress/"
    assert sent == {
        f"{ACTION}update/filter/id": "25", f"{part}actionType/add": "", f"{part}company": "Sklad",
        f"{part}defaultShipAddress": "false",
    }  # fmt: skip


def test_an_updated_delivery_address_says_so(agendas: Agendas) -> None:
    known = form(agendas, "addresses")
    made = replace(known.outgoing(update("i", "2026/ADdodaci/3", street="Nová 7")), number=25)
    (sent,) = _items(etree.fromstring(pack(known, [made], id="p", ico=UNIT.ico)))
    part = f"{HEADER}identity/shipToAddress/"
    assert sent == {
        f"{ACTION}update/filter/id": "25", f"{part}actionType/update/filter/id": "3", f"{part}street": "Nová 7",
    }  # fmt: skip


def test_a_delivery_address_never_becomes_a_company(agendas: Agendas) -> None:
    known = form(agendas, "addresses")
    with pytest.raises(ValueError, match="a record of its own"):
        document(known, [update("i", "2026/ADdodaci/3", street="Nová 7")])


@pytest.mark.parametrize("agenda", ["clients", "contacts"])
def test_other_records_never_carry_a_delivery_address(agendas: Agendas, agenda: str) -> None:
    known = form(agendas, agenda)
    assert not any("shipToAddress" in str(spec.xml) for spec in known.fields.values())


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"company": "x" * 256}, "company: 256 characters, POHODA takes 255"),
        ({"mobile": "0" * 25}, "mobile: 25 characters, POHODA takes 24"),
        ({"region": "≤" * 17}, "region: 34 characters, POHODA takes 32"),
        ({"due_days": 40_000}, "due_days: 40000 is more than POHODA takes, 32767"),
        ({"credit": Decimal("1E+20")}, "credit: no amount that POHODA could keep"),
        ({"credit": Decimal("NaN")}, "credit: no amount that POHODA could keep"),
        ({"p1": "yes"}, "p1: str is no value of a boolean field"),
        ({"due_days": True}, "due_days: bool is no value of a integer field"),
        ({"parent": "2026/AD/1"}, "parent: POHODA does not take it"),
        ({"nonsense": 1}, "nonsense: POHODA does not take it"),
        ({}, "there is nothing to write"),
    ],
)
def test_what_does_not_fit_is_refused_before_it_goes(agendas: Agendas, changed: dict[str, Any], told: str) -> None:
    with pytest.raises(Unwritable) as caught:
        form(agendas, "clients").outgoing(create("i", **changed))
    assert caught.value.reasons == (told,)


def test_all_reasons_are_told_at_once(agendas: Agendas) -> None:
    with pytest.raises(Unwritable) as caught:
        form(agendas, "clients").outgoing(update("i", "2025/AD/1", company="x" * 300, number=None, web="w" * 97))
    assert [reason.partition(":")[0] for reason in caught.value.reasons] == [
        "company", "web", "number", "its record lies in another year or table of POHODA",
    ]  # fmt: skip


def test_a_needed_field_is_neither_left_out_nor_emptied(agendas: Agendas) -> None:
    known = form(agendas, "contacts")
    for item in (
        create("i", parent="2026/AD/1"),
        create("i", parent="2026/AD/1", person="\u200b"),
        update("i", "2026/AD/2", person=None),
    ):
        with pytest.raises(Unwritable, match="1 reasons"):
            known.outgoing(item)


def test_a_mark_must_fit(agendas: Agendas) -> None:
    for mark in ("x" * 65, "日本"):
        with pytest.raises(Unwritable) as caught:
            form(agendas, "clients").outgoing(create("i", mark, company="A"))
        assert caught.value.reasons == ("its mark does not fit into POHODA's external id",)


def test_losses_are_told_by_field(agendas: Agendas) -> None:
    made = form(agendas, "clients").outgoing(create("i", company="İ 😀", street="a\nb", note="a\nb", city="Brno"))
    assert {name: [(one.character, one.stored) for one in lost] for name, lost in made.losses.items()} == {
        "company": [("U+0130", "I"), ("U+1F600", "?")], "street": [("U+000A", " ")],
    }  # fmt: skip


def test_an_agenda_that_is_only_read_is_not_written(agendas: Agendas) -> None:
    only_read = agendas | {"clients": agendas["clients"].model_copy(update={"write": None})}
    with pytest.raises(StopAgenda, match="takes no such records"):
        form(only_read, "clients")


@needs_schemas
@pytest.mark.parametrize("agenda", ["clients", "addresses", "contacts"])
def test_limits_and_order_are_the_schemas(agendas: Agendas, agenda: str) -> None:
    """Every field at its limit is valid, one character more is not, and the order is the one of the schema."""
    known, official = form(agendas, agenda), schema()
    for name, spec in known.fields.items():
        if spec.type != "text" or name == known.owner or not spec.limit:
            continue
        full = _filled(known) | {name: "x" * spec.limit}
        assert official.validate(document(known, [create("i", "m", **full)])), (name, official.error_log)
        longer = etree.tostring(document(known, [create("i", "m", **full)])).replace(
            b"x" * spec.limit, b"x" * (spec.limit + 1)
        )
        assert not official.validate(etree.fromstring(longer)), name
    types = {}
    for file in ("addressbook.xsd", "type.xsd"):
        tree = etree.parse(f"{XSD}/{file}")
        for kind in tree.iter("{*}complexType"):
            types[kind.get("name")] = [element.get("name") for element in kind.iter("{*}element")]
    by_box = {
        "addressbookHeader": "addressbookHeaderType", "identity": "address", "address": "addressType",
        "shipToAddress": "shipToAddressType",
    }  # fmt: skip
    root = document(known, [create("i", "m", **_filled(known))])
    for box, kind in by_box.items():
        for element in root.iter(f"{{*}}{box}"):
            order = [types[kind].index(etree.QName(child).localname) for child in element]
            assert order == sorted(order)


def _filled(known: Form) -> dict[str, Any]:
    some = {"text": "a", "integer": 1, "decimal": Decimal("1.5"), "boolean": True, "reference": "2026/AD/25"}
    return {name: some[spec.type] for name, spec in known.fields.items()}
