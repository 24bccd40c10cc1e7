"""Technical ids of POHODA's rows: "<year>/<table>/<ID>", unique within one unit."""

import re

_FORM = re.compile(r"(\d{4})/(\w+)/([1-9]\d{0,17})", re.ASCII)


def technical(year: int, table: str, number: int) -> str:
    """The technical id of a row."""
    return f"{year}/{table}/{number}"


def parsed(technical_id: str) -> tuple[int, str, int] | None:
    """Year, table and ID, or None for a text of another form."""
    found = _FORM.fullmatch(technical_id)
    return (int(found[1]), found[2], int(found[3])) if found else None


def number_in(technical_id: object, year: int, table: str) -> int | None:
    """The ID that a technical id names in this table of this year, or None when it lies elsewhere."""
    found = parsed(technical_id) if isinstance(technical_id, str) else None
    return found[2] if found and found[:2] == (year, table) else None


def padded(ico: object) -> str:
    """An IČO with the leading zeros that POHODA's settings may lack."""
    return re.sub(r"\s", "", str(ico or "")).zfill(8)
