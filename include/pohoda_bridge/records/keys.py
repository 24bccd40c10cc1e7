"""Business keys: the values by which a record is known on both sides, in one text."""

import unicodedata
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

import orjson

from pohoda_bridge.records.converters import convert, one_line
from pohoda_bridge.records.fingerprint import canonical

_FORMS = {"ico": "ico", "dic": "vat_number", "ic_dph": "vat_number", "zip": "postcode", "country": "country"}
LONGEST = 500
"""Characters of a key: PostgreSQL indexes no longer ones, and no real key comes near it."""


def business_key(parts: Sequence[str], row: Mapping[str, Any]) -> str | None:
    """The normal forms of the parts, joined so that different tuples never give the same text; None when all are empty.

    Case and white space do not matter, accents do; IČO, VAT numbers and postcodes count in their converted form. NUL,
    which neither XML nor PostgreSQL takes, is passed over. A key longer than LONGEST ends in a digest of the whole.
    """
    values = [_normal(part, row.get(part)).replace("\0", "") for part in parts]
    if not any(values):
        return None
    key = "|".join(value.replace("\\", "\\\\").replace("|", "\\|") for value in values)
    if len(key) <= LONGEST:
        return key
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return f"{key[: LONGEST - len(digest) - 1]}…{digest}"


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
