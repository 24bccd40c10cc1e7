"""Whether a whole record can be right: rules that look at several fields, or at the rows of a set.

What POHODA rounds on a document stands in a field of its own (`rounding`), so sums hold to the cent. Two things do not:
amounts converted from another currency, each rounded for itself (a cent a line); and VAT, which is rounded for each
line and summed (a cent a line). Czech documents before 1 October 2019 could round VAT to whole crowns and take it by a
coefficient of four digits: a crown, and 0.01 % of the amount.
VAT of 0 is never judged: reverse charge, export and a unit that pays no VAT look alike.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import chain
from typing import Any

from pohoda_bridge.records.faults import Fault
from pohoda_bridge.records.record_faults import RECORD_FAULTS
from pohoda_bridge.records.vat import percent

Row = Mapping[str, Any]
SLOTS = ("none", "low", "high", "third")
CENT = Decimal("0.01")
OLD_VAT_UNTIL = date(2019, 10, 1)
_AMOUNTS = tuple(f"{kind}_{slot}" for slot in SLOTS for kind in ("net", "vat") if (kind, slot) != ("vat", "none"))


@dataclass(frozen=True)
class Check:
    """A rule on a whole record: the fields that it looks at beside the expectation's own, and what finds the code."""

    asks: tuple[str, ...]
    code: Callable[[Row, Sequence[str], str], str | None]


@dataclass(frozen=True)
class Known:
    """The ids of the records that references can lead to, and the tables and years that those lie in."""

    ids: frozenset[str]

    @cached_property
    def tables(self) -> frozenset[str]:
        return frozenset(one.rpartition("/")[0] for one in self.ids)


def record_fault(rule: str, row: Row, fields: Sequence[str], *, country: str) -> Fault | None:
    """What is wrong with the record by the rule, or None; an unknown rule is KeyError. `country` is the unit's.

    `fields` are the expectation's; `set.field` is a field of the set's rows. Fields that the record lacks are empty.
    """
    code = RECORD_CHECKS[rule].code(row, fields, country)
    return RECORD_FAULTS[code] if code else None


def _sum_of_lines(row: Row, fields: Sequence[str], country: str) -> str | None:
    """Net and VAT of the lines, slot by slot, and the slots with the rounding against the total."""
    lines = _rows(row, "lines")
    spare = len(lines) * CENT if row.get("currency") else Decimal(0)
    if lines and not any(_slots_agree(row, counted, spare) for counted in _countings(lines)):
        return "lines_sum"
    if row.get("total") is None:
        return None
    parts = sum((_amount(row, name) for name in (*_AMOUNTS, "rounding")), Decimal(0))
    return None if _amount(row, "total") in {parts, parts - _amount(row, "advance_deducted")} else "total_sum"


def _countings(lines: list[Row]) -> Iterable[list[Row]]:
    """What the slots may be the sum of: a deducted advance counts in them when it was taxed, or all do, or none."""
    items = [line for line in lines if line.get("kind") != "advance"]
    taxed = [line for line in lines if line.get("kind") == "advance" and _amount(line, "vat")]
    return items, [*items, *taxed], lines


def _slots_agree(row: Row, lines: list[Row], spare: Decimal) -> bool:
    sums = dict.fromkeys(_AMOUNTS, Decimal(0))
    for line in lines:
        slot = line.get("vat_slot") or "none"
        for kind in ("net", "vat"):
            name = f"{kind}_{slot}"
            sums[name] = sums.get(name, Decimal(0)) + _amount(line, kind)
    return all(abs(_amount(row, name) - total) <= spare for name, total in sums.items())


def _vat_of_rate(row: Row, fields: Sequence[str], country: str) -> str | None:
    """VAT of each line, then of each slot, by the percentage of the country and the day of the supply."""
    day = row.get("taxed_on") or row.get("issued_on")
    if day is None:
        return None
    where, foreign = row.get("oss_country") or country, bool(row.get("oss_country") or row.get("vat_historic"))
    lines = _rows(row, "lines")
    for line in lines:
        explicit = line.get("vat_explicit") or None
        rate = percent(where, day, line.get("vat_slot") or "none", explicit) if explicit or not foreign else None
        if _off(_amount(line, "net"), _amount(line, "vat"), rate, _spare(row, line, "", country, day)):
            return "vat_line"
    for slot in SLOTS[1:]:
        own = [line for line in lines if line.get("vat_slot") == slot]
        rate = None if foreign or any(line.get("vat_explicit") for line in own) else percent(country, day, slot, None)
        spare = max(1, len(own)) * _spare(row, row, f"_{slot}", country, day)
        if _off(_amount(row, f"net_{slot}"), _amount(row, f"vat_{slot}"), rate, spare):
            return "vat_slot"
    return None


def _off(net: Decimal, vat: Decimal, rate: Decimal | None, spare: Decimal) -> bool:
    return rate is not None and vat != 0 and abs(net * rate / 100 - vat) > spare


def _spare(row: Row, of: Row, slot: str, country: str, day: date) -> Decimal:
    """By how much VAT may differ from its percentage; a cent of another currency is as many cents here as its rate."""
    rate = _amount(row, "rate") / (row.get("rate_amount") or 1) if row.get("currency") else Decimal(0)
    spare = CENT * (1 + rate)
    if country == "CZ" and day < OLD_VAT_UNTIL:
        spare += 1 + abs(_amount(of, f"net{slot}") + _amount(of, f"vat{slot}")) / 10000
    return spare


def _rate_filled(row: Row, fields: Sequence[str], country: str) -> str | None:
    if not row.get("currency"):
        return None
    if _amount(row, "rate") <= 0 or not row.get("rate_amount"):
        return "rate_missing"
    return "foreign_total_missing" if _amount(row, "total") and not _amount(row, "foreign_total") else None


def _in_year(row: Row, fields: Sequence[str], country: str) -> str | None:
    """A document of an earlier year stands in the books of a later one only when something of it was open then: a
    balance, or an advance that was paid and not yet deducted.
    """
    day, year = row.get(fields[0]), int(str(row["_id"]).partition("/")[0])
    if day is None or day.year == year:
        return None
    if day.year > year:
        return "year_later"
    if row.get("kind") in {"advance", "proforma"}:
        return None
    settled = row.get("settled_on")
    done = row.get("balance") == 0 and (settled is None or settled.year < year)
    return "year_earlier" if done else None


def _unit(row: Row, fields: Sequence[str], country: str) -> str | None:
    rows, name = _of(row, fields[0])
    if rows is None:
        if not row.get(name):
            return None if row.get("kind") == "text" else "unit_missing"
        further = (f"{name}_{number}" for number in (2, 3))
        return "unit_factor" if any(row.get(n) and _amount(row, f"{n}_factor") <= 0 for n in further) else None
    for line in rows:
        if line.get("product") and _amount(line, "quantity") and not line.get(name):
            return "unit_line"
        if line.get("product") and line.get("unit_factor") is not None and _amount(line, "unit_factor") <= 0:
            return "unit_factor"
    return None


def _once(row: Row, fields: Sequence[str], country: str) -> str | None:
    rows, name = _of(row, fields[0])
    values = [one[name] for one in rows or [] if one.get(name)]
    return "card_twice" if len(values) != len(set(values)) else None


def _known(row: Row, fields: Sequence[str], country: str) -> str | None:
    """`_known` holds the ids of the records there are; a reference into a year that it has no id of is not judged."""
    known = row.get("_known")
    if not known:
        return None
    rows, name = _of(row, fields[0])
    met = {one[name] for one in ([row] if rows is None else rows) if one.get(name)}
    gone = met - known.ids
    return "reference_gone" if any(reference.rpartition("/")[0] in known.tables for reference in gone) else None


def _balanced(row: Row, fields: Sequence[str], country: str) -> str | None:
    """`_paid` is the sum of the payments known of the document, None where there are none.

    Not every payment of earlier years is known: less than what is settled is no fault, more is. Payments of a foreign
    currency differ by the rate of their day.
    """
    total, balance, paid = _amount(row, "total"), _amount(row, fields[0]), row.get("_paid")
    if total * balance > 0 and abs(balance) > abs(total):
        return "balance_over_total"
    if paid is not None and not row.get("currency") and abs(paid) - abs(total - balance) >= CENT:
        return "balance_unlike_payments"
    return None


def _rows(row: Row, name: str) -> list[Row]:
    return list(row.get(name) or [])


def _of(row: Row, field: str) -> tuple[list[Row] | None, str]:
    """The rows of the set that `set.field` names (None for a field of the record itself) and the field's name."""
    place, dot, name = field.rpartition(".")
    return (_rows(row, place) if dot else None), name


def _amount(row: Row, name: str) -> Decimal:
    return Decimal(row.get(name) or 0)


_TOTALS = (*_AMOUNTS, "lines", "total", "rounding", "advance_deducted", "currency", "rate", "rate_amount")
RECORD_CHECKS: Mapping[str, Check] = {
    "sum_of_lines": Check(_TOTALS, _sum_of_lines),
    "vat_of_rate": Check((*_TOTALS, "taxed_on", "issued_on", "oss_country", "vat_historic"), _vat_of_rate),
    "rate_filled": Check(("currency", "rate", "rate_amount", "total", "foreign_total"), _rate_filled),
    "in_year": Check(("_id", "kind", "balance", "settled_on"), _in_year),
    "unit": Check(("kind", "unit_2", "unit_2_factor", "unit_3", "unit_3_factor"), _unit),
    "once": Check((), _once),
    "balanced": Check(("total", "currency", "_paid"), _balanced),
    "known": Check(("_known",), _known),
}


def asked(rule: str, fields: Iterable[str]) -> list[str]:
    """The columns that a rule on whole records looks at."""
    return list(dict.fromkeys(chain((name.partition(".")[0] for name in fields), RECORD_CHECKS[rule].asks)))
