"""Where the amounts that a document gives are not, to the cent, what its lines make. Nothing is mended.

A line's own amounts may be a cent off what its price makes: sources round otherwise, and POHODA gets those amounts.
Home amounts of a document in a foreign currency may differ by a cent for each line: each may be converted from the
foreign amount, or computed from the converted net one.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation, localcontext

from pohoda_bridge.records.amounts import (
    DIGITS,
    ZERO,
    Amounts,
    Document,
    Row,
    Totals,
    held,
    line_amounts,
    number,
    summed,
    totals,
)
from pohoda_bridge.records.faults import Fault
from pohoda_bridge.records.rounding import CENT, MODES, cents
from pohoda_bridge.records.total_faults import amount_unlike, told
from pohoda_bridge.records.vat import SLOTS

__all__ = ["Totals", "differences", "totals"]

Pairs = list[tuple[Row, Amounts]]
_MOST = Decimal(10) ** 14
_LINE = ("quantity", "unit_price", "discount", "net", "vat", "vat_explicit",
         "foreign_unit_price", "foreign_net", "foreign_vat")  # fmt: skip
_HEAD = ("rate", "rate_amount", "net", "vat", "rounding", "total", "foreign_rounding", "foreign_total",
         "advance_deducted", "net_none", "net_low", "vat_low", "net_high", "vat_high", "net_third",
         "vat_third")  # fmt: skip


def differences(record: Row, country: str) -> list[Fault]:
    """Every amount of the record that is not what its lines make; amounts that it lacks are not asked for.

    Fields are those of documents in the agenda files, `rounding_mode`, and `net` and `vat` of the whole document in
    its currency. Deducted advances may count in the totals, or only those that were taxed, or lower no more than what
    is to be paid. Without lines the total is the sum of the amounts by rate. `country` is the unit's (CZ, SK).
    """
    if unfit := [*_unfit(record)]:
        return unfit
    with localcontext() as context:
        context.prec = DIGITS
        of = Document.of(record, country)
        computed = [line_amounts(of, line) for line in of.lines]
        faults = [*_signs(of)]
        if not of.lines:
            return faults + _without_lines(of)
        for place, (line, amounts) in enumerate(zip(of.lines, computed, strict=True), 1):
            faults += _line_faults(of, place, line, amounts)
        if any(amounts.rate is None for amounts in computed):
            return faults
        pairs = [(line, held(of, line, amounts)) for line, amounts in zip(of.lines, computed, strict=True)]
        faults += _advance_faults(of, pairs)
        return faults + min((_total_faults(of, *counted) for counted in _countings(pairs)), key=len)


def _unfit(record: Row) -> Iterator[Fault]:
    """Numbers that no document can have."""
    rows = [(None, _HEAD, record), *((place, _LINE, line) for place, line in enumerate(record.get("lines") or [], 1))]
    for place, names, row in rows:
        yield from (told("number_unfit", name, place) for name in names if not _fit(row.get(name)))


def _fit(value: object) -> bool:
    try:
        found = number(value)
    except (InvalidOperation, TypeError, ValueError):
        return False
    return found is None or (found.is_finite() and abs(found) < _MOST)


def _signs(of: Document) -> Iterator[Fault]:
    """What no sum can show: signs, ways of rounding that there are not, a rate that is missing."""
    mode, kind = of.row.get("rounding_mode"), of.row.get("kind")
    if mode and mode != "none" and mode not in MODES:
        yield told("rounding_unknown", "rounding_mode")
    for name in ("rounding", "foreign_rounding"):
        if abs(of.given(name) or ZERO) > 1:
            yield told("rounding_large", name)
    if kind == "credit_note" and (of.given(of.own("total")) or ZERO) > 0:
        yield told("credit_positive", of.own("total"))
    if of.foreign and (of.rate is None or of.rate < 0):
        yield told("rate_missing", "rate")
    for place, line in enumerate(of.lines, 1):
        amount = number(line.get(of.own("net"))) or ZERO
        if line.get("kind") == "advance" and kind != "credit_note" and amount > 0:
            yield told("advance_positive", of.own("net"), place)


def _line_faults(of: Document, place: int, line: Row, amounts: Amounts) -> Iterator[Fault]:
    if amounts.rate is None:
        yield told("percent_unknown", "vat_slot", place)
        return
    for name, value in (("net", amounts.net), ("vat", amounts.vat)):
        given = number(line.get(of.own(name)))
        if given is not None and abs(given - value) > CENT:
            yield amount_unlike(of.own(name), given, value, place)
    for name, values in _home(of, held(of, line, amounts)).items() if of.rate is not None else ():
        given = number(line.get(name))
        if given is not None and all(abs(given - value) > CENT for value in values):
            yield amount_unlike(name, given, values[0], place)


def _countings(pairs: Pairs) -> Iterator[tuple[Pairs, Pairs]]:
    """The lines that amounts by rate may be the sum of, and those that the total may be."""
    items = [pair for pair in pairs if pair[0].get("kind") != "advance"]
    yield items, items
    if len(items) != len(pairs):
        taxed = [pair for pair in pairs if pair[0].get("kind") != "advance" or pair[1].vat]
        yield from ((items, pairs), (taxed, taxed), (taxed, pairs), (pairs, pairs))


def _total_faults(of: Document, slots: Pairs, whole: Pairs) -> list[Fault]:
    sums = summed(of, [one for _, one in slots], [one for _, one in whole])
    if not of.foreign:
        return _unlike(of, _whole(of, sums) | _by_slot(sums))
    return _unlike(of, _whole(of, sums)) + ([] if of.rate is None else _home_faults(of, slots, whole, sums.rounding))


def _without_lines(of: Document) -> list[Fault]:
    """A document of amounts by rate alone. One that is made from another gets its lines there."""
    if of.foreign or of.row.get("sources"):
        return []
    slots = [Amounts(slot, of.given(f"net_{slot}") or ZERO, of.given(f"vat_{slot}") or ZERO) for slot in SLOTS]
    return _unlike(of, _whole(of, summed(of, slots, slots)))


def _whole(of: Document, sums: Totals) -> dict[str, Decimal]:
    """Field -> amount of the whole document in its currency."""
    return {
        "net": sum(sums.net.values(), ZERO),
        "vat": sum(sums.vat.values(), ZERO),
        of.own("rounding"): sums.rounding,
        of.own("total"): sums.total,
    }


def _home_faults(of: Document, slots: Pairs, whole: Pairs, change: Decimal) -> list[Fault]:
    """Home totals of a foreign document: sums of the lines' home amounts, given or converted, and the rounding."""
    sums = summed(of, [_at_home(of, *pair) for pair in slots], ())
    rounding = of.given("rounding")
    if rounding is None:
        rounding = cents(change * (of.rate or ZERO))
    total = sum((_at_home(of, *pair).gross for pair in whole), rounding)
    return _unlike(of, _by_slot(sums) | {"total": total}, CENT * len(whole))


def _advance_faults(of: Document, pairs: Pairs) -> list[Fault]:
    deducted = [_at_home(of, line, one).gross for line, one in pairs if line.get("kind") == "advance"]
    return _unlike(of, {"advance_deducted": -sum(deducted, ZERO)}, CENT * len(deducted) if of.foreign else ZERO)


def _home(of: Document, amounts: Amounts) -> dict[str, tuple[Decimal, ...]]:
    """The home amounts of a foreign line: VAT is the converted one, or that of the converted net amount."""
    rate, net = of.rate or ZERO, cents(amounts.net * (of.rate or ZERO))
    return {"net": (net,), "vat": (cents(amounts.vat * rate), cents(net * (amounts.rate or ZERO) / 100))}


def _at_home(of: Document, line: Row, one: Amounts) -> Amounts:
    """A line in home currency: as it is given there, else converted."""
    if not of.foreign:
        return one
    net, vat = number(line.get("net")), number(line.get("vat"))
    home = _home(of, one)
    return Amounts(one.slot, home["net"][0] if net is None else net, home["vat"][0] if vat is None else vat)


def _by_slot(sums: Totals) -> dict[str, Decimal]:
    nets = {f"net_{slot}": value for slot, value in sums.net.items()}
    return nets | {f"vat_{slot}": value for slot, value in sums.vat.items() if slot != "none"}


def _unlike(of: Document, wanted: Mapping[str, Decimal], spare: Decimal = ZERO) -> list[Fault]:
    pairs: Sequence[tuple[str, Decimal | None, Decimal]] = [(name, of.given(name), wanted[name]) for name in wanted]
    return [
        amount_unlike(name, given, value)
        for name, given, value in pairs
        if given is not None and abs(given - value) > spare
    ]
