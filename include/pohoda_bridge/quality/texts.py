"""What a finding says to the accountant, in three languages."""

from pohoda_bridge.catalogue.agenda import Expectation
from pohoda_bridge.catalogue.base import Titles
from pohoda_bridge.quality.labels import labels
from pohoda_bridge.records.faults import Fault


def told(expectation: Expectation, fault: Fault | None = None) -> Titles:
    """The settings' own text, else the fault's, else the rule's."""
    if expectation.text is not None:
        return expectation.text
    if fault is not None:
        return Titles(en=fault.en, cs=fault.cs, sk=fault.sk)
    return _of_rule(expectation)


def promised(expectation: Expectation) -> str:
    """The expectation in one English line, for Data Docs."""
    fields = " + ".join(expectation.fields)
    what = {
        "filled": f"one of {fields} is filled",
        "unique": f"{fields} occurs once on the whole side",
        "length": f"{fields} has at most {expectation.limit} characters",
        "whole": f"{fields} is a whole number",
        "sum_of_lines": f"{fields}: the lines add up to the amounts by VAT rate, and those to the total",
        "vat_of_rate": f"{fields}: VAT is what its rate makes in the country on the day",
        "rate_filled": f"{fields} comes with its rate and amount",
        "in_year": f"{fields} lies in the accounting year of the record",
        "known": f"{fields} leads to a record of the side",
        "unit": f"{fields} is filled and has a factor",
        "once": f"{fields} occurs once in the set",
        "balanced": f"{fields} is what the payments leave of the total",
    }.get(expectation.rule, f"{fields} is a right {expectation.rule}, or empty")
    return f"{what} ({expectation.level})"


def _of_rule(expectation: Expectation) -> Titles:
    field, limit = labels(expectation.fields), expectation.limit
    match expectation.rule:
        case "filled" if len(expectation.fields) > 1:
            return Titles(
                en=f"fill in at least one of: {field.en}",
                cs=f"vyplňte alespoň jedno z: {field.cs}",
                sk=f"vyplňte aspoň jedno z: {field.sk}",
            )
        case "filled":
            return Titles(en=f"fill in {field.en}", cs=f"vyplňte {field.cs}", sk=f"vyplňte {field.sk}")
        case "unique":
            return Titles(
                en=f"another record has the same {field.en}; merge the two, or tell them apart",
                cs=f"jiný záznam má stejné údaje ({field.cs}); slučte je, nebo je odlište",
                sk=f"iný záznam má rovnaké údaje ({field.sk}); zlúčte ich, alebo ich odlíšte",
            )
        case "length":
            return Titles(
                en=f"{field.en} is longer than the {limit} characters the CRM takes; shorten it",
                cs=f"{field.cs}: text je delší než {limit} znaků, které CRM přijme; zkraťte ho",
                sk=f"{field.sk}: text je dlhší ako {limit} znakov, ktoré CRM prijme; skráťte ho",
            )
    return Titles(
        en=f"{field.en} is not right; correct it",
        cs=f"{field.cs}: hodnota není správně; opravte ji",
        sk=f"{field.sk}: hodnota nie je správna; opravte ju",
    )
