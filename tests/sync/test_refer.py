"""References of a record and of its rows: found by id or by key, waited for, or gone without."""

from typing import Any

import pytest

from pohoda_bridge.catalogue import Mapped
from pohoda_bridge.ledger import Scope, bindings, waiting
from pohoda_bridge.records.keys import business_key
from pohoda_bridge.sync.refer import Awaited, Named, References
from pohoda_bridge.sync.report import wishes
from tests import ledgers

MAPPING = {
    "partner": Mapped(to="Client", ref="clients"),
    "offer": Mapped(to="Quote", ref="offers", optional=True),
    "items": Mapped(to="Items", fields={
        "name": Mapped(to="Name"), "product": Mapped(to="Product", ref="products", optional=True)}),
    "rules": Mapped(to="Rules", fields={"product": Mapped(to="Product", ref="products")}),
}  # fmt: skip
KNOWN_BY = {"partner": {"ico": "ico", "name": "company"}, "items.product": {"code": "code"}}
PARTNER = {"ico": "12345678", "name": "Alfa"}


class Made:
    """What the resolver asks of a job."""

    def __init__(self, ledger: Any, direction: Any = "to_crm") -> None:
        self.ledger = ledger
        self.scope = Scope("gram", "issued_invoices", direction)
        self.flow = self
        self.mapping, self.direction, self.agenda = MAPPING, direction, self
        self.known_by = KNOWN_BY

    def bound(self, agenda: str, technical: str, crm_id: str, key: str) -> None:
        scope = Scope("gram", agenda, self.direction)
        with self.ledger.transaction() as ledger:
            bindings.bind(ledger, scope, technical=technical, key=key, crm_id=crm_id, pohoda={}, crm={}, run_id="r")

    def resolve(self, **record: Any) -> Any:
        row = {"_id": "2026/FA/1", **record}
        with self.ledger.transaction() as ledger:
            return References.of(ledger, self, [row]).resolve(row)  # type: ignore[arg-type]


@pytest.fixture
def made() -> Any:
    info: dict[str, Any] = {"env": {}}
    with ledgers.prepared(info):
        yield Made(ledgers.at(info["env"]["POHODA_BRIDGE_LEDGER"]))


def test_a_reference_is_found_by_its_id(made: Made) -> None:
    made.bound("clients", "2026/AD/5", "c5", "k")
    found = made.resolve(partner="2026/AD/5")
    assert (found.record["partner"], found.keyed["partner"], found.waits, found.wishes) == ("c5", "k", None, [])


def test_one_of_an_older_year_is_found_by_the_key_beside_it(made: Made) -> None:
    made.bound("clients", "2026/AD/5", "c5", str(business_key(("ico", "name"), PARTNER)))
    assert made.resolve(partner="2025/AD/9", ico="123 45 678", company="ALFA").record["partner"] == "c5"
    other = made.resolve(partner="2025/AD/9", ico="12345678", company="Beta")
    assert (other.record["partner"], other.waits.technical) == (None, "2025/AD/9")


def test_what_must_be_there_is_waited_for_and_what_may_be_missing_is_gone_without(made: Made) -> None:
    found = made.resolve(partner="2026/AD/5", offer="2026/NAB/1")
    assert found.waits == Awaited("clients", "2026/AD/5", None)
    assert found.record["offer"] is None and found.wishes == [Awaited("offers", "2026/NAB/1")]


def test_a_row_goes_without_its_product_or_not_at_all(made: Made) -> None:
    rows = [{"name": "Stolička", "code": "A1", "product": "2026/SKz/1"}, {"name": "Doprava"}]
    found = made.resolve(items=rows, rules=[{"product": "2026/SKz/1"}])
    assert found.record["items"] == [{"name": "Stolička"}, {"name": "Doprava"}]  # the CRM has no place for the code
    assert found.record["rules"] is None
    assert found.wishes == [Awaited("products", "2026/SKz/1", "a1"), Awaited("products", "2026/SKz/1")]
    assert rows[0]["product"] == "2026/SKz/1"
    made.bound("products", "2026/SKz/7", "p7", "a1")
    assert made.resolve(items=rows).record["items"][0]["product"] == "p7"


def test_what_a_record_went_without_makes_it_due_when_it_comes(made: Made) -> None:
    wish = {"technical": "2026/FA/1", "waits_agenda": "products", "waits_for": "2025/SKz/1", "waits_key": "a1"}
    with made.ledger.transaction() as ledger:
        waiting.wish(ledger, made.scope, [wish])
        assert waiting.due(ledger, made.scope) == {}
    made.bound("products", "2026/SKz/7", "p7", "a1")
    with made.ledger.transaction() as ledger:
        assert list(waiting.due(ledger, made.scope)) == ["2026/FA/1"]
        waiting.settle(ledger, made.scope, {"2026/FA/1": "updated"})
        assert waiting.due(ledger, made.scope) == {}


@pytest.mark.parametrize(("direction", "now"), [("to_crm", "c5"), ("to_pohoda", "2026/AD/10")])
def test_values_of_either_side_and_year_are_compared_by_what_they_name(made: Made, direction: Any, now: str) -> None:
    for technical in ("2025/AD/7", "2026/AD/10"):
        made.bound("clients", technical, "c5", "k")
    made.direction, made.scope = direction, Scope("gram", "issued_invoices", direction)
    values = [{"partner": one, "offer": None} for one in ("2025/AD/7", "2026/AD/10", "c5", "other")]
    with made.ledger.transaction() as ledger:
        named = Named.of(ledger, made, [], values)  # type: ignore[arg-type]
    assert [named.row(one)["partner"] for one in values] == [now, now, now, "other"]


def test_a_document_of_a_year_before_names_the_client_of_this_year(made: Made) -> None:
    made.bound("clients", "2026/AD/5", "c5", str(business_key(("ico", "name"), PARTNER)))
    made.direction, made.scope = "to_pohoda", Scope("gram", "issued_invoices", "to_pohoda")
    row = {"partner": "2025/AD/9", "ico": "12345678", "company": "Alfa"}
    with made.ledger.transaction() as ledger:
        named = Named.of(ledger, made, [row], [{"partner": "c5"}])  # type: ignore[arg-type]
    assert (named.row(row)["partner"], named.row({"partner": "c5"})["partner"]) == ("2026/AD/5", "2026/AD/5")


def test_a_record_that_goes_without_one_product_on_two_lines_wishes_for_it_once() -> None:
    """PostgreSQL takes no row twice in one upsert."""
    twice = [["products", "2026/SKz/1", "k"], ["products", "2026/SKz/1", None]]
    lines: list[dict[str, Any]] = [{"_id": "a", "wishes": twice}, {"_id": "b"}]
    assert [(one["technical"], one["waits_key"]) for one in wishes(lines)] == [("a", "k")]
