"""Read from the source what changed and what is due from before; the batch is what is left to do."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.ledger import Request, bindings, runs, sightings, waiting
from pohoda_bridge.records.fingerprint import fingerprint
from pohoda_bridge.records.keys import group_value
from pohoda_bridge.side import Mark, Reading, Row, Window
from pohoda_bridge.sync.figures import begin as begin_figures
from pohoda_bridge.sync.job import Job
from pohoda_bridge.sync.shape import as_rows, shape
from pohoda_bridge.sync.store import batch_schema
from pohoda_bridge.sync.window import reaching_back, window_of

log = logging.getLogger(__name__)
LATER = ("findings", "records", "plan", "results", "report.html")
"""What later steps made of an earlier try: a run that is cleared reads anew, and an old plan would hide the news."""
SHRUNK = 0.5
"""A full read that brings less than this share of what was known before is not believed to show deletions."""
ASKED_BY_ID = 5000
"""More records than this are not asked for one by one: the source is read whole instead."""


@dataclass
class _Sift:
    """What one extraction has met so far."""

    due: set[str]
    whole: bool = False
    met: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)
    skipped: int = 0
    read: int = 0


def extract(job: Job, run_id: str, request: Request) -> bool:
    """Write the batch of a run; False when nothing changed and nothing is due, and the run is over with that."""
    with job.ledger.transaction() as ledger:
        runs.begin(ledger, run_id, job.scope, request)
        if request.moves_cursor:
            begin_figures(ledger, job)
        due = request.ids if request.mode == "ids" else waiting.due(ledger, job.scope)
        sift = _Sift(set(due), whole=request.mode == "full")
    files = job.files(run_id)
    for name in LATER:
        files.clear(name)
    job.source.describe(job.agenda)
    window, reading = _reading(job, request)
    count = files.write("batch", _batch(job, sift, reading.parts, window), batch_schema(job.flow.types))
    gone = sorted(sift.due - sift.met)
    files.write("gone", [[{"_id": technical} for technical in gone]])
    log.info(
        "%s: read %d, of them unchanged %d; batch %d, gone %d",
        job.flow.dag_id,
        sift.read,
        sift.skipped,
        count,
        len(gone),
    )
    with job.ledger.transaction() as ledger:
        runs.extracted(ledger, run_id, reading.now, sift.skipped)
        if count or gone:
            return True
        runs.finish(ledger, runs.get(ledger, run_id), {"read": sift.read, "unchanged": sift.skipped}, None)
    return False


def _reading(job: Job, request: Request) -> tuple[Window, Reading]:
    """What is read, and the reading of it; begun anew when the source's clock was set back, or stands still."""
    zone = job.flow.source_zone
    with job.ledger.transaction() as ledger:
        cursor, age = runs.cursor(ledger, job.scope), runs.cursor_age(ledger, job.scope)
    window = window_of(request, cursor, zone)
    if window.whole and job.flow.settings.rules_at_source:
        window = replace(window, rules=job.flow.rules_for_source)
    reading = job.source.read(job.agenda, window)
    if request.mode != "incremental" or (longer := reaching_back(window, reading.now, age, zone)) == window:
        return window, reading
    log.info("%s: the source's clock stands behind our own; reading further back", job.flow.dag_id)
    return longer, job.source.read(job.agenda, longer)


def _batch(job: Job, sift: _Sift, parts: Iterator[list[Row]], window: Window) -> Iterator[list[Row]]:
    """The rows to process: changed ones, then due ones, then those whose group of unique values changed meanwhile."""
    for part in parts:
        yield _fresh(job, sift, part)
    if window.rules:
        yield from _kept_back(job, sift)
    if window.whole:
        _forget_gone(job, sift)
    _look_after_duplicates(job, sift)
    asked: set[str] = set()
    while missing := sorted(sift.due - sift.met - asked):
        asked |= set(missing)
        for part in job.source.read(job.agenda, Window(ids=tuple(missing))).parts:
            yield _fresh(job, sift, part)
        absent = set(missing) - sift.met
        with job.ledger.transaction() as ledger:
            _judge_again(ledger, job, sift, sightings.forget(ledger, job.scope, absent))


def _kept_back(job: Job, sift: _Sift) -> Iterator[list[Row]]:
    """Known records that the source kept back by the rules, or that are gone: leaving a rule is not a deletion."""
    with job.ledger.transaction() as ledger:
        known = sightings.known(ledger, job.scope) | bindings.sources(ledger, job.scope).keys()
    missing = sorted(known - sift.met)
    window = Window(ids=tuple(missing)) if len(missing) <= ASKED_BY_ID else Window()
    for part in job.source.read(job.agenda, window).parts if missing else ():
        yield _fresh(job, sift, [row for row in part if row["_id"] in known])


def _fresh(job: Job, sift: _Sift, part: list[Row]) -> list[Row]:
    """Of a part the rows that changed or are due; notes the values that must be unique over the whole side.

    A full run takes every row: the target may have changed where the source did not.
    """
    part = [row for row in {row["_id"]: row for row in part}.values() if row["_id"] not in sift.met]
    sift.met |= {row["_id"] for row in part}
    sift.read += len(part)
    prints = {row["_id"]: print_of(row, job.flow.print) for row in part}
    with job.ledger.transaction() as ledger:
        settled = set() if sift.whole else sightings.settled(ledger, job.scope, prints)
    fresh = [
        {**row, "_print": prints[row["_id"]], "_mark": _as_list(row.get("_mark"))}
        for row in part
        if row["_id"] not in settled or row["_id"] in sift.due
    ]
    sift.skipped += len(part) - len(fresh)
    if fresh:
        sift.taken |= {row["_id"] for row in fresh}
        values = _unique_values(job, fresh)
        with job.ledger.transaction() as ledger:
            _judge_again(ledger, job, sift, sightings.regroup(ledger, job.scope, values))
    return fresh


def _judge_again(ledger: Connection, job: Job, sift: _Sift, mates: set[str]) -> None:
    """Records whose group of a unique value changed are due; one that went by as unchanged is read once more."""
    waiting.make_due(ledger, job.scope, sorted(mates), "a record with the same unique value came, changed or went")
    sift.due |= mates
    again = (mates & sift.met) - sift.taken
    sift.met -= again
    sift.read -= len(again)
    sift.skipped -= len(again)


def _as_list(mark: Mark | None) -> list[str] | None:
    return [mark.source, mark.id] if mark else None


def print_of(row: Row, settings: str) -> str:
    """The fingerprint of a source row and of the settings that decide what becomes of it."""
    return fingerprint(
        {**{name: value for name, value in row.items() if not name.startswith("_")}, "_settings": settings}
    )


def _unique_values(job: Job, rows: list[Row]) -> Mapping[str, Mapping[str, str | None]]:
    rules = [e for e in job.flow.agenda.expect if e.rule == "unique"]
    return {
        row["_id"]: {e.name: None if row["_left_out"] else group_value(e.fields, row) for e in rules}
        for row in as_rows(shape([{k: v for k, v in row.items() if k != "_print"} for row in rows], job.flow))
    }


def _forget_gone(job: Job, sift: _Sift) -> None:
    """Records of a year that is not read any more are forgotten too, but do not count as vanished."""
    with job.ledger.transaction() as ledger:
        known = sightings.known(ledger, job.scope)
        gone = known - sift.met
        read = {job.source.mark_of(technical).source for technical in sift.met}
        here = {one for one in known if not read or job.source.mark_of(one).source in read}
        if len(sift.met & here) < SHRUNK * len(here):
            raise StopAgenda(
                f"the source shows {len(sift.met & here)} of {len(here)} known records of {job.agenda}: is it the "
                "right company and a complete database? Nothing was changed. If a person did delete them: "
                f"pohoda-bridge reconcile {job.flow.link.link} --queue --believe"
            )
        _judge_again(ledger, job, sift, sightings.forget(ledger, job.scope, gone))
        waiting.settle(ledger, job.scope, dict.fromkeys(gone - sift.due, "gone"))


def _look_after_duplicates(job: Job, sift: _Sift) -> None:
    """A duplicate is resolved too when its twin was deleted; that leaves no trace, so twins are looked for by id."""
    with job.ledger.transaction() as ledger:
        waiting_rows = {
            row["technical"] for row in waiting.quarantined(ledger, job.scope) if _is_duplicate(row["reasons"])
        }
        twins = sorted(sightings.group_mates(ledger, job.scope, waiting_rows) - sift.met)
    if not twins:
        return
    there = {row["_id"] for part in job.source.read(job.agenda, Window(ids=tuple(twins))).parts for row in part}
    gone = set(twins) - there
    with job.ledger.transaction() as ledger:
        _judge_again(ledger, job, sift, sightings.forget(ledger, job.scope, gone))
        waiting.settle(ledger, job.scope, dict.fromkeys(gone - sift.due, "gone"))


def _is_duplicate(reasons: list[dict[str, str]]) -> bool:
    return any(reason["rule"].startswith("unique:") for reason in reasons)
