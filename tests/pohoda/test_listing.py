"""Listings as POHODA writes them: every value checked by hand."""

import os
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from pohoda_bridge.catalogue import Agenda
from pohoda_bridge.errors import Retry, StopAgenda
from pohoda_bridge.pohoda.reader import taken
from pohoda_bridge.side import Mark, Row

from .xml_files import DATA, EXAMPLE, answer, listing, record, rows

Agendas = dict[str, Agenda]
NO_FLAGS = {f"p{number}": False for number in range(1, 7)}


def _filled(row: Row) -> Row:
    return {name: value for name, value in row.items() if value is not None}


def test_the_example_as_clients(agendas: Agendas) -> None:
    found = rows(EXAMPLE, agendas, "clients", system="ExampleCRM")
    assert all(set(row) == {*agendas["clients"].fields, "_id", "_saved", "_mark"} for row in found)
    assert [_filled(row) for row in found] == [
        {
            "_id": "2026/AD/25", "_mark": Mark("ExampleCRM", "C-1001"), "company": "Alfa s.r.o.",
            "person": "Jana Nováková", "street": "Dlouhá 1", "city": "Brno", "zip": "602 00", "country": "CZ",
            "ico": "87654321", "dic": "CZ87654321", "phone": "541 000 001",
            "emails": "info@alfa.example", "group_list": "Zákazník", "due_days": 14,
            **NO_FLAGS, "p2": True,
        },
        {
            "_id": "2026/AD/26", "parent": "2026/AD/25", "company": "Alfa s.r.o.", "person": "Jana Nováková",
            **NO_FLAGS,
        },
    ]  # fmt: skip
    assert [row["_id"] for row in taken(agendas["clients"], found)] == ["2026/AD/25"]
    assert answer(EXAMPLE, agendas).stamp == datetime(2026, 11, 22, 10)


def test_the_example_as_addresses(agendas: Agendas) -> None:
    main = {"main_name": "Alfa s.r.o.", "main_street": "Dlouhá 1", "main_city": "Brno", "main_zip": "602 00"}
    assert [_filled(row) for row in rows(EXAMPLE, agendas, "addresses")] == [
        {
            "_id": "2026/ADdodaci/3", "client": "2026/AD/25", "name": "Alfa s.r.o. - sklad", "person": "Petr Sklad",
            "city": "Brno", "street": "Skladová 5", "zip": "602 00", "is_default": True, **main,
        },
        {
            "_id": "2026/ADdodaci/4", "client": "2026/AD/25", "name": "Alfa s.r.o. - prodejna", "city": "Praha 1",
            "is_default": False, **main,
        },
    ]  # fmt: skip


def test_the_example_as_contacts(agendas: Agendas) -> None:
    flags = dict.fromkeys(("p4", "p5", "p6"), False)
    assert [_filled(row) for row in rows(EXAMPLE, agendas, "contacts")] == [
        {
            "_id": "2026/AD/25", "company": "Alfa s.r.o.", "person": "Jana Nováková", "city": "Brno",
            "street": "Dlouhá 1", "zip": "602 00", "country": "CZ", "phone": "541 000 001",
            "emails": "info@alfa.example", "group_list": "Zákazník", **flags,
        },
        {
            "_id": "2026/AD/26", "parent": "2026/AD/25", "company": "Alfa s.r.o.", "person": "Jana Nováková",
            "position": "Vedoucí nákupu", **flags,
        },
    ]  # fmt: skip


def _recorded() -> bytes:
    folder = os.environ.get("POHODA_SAMPLES_DIR")
    if not folder:
        pytest.skip("POHODA_SAMPLES_DIR names no folder of recorded documents")
    return (Path(folder) / "resp_list_addressbook_one.xml").read_bytes()


def test_the_recorded_listing_as_client_and_contact(agendas: Agendas) -> None:
    body = _recorded()
    assert [_filled(row) for row in rows(body, agendas, "clients")] == [
        {
            "_id": "2026/AD/25", "company": "ZET s.r.o.", "person": "Ondřej Maršín", "city": "Praha 3",
            "street": "Komenského 78", "zip": "130 00", "ico": "56541223", "dic": "CZ56541223", "region": "Praha",
            "phone": "223 456 852", "mobile": "602 236 445", "fax": "223 456 853", "emails": "ondrej.marsik@telecom.cz",
            "web": "www.telecom.cz/zet", "group_list": "Obchod,Zákazník", "key_list": "PF", "number": "13AD00022",
            **NO_FLAGS, "p1": True, "p2": True,
        }
    ]  # fmt: skip
    assert [_filled(row) for row in rows(body, agendas, "contacts")] == [
        {
            "_id": "2026/AD/25", "company": "ZET s.r.o.", "person": "Ondřej Maršín", "city": "Praha 3",
            "street": "Komenského 78", "zip": "130 00", "region": "Praha", "phone": "223 456 852",
            "mobile": "602 236 445", "fax": "223 456 853", "emails": "ondrej.marsik@telecom.cz",
            "web": "www.telecom.cz/zet", "group_list": "Obchod,Zákazník", "p4": False, "p5": False, "p6": False,
        }
    ]  # fmt: skip
    assert answer(body, agendas).stamp == datetime(2013, 5, 13, 15, 22, 37)


def test_the_recorded_listing_as_addresses(agendas: Agendas) -> None:
    assert [_filled(row) for row in rows(_recorded(), agendas, "addresses")] == [
        {
            "_id": "2026/ADdodaci/3", "client": "2026/AD/25", "name": "ZET s.r.o.", "person": "Tomáš Honzík",
            "city": "Jihlava 1", "street": "Průmyslová", "zip": "586 01", "is_default": True,
            "main_name": "ZET s.r.o.", "main_street": "Komenského 78", "main_city": "Praha 3", "main_zip": "130 00",
        }
    ]  # fmt: skip


def test_values_take_their_type(agendas: Agendas) -> None:
    inside = (
        "<credit>1500.50</credit><maturity>0</maturity><refAddress><refAD>0</refAD></refAddress><note>a\r\nb \n</note>"
    )
    (row,) = rows(listing(record(7, inside + "<phone>  1 </phone><fax/><web>   </web>")), agendas)
    assert (row["credit"], str(row["credit"]), row["due_days"], row["parent"]) == (Decimal("1500.5"), "1500.5", 0, None)
    assert (row["note"], row["phone"], row["fax"], row["web"]) == ("a\nb \n", "  1", None, None)


def test_unknown_elements_prefixes_and_comments_are_tolerated(agendas: Agendas) -> None:
    inside = "<x:new xmlns:x='urn:x'><y>1</y></x:new><phone>12<!-- c -->3<![CDATA[ & 4]]></phone><?pi?>"
    more = "<unknown><addressbook/></unknown>" + record(1, inside) + "<note>x</note>"
    (row,) = rows(listing(more), agendas)
    assert row["phone"] == "123 & 4"


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("response_pack_error_wrong_ico.xml", "another company"),
        ("response_pack_error_not_authorised_for_xml.xml", "may not use XML"),
        ("response_pack_error_envelope_schema.xml", "form of the request"),
        ("response_item_error_unknown_request.xml", "listXRequest"),
    ],
)
def test_a_refusal_stops_the_agenda(agendas: Agendas, file: str, words: str) -> None:
    with pytest.raises(StopAgenda, match=words):
        rows((DATA / file).read_bytes(), agendas)


def test_a_refusal_is_known_without_its_accents(agendas: Agendas) -> None:
    body = '<responsePack state="error" note="Uživatel není oprávnen importovat"/>'.encode("cp1250")
    with pytest.raises(StopAgenda, match="may not use XML") as caught:
        rows(b'<?xml version="1.0" encoding="Windows-1250"?>' + body, agendas)
    assert "importovat" in caught.value.text
    assert "importovat" not in caught.value.log


def test_an_error_inside_an_ok_item_stops_the_agenda(agendas: Agendas) -> None:
    body = listing("<importDetails><detail><state>error</state><note>nelze</note></detail></importDetails>")
    with pytest.raises(StopAgenda, match="nelze"):
        rows(body.replace(b'00" state="ok"', b'00" state="error"'), agendas)


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ("<addressbook/>", "no addressbookHeader"),
        ("<addressbook><addressbookHeader/></addressbook>", "no id"),
        (record(5, "<maturity>two weeks</maturity>"), "maturity of 2026/AD/5 is not of type integer"),
        (record(5, "<credit>NaN</credit>"), "credit of 2026/AD/5"),
        (record(5, "<p1>maybe</p1>"), "p1 of 2026/AD/5"),
        ("<parts><part>next.xml</part></parts>", "split"),
    ],
)
def test_a_changed_form_stops_the_agenda(agendas: Agendas, inside: str, words: str) -> None:
    with pytest.raises(StopAgenda, match=words) as caught:
        rows(listing(inside), agendas)
    assert "two weeks" not in caught.value.text


def test_an_answer_of_another_company_stops_the_agenda(agendas: Agendas) -> None:
    with pytest.raises(StopAgenda, match="company 87654321, the unit is company 12345678"):
        rows(listing(record(1)).replace(b'ico="12345678"', b'ico="87654321"'), agendas)


def test_something_else_than_an_answer_is_tried_again(agendas: Agendas) -> None:
    with pytest.raises(Retry, match="no answer of POHODA"):
        rows(b"<html><body>busy</body></html>", agendas)
