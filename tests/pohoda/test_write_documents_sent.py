"""Documents written to POHODA over mServer: what is looked up before, what is read back, what is never done twice."""

import itertools
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from pohoda_bridge.pohoda import PohodaSide
from pohoda_bridge.pohoda.reader import Source
from pohoda_bridge.pohoda.writing import stored
from pohoda_bridge.pohoda.writing.forms import form_of
from pohoda_bridge.pohoda.writing.verdict import Verdict
from pohoda_bridge.side import Item, Lookup, Mark
from tests.golden.cases import UNITS

from .conftest import everything
from .document_items import INVOICE, LINE, ORDER, item
from .golden_company import Company, company, unit
from .writing import SYSTEM, write

D = Decimal
_NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """A Slovak unit with its lists, cards and some documents; each test writes records of its own."""
    with company(tmp_path_factory.mktemp("documents"), "SK") as made:
        yield made


@pytest.fixture(params=["sql", "xml"])
def side(there: Company, request: pytest.FixtureRequest) -> PohodaSide:
    return there.side(request.param, unit=unit("SK"), system=SYSTEM)


def fresh(name: str) -> str:
    """An id or number that no other test has."""
    return f"{name}-{next(_NUMBERS)}"


def one(id: str, values: dict[str, Any], **more: Any) -> Item:
    made = item(values, **more)
    return Item(id, id, made.action, made.values, mark=Mark(SYSTEM, id))


def count(there: Company, table: str) -> int:
    return int(there.pohoda.rows(f'SELECT COUNT(*) AS n FROM "{table}"')[0]["n"])


NO_LISTING = {"currency", "lines[2].contract"}


@pytest.mark.parametrize("way", ["sql", "xml"])
def test_what_pohoda_does_not_know_is_refused_before_anything_goes(there: Company, way: str) -> None:
    """Each with its field and value; the record beside it goes. By XML some lists cannot be asked for."""
    side, before = there.side(way, unit=unit("SK"), system=SYSTEM), count(there, "FA")
    bad = one(
        f"codes-bad-{way}", INVOICE, centre="XX", payment_method="nijak", price_level="L9", account="NIC",
        accounting="9Fv", series="ZZ", currency="NOK", rate=D(1), rate_amount=1,
        lines=[
            {**LINE, "foreign_unit_price": D(50)},
            {**LINE, "foreign_unit_price": D(50), "vat_class": "U?", "contract": "26Nic", "product": "2026/SKz/999"},
            {**LINE, "foreign_unit_price": D(50), "code": "SKR-8", "store": "NIKDE"},
        ],
    )  # fmt: skip
    good = one(f"codes-good-{way}", INVOICE, centre="BA", lines=[{**LINE, "code": "SKR-8", "store": "HLAVNÍ"}])
    refused, written = write(side, "issued_invoices", bad, good, id=f"codes-{way}")
    assert refused.state == "refused"
    expected = [
        "account: POHODA's list has no such code, NIC",
        "accounting: POHODA's list has no such code, 9Fv",
        "centre: POHODA's list has no such code, XX",
        "currency: POHODA's list has no such code, NOK",
        "lines[2].contract: POHODA's list has no such code, 26Nic",
        "lines[2].product: POHODA has no such record of products",
        "lines[2].vat_class: POHODA's list has no such code, U?",
        "lines[3].code: POHODA has no such record of products",
        "lines[3].store: POHODA's list has no such code, NIKDE",
        "payment_method: POHODA's list has no such code, nijak",
        "price_level: POHODA's list has no such code, L9",
        "series: POHODA's list has no such code, ZZ",
    ]
    known = {reason for reason in expected if way == "sql" or reason.partition(":")[0] not in NO_LISTING}
    assert {reason.partition(";")[0] for reason in refused.reasons} == known
    assert written.state == "written", written.reasons
    assert count(there, "FA") == before + 1


@pytest.mark.parametrize("way", ["sql", "xml"])
def test_a_series_of_another_agenda_is_no_series(there: Company, way: str) -> None:
    """26FV numbers issued invoices, 26OP received orders."""
    side = there.side(way, unit=unit("SK"), system=SYSTEM)
    wrong, right = one(f"wrong-{way}", ORDER, series="26FV"), one(f"right-{way}", ORDER, series="26OP", lines=[LINE])
    refused, written = write(side, "received_orders", wrong, right, id=f"series-{way}")
    assert (refused.state, refused.reasons[0].partition(";")[0]) == (
        "refused",
        "series: POHODA's list has no such code, 26FV",
    )
    assert written.state == "written", written.reasons


def test_a_partner_that_is_gone_holds_its_document_back(side: PohodaSide) -> None:
    (answer,) = write(side, "received_orders", one("gone-1", ORDER, partner="2026/AD/999"), id=fresh("gone"))
    assert answer.state == "refused"
    assert answer.reasons == ("partner: POHODA has no such record of clients",)


def test_a_written_document_is_read_back(side: PohodaSide) -> None:
    name = fresh("back")
    (answer,) = write(side, "received_orders", one(name, ORDER, number=name, lines=[LINE]), id=name)
    assert (answer.state, answer.details["action"], answer.details["number"]) == ("written", "add", name)
    assert answer.row is not None
    assert (answer.row["number"], answer.row["_mark"]) == (name, Mark(SYSTEM, name))
    assert [line["text"] for line in answer.row["lines"]] == ["Work"]
    (found,) = side.look_up("received_orders", [Lookup(mark=Mark(SYSTEM, name))])
    assert [row["_id"] for row in found] == [answer.row["_id"]]
    assert side.searchable("received_orders")


def test_a_pack_that_is_sent_again_stores_nothing_more(there: Company, side: PohodaSide) -> None:
    name = fresh("again")
    (first,) = write(side, "offers", one(name, {**ORDER, "kind": "issued"}, lines=[LINE]), id=name)
    before = count(there, "NAB")
    (second,) = write(side, "offers", one(name, {**ORDER, "kind": "issued"}, lines=[LINE]), id=name)
    assert (first.state, second.state) == ("written", "written")
    assert first.row is not None
    assert second.row is not None
    assert first.row["_id"] == second.row["_id"]
    assert count(there, "NAB") == before


def test_a_number_that_is_taken_is_refused(there: Company, side: PohodaSide) -> None:
    for agenda, values, number in (
        ("issued_invoices", INVOICE, fresh("F")), ("deals", {"name": "Roof"}, fresh("Z")),
    ):  # fmt: skip
        (first,) = write(side, agenda, one(f"{number}-1", values, number=number), id=f"{number}-1")
        (second,) = write(side, agenda, one(f"{number}-2", values, number=number), id=f"{number}-2")
        assert first.state == "written", first.reasons
        assert second.state == "refused", "another's document is not taken for ours"
        assert second.reasons


def test_a_contract_is_found_by_its_number(there: Company, side: PohodaSide) -> None:
    number = fresh("N")
    (answer,) = write(side, "deals", one(number, {"name": "Roof"}, number=number), id=number)
    assert not side.searchable("deals")
    (found,) = side.look_up("deals", [Lookup(key={"number": number})])
    assert answer.row is not None
    assert [row["_id"] for row in found] == [answer.row["_id"]]
    source = Source(unit("SK"), 2026, there.agendas, SYSTEM)
    form = form_of(there.agendas["deals"], source)
    earlier = form.outgoing(one(number, {"name": "Roof"}, number=number))
    unnumbered = Verdict("there", details={"found": "an earlier sending of the same pack"})
    told = stored.answers(side._years.reader(), form, source, [(earlier, unnumbered)], {})
    assert (told[number].state, told[number].row) == ("written", answer.row)


def test_an_order_is_deleted_and_an_invoice_is_not(side: PohodaSide) -> None:
    name = fresh("del")
    (made,) = write(side, "received_orders", one(name, ORDER, lines=[LINE]), id=name)
    assert made.row is not None
    removal = Item("d", "d", "delete", {}, made.row["_id"])
    (gone,) = write(side, "received_orders", removal, id=f"{name}-d")
    assert (gone.state, gone.details) == ("written", {"action": "deleted"})
    assert made.row["_id"] not in side.ids("received_orders")
    (kept,) = write(side, "issued_invoices", Item("d", "d", "delete", {}, "2026/FA/511"), id=f"{name}-i")
    assert (kept.state, kept.reasons) == ("refused", ("POHODA lets XML not delete records of issued_invoices",))
    assert [side.deletes(agenda) for agenda in ("received_orders", "issued_orders", "offers", "issued_invoices")] == [
        True, True, False, False,
    ]  # fmt: skip


def test_what_pohoda_stored_otherwise_is_told_as_drift(there: Company) -> None:
    """A list that this way of reading cannot tell: POHODA takes the document and no contract."""
    side = there.side("xml", unit=unit("SK"), system=SYSTEM)
    (answer,) = write(side, "issued_invoices", one("drift", INVOICE, contract="NOSUCH", lines=[LINE]), id="drift")
    assert answer.state == "written", answer.reasons
    (drift,) = [one for one in answer.details["drift"] if one["field"] == "contract"]
    assert (drift["code"], drift["requested"]) == (603, "NOSUCH")
    told = [one for one in answer.details["told"] if "603" in one["en"]]
    assert {len({one[language] for language in ("en", "cs", "sk")}) for one in told} == {3}


def test_the_sets_that_can_be_written_are_fields_too(side: PohodaSide) -> None:
    assert {"lines", "sources", "number", "rounding_mode"} <= side.writable("issued_invoices")
    assert "sources" not in side.writable("issued_orders")
    assert not {"balance", "delivered", "transferred"} & side.writable("offers")
    assert "total" in side.writable("offers"), "it is compared with what the lines make"
    assert everything(side, "issued_invoices")
    assert UNITS["SK"] == unit("SK").ico
