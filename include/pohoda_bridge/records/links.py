"""The documents that one is made from, as references to their records, and back to POHODA's links.

POHODA names a linked document by its agenda and id in the same year, and by its number. Back goes what POHODA lets be
linked: another pair, or a document of another year whose number nobody knows, stays out of the links.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pohoda_bridge.records.amounts import Row

OFFERS = ("offers",)
ORDERS = ("received_orders", "issued_orders")
INVOICES = ("issued_invoices", "received_invoices")
CORRECTING = frozenset({"credit_note", "debit_note"})


def linked(
    sources: Sequence[Row] | None, agendas: Sequence[str], own_id: str, tables: Mapping[str, str]
) -> tuple[str | None, str | None]:
    """The first source of one of the agendas, by its id: its technical id and its number. `own_id` tells the year."""
    found = [source for source in sources or [] if source.get("agenda") in agendas]
    source = min(found, key=lambda one: (one.get("record") or 0, str(one.get("number"))), default=None)
    if source is None:
        return None, None
    year, table = own_id.partition("/")[0], tables.get(str(source["agenda"]))
    record = source.get("record")
    return f"{year}/{table}/{record}" if table and record else None, source.get("number")


def relinked(
    sources: Sequence[Row] | None,
    agendas: Sequence[str],
    wanted: tuple[str | None, str | None],
    *,
    kind: str | None,
    allowed: Mapping[str, Sequence[str]],
    year: int | None,
) -> list[dict[str, Any]] | None:
    """The sources with the wanted one (technical id, number) in place of those of the agendas. `allowed`: the agendas
    that a document may be made from, with the kinds that may; `year`: of the books that the document goes to."""
    kept = [dict(source) for source in sources or [] if source.get("agenda") not in agendas]
    agenda = next((name for name in agendas if name in allowed and (kind is None or kind in allowed[name])), None)
    technical, number = wanted
    of, _, record = (technical or "").rpartition("/")
    here = year is None or of.partition("/")[0] == str(year)
    made: dict[str, Any] = {"agenda": agenda}
    if record.isdecimal() and here:
        made["record"] = int(record)
    if number:
        made["number"] = number
    return [*kept, *([made] if agenda and len(made) > 1 else [])] or None
