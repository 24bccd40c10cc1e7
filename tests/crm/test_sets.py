"""Sets on every level: lines and addresses in a document, stock levels as records of their own, warehouses by name."""

from decimal import Decimal
from typing import Any

import pytest

from pohoda_bridge.catalogue import Crm
from pohoda_bridge.connections import Connection
from pohoda_bridge.crm import RestCrm
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.records.ordered import in_order
from pohoda_bridge.side import Answer, Item, Lookup, Mark, Row
from pohoda_sandbox.gram import shipped
from tests.crm.conftest import SOURCE, TOKEN, Bench, pack, rows

LEVELS = pytest.mark.parametrize("level", ["L0", "L1", "L2", "L3"])
WAREHOUSE = {"entity": "Warehouse", "by": "Code", "create": True}
OFFER = {
    "number": {"to": "Number"},
    "partner": {"to": "Client", "ref": "clients"},
    "issued_on": {"to": "IssueDate"},
    "street": {"to": "BillingAddress.Street"},
    "city": {"to": "BillingAddress.City"},
    "keep_totals": {"to": "KeepTotals"},
    "total_net": {"to": "TotalNet"},
    "items": {
        "to": "Items",
        "fields": {
            "name": {"to": "Name"}, "quantity": {"to": "Quantity"}, "vat_percent": {"to": "VatPercent"},
            "unit_price": {"to": "UnitPrice"}, "unit": {"to": "Unit"},
            "store": {"to": "Warehouse", "named": WAREHOUSE},
        },
    },
}  # fmt: skip
PRODUCT = {
    "code": {"to": "Code"},
    "name": {"to": "Name"},
    "stock": {
        "to": "Stock", "entity": "StockLevel", "parent": "Product",
        "fields": {"store": {"to": "Warehouse", "named": WAREHOUSE}, "quantity": {"to": "OnHand"}},
    },
}  # fmt: skip
TEA = {"name": "Čaj", "quantity": Decimal(3), "unit_price": Decimal("0.1155"), "vat_percent": Decimal(23)}
A, B, C = ({"store": code, "quantity": Decimal(number)} for code, number in (("A", 1), ("B", 2), ("C", 3)))


def opened(bench: Bench, level: str = "L2", **agendas: Any) -> RestCrm:
    """A client whose offers and products are mapped as this module says."""
    bench.gram.switches.level = level
    wire = shipped()
    wire["api"]["level"] = level
    fields = {"offers": ("Quote", OFFER), "products": ("Product", PRODUCT), **agendas}
    for agenda, (entity, mapping) in fields.items():
        wire["agendas"][agenda] = {"entity": entity, "directions": ["to_crm"], "fields": mapping}
    connection = Connection("gram_api", bench.gram.host_url, password=TOKEN, extra={"organization": "demo"})
    crm = RestCrm(Crm.model_validate(wire), connection, {}, sleep=bench.waits.append)
    bench.opened.append(crm)
    return crm


def create(number: str, **values: Any) -> Item:
    return Item(f"i{number}", f"key {number}", "create", values, mark=Mark(SOURCE, number))


def update(target: Row, **values: Any) -> Item:
    return Item("u", "key", "update", values, target_id=target["_id"])


def one(crm: RestCrm, agenda: str, item: Item) -> Answer:
    (answer,) = crm.write(agenda, pack(item))
    return answer


def stored(crm: RestCrm, agenda: str, item: Item) -> Row:
    answer = one(crm, agenda, item)
    assert (answer.state, answer.reasons) == ("written", ())
    assert answer.row is not None
    return answer.row


def offer(bench: Bench, **values: Any) -> dict[str, Any]:
    (client,) = bench.clients(1)
    return {"partner": client, "issued_on": "2026-03-01", **values}


@LEVELS
def test_lines_and_addresses_come_back_as_they_were(bench: Bench, level: str) -> None:
    crm = opened(bench, level)
    items = [TEA | {"store": "HLAVNÝ"}, {"name": "text", "quantity": Decimal(0), "vat_percent": Decimal("5.5")}]
    row = stored(crm, "offers", create("1", **offer(bench, street="Dlhá 1", items=items)))
    assert (row["items"], row["street"], row["city"], row["total_net"]) == (items, "Dlhá 1", None, Decimal("0.35"))
    assert {type(value) for line in row["items"] for name, value in line.items() if name == "quantity"} == {Decimal}
    assert rows(opened(bench, level), "offers") == [row]
    assert [record["Code"] for record in bench.gram.records("Warehouse")] == ["HLAVNÝ"]


def test_part_of_an_address_changes_and_the_rest_stays(bench: Bench) -> None:
    crm = opened(bench)
    row = stored(crm, "offers", create("1", **offer(bench, street="Dlhá 1", city="Nitra")))
    changed = stored(crm, "offers", update(row, city=None))
    assert (changed["street"], changed["city"]) == ("Dlhá 1", None)


def test_a_line_that_stays_keeps_what_people_wrote_on_it(bench: Bench) -> None:
    crm = opened(bench)
    row = stored(crm, "offers", create("1", **offer(bench, items=[TEA | {"unit": "ks"}, TEA | {"name": "Káva"}])))
    first, second = bench.gram.records("Quote")[0]["Items"]
    lines = [{"LineId": second["LineId"]}, {"LineId": first["LineId"], "Note": "dohodnuté"}]
    bench.gram.edit("Quote", row["_id"], Items=lines)
    wanted = [TEA | {"name": "Nový"}, TEA | {"quantity": Decimal(9)}]
    assert stored(crm, "offers", update(row, items=wanted))["items"] == wanted
    now = bench.gram.records("Quote")[0]["Items"]
    assert [(line["Name"], line["Note"], line["Unit"]) for line in now] == [
        ("Nový", None, None), ("Čaj", "dohodnuté", None),
    ]  # fmt: skip
    assert now[1]["LineId"] == first["LineId"]
    assert stored(crm, "offers", update(row, items=None))["items"] is None


def test_sums_go_as_they_are_when_they_are_kept(bench: Bench) -> None:
    row = stored(opened(bench), "offers", create("1", **offer(bench, keep_totals=True, total_net=Decimal("9.99"))))
    assert row["total_net"] == Decimal("9.99")


def test_a_refused_line_says_which_and_why(bench: Bench) -> None:
    crm = opened(bench)
    answer = one(crm, "offers", create("1", **offer(bench, items=[TEA, {"name": "x", "quantity": Decimal(1)}])))
    assert (answer.state, answer.reasons) == ("refused", ("items[2].vat_percent: VatPercent is required.",))
    answer = one(crm, "offers", create("2", **offer(bench, items=[TEA | {"quantity": "many"}])))
    assert (answer.state, answer.reasons) == ("refused", ("items[1].quantity: is no number",))
    answer = one(crm, "offers", create("3", **offer(bench, items=[TEA | {"colour": "red"}])))
    assert (answer.state, answer.reasons) == ("refused", ("items[1].colour: the CRM has no place for it",))
    assert bench.gram.records("Quote") == []


@LEVELS
def test_stock_is_read_and_written_with_its_product(bench: Bench, level: str) -> None:
    crm = opened(bench, level)
    first = stored(crm, "products", create("1", code="AB", name="Čaj", stock=[B, A]))
    second = stored(crm, "products", create("2", code="CD", name="Káva"))
    assert (first["stock"], second["stock"]) == ([A, B], None)
    fresh = opened(bench, level)
    assert sorted(rows(fresh, "products"), key=lambda row: row["code"]) == [first, second]
    assert fresh.look_up("products", [Lookup(id=first["_id"])]) == [[first]]
    assert {record["StockTotal"] for record in bench.gram.records("Product")} == {3, 0}

    levels = {record["Id"]: record["OnHand"] for record in bench.gram.records("StockLevel")}
    bench.forget()
    more = B | {"quantity": Decimal("2.5")}
    assert stored(fresh, "products", update(first, stock=[A, more, C]))["stock"] == [A, more, C]
    assert levels.keys() < {record["Id"] for record in bench.gram.records("StockLevel")}
    assert (bench.gram.count("POST", "StockLevel"), bench.gram.count("PUT", "StockLevel")) == (1, 1)
    bench.forget()
    assert stored(fresh, "products", update(first, stock=[C]))["stock"] == [C]
    assert (bench.gram.writes(), bench.gram.count("DELETE", "StockLevel")) == (2, 2)
    bench.forget()
    assert stored(fresh, "products", update(first, stock=[C]))["stock"] == [C]
    assert bench.gram.writes() == 0


@LEVELS
@pytest.mark.parametrize("kind", ["cut_after", "cut_before"])
def test_a_child_without_an_answer_leaves_a_doubt_that_a_second_write_clears(
    bench: Bench, level: str, kind: str
) -> None:
    crm = opened(bench, level)
    row = stored(crm, "products", create("1", code="AB", name="Čaj", stock=[A, B]))
    bench.fault(kind, match="/StockLevel", method="POST")
    (answer, after) = crm.write("products", pack(update(row, stock=[A, B, C]), create("2", code="X", name="Iný")))
    assert (answer.state, after.state) == ("doubt", "retry")
    assert stored(crm, "products", update(row, stock=[A, B, C]))["stock"] == [A, B, C]
    assert len(bench.gram.records("StockLevel")) == 3


@LEVELS
def test_many_new_products_each_get_their_own_stock(bench: Bench, level: str) -> None:
    crm = opened(bench, level)
    items = [create(str(n), code=f"P{n}", name="Čaj", stock=[A | {"quantity": Decimal(n)}, B]) for n in range(1, 4)]
    answers = crm.write("products", pack(*items))
    assert [answer.state for answer in answers] == ["written"] * 3
    found = {row["code"]: row["stock"] for row in rows(crm, "products")}
    assert found == {f"P{n}": in_order([A | {"quantity": Decimal(n)}, B]) for n in range(1, 4)}
    assert len(bench.gram.records("StockLevel")) == 6


def test_a_new_record_whose_child_is_refused_is_never_called_written(bench: Bench) -> None:
    crm = opened(bench)
    bad = {"store": "A", "quantity": Decimal(10) ** 12}
    answer = one(crm, "products", create("1", code="AB", name="Čaj", stock=[bad]))
    assert answer.state == "doubt"
    (found,) = crm.look_up("products", [Lookup(mark=Mark(SOURCE, "1"))])[0]
    assert found["stock"] is None
    answer = one(crm, "products", update(found, stock=[bad]))
    assert (answer.state, "out_of_range" in answer.reasons[0]) == ("refused", True)


@LEVELS
def test_a_name_is_made_once_and_found_in_any_case(bench: Bench, level: str) -> None:
    crm, other = opened(bench, level), opened(bench, level)
    stored(crm, "products", create("1", code="AB", name="Čaj", stock=[A]))
    stored(other, "products", create("2", code="CD", name="Káva", stock=[A | {"store": "a"}]))
    bench.fault("cut_after", match="/Warehouse", method="POST")
    row = stored(other, "products", create("3", code="EF", name="Med", stock=[B]))
    assert row["stock"] == [B]
    assert sorted(record["Code"] for record in bench.gram.records("Warehouse")) == ["A", "B"]


@pytest.mark.parametrize("level", ["L0", "L2"])
def test_two_clients_that_make_one_name_at_once_end_with_one(bench: Bench, level: str) -> None:
    crm, other = opened(bench, level), opened(bench, level)
    for client in (crm, other):
        client._names._of(("Warehouse", "Code"))
    read = crm._names._read

    def late(place: tuple[str, str]) -> None:
        """The other one makes it between the look and the create."""
        read(place)
        crm._names._read = read  # type: ignore[method-assign]
        stored(other, "products", create("2", code="CD", name="Káva", stock=[A]))

    crm._names._read = late  # type: ignore[method-assign]
    stored(crm, "products", create("1", code="AB", name="Čaj", stock=[A]))
    (warehouse,) = bench.gram.records("Warehouse")
    assert {record["Warehouse"] for record in bench.gram.records("StockLevel")} == {warehouse["Id"]}


def test_a_name_that_may_not_be_made_is_refused(bench: Bench) -> None:
    stock = PRODUCT["stock"] | {  # type: ignore[operator]
        "fields": {"store": {"to": "Warehouse", "named": {"entity": "Warehouse", "by": "Code"}}}
    }
    crm = opened(bench, products=("Product", PRODUCT | {"stock": stock}))
    answer = one(crm, "products", create("1", code="AB", name="Čaj", stock=[{"store": "A"}]))
    assert answer.state == "doubt" and "the CRM has no Warehouse 'A'" in answer.reasons[0]
    assert bench.gram.records("Warehouse") == []


@pytest.mark.parametrize(
    ("entity", "gone", "says"),
    [
        ("Quote", "Items.Quantity", r"Quote.Items has no field Quantity any more \(items.quantity\)"),
        ("Quote", "BillingAddress.City", r"Quote.BillingAddress has no field City any more \(city\)"),
        ("StockLevel", "OnHand", r"StockLevel has no field OnHand any more \(stock.quantity\)"),
        ("StockLevel", "Product", r"StockLevel has no field Product any more \(stock\)"),
    ],
)
def test_inner_fields_are_held_against_the_live_ones(bench: Bench, entity: str, gone: str, says: str) -> None:
    agenda = "offers" if entity == "Quote" else "products"
    crm = opened(bench)
    assert crm.describe(agenda)
    bench.fault("drift", name=gone, match=f"/{entity}/Field")
    with pytest.raises(StopAgenda, match=says):
        crm.describe(agenda)
