"""Two settlements that are equal in everything are two payments, and each keeps its number however it is read."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pohoda_bridge.catalogue import Alike
from pohoda_bridge.pohoda.alike import numbered
from pohoda_bridge.side import Lookup, Row, Window
from tests.pohoda.test_every_field import Company
from tests.pohoda.two_years import everything

EQUAL = Alike(by=("number", "amount"), into="turn", among="number")


def row(number: int, of: str | None, amount: str) -> Row:
    return {"_id": f"2026/Uhrady/{number}", "number": of, "amount": Decimal(amount), "note": str(number)}


def test_the_second_and_the_third_of_equal_records_have_a_number() -> None:
    parts = [[row(4, "F1", "10"), row(2, "f1", "10.00"), row(3, "F1", "9")], [row(7, "F1 ", "10"), row(8, "F2", "10")]]
    found = {one["_id"]: one["turn"] for part in numbered(EQUAL, parts) for one in part}
    assert found == {f"2026/Uhrady/{number}": turn for number, turn in {4: 2, 2: None, 3: None, 7: 3, 8: None}.items()}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    made = Company(Path(tmp_path_factory.mktemp("company")))
    for number in ("26F1", "26F2"):
        invoice = made.pohoda.insert("FA", Cislo=number, RelTpFak=1, Datum=date(2026, 3, 1))
        for amount in (50, 50, 20):
            told: dict[str, Any] = {"RelAgU": 28, "RelIDU": 9, "CisloU": "26BV9", "DatumU": date(2026, 3, 9)}
            made.pohoda.insert("Uhrady", RelAgH=2, RelIDH=invoice, CisloH=number, KcU=Decimal(amount), **told)
    yield made
    made.close()


@pytest.mark.parametrize("way", ["sql", "xml"])
def test_a_payment_keeps_its_number_however_it_is_read(company: Company, way: str) -> None:
    side = company.sides[way]
    found = everything(side, "payments")
    assert [(one["document_number"], one["document_kind"], one["amount"], one["turn"]) for one in found] == [
        (number, "invoice", Decimal(amount), turn)
        for number in ("26F1", "26F2") for amount, turn in ((50, None), (50, 2), (20, None))
    ]  # fmt: skip
    for one in found:
        assert everything(side, "payments", Window(ids=(one["_id"],))) == [one]
        assert side.look_up("payments", [Lookup(id=one["_id"])]) == [[one]]
