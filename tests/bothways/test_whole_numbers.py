"""A number with decimals in the CRM where POHODA keeps none: refused with a reason, never cut."""

from decimal import Decimal

import pytest

from pohoda_bridge.ledger import waiting
from tests.both import Both

JUDGED = True


@pytest.mark.parametrize("days", [Decimal("14.5"), Decimal(14)])
def test_a_fraction_is_refused_and_a_whole_number_goes(gram: Both, days: Decimal) -> None:
    gram.add(name="Alfa s.r.o.", street="Dlhá 2", city="Nitra", zip="94901", due_days=days)
    counts = gram.sync(way="to_pohoda")
    if days % 1:
        assert counts == {"quarantined": 1}
        with gram.job(way="to_pohoda") as job, job.ledger.transaction() as ledger:
            (row,) = waiting.quarantined(ledger, job.scope)
        assert [reason["rule"] for reason in row["reasons"]] == ["whole:due_days"]
        assert not gram.cards()
    else:
        assert counts == {"created": 1}
        assert [card["ADSplat"] for card in gram.cards()] == [14]
