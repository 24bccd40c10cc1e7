"""Back to the year before: marks, ledger and unit file as the restore point has them."""

from datetime import datetime
from typing import Any

from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.ledger import years
from pohoda_bridge.ledger.restoring import put_back
from pohoda_bridge.side import Relink
from pohoda_bridge.year import unit_file
from pohoda_bridge.year.change import Change
from pohoda_bridge.year.holding import Held, held
from pohoda_bridge.year.marks import relink, stand
from pohoda_bridge.year.point import Point, point_of


def undo(change: Change, *, force: bool = False) -> dict[str, Any]:
    """What was put back. StopAgenda when records were written since, unless `force`.

    Broken off, it ends the same when it is run again.
    """
    unit = change.unit.unit
    with change.ledger.transaction() as ledger:
        entry = years.noted(ledger, unit)
    assert entry is not None, "a change to undo is opened with `back`"
    with held(change) as holding:
        with change.ledger.transaction() as ledger:
            written = years.written_since(ledger, change.links, datetime.fromisoformat(entry["at"]))
        if written and not force and entry["state"] != "undoing":
            told = ", ".join(f"{flow} {number}" for flow, number in written.items())
            raise StopAgenda(
                f"since the change of year records were written ({told}): what was made stays where it is, but the "
                "ledger would not know it any more. Undo it all the same with --force"
            )
        with change.ledger.transaction() as ledger:
            years.note(ledger, unit, {**entry, "state": "undoing"})
        point = point_of(change.store, unit, int(entry["year"]))
        marks = _marks_back(change, point, holding)
        _ledger_back(change, point, entry)
    return {"year": entry["year"], "before": entry["before"], "marks": marks, "written_since": written}


def _marks_back(change: Change, point: Point, holding: Held) -> dict[str, Any]:
    found: dict[str, Any] = {}

    def until() -> float:
        holding.renew()
        return holding.until

    for flow in change.agendas():
        holding.renew()
        with change.job(flow) as job:
            place = flow.link.link, flow.agenda.agenda
            now = stand(job).marks
            wanted = [
                Relink(one, has, mark) for one, mark in point.marks(*place) if (has := now.get(one)) and has != mark
            ]
            found[" ".join(place)] = relink(job, wanted, until).as_dict()
    return found


def _ledger_back(change: Change, point: Point, entry: dict[str, Any]) -> None:
    """Ledger and unit file together, as `switch` changes them."""
    text = change.path.read_text(encoding="utf-8")
    before = point.unit()
    made = before if text == _switched(change, before) else unit_file.without_year(text, change.year)
    try:
        with change.ledger.transaction() as ledger:
            put_back(ledger, entry["links"], point.ledger())
            years.note(ledger, change.unit.unit, {**entry, "state": "undone"})
            if entry["wrote"]:
                unit_file.put(change.path, made)
    except BaseException:
        unit_file.put(change.path, text)
        raise


def _switched(change: Change, before: str) -> str:
    return unit_file.with_year(before, change.year, change.found.settings)
