"""Rows that are records only while rows of another table point at them: a customer, as its own prices are there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pohoda.test_every_field import Company
from tests.pohoda.two_years import everything


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    made = Company(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("way", ["sql", "xml"])
def test_a_customer_whose_last_price_is_taken_away_is_gone(company: Company, way: str) -> None:
    side = company.sides[way]
    first, second, _ = (company.pohoda.insert("AD", Firma=name) for name in ("Alfa", "Beta", "bez cien"))
    card = company.pohoda.insert("SKz", IDS="A", Nazev="A", RelDPHp=2, RelSkTyp=1)
    priced = {"RelAgID": 20, "RefPol": card, "Kod": "A", "Cena": 5}
    prices = [company.pohoda.insert("ADcn", RefAg=customer, **priced) for customer in (first, second, second)]
    assert side.ids("price_lists") == {f"2026/AD/{customer}" for customer in (first, second)}
    for price in prices[:2]:
        company.pohoda.delete("ADcn", price)
    assert side.ids("price_lists") == {row["_id"] for row in everything(side, "price_lists")} == {f"2026/AD/{second}"}
