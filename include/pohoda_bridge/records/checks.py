"""Whether a value can be right: checksums and forms of IČO, DIČ, IČ DPH, e-mail and country.

Sources: IČO modulo 11 with weights 8 to 2 (CZ and SK alike); Slovak DIČ and IČ DPH: ten digits divisible by 11,
the first not 0, the third one of 2 3 4 7 8 9; Czech DIČ: CZ and the IČO, or a personal number of 9 or 10 digits,
whose own rules have exceptions and are not checked; other VAT numbers: the forms of VIES.
"""

import re
from collections.abc import Callable, Mapping

from pohoda_bridge.records.converters import without_space
from pohoda_bridge.records.countries import COUNTRIES, VAT_FORMS
from pohoda_bridge.records.derive import addresses_of
from pohoda_bridge.records.faults import FAULTS, Fault

_EIGHT = re.compile(r"[0-9]{8}")
_WHOLE = re.compile(r"-?[0-9]+(\.0*)?")
_SK_DIC = re.compile(r"[1-9][0-9][234789][0-9]{7}")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[^\W_]+(?:-+[^\W_]+)*"
_EMAIL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?:[^\W\d_]{{2,63}}|xn--[a-z0-9-]+)")


def fault(rule: str, value: str | None, *, country: str, row_country: str | None = None) -> Fault | None:
    """What is wrong with the value by the rule, or None; an empty value is never wrong, an unknown rule is KeyError.

    `country` is the unit's; `row_country` the partner's when known, and decides for its numbers.
    """
    check = CHECKS[rule]
    if value is None or not value.strip():
        return None
    code = check(value.strip(), country, (row_country or "").strip().upper() or country)
    return FAULTS[code] if code else None


def ico_checksum_holds(digits: str) -> bool:
    """Whether the eighth digit is the check digit of the first seven."""
    total = sum(int(digit) * weight for digit, weight in zip(digits[:7], range(8, 1, -1), strict=True))
    return int(digits[7]) == (11 - total % 11) % 10


def _ico(text: str, unit: str, country: str) -> str | None:
    if country not in {"CZ", "SK"}:
        return None
    bare = without_space(text)
    if not _EIGHT.fullmatch(bare):
        return "ico_form"
    if not ico_checksum_holds(bare):
        return "ico_checksum"
    return "ico_spaces" if bare != text else None


def _dic(text: str, unit: str, country: str) -> str | None:
    bare = without_space(text).upper()
    if country == "SK" and unit == "SK" and not bare.startswith("CZ"):
        code = _digits(bare, "dic_form_sk", "dic")
    elif bare[:2] in VAT_FORMS:
        code = _vat(bare, "dic_form_cz" if bare.startswith("CZ") else "dic_form_eu", "dic")
    else:
        code = {"CZ": "dic_form_cz", "SK": _digits(bare, "dic_form_sk", "dic")}.get(country)
    return code or ("dic_spaces" if bare != text.upper() else None)


def _ic_dph(text: str, unit: str, country: str) -> str | None:
    bare = without_space(text).upper()
    if bare[:2] in VAT_FORMS:
        code = _vat(bare, "ic_dph_form", "ic_dph")
    else:
        code = "ic_dph_prefix" if country in VAT_FORMS or country == "GR" else None
    return code or ("ic_dph_spaces" if bare != text.upper() else None)


def _vat(bare: str, form: str, kind: str) -> str | None:
    prefix, rest = bare[:2], bare[2:]
    if not VAT_FORMS[prefix].fullmatch(rest):
        return form
    if prefix == "SK":
        return _digits(rest, form, kind)
    if prefix == "CZ" and len(rest) == 8 and not ico_checksum_holds(rest):
        return f"{kind}_checksum"
    return None


def _digits(digits: str, form: str, kind: str) -> str | None:
    if not _SK_DIC.fullmatch(digits):
        return form
    return None if int(digits) % 11 == 0 else f"{kind}_checksum"


def _email(text: str, unit: str, country: str) -> str | None:
    entries = addresses_of(text)
    return None if entries and all(_one_email(entry) for entry in entries) else "email_form"


def _one_email(text: str) -> bool:
    return len(text) <= 254 and len(text.partition("@")[0]) <= 64 and bool(_EMAIL.fullmatch(text))


def _country(text: str, unit: str, country: str) -> str | None:
    return None if text in COUNTRIES else "country_unknown"


def _whole(text: str, unit: str, country: str) -> str | None:
    return None if _WHOLE.fullmatch(text) else "whole_fraction"


CHECKS: Mapping[str, Callable[[str, str, str], str | None]] = {
    "ico": _ico,
    "dic": _dic,
    "ic_dph": _ic_dph,
    "email": _email,
    "country": _country,
    "whole": _whole,
}
