"""What a document amounts to without VAT in the home currency, whole: before the advances that it deducts."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pohoda_bridge.records.amounts import ZERO, number
from pohoda_bridge.records.items import ADVANCE
from pohoda_bridge.records.rounding import cents
from pohoda_bridge.records.vat import SLOTS


def home_net(document: Mapping[str, Any]) -> Decimal:
    """Of a document in the names of the agenda files; a credit note is below zero, however POHODA keeps it.

    A deducted advance that bore VAT is in the amounts of the header, one that bore none is not.
    """
    net = sum((number(document.get(f"net_{slot}")) or ZERO for slot in SLOTS), ZERO)
    for line in document.get("lines") or ():
        if line.get("kind") == ADVANCE and number(line.get("vat")):
            net -= number(line.get("net")) or ZERO
    return cents(-abs(net) if document.get("kind") == "credit_note" else net)
