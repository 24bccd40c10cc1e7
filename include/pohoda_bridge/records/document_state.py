"""How far a document has come, in the words that CRMs have for it; POHODA keeps marks and amounts."""

from decimal import Decimal

from pohoda_bridge.records.amounts import ZERO, Row
from pohoda_bridge.records.items import is_foreign
from pohoda_bridge.records.rounding import cents


def offer_status(executed: bool | None, transferred: bool | None, lines: list[Row] | None) -> str:
    """accepted: something was made of it; rejected: it was closed without that; sent: it is open."""
    if transferred or any(line.get("transferred") for line in lines or []):
        return "accepted"
    return "rejected" if executed else "sent"


def order_status(executed: bool | None, delivered: bool | None, cancelled: object, lines: list[Row] | None) -> str:
    """cancelled, done (nothing more to do, or all delivered), in_progress (some delivered), new."""
    if cancelled:
        return "cancelled"
    if executed or delivered:
        return "done"
    return "in_progress" if any(line.get("delivered") for line in lines or []) else "new"


def invoice_status(
    currency: str | None,
    totals: tuple[Decimal | None, Decimal | None],
    balances: tuple[Decimal | None, Decimal | None],
    storno: str | None,
    country: str,
) -> tuple[str, Decimal, Decimal]:
    """cancelled, paid, part_paid, issued; what is paid, and what is left, in the document's currency.

    `totals` and `balances` are those at home and in the currency. `storno` other than "none": it was cancelled, or it
    cancels another. A deducted advance is paid. More than is due leaves an amount of the other sign: it is paid.
    """
    foreign = is_foreign(currency, country)
    total, left = (cents(pair[foreign] or ZERO) for pair in (totals, balances))
    if storno not in {None, "none"}:
        status = "cancelled"
    elif not left or (left > 0) != (total > 0):
        status = "paid"
    else:
        status = "issued" if abs(left) >= abs(total) else "part_paid"
    return status, total - left, left
