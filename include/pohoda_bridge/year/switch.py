"""The switch itself: marks in the CRM, the ledger, the unit file, in this order; run again it ends the same.

The old procedure by hand lost notes when one step was forgotten, or a task of the scheduler ran in the middle. So the
leases are taken first, and what could not be undone is not done: no record is made, and none but the mark is written.
"""

from collections.abc import Mapping
from typing import Any

from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.ledger import Scope, years
from pohoda_bridge.ledger.store import utc_now
from pohoda_bridge.side import Mark, Relink
from pohoda_bridge.sync import Job
from pohoda_bridge.year import unit_file
from pohoda_bridge.year.carry import Carrying, Decisions
from pohoda_bridge.year.change import Change
from pohoda_bridge.year.holding import Held, held
from pohoda_bridge.year.marks import Stand, relink, stand
from pohoda_bridge.year.point import point_of
from pohoda_bridge.year.rehearse import Rehearsal, carry_over, rehearse

Stands = dict[tuple[str, str], Stand]


def switch(change: Change, decisions: Decisions) -> dict[str, Any]:
    """The proof; with `switched` false, and nothing changed, when the rehearsal is not clean.

    Raises StopAgenda when something has to be done first, Busy and Retry when the same command may work later.
    """
    if missing := change.found.asked_for():
        raise StopAgenda("first " + "; ".join(missing) + f" (Airflow: Admin / Connections), for year {change.year}")
    with held(change) as holding:
        _nothing_open(change)
        rehearsal = rehearse(change, decisions, holding.renew)
        if not rehearsal.clean:
            return {"switched": False, **rehearsal.as_dict()}
        before = _stands(change, holding)
        entry = _begin(change, before)
        marks = _relink(change, rehearsal, before, holding)
        _commit(change, rehearsal)
        after = _stands(change, holding)
        proof = _proof(rehearsal, rehearse(change, decisions, holding.renew), before, after, marks)
        with change.ledger.transaction() as ledger:
            years.note(ledger, change.unit.unit, {**entry, "state": "switched", "proof": proof})
        return {"switched": True, **proof}


def _nothing_open(change: Change) -> None:
    with change.ledger.transaction() as ledger:
        open_ = years.unanswered(ledger, change.links)
    if open_:
        told = ", ".join(f"{flow} {number}" for flow, number in open_.items())
        raise StopAgenda(
            f"writes have no answer yet ({told}): run these flows once more, or `pohoda-bridge collect`, before the "
            "change of year"
        )


def _begin(change: Change, before: Stands) -> dict[str, Any]:
    """The journal's entry; a change that was begun keeps its restore point, for that was before anything changed."""
    unit, year = change.unit.unit, change.year
    with change.ledger.transaction() as ledger:
        entry = years.noted(ledger, unit)
    if entry and entry["year"] == year and entry["state"] in {"begun", "switched"}:
        return entry
    point_of(change.store, unit, year).keep(change, before)
    entry = {
        "year": year, "before": change.found.before, "state": "begun", "at": utc_now().isoformat(),
        "wrote": not change.found.listed, "links": change.links,
    }  # fmt: skip
    with change.ledger.transaction() as ledger:
        years.note(ledger, unit, entry)
    return entry


def _relink(change: Change, rehearsal: Rehearsal, before: Stands, holding: Held) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for flow, carrying in zip(change.agendas(), rehearsal.carryings, strict=True):
        holding.renew()
        with change.job(flow) as job:
            wanted = _wanted(job, carrying, before[carrying.link, carrying.agenda])

            def until() -> float:
                holding.renew()
                return holding.until

            found[f"{carrying.link} {carrying.agenda}"] = relink(job, wanted, until).as_dict()
    return found


def _wanted(job: Job, carrying: Carrying, before: Stand) -> list[Relink]:
    """The records whose mark names an older year of this unit. One that is gone, or was born in the CRM, has none."""
    wanted = []
    for one in carrying.carried:
        was, now = before.marks.get(one.crm_id), job.source.mark_of(one.new, job.agenda)
        if was is not None and was != now and _unit_of(was) == _unit_of(now):
            wanted.append(Relink(one.crm_id, was, now))
    return wanted


def _unit_of(mark: Mark) -> str:
    """The source of a mark without its year."""
    return mark.source.rpartition(":")[0]


def _commit(change: Change, rehearsal: Rehearsal) -> None:
    """Ledger and unit file together: the file is put in place right before the commit, and back when that fails."""
    text = change.path.read_text(encoding="utf-8")
    try:
        with change.ledger.transaction() as ledger:
            for carrying in rehearsal.carryings:
                scope = Scope(carrying.link, carrying.agenda, "to_crm")
                carry_over(ledger, scope, carrying, change.year)
            made = unit_file.with_year(text, change.year, change.found.settings)
            if made != text and not change.found.listed:
                unit_file.put(change.path, made)
    except BaseException:
        unit_file.put(change.path, text)
        raise


def _stands(change: Change, holding: Held) -> Stands:
    found: Stands = {}
    for flow in change.agendas():
        holding.renew()
        with change.job(flow) as job:
            found[flow.link.link, flow.agenda.agenda] = stand(job)
    return found


def _proof(
    rehearsal: Rehearsal, after_plan: Rehearsal, before: Stands, after: Stands, marks: Mapping[str, Any]
) -> dict[str, Any]:
    """What the CRM itself shows: the same records with the same values, and nothing that is known to be made anew."""
    created = {place: sorted(after[place].prints.keys() - of.prints.keys()) for place, of in before.items()}
    lost = {place: sorted(of.prints.keys() - after[place].prints.keys()) for place, of in before.items()}
    changed = {
        place: sorted(one for one, told in of.prints.items() if after[place].prints.get(one, told) != told)
        for place, of in before.items()
    }
    return {
        **after_plan.as_dict(),
        "agendas": rehearsal.as_dict()["agendas"],
        "marks": marks,
        "crm": {
            name: {" ".join(place): ids for place, ids in found.items() if ids}
            for name, found in (("created", created), ("lost", lost), ("changed", changed))
        },
    }
