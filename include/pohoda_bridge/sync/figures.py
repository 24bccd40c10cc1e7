"""Figures of a record that are summed from documents that name it, as what a project brought and cost.

A run of documents notes what each carried one adds, and makes the records whose figures change due; a run of the
records reads the sums. What a document adds is that of the last run that carried it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy import Connection

from pohoda_bridge.catalogue import Flow
from pohoda_bridge.ledger import Ledger, bindings, figures, waiting
from pohoda_bridge.ledger.figures import Share
from pohoda_bridge.records.home_net import home_net
from pohoda_bridge.records.keys import business_key
from pohoda_bridge.side import Row, Side
from pohoda_bridge.sync.canonical import CrmRows
from pohoda_bridge.sync.job import Job

CARRIED = frozenset({"created", "updated", "unchanged", "cannot_write"})


def begin(ledger: Connection, job: Job) -> None:
    """Before a run of documents: those carried while nobody asked for what they add are due. Sums are never of some."""
    feeds = job.flow.agenda.feeds
    if feeds is None or job.flow.direction != "to_crm":
        return
    if not job.flow.link.has(feeds.agenda, "to_crm"):
        figures.end(ledger, job.scope)
    elif not figures.begun(ledger, job.scope):
        figures.begin(ledger, job.scope)
        pairs = {binding.crm_id for binding in bindings.all_of(ledger, job.scope).values()}
        carried = sorted(pair.technical for pair in bindings.by_crm_id(ledger, job.scope, pairs).values())
        waiting.make_due(ledger, job.scope, carried, "what it adds to figures is not known yet")


def shares(job: Job, lines: Iterable[Row], records: Iterable[list[Row]]) -> dict[str, Share | None]:
    """What the documents of a run add, by the CRM's id; None for those that add nothing, or are deleted in POHODA.

    A pair that was deleted on both sides ends in the direction that runs first.
    """
    feeds = job.flow.agenda.feeds
    if feeds is None or not job.flow.link.has(feeds.agenda, "to_crm"):
        return {}
    if job.flow.direction == "to_pohoda":
        over = (line for line in lines if line.get("deletion") == "deleted")
        return {line["_id"]: None for line in over if line["outcome"] in {"deleted", "left_out"}}
    pairs, found = dict[str, str](), dict[str, Share | None]()
    for line in lines:
        if line.get("target_id") and line.get("deletion"):
            found[line["target_id"]] = None
        elif line.get("target_id") and line["outcome"] in CARRIED:
            pairs[line["_id"]] = line["target_id"]
    for part in records if pairs else ():
        for record in part:
            if crm_id := pairs.get(record["_id"]):
                key = business_key((feeds.key,), {feeds.key: record.get(feeds.by)})
                counts = key is not None and record.get("kind") in feeds.kinds
                found[crm_id] = (feeds.figure, str(key), home_net(record)) if counts else None
    return found


def note(ledger: Connection, job: Job, found: Mapping[str, Share | None]) -> None:
    """Note what documents add; the records whose figures it changes are due."""
    feeds = job.flow.agenda.feeds
    if feeds is None or not found or not figures.begun(ledger, job.scope):
        return
    fed = replace(job.scope, agenda=feeds.agenda, direction="to_crm")
    pairs = bindings.by_key(ledger, fed, figures.note(ledger, job.scope, found))
    waiting.make_due(ledger, fed, sorted(pair.technical for pair in pairs.values()), f"its {feeds.figure} changed")


class FedRows(CrmRows):
    """POHODA as the source of records that have figures."""

    def __init__(self, side: Side, flow: Flow, ledger: Ledger) -> None:
        super().__init__(side, flow)
        self._link, self._names = flow.link.link, flow.figures
        self._key = flow.agenda.key[0]
        self._ledger = ledger

    def rows(self, rows: list[Row]) -> list[Row]:
        """The rows with their figures; one that no document adds to has none."""
        keys = {row["_id"]: business_key(self._key, row) or "" for row in rows}
        with self._ledger.transaction() as ledger:
            sums = {name: figures.sums(ledger, self._link, name, keys.values()) for name in self._names}
        return [{**row, **{name: sums[name].get(keys[row["_id"]]) for name in self._names}} for row in rows]
