"""What documents add to figures: each once, with its last amount, and whose figures a change touches."""

from decimal import Decimal

from pohoda_bridge.ledger import Ledger, Scope, figures

ISSUED, RECEIVED = (Scope("eway", f"{kind}_invoices", "to_crm") for kind in ("issued", "received"))


def test_a_document_adds_its_last_amount_and_a_change_touches_both_records(ledger: Ledger) -> None:
    with ledger.transaction() as connection:
        first = {"a": ("invoiced", "z1", Decimal("0.10")), "b": ("invoiced", "z1", Decimal("0.20"))}
        assert figures.note(connection, ISSUED, first) == {"z1"}
        assert figures.note(connection, RECEIVED, {"a": ("spent", "z1", Decimal(7))}) == {"z1"}
        assert figures.sums(connection, "eway", "invoiced", ["z1", "z2"]) == {"z1": Decimal("0.30")}
        assert figures.note(connection, ISSUED, first) == set()
        assert figures.note(connection, ISSUED, {"b": ("invoiced", "z2", Decimal(5))}) == {"z1", "z2"}
        assert figures.note(connection, ISSUED, {"a": None, "never": None}) == {"z1"}
        assert figures.sums(connection, "eway", "invoiced", ["z1", "z2"]) == {"z2": Decimal(5)}
        assert figures.sums(connection, "eway", "spent", ["z1"]) == {"z1": Decimal(7)}
        assert figures.sums(connection, "other", "spent", ["z1"]) == {}
