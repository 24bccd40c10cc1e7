"""An agenda read once: its rows wait in a private temporary file, what must be unique is counted on the way."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from pathlib import Path

from pohoda_bridge.pohoda.side import PohodaSide
from pohoda_bridge.records.fingerprint import dumps, loads
from pohoda_bridge.records.keys import group_value
from pohoda_bridge.side import Row, Window
from pohoda_bridge.survey.subject import Subject
from pohoda_bridge.sync.shape import as_rows, of_pohoda
from pohoda_bridge.sync.validate import JUDGED_RAW

BATCH = 2000
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Gathered:
    """The rows of an agenda in a file, as they are judged; `counts` has each unique value's digest, by rule."""

    subject: Subject
    path: Path
    rows: int
    counts: dict[str, Counter[bytes]]

    def batches(self) -> Iterator[list[Row]]:
        """The rows, some thousand at a time."""
        with self.path.open(encoding="utf-8") as file:
            while lines := list(islice(file, BATCH)):
                yield [loads(line) for line in lines]

    def count(self, rule: str, fields: Sequence[str], row: Row) -> int:
        """How many records of the side have the row's value; 0 for a row without one."""
        value = _value(self.subject, fields, row)
        return self.counts[rule][value] if value is not None else 0


def gather(side: PohodaSide, subject: Subject, path: Path, progress: Progress) -> Gathered:
    """Read all records of the agenda; Retry and StopAgenda as the side says."""
    unique = [entry for entry in subject.expectations if entry.rule == "unique"]
    counts: dict[str, Counter[bytes]] = {entry.name: Counter() for entry in unique}
    read = 0
    name = subject.agenda.agenda
    side.describe(name)
    with path.open("w", encoding="utf-8") as file:
        for part in side.read(name, Window()).parts:
            for row in _shaped(part, subject) if part else []:
                for entry in unique:
                    value = _value(subject, entry.fields, row)
                    if value is not None:
                        counts[entry.name][value] += 1
                file.write(dumps(row) + "\n")
            read += len(part)
            progress(read)
    return Gathered(subject, path, read, counts)


def _shaped(part: list[Row], subject: Subject) -> list[Row]:
    """The rows with every canonical name; values that are judged as they stand in POHODA stay so."""
    raw = {name for entry in subject.expectations if entry.rule in JUDGED_RAW for name in entry.fields}
    if subject.agenda.forms:  # a record of one form lacks the fields of the others
        part = [{**dict.fromkeys(subject.agenda.names), **row} for row in part]
    shaped = as_rows(of_pohoda(part, subject))
    own = {"_saved": None, "_mark": None, "_fault": None}
    return [{**row, **own, **{n: old[n] for n in raw if n in old}} for row, old in zip(shaped, part, strict=True)]


def _value(subject: Subject, fields: Sequence[str], row: Row) -> bytes | None:
    """A digest of what must be unique; None where there is nothing, or where the record does not go anywhere."""
    if any(
        not (entry.unless and subject.setting(entry.unless)) and all(rule.holds(row) for rule in entry.when)
        for entry in subject.agenda.leave_out
    ):
        return None
    value = group_value(fields, row)
    return blake2b(value.encode("utf-8", "surrogatepass"), digest_size=12).digest() if value is not None else None
