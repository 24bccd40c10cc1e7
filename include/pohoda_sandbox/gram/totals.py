"""The sums of a document, worked out from its lines as the service does, line by line to the cent."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pohoda_sandbox.gram.errors import Json
from pohoda_sandbox.gram.values import number
from pohoda_sandbox.gram.wire import Entity

LINES = "Items"
SUMS = ("TotalNet", "TotalVat", "TotalGross")
CENT = Decimal("0.01")


def worked_out(entity: Entity, data: Json) -> Json:
    """The data with its sums; those of a document with the flag to keep them stay as they were written."""
    total, lines = entity.fields.get(SUMS[0]), entity.fields.get(LINES)
    if total is None or lines is None or not total.unless or data.get(total.unless):
        return data
    parts = [line | _sums(line) for line in data.get(LINES, [])]
    sums = {name: number(sum((_exact(part[name]) for part in parts), Decimal(0))) for name in SUMS}
    return {**data, **sums, "Rounding": 0, **({LINES: parts} if parts else {})}


def _sums(line: Json) -> Json:
    discount = 1 - _exact(line.get("DiscountPercent")) / 100
    net = _cents(_exact(line.get("Quantity")) * _exact(line.get("UnitPrice")) * discount)
    vat = _cents(net * _exact(line.get("VatPercent")) / 100)
    return dict(zip(SUMS, map(number, (net, vat, net + vat)), strict=True))


def _exact(value: Any) -> Decimal:
    return Decimal(str(value or 0))


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
