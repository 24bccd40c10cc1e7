"""Price levels, customers' own prices and actions of POHODA as price lists of rules.

A rule speaks of everything, of a group of products, or of one product, and is a discount in percent, a margin in
percent over cost, or a price without VAT in the list's currency. POHODA keeps the price of each product in a level, so
that a level's discount only holds where a product has no price. A price of nothing is none.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from pohoda_bridge.errors import RejectRecord
from pohoda_bridge.records.accounting_table import HOME_CURRENCIES
from pohoda_bridge.records.vat import percent

Row = Mapping[str, Any]
PLACES = Decimal("0.0001")
ONE, HUNDRED = Decimal(1), Decimal(100)
LEVEL, INDIVIDUAL, ACTION = "level", "individual", "action"
_OWN_PRICES = {"CZ": "Individuální ceny", "SK": "Individuálne ceny"}
_ACTION = {"CZ": "Akce", "SK": "Akcia"}


class PriceFields(NamedTuple):
    """What a price list is made of; the names of the agenda file."""

    form: str
    code: str | None
    customer: str | None
    customer_name: str | None
    customer_number: str | None
    customers: Sequence[Row] | None
    currency: str | None
    price_basis: str | None
    margin: Decimal | None
    rebate: Decimal | None
    discount: Decimal | None
    all_cards_discount: Decimal | None
    prices: Sequence[Row] | None
    cards: Sequence[Row] | None
    groups: Sequence[Row] | None


class PriceList(NamedTuple):
    """`method` and `value` are those of the rule for everything, else `fixed` where there are prices; `client` is whose
    list it is, `clients` (rows with `client`) for whom an action is. Rules hold only filled names, sorted: everything,
    groups, products.
    """

    name: str | None
    method: str | None
    value: Decimal | None
    currency: str
    client: str | None
    clients: list[dict[str, Any]] | None
    rules: list[dict[str, Any]] | None


def price_list(of: PriceFields, country: str, day: date | None) -> PriceList:
    """The price list; `day` is the one whose percentages take the VAT out of prices.

    RejectRecord where a price with VAT has no known rate, or the prices are in several currencies.
    """
    general = _general(of)
    groups = {rule["group"]: rule for rule in map(_of_group, of.groups or ()) if rule}
    products = _products(of, country, day)
    rules = [
        *([{"scope": "all", **general}] if general else []),
        *(groups[name] for name in sorted(groups)),
        *(products[code] for code in sorted(products)),
    ]
    fixed = any(rule["method"] == "fixed" for rule in rules)
    method = general["method"] if general else "fixed" if fixed else rules[0]["method"] if rules else None
    clients = [{"client": row["customer"]} for row in of.customers or () if row.get("customer")]
    return PriceList(
        name=_name(of, country),
        method=method,
        value=general.get("value"),
        currency=_currency(of, country),
        client=of.customer,
        clients=clients or None,
        rules=rules or None,
    )


def _name(of: PriceFields, country: str) -> str | None:
    """A level's code, which customers name it by; an action's code; a customer's name, and number or id."""
    if of.form != INDIVIDUAL:
        return f"{_ACTION[country]} {of.code}" if of.form == ACTION and of.code else of.code
    known = of.customer_number or str(of.customer or "").rpartition("/")[2]
    return f"{of.customer_name or _OWN_PRICES[country]} ({known})"


def _general(of: PriceFields) -> dict[str, Any]:
    """What holds for everything. The discount of an action is only what its cards are entered with."""
    if of.form == INDIVIDUAL:
        return _percentage("discount", of.all_cards_discount)
    if of.form == ACTION:
        return {} if of.cards else _percentage("discount", of.discount)
    return _percentage("discount", of.discount) or _percentage("margin", of.rebate or _over_cost(of.margin))


def _over_cost(margin: Decimal | None) -> Decimal | None:
    """POHODA's margin is a part of the price; over cost it is more."""
    if not margin or margin >= HUNDRED:
        return None
    return margin * HUNDRED / (HUNDRED - margin)


def _percentage(method: str, value: Decimal | None) -> dict[str, Any]:
    rounded = _rounded(value or Decimal(0))
    return {"method": method, "value": rounded} if rounded else {}


def _of_group(row: Row) -> dict[str, Any]:
    told = _percentage("discount", row.get("discount"))
    name = row.get("price_group") or row.get("name") or str(row.get("group_id") or "")
    return {"scope": "group", "group": name, **told} if told and name else {}


def _products(of: PriceFields, country: str, day: date | None) -> dict[str, dict[str, Any]]:
    """Rules of products by their code. Of several rows of one code the first counts."""
    rules: dict[str, dict[str, Any]] = {}
    for product, code, told in _told(of, country, day):
        if told:
            known = {"product": product, "product_code": code}
            own = {name: value for name, value in known.items() if value}
            rules.setdefault((code or product or "").rstrip(" ").casefold(), {"scope": "product", **own, **told})
    return rules


def _told(of: PriceFields, country: str, day: date | None) -> Iterator[tuple[str | None, str | None, dict[str, Any]]]:
    for row in of.prices or ():
        told = _fixed(row, row["product_code"], of.price_basis == "gross", country, day)
        yield row.get("product"), row["product_code"], told
    for row in of.cards or ():
        told = _fixed(row, row["code"], row.get("with_vat"), country, day)
        yield row.get("product"), row["code"], told or _percentage("discount", row.get("discount"))


def _fixed(row: Row, code: str | None, with_vat: object, country: str, day: date | None) -> dict[str, Any]:
    price = row.get("price")
    if not price:
        return {}
    if with_vat:
        rate = percent(country, day, row.get("vat_sale"))
        if rate is None:
            raise RejectRecord(
                f"the price of {code} is with VAT, but the rate of the card is not known; mend the card's VAT rate"
            )
        price = price / (ONE + rate / HUNDRED)
    return {"method": "fixed", "price": _rounded(price)}


def _currency(of: PriceFields, country: str) -> str:
    home = HOME_CURRENCIES[country]
    found = {row.get("currency") or home for row in of.cards or () if row.get("price")} or {of.currency or home}
    if len(found) > 1:
        raise RejectRecord(f"prices in several currencies ({', '.join(sorted(found))}) are no single price list")
    return found.pop()


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(PLACES, ROUND_HALF_UP)
