"""Business keys: the values by which a record is known on both sides, in one text."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from pohoda_bridge.records.converters import convert, one_line
from pohoda_bridge.records.fingerprint import canonical

_FORMS = {"ico": "ico", "dic": "vat_number", "ic_dph": "vat_number", "zip": "postcode", "country": "country"}


def business_key(parts: Sequence[str], row: Mapping[str, Any]) -> str | None:
    """The normal forms of the parts, joined so that different tuples never give the same text; None when all are empty.

    Case and white space do not matter, accents do; IČO, VAT numbers and postcodes count in their converted form.
    """
    values = [_normal(part, row.get(part)) for part in parts]
    if not any(values):
        return None
    return "|".join(value.replace("\\", "\\\\").replace("|", "\\|") for value in values)


def group_value(fields: Sequence[str], row: Mapping[str, Any]) -> str | None:
    """What must be unique: the business key of the fields. Rows without any of them (None) belong to no group."""
    return business_key(fields, row)


def _normal(name: str, value: Any) -> str:
    if name in _FORMS:
        value = convert(_FORMS[name], value, country="SK")
    if value in (None, "", []):
        return ""
    if not isinstance(value, str):
        form = canonical(value)
        return form if isinstance(form, str) else orjson.dumps(form).decode()
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFD", value).casefold())
    return one_line(unicodedata.normalize("NFC", folded))
