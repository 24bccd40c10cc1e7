"""A customer's own prices for CRMs that keep them product by product, and all of them as one text for those without."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from pohoda_bridge.records.price_rules import INDIVIDUAL

Row = Mapping[str, Any]


def own_prices(
    form: str | None, cards: Sequence[Row] | None, rules: Sequence[Row] | None, currency: str | None
) -> tuple[list[dict[str, Any]] | None, str | None]:
    """(rows with `product`, `product_code`, `price` without VAT, `discount` in percent; the listing of all rules).

    None of anything but a customer's prices. POHODA keeps a price beside the discount that it comes of: a row has both.
    The listing has a line for each rule, `code: 93.5 EUR (-7 %)`; `*` stands for everything, `[...]` for a group.
    """
    if form != INDIVIDUAL:
        return None, None
    counted = [row for row in cards or () if row.get("price") or row.get("discount")]
    discounts = {_known_as(row.get("code")): row.get("discount") for row in reversed(counted)}
    rows = [_row(rule, discounts) for rule in rules or () if rule["scope"] == "product"]
    told = [_line(rule, discounts, currency) for rule in rules or ()]
    return [row for row in rows if row.get("product")] or None, "\n".join(told) or None


def _row(rule: Row, discounts: Mapping[str, Decimal | None]) -> dict[str, Any]:
    known = {name: rule.get(name) for name in ("product", "product_code", "price")}
    return {name: value for name, value in {**known, "discount": _discount(rule, discounts)}.items() if value}


def _discount(rule: Row, discounts: Mapping[str, Decimal | None]) -> Decimal | None:
    """In percent, of a product that has a price as well."""
    return rule.get("value") or discounts.get(_known_as(rule.get("product_code"))) or None


def _line(rule: Row, discounts: Mapping[str, Decimal | None], currency: str | None) -> str:
    name = {"all": "*", "group": f"[{rule.get('group')}]"}.get(rule["scope"]) or rule.get("product_code")
    return f"{name}: {' '.join(_figures(rule, discounts, currency))}"


def _figures(rule: Row, discounts: Mapping[str, Decimal | None], currency: str | None) -> Iterator[str]:
    price, discount = rule.get("price"), _discount(rule, discounts)
    if price:
        yield f"{_plain(price)} {currency}"
    if discount:
        yield f"({_percent(discount)})" if price else _percent(discount)


def _percent(discount: Decimal) -> str:
    """A discount takes away, a surcharge (a discount below zero) adds."""
    return f"{'-' if discount > 0 else '+'}{_plain(abs(discount))} %"


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _known_as(code: Any) -> str:
    """A code as POHODA compares it."""
    return str(code or "").rstrip(" ").casefold()
