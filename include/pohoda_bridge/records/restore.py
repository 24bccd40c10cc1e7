"""Derived fields turned back: what POHODA's own fields become when somebody changed what was made of them.

Each restoration answers the derivation of its name: from the values wanted of `gives` and the values that stand in `of`
to those that `of` shall have, or to some of POHODA's fields by name. What the wanted values do not speak of stays: the
second e-mail address, the order of groups. A derivation without a restoration is only read.
"""

from collections.abc import Callable, Mapping
from typing import Any

from pohoda_bridge.errors import RejectRecord
from pohoda_bridge.records.converters import one_line, without_space
from pohoda_bridge.records.derive import DeriveContext, Values, addresses_of
from pohoda_bridge.records.derive import contact_name as split_name
from pohoda_bridge.records.document_totals import TotalFields, totals_back
from pohoda_bridge.records.fingerprint import canonical
from pohoda_bridge.records.items import ItemFields, is_foreign
from pohoda_bridge.records.items_back import home_or, lines_of
from pohoda_bridge.records.links import CORRECTING, INVOICES, OFFERS, ORDERS, relinked

Restored = Mapping[str, Any]
"""Values of POHODA's fields by name, where a restoration speaks of some of `of` only, or of what must come out."""

FOLLOWING = frozenset({"is_primary"})
"""Derived values that follow from where the record stands; nobody can write them."""


def client_kind(context: DeriveContext, wanted: Values, now: Values) -> Values:
    """The name is the company's; of a person, and where only a person's name stands, it is that name."""
    (kind, name), (company, person) = wanted, now
    if (kind or ("person" if person and not company else "company")) == "person":
        return None, name
    return name, person


def first_email(context: DeriveContext, wanted: Values, now: Values) -> Values:
    """The address takes the place of the first one; the others, and how they are parted, stay."""
    (email,), text = wanted, now[0] or ""
    entries = addresses_of(text)
    old = next((entry for entry in entries if "@" in entry), next(iter(entries), None))
    if old is None:
        return (email,)
    if email is None:
        return (", ".join(entry for entry in entries if entry != old) or None,)
    return (text.replace(old, email, 1),)


def partner_relations(context: DeriveContext, wanted: Values, now: Values) -> Values:
    """The two words are POHODA's marks of a supplier and of a customer; other words have no place there."""
    words = wanted[0] or ()
    return "supplier" in words, "customer" in words


def split_list(context: DeriveContext, wanted: Values, now: Values) -> Values:
    """Entries that stay keep their order; new ones follow them."""
    groups = wanted[0] or []
    entries = list(dict.fromkeys(entry.strip() for entry in (now[0] or "").split(",") if entry.strip()))
    kept = [entry for entry in entries if entry in groups]
    return (",".join([*kept, *(group for group in groups if group not in entries)]) or None,)


def contact_client(context: DeriveContext, wanted: Values, now: Values) -> Values:
    """A contact stands below its client, unless it is the name on the client's own card."""
    (client, primary), (parent, company) = wanted, now
    return parent if primary and parent is None and company else client, company


def contact_name(context: DeriveContext, wanted: Values, now: Values) -> Values:
    """The parts in one line: title, first name, last name, title; as it stands where only its spaces would differ.

    A link whose own expression splits "last, first" gets its names back in that order.
    """
    before, first, last, after = wanted
    orders = ((before, first, last, after), (before, last and f"{last},", first, after))
    names = [one_line(" ".join(part for part in parts if part)) for parts in orders]
    name = next((made for made in names if _gives(context, made, wanted)), names[0]) or None
    return now if name and now[0] and without_space(name) == without_space(now[0]) else (name,)


def document_items(context: DeriveContext, wanted: Values, now: Values) -> Restored:
    """Items become the lines; the currency of home is none."""
    (items, currency), of = wanted, ItemFields(*now)
    made = {"currency": home_or(currency, context.country)}
    return made if items is None else made | {"lines": lines_of(items, currency, of, context.country)}


def document_totals(context: DeriveContext, wanted: Values, now: Values) -> Restored:
    """Totals only say what must come out of the lines. `net` and `vat` are those of the whole document."""
    net, vat, gross, rounding, _ = wanted
    foreign = is_foreign(TotalFields(*now).currency, context.country)
    return {"net": net, "vat": vat, **totals_back(gross, rounding, foreign=foreign)}


def from_offer(context: DeriveContext, wanted: Values, now: Values) -> Restored:
    """The offer takes the place of the one that is linked."""
    return _linked(context, OFFERS, wanted, now)


def from_order(context: DeriveContext, wanted: Values, now: Values) -> Restored:
    """The order takes the place of the one that is linked."""
    return _linked(context, ORDERS, wanted, now)


def contract_deal(context: DeriveContext, wanted: Values, now: Values) -> Values:
    """The number is that of the deal's contract, which stands beside it where the deal is known."""
    return now


def corrected_invoice(context: DeriveContext, wanted: Values, now: Values) -> Restored:
    """The invoice that a credit note corrects; what other documents have of invoices stays."""
    if now[0] not in CORRECTING:
        return {"sources": now[1]}
    return _linked(context, INVOICES, (wanted[0], wanted[2]), now)


def counted_number(context: DeriveContext, wanted: Values, now: Values) -> Values:
    """A contract without a number of its own gets the one that the CRM counted."""
    return now if now[0] or wanted[0] is None else (str(canonical(wanted[0])),)


def contract_start(context: DeriveContext, wanted: Values, now: Values) -> Values:
    """A CRM with one day of start has it for both of POHODA's."""
    return wanted[0], wanted[0]


def _linked(context: DeriveContext, agendas: tuple[str, ...], wanted: Values, now: Values) -> Restored:
    (of, number), (kind, sources) = wanted, now
    made = relinked(sources, agendas, (of, number), kind=kind, allowed=context.links, year=context.year)
    return {"sources": made}


def _gives(context: DeriveContext, name: str, wanted: Values) -> bool:
    try:
        return split_name(context, (name,)) == wanted
    except RejectRecord:
        return False


RESTORATIONS: Mapping[str, Callable[[DeriveContext, Values, Values], Values | Restored]] = {
    "client_kind": client_kind,
    "first_email": first_email,
    "partner_relations": partner_relations,
    "split_list": split_list,
    "contact_client": contact_client,
    "contact_name": contact_name,
    "document_items": document_items,
    "document_totals": document_totals,
    "from_offer": from_offer,
    "from_order": from_order,
    "contract_deal": contract_deal,
    "corrected_invoice": corrected_invoice,
    "counted_number": counted_number,
    "contract_start": contract_start,
}
