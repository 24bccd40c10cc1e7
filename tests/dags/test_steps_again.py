"""A task that was cleared, or run again after a kill, leaves what one clean run leaves."""

from typing import Any

import pytest

from tests.dags.conftest import Open
from tests.dags.world import STEPS, World


@pytest.fixture(scope="module")
def clean(open_world: Open) -> dict[str, Any]:
    """Where both sides stand after one clean run."""
    with open_world(size=6) as world:
        world.run("one")
        return world.state()


@pytest.fixture(scope="module")
def done(open_world: Open) -> Any:
    """A world in which one run is done."""
    with open_world(size=6) as world:
        world.run("one")
        yield world


def test_every_step_twice_is_as_good_as_once(open_world: Open, clean: dict[str, Any]) -> None:
    with open_world(size=6) as world:
        for name in STEPS:
            world.step(name, "one")
            world.step(name, "one")
        assert world.state() == clean


@pytest.mark.parametrize("name", STEPS)
def test_a_cleared_task_of_a_run_that_is_done_changes_nothing(done: World, clean: dict[str, Any], name: str) -> None:
    writes = done.sandbox.gram.writes()
    counts = done.runs()[0].counts
    done.step(name, "one")
    assert done.state() == clean
    done.run("one", start=name)
    assert done.state() == clean
    assert done.sandbox.gram.writes() == writes
    if name != "extract":
        assert done.runs()[0].counts == counts


def test_a_cleared_run_takes_up_what_changed_since(open_world: Open) -> None:
    with open_world(size=6) as world:
        world.run("one")
        first = world.clients()[0]
        world.sandbox.pohoda.edit("AD", first["ID"], Firma="Renamed Ltd.")
        world.run("one")
        assert [c["Name"] for c in world.sandbox.gram.records("Client")].count("Renamed Ltd.") == 1
        counts = world.runs()[0].counts
        assert (counts["read"], counts["updated"]) == (1, 1)


def test_a_run_cleared_after_its_load_takes_up_what_changed_since(open_world: Open) -> None:
    """The load is done and the report is not: the cursor has not moved, so extract brings everything again."""
    with open_world(size=6) as world:
        for name in STEPS[:-1]:
            world.step(name, "one")
        first = world.clients()[0]
        world.sandbox.pohoda.edit("AD", first["ID"], Firma="Renamed Ltd.")
        world.run("one")
        assert [c["Name"] for c in world.sandbox.gram.records("Client")].count("Renamed Ltd.") == 1
        assert len(world.sandbox.gram.records("Client")) == len(world.clients())
