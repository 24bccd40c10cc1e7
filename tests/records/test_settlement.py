"""The money of settlements, and how far contracts are."""

from datetime import date
from decimal import Decimal

import pytest

from pohoda_bridge.records.deal_state import DealState, deal_state, responsible_person
from pohoda_bridge.records.settlement import Money, money_of

DAY = date(2026, 5, 4)


@pytest.mark.parametrize(
    ("given", "country", "wanted"),
    [
        (("120.50", None, "0"), "SK", ("120.5", "EUR", None)),
        (("-30.00", None, None), "CZ", ("-30", "CZK", None)),
        (("2471.25", "EUR", "100"), "CZ", ("100", "EUR", "24.7125")),
        (("-2471.25", "EUR", "-100"), "CZ", ("-100", "EUR", "24.7125")),
        (("100", "CZK", "3"), "SK", ("3", "CZK", "33.3333")),
        (("100", "EUR", "100"), "SK", ("100", "EUR", None)),
        (("55", "USD", "0"), "SK", ("55", "EUR", None)),
        ((None, None, None), "SK", ("0", "EUR", None)),
    ],
)
def test_money_is_in_the_currency_of_the_invoice(
    given: tuple[str | None, ...], country: str, wanted: tuple[str, str, str | None]
) -> None:
    amount, foreign, rate = (Decimal(text) if text is not None else None for text in (given[0], given[2], wanted[2]))
    assert money_of(amount, given[1], foreign, country) == Money(Decimal(wanted[0]), wanted[1], rate)


def test_a_contract_is_planned_in_progress_or_delivered() -> None:
    assert deal_state(None, None) == DealState("planned", "open")
    assert deal_state(DAY, None) == DealState("in_progress", "open")
    assert deal_state(None, DAY) == deal_state(DAY, DAY) == DealState("delivered", "won")


def test_who_is_responsible_is_one_text_by_every_way() -> None:
    assert responsible_person("Novák  Ján", None, None) == responsible_person(None, "Ján", "Novák") == "Novák Ján"
    assert responsible_person(None, None, " ") is None
