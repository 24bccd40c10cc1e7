"""A new document made ready to go: filled by the accountant's table, its amounts held against its lines."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pohoda_bridge.catalogue import Agenda, Unit
from pohoda_bridge.records.accounting import filled
from pohoda_bridge.records.totals import differences
from pohoda_bridge.side import Answer, Item, Pack

WHOLE = frozenset({"net", "vat"})
"""Amounts of a whole document that no agenda keeps: they only say what must come out."""
RATE = "rate_missing"


@dataclass
class Prepared:
    """`pack` holds the items that may go, `refused` answers the others; `given`: item -> field -> row of the table."""

    pack: Pack
    refused: dict[str, Answer] = field(default_factory=dict)
    given: dict[str, dict[str, int]] = field(default_factory=dict)

    def answers(self, pack: Pack, written: Sequence[Answer], table: str) -> list[Answer]:
        """One answer for each item of the pack as it was given, in order; each tells what the table gave it."""
        known = self.refused | {answer.item_id: answer for answer in written}
        return [self._told(known[item.id], table) for item in pack.items]

    def _told(self, answer: Answer, table: str) -> Answer:
        given = self.given.get(answer.item_id)
        details = {**answer.details, "filled": {"table": table, "rows": given}} if given else answer.details
        return replace(answer, details=details)


def prepared(agenda: Agenda, unit: Unit, pack: Pack) -> Prepared:
    """The pack with new documents filled. A document whose amounts are not what its lines make is refused, not mended.

    Amounts that POHODA computes itself (`total`) may stand in the values: they are compared, and not sent.
    """
    made = Prepared(pack)
    items = []
    for item in pack.items:
        if item.action != "create" or "lines" not in agenda.sets:
            items.append(item)
            continue
        values, given = filled(item.values, unit.accounting, unit, agenda.agenda)
        faults = [one for one in differences(values, unit.country) if one.code != RATE or not unit.own_rates]
        if faults:
            reasons = tuple(f"{fault.code}: {fault.en}" for fault in faults)
            told = [{"en": fault.en, "cs": fault.cs, "sk": fault.sk} for fault in faults]
            made.refused[item.id] = Answer(item.id, "refused", reasons=reasons, details={"told": told})
        else:
            items.append(_without(item, values, compared(agenda)))
            made.given[item.id] = given
    made.pack = replace(pack, items=tuple(items))
    return made


def compared(agenda: Agenda) -> frozenset[str]:
    """The amounts of the agenda's documents that are compared and not sent; other records have none."""
    if "lines" not in agenda.sets:
        return frozenset()
    return WHOLE | {name for name, spec in agenda.fields.items() if spec.type == "decimal" and not spec.write}


def _without(item: Item, values: dict[str, object], names: frozenset[str]) -> Item:
    return replace(item, values={name: value for name, value in values.items() if name not in names})
