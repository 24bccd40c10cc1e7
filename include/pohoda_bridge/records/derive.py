"""Fields made of others after reading: named derivations, from a tuple of values to a tuple of values."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pohoda_bridge.records.accounting_table import HOME_CURRENCIES
from pohoda_bridge.records.converters import one_line
from pohoda_bridge.records.deal_state import counted, deal_state, responsible_person
from pohoda_bridge.records.document_state import invoice_status, offer_status, order_status
from pohoda_bridge.records.document_totals import totals_of
from pohoda_bridge.records.items import ItemFields, completed, items_of
from pohoda_bridge.records.links import CORRECTING, INVOICES, OFFERS, ORDERS, linked
from pohoda_bridge.records.names import Names
from pohoda_bridge.records.own_prices import own_prices
from pohoda_bridge.records.price_rules import PriceFields, price_list
from pohoda_bridge.records.product_card import CardFields, product_of, structure_of
from pohoda_bridge.records.settlement import money_of
from pohoda_bridge.records.vat import SLOTS, percent

Values = tuple[Any, ...]


@dataclass(frozen=True)
class DeriveContext:
    """What a derivation may ask besides its values.

    The row's own `_id`, the agenda's settings, the name splitter, and the country of the accounting unit (CZ or SK).
    `tables`: POHODA's table of each agenda. `links`: the agendas whose documents a document may be made from in POHODA,
    with the kinds that may. `year`: of the books that new records go to.
    """

    id: str
    settings: Mapping[str, Any]
    contact_names: Names
    country: str
    tables: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    year: int | None = None


def addresses_of(text: str) -> list[str]:
    """The entries of a list of e-mail addresses, split at commas, semicolons and white space."""
    return [entry for entry in re.split(r"[,;\s]+", text) if entry]


def client_kind(context: DeriveContext, values: Values) -> Values:
    """(company, person) -> kind "company" | "person" | None, and the name of the client."""
    company, person = (_filled(value) for value in values)
    kind = "company" if company else "person" if person else None
    return kind, company or person


def first_email(context: DeriveContext, values: Values) -> Values:
    """(list of addresses) -> its first address; the first entry when none has an @."""
    entries = [entry.strip("<>") for entry in addresses_of(values[0] or "")]
    return (next((entry for entry in entries if "@" in entry), next(filter(None, entries), None)),)


def partner_relations(context: DeriveContext, values: Values) -> Values:
    """(mark of a supplier, mark of a customer) -> sorted list of both words, or None."""
    supplier, customer = values
    return ([*(["customer"] if customer else []), *(["supplier"] if supplier else [])] or None,)


def split_list(context: DeriveContext, values: Values) -> Values:
    """(text with commas) -> sorted list of its entries, trimmed and each once, or None: a list of groups is a set."""
    return (sorted({entry.strip() for entry in (values[0] or "").split(",")} - {""}) or None,)


def repeats(context: DeriveContext, values: Values) -> Values:
    """(name, street, city, zip, and the same four of the main address) -> whether the first only repeat the second.

    An address that is empty repeats; an empty name counts as equal; case and white space do not matter.
    """
    folded = [one_line(str(value or "")).casefold() for value in values]
    own, main = folded[:4], folded[4:]
    return (not any(own) or (own[0] in {"", main[0]} and own[1:] == main[1:]),)


def contact_client(context: DeriveContext, values: Values) -> Values:
    """(parent, company) -> the client a contact belongs to, and whether it is the name on that client's own card."""
    parent, company = (_filled(value) for value in values)
    own = context.id if company or context.settings.get("persons") else None
    return parent or own, parent is None and own is not None


def contact_name(context: DeriveContext, values: Values) -> Values:
    """(whole name) -> title before, first name, last name, title after.

    The middle name joins the first. The CRM needs a last name: where the splitter finds none, the whole text is it.
    """
    text = _filled(values[0])
    if text is None:
        return None, None, None, None
    name = context.contact_names.parse(text)
    if not name.last:
        return None, None, text, None
    first = " ".join(filter(None, (name.first, name.middle)))
    return name.prefix or None, first or None, name.last, name.suffix or None


def vat_percents(context: DeriveContext, values: Values) -> Values:
    """(lines, country of OSS, historic rates, days of supply) -> lines with `vat_percent`; percent of low, high, third.

    The first day that is filled counts. With rates of another country or time only what a line says itself is known.
    """
    lines, abroad, historic, *days = values
    day = next((day for day in days if day is not None), None)
    country = "" if abroad or historic else context.country
    told = [
        {**line, "vat_percent": percent(country, day, line.get("vat_slot"), line.get("vat_explicit"))}
        for line in lines or []
    ]
    return told if lines is not None else None, *(percent(country, day, slot) for slot in SLOTS[1:])


def document_items(context: DeriveContext, values: Values) -> Values:
    """(lines and what they hang on: `ItemFields`) -> items, and the document's currency, that of home too."""
    return items_of(values, context.country), ItemFields(*values).currency or HOME_CURRENCIES[context.country]


def document_totals(context: DeriveContext, values: Values) -> Values:
    """(amounts of the header: `TotalFields`) -> net, VAT, gross, rounding, and that the CRM shall keep them so."""
    return *totals_of(values, context.country), True


def offer_state(context: DeriveContext, values: Values) -> Values:
    """(executed, transferred, lines) -> status."""
    return (offer_status(*values),)


def order_state(context: DeriveContext, values: Values) -> Values:
    """(executed, delivered, day of cancellation, lines) -> status."""
    return (order_status(*values),)


def invoice_state(context: DeriveContext, values: Values) -> Values:
    """(currency, total, total in it, balance, balance in it, storno) -> status, what is paid and what is left."""
    currency, total, foreign_total, balance, foreign_balance, storno = values
    return invoice_status(currency, (total, foreign_total), (balance, foreign_balance), storno, context.country)


def from_offer(context: DeriveContext, values: Values) -> Values:
    """(kind, sources) -> the offer that the document was made from, and its number."""
    return linked(values[1], OFFERS, context.id, context.tables)


def from_order(context: DeriveContext, values: Values) -> Values:
    """(kind, sources) -> the order that the document was made from, and its number."""
    return linked(values[1], ORDERS, context.id, context.tables)


def contract_deal(context: DeriveContext, values: Values) -> Values:
    """(number of a contract) -> the deal, which is known by that number alone."""
    return (values[0],)


def corrected_invoice(context: DeriveContext, values: Values) -> Values:
    """(kind, sources) -> the invoice that a credit or debit note corrects, its kind and its number."""
    kind, sources = values
    of, found = linked(sources if kind in CORRECTING else None, INVOICES, context.id, context.tables)
    return of, "invoice" if found else None, found


def price_rules(context: DeriveContext, values: Values) -> Values:
    """(what a price list is made of: `PriceFields`) -> the list (`PriceList`): name, what holds for all, rules."""
    return tuple(price_list(PriceFields(*values), context.country, _law_day(context)))


def customer_prices(context: DeriveContext, values: Values) -> Values:
    """(form, cards, rules, currency of the list) -> a customer's prices product by product, and as one text."""
    return own_prices(*values)


def product_card(context: DeriveContext, values: Values) -> Values:
    """(what a product is made of: `CardFields`) -> the product (`Product`): prices, VAT, what lies in the stores."""
    return tuple(product_of(CardFields(*values), context.country, _law_day(context)))


def structure(context: DeriveContext, values: Values) -> Values:
    """(path of a card's store and branches, its store, its branches) -> the path (Členění)."""
    path, store, *branches = values
    return (path or structure_of(store, branches),)


def contract_state(context: DeriveContext, values: Values) -> Values:
    """(day of start, day of delivery) -> stage and status of a deal."""
    return tuple(deal_state(*values))


def counted_number(context: DeriveContext, values: Values) -> Values:
    """(number of a contract) -> the number, where a CRM that counts its deals could have given it."""
    return (counted(values[0]),)


def contract_start(context: DeriveContext, values: Values) -> Values:
    """(day of start, planned day of start) -> the day it starts: the real one, else the planned one."""
    began, planned = values
    return (began or planned,)


def responsible(context: DeriveContext, values: Values) -> Values:
    """(whole name, name, surname) -> the responsible person."""
    return (responsible_person(*values),)


def settled_money(context: DeriveContext, values: Values) -> Values:
    """(amount, currency of the invoice, amount in it) -> what was paid, its currency and rate."""
    amount, currency, foreign = values
    return tuple(money_of(amount, currency, foreign, context.country))


def _law_day(context: DeriveContext) -> date | None:
    """The day whose percentages hold for what has no day: the last of the books' year, so that no run depends on when
    it was made.
    """
    return date(context.year, 12, 31) if context.year else None


def _filled(value: Any) -> Any:
    return (value.strip() or None) if isinstance(value, str) else value


DERIVATIONS: Mapping[str, Callable[[DeriveContext, Values], Values]] = {
    "client_kind": client_kind,
    "first_email": first_email,
    "partner_relations": partner_relations,
    "split_list": split_list,
    "repeats": repeats,
    "contact_client": contact_client,
    "contact_name": contact_name,
    "vat_percents": vat_percents,
    "document_items": document_items,
    "document_totals": document_totals,
    "offer_state": offer_state,
    "order_state": order_state,
    "invoice_state": invoice_state,
    "from_offer": from_offer,
    "from_order": from_order,
    "contract_deal": contract_deal,
    "corrected_invoice": corrected_invoice,
    "price_rules": price_rules,
    "customer_prices": customer_prices,
    "product_card": product_card,
    "structure": structure,
    "contract_state": contract_state,
    "counted_number": counted_number,
    "contract_start": contract_start,
    "responsible": responsible,
    "settled_money": settled_money,
}

FORMS: Mapping[str, Callable[[list[Mapping[str, Any]]], list[dict[str, Any]]]] = {"document_items": completed}
"""The form that rows of a CRM get, as the derivation of this name gives them to those of POHODA."""
