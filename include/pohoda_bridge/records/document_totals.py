"""The totals of a document in its currency, as POHODA keeps them in the header; what the CRM shows as the sum."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from pohoda_bridge.records.amounts import ZERO, Row, number
from pohoda_bridge.records.items import ADVANCE, is_foreign
from pohoda_bridge.records.rounding import MODES, cents, rounded
from pohoda_bridge.records.vat import SLOTS

_AMOUNTS = ("foreign_net", "foreign_vat")


class TotalFields(NamedTuple):
    """What totals are made of; the names of a document in the agenda files."""

    lines: list[Row] | None
    currency: str | None
    total: Decimal | None
    rounding: Decimal | None
    foreign_total: Decimal | None
    foreign_rounding: Decimal | None
    net_none: Decimal | None
    net_low: Decimal | None
    vat_low: Decimal | None
    net_high: Decimal | None
    vat_high: Decimal | None
    net_third: Decimal | None
    vat_third: Decimal | None


def totals_of(values: tuple[Any, ...], country: str) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """Net, VAT, gross and rounding of a document (`TotalFields`); gross is net, VAT and rounding together.

    In a foreign currency POHODA keeps gross and rounding alone: VAT is that of the lines which make the gross amount.
    A deducted advance that bore no VAT lowers what is to be paid and none of these.
    """
    of = TotalFields(*values)
    if not is_foreign(of.currency, country):
        net = sum((getattr(of, f"net_{slot}") or ZERO for slot in SLOTS), ZERO)
        vat = sum((getattr(of, f"vat_{slot}") or ZERO for slot in SLOTS[1:]), ZERO)
        return cents(net), cents(vat), cents(of.total or ZERO), cents(of.rounding or ZERO)
    gross, rounding = cents(of.foreign_total or ZERO), cents(of.foreign_rounding or ZERO)
    sums = list(_sums(of.lines or []))
    vat = next((vat for net, vat in sums if net + vat + rounding == gross), sums[0][1])
    return gross - rounding - vat, vat, gross, rounding


def totals_back(gross: Decimal | None, rounding: Decimal | None, *, foreign: bool) -> dict[str, Any]:
    """POHODA's own amounts of a document with these totals. In a foreign currency it takes no amount of rounding, only
    the way: one that makes the same total; where none does, the amount is left to be refused."""
    if not foreign:
        return {"total": gross, "rounding": rounding or ZERO}
    if not rounding or gross is None:
        return {"foreign_total": gross}
    mode = next((mode for mode in MODES if rounded(gross - rounding, mode) == gross), None)
    return {"foreign_total": gross, **({"rounding_mode": mode} if mode else {"rounding": rounding})}


def _sums(lines: list[Row]) -> Iterator[tuple[Decimal, Decimal]]:
    """Net and VAT of the lines: with deducted advances that were taxed, without any, with all."""
    items = [line for line in lines if line.get("kind") != ADVANCE]
    taxed = [line for line in lines if line.get("kind") != ADVANCE or line.get("foreign_vat")]
    for counted in (taxed, items, lines):
        net, vat = (sum((number(line.get(name)) or ZERO for line in counted), ZERO) for name in _AMOUNTS)
        yield cents(net), cents(vat)
