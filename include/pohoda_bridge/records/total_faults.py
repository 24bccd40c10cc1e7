"""What can be wrong with the amounts of a document that is to be written, told to a person with both amounts."""

from collections.abc import Mapping
from decimal import Decimal

from pohoda_bridge.records.faults import Fault

Texts = tuple[str, str, str]

_FIELDS: Mapping[str, Texts] = {
    "net": ("net amount", "částka bez DPH", "suma bez DPH"),
    "vat": ("VAT", "DPH", "DPH"),
    "net_none": ("net amount without VAT", "základ v nulové sazbě", "základ v nulovej sadzbe"),
    "net_low": ("net amount at the reduced rate", "základ ve snížené sazbě", "základ v zníženej sadzbe"),
    "vat_low": ("VAT at the reduced rate", "DPH ve snížené sazbě", "DPH v zníženej sadzbe"),
    "net_high": ("net amount at the basic rate", "základ v základní sazbě", "základ v základnej sadzbe"),
    "vat_high": ("VAT at the basic rate", "DPH v základní sazbě", "DPH v základnej sadzbe"),
    "net_third": ("net amount at the third rate", "základ ve třetí sazbě", "základ v tretej sadzbe"),
    "vat_third": ("VAT at the third rate", "DPH ve třetí sazbě", "DPH v tretej sadzbe"),
    "rounding": ("rounding", "zaokrouhlení", "zaokrúhlenie"),
    "total": ("total", "celkem", "celkom"),
    "foreign_net": ("net amount in the currency", "částka bez DPH v měně", "suma bez DPH v mene"),
    "foreign_vat": ("VAT in the currency", "DPH v měně", "DPH v mene"),
    "foreign_rounding": ("rounding in the currency", "zaokrouhlení v měně", "zaokrúhlenie v mene"),
    "foreign_total": ("total in the currency", "celkem v měně", "celkom v mene"),
    "advance_deducted": ("deducted advances", "odečtené zálohy", "odpočítané preddavky"),
    "rounding_mode": ("way of rounding", "způsob zaokrouhlení", "spôsob zaokrúhlenia"),
    "rate": ("exchange rate", "kurz", "kurz"),
    "rate_amount": ("amount of the rate", "množství kurzu", "množstvo kurzu"),
    "quantity": ("quantity", "množství", "množstvo"),
    "unit_price": ("unit price", "jednotková cena", "jednotková cena"),
    "foreign_unit_price": ("unit price in the currency", "jednotková cena v měně", "jednotková cena v mene"),
    "discount": ("discount", "sleva", "zľava"),
    "vat_slot": ("VAT rate", "sazba DPH", "sadzba DPH"),
    "vat_explicit": ("VAT percentage", "procento DPH", "percento DPH"),
}
_LINE: Texts = ("line {place}, ", "položka {place}, ", "položka {place}, ")
_TEXTS: Mapping[str, Texts] = {
    "amount_unlike": (
        "given {given}, computed {computed}; correct it or the lines",
        "uvedeno {given}, vypočteno {computed}; opravte částku nebo položky",
        "uvedené {given}, vypočítané {computed}; opravte sumu alebo položky",
    ),
    "number_unfit": (
        "this is no number that a document can have; correct it",
        "takové číslo na dokladu být nemůže; opravte je",
        "také číslo na doklade nemôže byť; opravte ho",
    ),
    "percent_unknown": (
        "nobody can tell its percentage on that day; choose a known rate, or give the percentage with OSS",
        "k tomuto datu není známo její procento; zvolte známou sazbu, u OSS uveďte procento",
        "k tomuto dátumu nie je známe jej percento; zvoľte známu sadzbu, pri OSS uveďte percento",
    ),
    "rounding_unknown": (
        "POHODA has no such way; choose one of its list",
        "POHODA takový způsob nemá; zvolte jej ze seznamu",
        "POHODA taký spôsob nemá; zvoľte ho zo zoznamu",
    ),
    "rounding_large": (
        "a document is rounded by less than one unit of its currency; check the total",
        "doklad se zaokrouhluje o méně než jednu jednotku měny; zkontrolujte celkovou částku",
        "doklad sa zaokrúhľuje o menej než jednu jednotku meny; skontrolujte celkovú sumu",
    ),
    "credit_positive": (
        "a credit note takes money back, its total cannot be above zero; enter quantities as negative",
        "dobropis částku vrací, celkem nemůže být kladné; zadejte množství záporně",
        "dobropis sumu vracia, celkom nemôže byť kladné; zadajte množstvo záporne",
    ),
    "rate_missing": (
        "the document is in a foreign currency without its rate; fill in the rate and the amount that it is for",
        "doklad je v cizí měně bez kurzu; doplňte kurz a množství, pro které platí",
        "doklad je v cudzej mene bez kurzu; doplňte kurz a množstvo, pre ktoré platí",
    ),
    "advance_positive": (
        "a deducted advance lowers the document; enter it as negative",
        "odečtená záloha doklad snižuje; zadejte ji záporně",
        "odpočítaný preddavok doklad znižuje; zadajte ho záporne",
    ),
}


def told(code: str, field: str, place: int | None = None, **values: str) -> Fault:
    """The fault `code` of a field; `place` is the line's number, from 1."""
    en, cs, sk = (
        f"{(_LINE[of].format(place=place) if place else '')}{_FIELDS[field][of]}: {text.format(**values)}"
        for of, text in enumerate(_TEXTS[code])
    )
    return Fault(code, en, cs, sk)


def amount_unlike(field: str, given: Decimal, computed: Decimal, place: int | None = None) -> Fault:
    """A given amount that is not the computed one; both stand in the text, with a comma in Czech and Slovak."""
    english = told("amount_unlike", field, place, given=_plain(given), computed=_plain(computed))
    comma = {"given": _plain(given).replace(".", ","), "computed": _plain(computed).replace(".", ",")}
    local = told("amount_unlike", field, place, **comma)
    return Fault(english.code, english.en, local.cs, local.sk)


def _plain(amount: Decimal) -> str:
    """At least two places, more where the amount has them."""
    short = amount.quantize(Decimal("0.01"))
    return f"{short if short == amount else amount.normalize():f}"
