"""Strategies shared by the property tests."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hypothesis import strategies as st

from pohoda_bridge.catalogue import Agenda, Field

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
spaces = st.text(st.sampled_from(" \t\r\n\u00a0\u2009\u200b"), max_size=4)
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**15), max_value=10**15)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    texts,
    decimals,
    st.dates(date(1900, 1, 1)),
    st.datetimes(datetime(1900, 1, 1)),
)
records = st.dictionaries(st.sampled_from("abcdefgh"), scalars | st.lists(texts, max_size=3), max_size=8)


def ico(seven: str) -> str:
    """Seven digits with their check digit."""
    rest = sum(int(digit) * weight for digit, weight in zip(seven, (8, 7, 6, 5, 4, 3, 2), strict=True)) % 11
    return seven + {0: "1", 1: "0"}.get(rest, str(11 - rest))


icos = st.from_regex(r"[0-9]{7}", fullmatch=True).filter(str.isascii).map(ico)
slovak_dics = st.builds(
    lambda head, third, tail: f"{head}{third}{tail:06d}",
    st.integers(10, 99),
    st.sampled_from("234789"),
    st.integers(0, 999_999),
).map(lambda nine: next((f"{nine}{last}" for last in range(10) if int(f"{nine}{last}") % 11 == 0), None))
slovak_dics = slovak_dics.filter(lambda number: number is not None)

_LETTERS = "aáäbcčdďeéěfghiíjklĺľłmnňoóôöőpqrřŕsšśtťuúůüűvyýzžźżß AÁŽ0123456789„“–&<>'\"%€§/.,-"
_RATES = {"SK": {"none": 0, "low": 19, "high": 23, "third": 5}, "CZ": {"none": 0, "low": 12, "high": 21}}
_CURRENCIES = {
    "SK": (("CZK", Decimal("0.04045"), 1), ("HUF", Decimal("0.2487"), 100)),
    "CZ": (("EUR", Decimal("24.715"), 1), ("HUF", Decimal("6.148"), 100)),
}
_AMOUNTS = ("net_none", "net_low", "vat_low", "net_high", "vat_high", "net_third", "vat_third")


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def kept_texts(limit: int) -> st.SearchStrategy[str]:
    """A line of text that Windows-1250 holds, without space at its ends, never empty; one in three fills the limit."""
    short = st.text(_LETTERS, min_size=1, max_size=min(limit, 10)).map(str.strip).filter(bool)
    return st.one_of(short, short, short.map(lambda text: (text * limit)[:limit].strip()))


def _value(name: str, spec: Field, codes: Mapping[str, list[str]]) -> st.SearchStrategy[Any] | None:
    """Values of a field that any document may have; None for those that hang together with others."""
    if spec.xml is None or not spec.write or spec.only or spec.words or spec.ref or name in {"number", "series"}:
        return None
    if "$summary" in spec.xml or name in {"oss_country", "rate", "rate_amount"}:
        return None
    if spec.codes and spec.codes.sql:
        known = codes.get(spec.codes.sql.partition(".")[0])
        return st.sampled_from(known) if known else None
    if name.endswith("symbol"):
        return st.text("0123456789", min_size=1, max_size=spec.limit)
    if spec.type == "text" and not spec.convert:
        return kept_texts(spec.limit or 60)
    if spec.convert == "lines":
        return st.lists(kept_texts(30), min_size=1, max_size=4).map("\n".join)
    return {"boolean": st.booleans(), "date": st.dates(date(2026, 1, 1), date(2026, 12, 31))}.get(spec.type)


@st.composite
def _lines(draw: st.DrawFn, country: str, rate: Decimal | None, spec: Mapping[str, Field], most: int) -> dict[str, Any]:
    """A line that adds up; with a rate in another currency and at home."""
    slot, with_vat = draw(st.sampled_from(sorted(_RATES[country]))), draw(st.booleans())
    line: dict[str, Any] = {
        "text": draw(kept_texts(90)), "quantity": draw(st.decimals(-500, most, places=2)), "vat_slot": slot,
        "with_vat": with_vat, "discount": draw(st.sampled_from([Decimal(0), Decimal(5), Decimal("12.5")])),
    }  # fmt: skip
    if "kind" in spec:
        line["kind"] = "item"
    for name in draw(st.sets(st.sampled_from(["unit", "code", "note"]), max_size=3)):
        line[name] = draw(kept_texts(spec[name].limit or 10))
    price, percent = draw(st.decimals(0, 9999, places=2)), Decimal(_RATES[country][slot])
    amount = _cents(price * line["quantity"] * (100 - line["discount"]) / 100)
    vat = _cents(amount * percent / ((100 + percent) if with_vat else 100))
    net = amount - vat if with_vat else amount
    if rate is None:
        return line | {"unit_price": price, "net": net, "vat": vat}
    line |= {"foreign_unit_price": price, "foreign_net": net, "foreign_vat": vat}
    home = _cents(net * rate)
    return line | {"unit_price": _cents(price * rate), "net": home, "vat": _cents(home * percent / 100)}


@st.composite
def documents(draw: st.DrawFn, agenda: Agenda, country: str, codes: Mapping[str, list[str]]) -> dict[str, Any]:
    """A canonical document that POHODA keeps as it is: any fields, lines that add up, in any currency of the unit.

    `codes` are the unit's lists by table. The number is the caller's.
    """
    spec = agenda.fields
    possible = {name: one for name in spec if (one := _value(name, spec[name], codes)) is not None}
    names = draw(st.sets(st.sampled_from(sorted(possible)), max_size=8))
    needed = {name for name in possible if spec[name].needed} | {"company"} | ({"text"} & set(possible))
    record = {name: draw(possible[name]) for name in sorted(names | needed)}
    if "kind" in spec:
        record["kind"] = draw(st.sampled_from(sorted(_kinds(agenda))))
    if "lines" not in agenda.sets:
        return record
    currency, rate = draw(st.none() | st.sampled_from(_CURRENCIES[country])), None
    if currency:
        record["currency"], record["rate"], record["rate_amount"] = currency
        rate = currency[1] / currency[2]
    line = _lines(country, rate, agenda.sets["lines"].fields, 0 if record["kind"] == "credit_note" else 500)
    record["lines"] = draw(st.lists(line, min_size=1, max_size=6))
    return record | _totals(record["lines"], foreign=rate is not None)


def _kinds(agenda: Agenda) -> set[str]:
    """The kinds that the agenda takes."""
    words = set(agenda.fields["kind"].words)
    return words & {"received" if agenda.agenda == "received_orders" else "issued"} or words


def _totals(lines: list[dict[str, Any]], *, foreign: bool) -> dict[str, Any]:
    sums = dict.fromkeys(_AMOUNTS, Decimal(0))
    for line in lines:
        sums[f"net_{line['vat_slot']}"] += line["net"]
        if line["vat_slot"] != "none":
            sums[f"vat_{line['vat_slot']}"] += line["vat"]
    total = {"total": sum(sums.values(), Decimal(0))}
    if foreign:
        total["foreign_total"] = sum((line["foreign_net"] + line["foreign_vat"] for line in lines), Decimal(0))
    return sums | total
