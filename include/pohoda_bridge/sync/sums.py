"""What bound records amount to on both sides, by day and currency: how many, net, VAT, gross.

The agenda file says where the amounts stand (`sums`). Only pairs count: what waits or was refused is listed elsewhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pohoda_bridge.catalogue import Agenda
from pohoda_bridge.ledger.scope import chunks
from pohoda_bridge.records.accounting_table import HOME_CURRENCIES
from pohoda_bridge.records.fingerprint import canonical
from pohoda_bridge.side import Row, Window
from pohoda_bridge.sync.job import Job

AT_ONCE = 500
_ZERO = Decimal(0)


@dataclass(frozen=True)
class Line:
    """One day in one currency. `source` and `target`: what is summed -> amount; `count` is among them."""

    day: str
    currency: str
    source: Mapping[str, Decimal]
    target: Mapping[str, Decimal]

    @property
    def equal(self) -> bool:
        return self.source == self.target

    def as_dict(self) -> dict[str, Any]:
        """The line as JSON has it, amounts as text."""
        sides = (self.source, self.target)
        source, target = ({name: canonical(value) for name, value in side.items()} for side in sides)
        return {"day": self.day, "currency": self.currency, "source": source, "target": target, "equal": self.equal}


@dataclass
class Sums:
    """Collects pairs of rows in canonical names; amounts that a side does not have count as nothing, and an amount
    without a currency is in the one of the unit's country.
    """

    agenda: Agenda
    country: str
    _found: dict[tuple[str, str], tuple[dict[str, Decimal], dict[str, Decimal]]] = field(default_factory=dict)

    def add(self, source: Row, target: Row) -> None:
        for place, row in enumerate((source, target)):
            day = row.get(self.agenda.dated_by or "")
            home = HOME_CURRENCIES[self.country]
            group = (str(day or ""), str(row.get(self.agenda.sums.get("currency", "")) or home))
            into = self._found.setdefault(group, ({}, {}))[place]
            into["count"] = into.get("count", _ZERO) + 1
            for name, of in self._amounts():
                into[name] = into.get(name, _ZERO) + _number(row.get(of))

    def lines(self) -> list[Line]:
        """By day and currency, the oldest first."""
        nothing = dict.fromkeys(("count", *(name for name, _ in self._amounts())), _ZERO)
        return [Line(*group, {**nothing, **s}, {**nothing, **t}) for group, (s, t) in sorted(self._found.items())]

    def _amounts(self) -> list[tuple[str, str]]:
        return [(name, of) for name, of in self.agenda.sums.items() if name != "currency"]


def of_run(job: Job, records: Iterable[list[Row]], pairs: Mapping[str, str]) -> list[Line]:
    """The sums of a run's records, the target read anew. `pairs`: id in the source -> id in the target."""
    made = Sums(job.flow.agenda, job.flow.unit.country)
    for part in records:
        known = {row["_id"]: row for row in part if row["_id"] in pairs}
        for some in chunks(known, AT_ONCE):
            ids = tuple(sorted({pairs[technical] for technical in some}))
            there = {row["_id"]: row for found in job.target.read(job.agenda, Window(ids=ids)).parts for row in found}
            for technical in some:
                if pairs[technical] in there:
                    made.add(known[technical], there[pairs[technical]])
    return made.lines()


def _number(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(value or 0)
