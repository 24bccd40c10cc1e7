"""What a document amounts to without VAT at home."""

from decimal import Decimal

from pohoda_bridge.records.home_net import home_net

SLOTS = {"net_none": Decimal(10), "net_low": None, "net_high": Decimal("90.5")}


def test_the_net_amounts_of_all_rates_count_and_a_credit_note_subtracts_however_it_is_kept() -> None:
    assert home_net({**SLOTS, "kind": "invoice", "net_third": Decimal(1)}) == Decimal("101.50")
    assert home_net({**SLOTS, "kind": "credit_note"}) == Decimal("-100.50")
    assert home_net({"net_high": Decimal(-3), "kind": "credit_note"}) == Decimal(-3)


def test_a_deducted_advance_is_part_of_the_price_all_the_same() -> None:
    taxed = {"kind": "advance", "net": Decimal(-40), "vat": Decimal("-9.20")}
    plain = {"kind": "advance", "net": Decimal(-40), "vat": Decimal(0)}
    lines = [{"kind": "item", "net": Decimal(100), "vat": Decimal(23)}]
    assert home_net({"kind": "invoice", "net_high": Decimal(60), "lines": [*lines, taxed]}) == 100
    assert home_net({"kind": "invoice", "net_high": Decimal(100), "lines": [*lines, plain]}) == 100
