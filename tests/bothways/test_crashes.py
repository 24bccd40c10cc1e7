"""kill -9 of either direction of either link after each commit of the ledger and each call; then on: the same end.

Four ways to go on, in turn: a new run once the lease is over, the other direction first, the same run cleared and begun
anew, and the broken step again. All points of a case strike in one sandbox, each with a record made and one edited.
"""

from pathlib import Path

import pytest

from pohoda_bridge.ledger import Request
from pohoda_bridge.ledger.schema import metadata
from pohoda_bridge.sync import run
from tests.both import KINDS, WAYS, Both
from tests.bothways.place import Place, at_rest, killed
from tests.faults.forks import Forks, run_steps

GOING_ON = ("a new run", "the other direction first", "the same run anew", "the broken step again")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_killed_at_every_point_of_the_load(
    kind: str, way: str, forks: Forks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the reading again of what is written to the report; and twice on the way there."""
    with Both.open(kind, tmp_path, monkeypatch) as both:
        place = Place(both, way)
        both.sync("clients", way)
        place.people_act("clients")
        points = killed(place, forks, "clients", "whole")["points"]
        write = points.index("mserver write" if way == "to_pohoda" else "crm write")
        assert len(points) - write > 4, points
        for kill in (3, write // 2, *range(write - 3, len(points) + 1)):
            strike(place, forks, "clients", kill)
        at_rest(both)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("kind", "agenda"), [("gram", "addresses"), ("eway", "contacts"), ("eway", "addresses")])
def test_killed_around_the_call(
    kind: str, agenda: str, way: str, forks: Forks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Both.open(kind, tmp_path, monkeypatch) as both:
        place = Place(both, way)
        both.sync(agenda, way)
        place.people_act(agenda)
        points = killed(place, forks, agenda, "whole")["points"]
        write = points.index("mserver write" if way == "to_pohoda" else "crm write") + 1
        for kill in range(write - 1, write + 2):
            strike(place, forks, agenda, kill)
        at_rest(both)


def strike(place: Place, forks: Forks, agenda: str, kill: int) -> None:
    """One new record, the process killed at this point of the run, and on: the record is on both sides once."""
    name, how = place.people_act(agenda), GOING_ON[kill % len(GOING_ON)]
    told = killed(place, forks, agenda, "killed", kill=kill)
    try:
        assert told["ended"] == "killed", told
        go_on(place, agenda, how)
        place.there_once(agenda, name)
    except Exception as error:
        error.add_note(f"{place.both.kind} {agenda} {place.way}, killed at point {kill}: {told}, then {how}")
        raise
    with place.both.job() as job, job.ledger.transaction() as ledger:  # the next run may have the same id
        ledger.execute(metadata.tables["runs"].delete().where(metadata.tables["runs"].c.id == "killed"))


def go_on(place: Place, agenda: str, how: str) -> None:
    if how == "the same run anew":
        with place.job(agenda) as job:
            run(job, "killed", Request())
    elif how == "the broken step again":
        noted = place.folder / "step"
        run_steps(place, agenda, "killed", noted, first=noted.read_text())
    place.lease_ends()
    if how == "the other direction first":
        place.both.sync(agenda, place.other)
    for _ in range(2):
        place.both.sync(agenda, place.way)
