"""A unit surveyed: every agenda read, then every record judged. One agenda that cannot be read stops no other."""

import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from pohoda_bridge.catalogue import Catalogue, Unit
from pohoda_bridge.catalogue.base import Titles
from pohoda_bridge.connections import Connections
from pohoda_bridge.errors import BridgeError
from pohoda_bridge.pohoda.side import PohodaSide
from pohoda_bridge.quality.frame import count_column
from pohoda_bridge.quality.judge import judge
from pohoda_bridge.records.document_checks import Known
from pohoda_bridge.side import Row
from pohoda_bridge.survey.gather import Gathered, gather
from pohoda_bridge.survey.references import References
from pohoda_bridge.survey.subject import subjects

NUMBERS = ("number", "code", "document_number")
NAMES = ("company", "name", "person", "text", "title")
EVERY_SECONDS = 5.0
Told = Callable[[str], None]


@dataclass(frozen=True)
class Fault:
    """One reason against one record; `number` and `name` are what a person finds it by in POHODA."""

    agenda: str
    id: str
    number: str
    name: str
    rule: str
    level: str
    fields: tuple[str, ...]
    text: Titles


@dataclass
class Survey:
    """What was read of a unit, what is wrong with it, and which agendas could not be read, with the reason."""

    unit: Unit
    titles: Mapping[str, Titles]
    rows: dict[str, int] = field(default_factory=dict)
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)

    def levels(self, agenda: str) -> Counter[str]:
        """How many reasons there are, by level."""
        return Counter(fault.level for fault in self.faults.get(agenda, []))


def survey(known: Catalogue, unit: Unit, links: list[str], connections: Connections, told: Told) -> Survey:
    """Read and judge every agenda of the unit; nothing is written anywhere but to a private temporary folder.

    `links` are those of the unit: their settings say how agendas are read and how long texts may be. `told` is called
    now and then with what is being done.
    """
    found = Survey(unit, {name: agenda.title for name, agenda in known.agendas.items()})
    with tempfile.TemporaryDirectory(prefix="pohoda-bridge-") as folder:
        sides: dict[str, PohodaSide] = {}
        try:
            gathered: dict[str, Gathered] = {}
            for subject in subjects(known, unit, links):
                name = subject.agenda.agenda
                if subject.way not in sides:
                    sides[subject.way] = PohodaSide(unit, known.agendas, subject.way, connections)
                try:
                    path = Path(folder) / name
                    gathered[name] = gather(sides[subject.way], subject, path, _slowly(told, name))
                except BridgeError as error:
                    found.unread[name] = error.text
            paid, references = _paid(gathered.get("payments")), References(known.agendas)
            for name, one in gathered.items():
                try:
                    leads = references.known(one.subject, sides[one.subject.way])
                    found.faults[name] = list(_judged(one, leads, paid))
                    found.rows[name] = one.rows
                except BridgeError as error:
                    found.unread[name] = error.text
        finally:
            for side in sides.values():
                side.close()
    return found


def _judged(gathered: Gathered, known: Known, paid: Mapping[str, Decimal]) -> Iterator[Fault]:
    import pandas as pd

    subject = gathered.subject
    for rows in gathered.batches():
        frame = pd.DataFrame([{**row, "_known": known, "_paid": paid.get(row["_id"])} for row in rows], dtype=object)
        for entry in subject.expectations:
            if entry.rule == "unique":
                frame[count_column(entry)] = [gathered.count(entry.name, entry.fields, row) for row in rows]
        by_id = {row["_id"]: row for row in rows}
        country, title = subject.unit.country, subject.agenda.title.en
        for finding in judge(frame, subject.expectations, country=country, title=title):
            row = by_id[finding.id]
            number, name = _first(row, NUMBERS), _first(row, NAMES)
            yield Fault(
                subject.agenda.agenda, finding.id, number, name, finding.rule, finding.level, finding.fields,
                finding.text,
            )  # fmt: skip


def _paid(payments: Gathered | None) -> Mapping[str, Decimal]:
    """What was paid of each document, by its id."""
    paid: defaultdict[str, Decimal] = defaultdict(Decimal)
    for rows in payments.batches() if payments else ():
        for row in rows:
            if row.get("document") and row.get("amount") is not None:
                paid[row["document"]] += row["amount"]
    return paid


def _slowly(told: Told, name: str) -> Callable[[int], None]:
    """Tells of long reads, not more often than every few seconds."""
    last = time.monotonic()

    def progress(rows: int) -> None:
        nonlocal last
        if time.monotonic() - last >= EVERY_SECONDS:
            last = time.monotonic()
            told(f"{name}: {rows} read")

    return progress


def _first(row: Row, names: tuple[str, ...]) -> str:
    return next((str(row[name]) for name in names if row.get(name)), "")
