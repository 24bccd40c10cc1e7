"""What is written stands in POHODA and is shown as it stands, whichever way the side reads."""

from decimal import Decimal
from typing import Any

import pytest

from pohoda_bridge.side import Lookup, Mark

from .conftest import Bench, everything
from .writing import SYSTEM, create, update, write, written

WAYS = ("sql", "xml")


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def lists(bench: Bench) -> None:
    add = bench.pohoda.insert
    for table, codes in (("sZeme", ("SK", "CZ")), ("sSTR", ("BA", "KE")), ("sCIN", ("SLUŽBY", "OBCHOD"))):
        for code in codes:
            add(table, IDS=code, SText=code)
    add("sFormUh", IDS="príkazom", RelTyp=3)
    add("sFormUh", IDS="hotově", RelTyp=1)
    add("sCMeny", IDS="EUR", Kod="EUR")
    add("sCMeny", IDS="CZK", Kod="CZK")
    add("SkCeny", IDS="Zľava 1")
    add("SkCeny", IDS="Zľava 2")
    add("sZAK", Cislo="26Zak00001")
    add("sZAK", Cislo="26Zak00002")


FULL: dict[str, tuple[Any, Any]] = {
    "company": ("Žluťoučký kůň & syn, s.r.o.", "Alfa „nová“ a.s."), "division": ("Nákup", "Predaj"),
    "person": ("Ing. Jana Nováková", "Ľubomír Őry"), "city": ("Košice", "Žilina"), "street": ("Dlhá 1", "Krátka 2/a"),
    "zip": ("04001", "010 01"), "ico": ("87654321", "12345678"), "dic": ("2020123456", "2020123457"),
    "ic_dph": ("SK2020123456", "SK2020123457"), "country": ("SK", "CZ"), "region": ("Košický", "Žilinský"),
    "phone": ("+421 55 123", "+421 41 456"), "mobile": ("0905 1", "0905 2"), "fax": ("1", "2"),
    "emails": ("a@alfa.example;b@alfa.example", "c@alfa.example"), "web": ("www.alfa.example", "alfa.example"),
    "group_list": ("Zákazník,VIP", "Obchod"), "key_list": ("K1", "K2"), "credit": (Decimal("1500.5"), Decimal("7")),
    "price_level": ("Zľava 1", "Zľava 2"), "due_days": (14, 30), "payment_method": ("príkazom", "hotově"),
    "agreement": ("Z-1", "Z-2"), "p1": (True, False), "p2": (False, True), "p3": (True, False), "p4": (True, False),
    "p5": (True, False), "p6": (True, False), "message": ("správa", "iná"), "note": ("prvý\n\ndruhý", "tretí"),
    "internal_note": ("a\nb", "c"), "currency": ("EUR", "CZK"), "centre": ("BA", "KE"),
    "activity": ("SLUŽBY", "OBCHOD"),
    "contract": ("26Zak00001", "26Zak00002"),
}  # fmt: skip


def test_a_client_with_every_field(bench: Bench, way: str) -> None:
    lists(bench)
    side = bench.side(way, system=SYSTEM)
    assert set(FULL) == side.writable("clients") - {"number"}
    (row,) = written(side, "clients", create("i1", "C-1", **{name: values[0] for name, values in FULL.items()}))
    assert {name: row[name] for name in FULL} == {name: values[0] for name, values in FULL.items()}
    assert row["_mark"] == Mark(SYSTEM, "C-1")
    for number, (name, values) in enumerate(FULL.items()):
        (row,) = written(side, "clients", update("i", row["_id"], **{name: values[1]}), id=f"u{number}")
        assert row[name] == values[1]
    assert {name: row[name] for name in FULL} == {name: values[1] for name, values in FULL.items()}
    assert row["_mark"] == Mark(SYSTEM, "C-1")
    assert len(bench.pohoda.rows("SELECT ID FROM AD")) == 1


def test_a_number_is_given_once_and_a_taken_one_is_refused(bench: Bench, way: str) -> None:
    side = bench.side(way, system=SYSTEM)
    (row,) = written(side, "clients", create("i1", "C-1", company="Alfa", number="26AD0001"))
    assert row["number"] == "26AD0001"
    (answer,) = write(side, "clients", create("i1", "C-2", company="Beta", number="26AD0001"), id="p2")
    assert answer.state == "refused"
    assert answer.reasons[0].startswith("number: ")
    assert answer.details["codes"] == [109]
    assert len(bench.pohoda.rows("SELECT ID FROM AD")) == 1


def test_every_field_can_be_emptied(bench: Bench, way: str) -> None:
    lists(bench)
    side = bench.side(way, system=SYSTEM)
    (row,) = written(side, "clients", create("i1", "C-1", **{name: values[0] for name, values in FULL.items()}))
    for number, name in enumerate(FULL):
        if name in {"company", "payment_method"}:
            continue
        (row,) = written(side, "clients", update("i", row["_id"], **{name: None}), id=f"u{number}")
        assert row[name] in (None, False), name


def test_what_is_not_sent_stays(bench: Bench, way: str) -> None:
    number = bench.pohoda.insert("AD", Firma="Alfa", Obec="Brno", Pozn="pôvodná", P3=True)
    (row,) = written(bench.side(way), "clients", update("i", f"2026/AD/{number}", city="Praha"))
    assert (row["company"], row["city"], row["note"], row["p3"]) == ("Alfa", "Praha", "pôvodná", True)


def test_a_pack_of_many_is_one_request(bench: Bench, way: str) -> None:
    side = bench.side(way, system=SYSTEM)
    side.describe("clients")
    rows = written(side, "clients", *(create(f"i{n}", f"C-{n}", company=f"Firma {n}") for n in range(20)))
    assert [row["company"] for row in rows] == [f"Firma {n}" for n in range(20)]
    posts = [call for call in bench.mserver.requests if call.method == "POST"]
    assert len(posts) <= (1 if way == "sql" else 4)


def test_contacts_are_persons_of_their_company(bench: Bench, way: str) -> None:
    side = bench.side(way, system=SYSTEM)
    (company,) = written(side, "clients", create("i1", "C-1", company="Alfa"))
    (row,) = written(
        side, "contacts",
        create("i1", "P-1", parent=company["_id"], person="Jana Nováková", position="Nákup", note="a\nb", phone="1"),
        id="p2",
    )  # fmt: skip
    assert (row["parent"], row["person"], row["position"], row["note"]) == (
        company["_id"],
        "Jana Nováková",
        "Nákup",
        "a\nb",
    )
    assert row["_mark"] == Mark(SYSTEM, "P-1")
    assert [found["_id"] for found in everything(side, "clients")] == [company["_id"]]
    (row,) = written(side, "contacts", update("i1", row["_id"], person="Jana Malá", position=None), id="p3")
    assert (row["person"], row["position"], row["parent"]) == ("Jana Malá", None, company["_id"])
    assert len(bench.pohoda.rows("SELECT ID FROM AD")) == 2


def test_a_contact_moves_to_another_company_but_no_company_becomes_a_contact(bench: Bench, way: str) -> None:
    side = bench.side(way, system=SYSTEM)
    alfa, beta = written(side, "clients", create("i1", company="Alfa", person="Šéf"), create("i2", company="Beta"))
    (jana,) = written(side, "contacts", create("i1", parent=alfa["_id"], person="Jana"), id="p2")
    (moved,) = written(side, "contacts", update("i1", jana["_id"], parent=beta["_id"]), id="p3")
    assert moved["parent"] == beta["_id"]
    (answer,) = write(side, "contacts", update("i1", alfa["_id"], parent=beta["_id"]), id="p4")
    assert answer.state == "refused"
    assert answer.reasons[0].startswith("parent: ")
    (card,) = written(side, "contacts", update("i1", alfa["_id"], person="Nový šéf"), id="p5")
    assert (card["person"], card["parent"]) == ("Nový šéf", None)


def test_delivery_addresses_are_added_updated_and_never_doubled(bench: Bench, way: str) -> None:
    lists(bench)
    side = bench.side(way, system=SYSTEM)
    company = bench.pohoda.insert("AD", Firma="Alfa", Obec="Brno")
    owner = f"2026/AD/{company}"
    store, shop = written(
        side, "addresses",
        create("i1", "A-1", client=owner, name="Sklad", street="Skladová 5", city="Brno", zip="60200", country="CZ",
               phone="541", email="s@alfa.example", person="Petr", division="Sklad", is_default=True),
        create("i2", "A-2", client=owner, name="Predajňa", city="Praha"),
    )  # fmt: skip
    assert (store["client"], store["name"], store["country"], store["is_default"]) == (owner, "Sklad", "CZ", True)
    assert (shop["client"], shop["name"], shop["is_default"]) == (owner, "Predajňa", False)
    (shop,) = written(side, "addresses", update("i1", shop["_id"], city=None, street="Krátka 2"), id="p2")
    assert (shop["city"], shop["street"], shop["name"]) == (None, "Krátka 2", "Predajňa")
    written(side, "clients", update("i1", owner, phone="1", company="Alfa a.s."), id="p3")
    assert [row["Firma2"] for row in bench.pohoda.rows("SELECT Firma2 FROM ADdodaci ORDER BY ID")] == [
        "Sklad",
        "Predajňa",
    ]


def test_equal_delivery_addresses_in_one_pack_each_get_a_row_of_their_own(bench: Bench, way: str) -> None:
    owner = f"2026/AD/{bench.pohoda.insert('AD', Firma='Alfa')}"
    made = written(
        bench.side(way, system=SYSTEM),
        "addresses",
        *(create(f"i{n}", f"A-{n}", client=owner, city="Brno") for n in range(2)),
    )
    assert len({row["_id"] for row in made}) == 2


def test_a_delivery_address_of_nobody_is_refused(bench: Bench) -> None:
    agendas = bench.agendas | {"addresses": bench.agendas["addresses"].model_copy(update={"takes": ()})}
    number = bench.pohoda.insert("ADdodaci", Obec2="Brno")
    (answer,) = write(bench.side("sql", agendas=agendas), "addresses", update("i", f"2026/ADdodaci/{number}", city="x"))
    assert (answer.state, answer.reasons) == ("refused", ("client: it belongs to no record of POHODA",))
    assert bench.pohoda.rows("SELECT ID FROM AD") == []


@pytest.mark.parametrize("agenda", ["clients", "contacts", "addresses"])
def test_a_record_that_is_gone_is_told_so(bench: Bench, way: str, agenda: str) -> None:
    table, values = ("ADdodaci", {"city": "x"}) if agenda == "addresses" else ("AD", {"phone": "1"})
    (answer,) = write(bench.side(way), agenda, update("i", f"2026/{table}/777", **values))
    assert (answer.state, answer.details) == ("refused", {"gone": True})


def test_a_value_that_pohoda_does_not_know_is_refused_with_its_field(bench: Bench, way: str) -> None:
    lists(bench)
    side = bench.side(way, system=SYSTEM)
    bad, good = write(
        side,
        "clients",
        create("i1", "C-1", company="A", centre="XX", activity="YY"),
        create("i2", "C-2", company="B", centre="ba"),
    )
    assert bad.state == "refused"
    assert [reason.partition(":")[0] for reason in bad.reasons] == ["centre", "activity"]
    assert good.state == "written"
    bench.pohoda.insert("sSTR", IDS="XX")
    bench.pohoda.insert("sCIN", IDS="YY")
    written(side, "clients", create("i1", "C-1", company="A", centre="XX", activity="YY"), id="p2")


def test_a_value_that_pohoda_changes_is_told_with_both(bench: Bench) -> None:
    """Over XML not every list can be asked before; POHODA says afterwards what it did not take."""
    (answer,) = write(bench.side("xml"), "clients", create("i", company="A", currency="XYZ"))
    assert answer.state == "written"
    assert answer.row is not None
    assert answer.row["currency"] is None
    (drift,) = answer.details["drift"]
    assert (drift["field"], drift["code"], drift["requested"], drift["produced"]) == (
        "currency",
        603,
        "XYZ",
        None,
    )
    assert answer.reasons[0].startswith("currency: ")


def test_losses_are_told_and_what_was_stored_is_shown(bench: Bench, way: str) -> None:
    (answer,) = write(bench.side(way), "clients", create("i", company="İstanbul ≤ 😀", note="ok"))
    assert answer.row is not None
    assert answer.row["company"] == "Istanbul <= ?"
    assert answer.details["losses"] == [
        {"field": "company", "character": "U+0130", "stored": "I", "count": 1},
        {"field": "company", "character": "U+2264", "stored": "<=", "count": 1},
        {"field": "company", "character": "U+1F600", "stored": "?", "count": 1},
    ]


def test_a_written_record_is_found_by_its_mark(bench: Bench, way: str) -> None:
    side = bench.side(way, system=SYSTEM)
    (client,) = written(side, "clients", create("i1", "C-1", company="Alfa"))
    (contact,) = written(side, "contacts", create("i1", "P-1", parent=client["_id"], person="Jana"), id="p2")
    assert side.searchable("clients")
    assert side.searchable("contacts")
    assert not side.searchable("addresses")
    assert side.look_up("clients", [Lookup(mark=Mark(SYSTEM, "C-1")), Lookup(mark=Mark(SYSTEM, "P-1"))]) == [
        [client],
        [],
    ]
    assert side.look_up("contacts", [Lookup(mark=Mark(SYSTEM, "P-1"))]) == [[contact]]


def test_one_bad_record_never_stops_the_others(bench: Bench, way: str) -> None:
    side = bench.side(way, system=SYSTEM)
    for place in range(4):
        items = [create(f"i{n}", f"C-{place}-{n}", company=f"F {place} {n}") for n in range(4)]
        items[place] = create(f"i{place}", f"C-{place}-{place}", company="x" * 300)
        answers = write(side, "clients", *items, id=f"p{place}")
        assert [answer.state for answer in answers] == ["refused" if n == place else "written" for n in range(4)]
