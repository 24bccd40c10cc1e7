"""What a step leaves behind when it fails: on the run for people, in the log without secrets or personal values."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from pohoda_bridge import redact, steps
from pohoda_bridge.errors import Retry, StopAgenda
from tests.dags.conftest import Open
from tests.dags.world import World, connection

SECRET = "canary-of-a-step"


@pytest.fixture(scope="module")
def begun(open_world: Open) -> Iterator[World]:
    """A world in which a run has brought its batch."""
    with open_world(size=2) as world:
        world.step("extract", "one")
        yield world


@pytest.fixture
def raising(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make the step `plan` raise an error."""

    def use(error: Exception) -> None:
        def fail(*_: object) -> None:
            raise error

        changed: Mapping[str, Any] = {**steps.STEPS, "plan": fail}
        monkeypatch.setattr(steps, "STEPS", changed)

    return use


def fail(world: World, **asked: Any) -> BaseException:
    with pytest.raises(Exception) as raised:
        world.step("plan", "one", **asked)
    return raised.value


def noted(world: World) -> tuple[str, str | None]:
    run = world.runs()[0]
    return run.state, run.report


def test_what_must_be_mended_is_noted_on_the_run(begun: World, raising: Any) -> None:
    raising(StopAgenda("the column is gone"))
    assert str(fail(begun, last_try=False)) == "the column is gone"
    assert noted(begun) == ("failed", "the column is gone")


def test_a_transient_error_is_noted_when_no_try_is_left(begun: World, raising: Any) -> None:
    raising(Retry("it does not answer"))
    fail(begun, last_try=False)
    assert noted(begun) == ("running", None)
    fail(begun, last_try=True)
    assert noted(begun) == ("failed", "it does not answer")


def test_a_step_tried_again_shows_the_run_as_going_on(begun: World, raising: Any) -> None:
    raising(StopAgenda("the column is gone"))
    fail(begun)
    begun.step("validate", "one")
    assert noted(begun) == ("running", None)


def test_the_log_gets_the_text_for_the_log_alone(begun: World, raising: Any) -> None:
    error = StopAgenda("Jan Novák cannot be read", log="row 17 cannot be read")
    error.__cause__ = ValueError("Jan Novák")
    raising(error)
    raised = fail(begun)
    assert str(raised).startswith("row 17 cannot be read")
    assert raised.__cause__ is None
    assert noted(begun) == ("failed", "Jan Novák cannot be read")


def test_no_error_carries_a_secret(begun: World, raising: Any) -> None:
    redact.keep_secret(SECRET)
    for error in (StopAgenda(f"refused {SECRET}"), Retry(f"refused {SECRET}"), KeyError(f"refused {SECRET}", 1)):
        raising(error)
        assert SECRET not in str(fail(begun))
        assert SECRET not in str(noted(begun))
        assert noted(begun)[0] == "failed"


def test_a_fault_of_ours_is_noted_without_its_values(begun: World, raising: Any) -> None:
    raising(KeyError("Jan Novák"))
    assert isinstance(fail(begun), KeyError)
    state, text = noted(begun)
    assert state == "failed"
    assert "KeyError" in str(text)
    assert "Novák" not in str(text)


def test_the_schedulers_masker_hears_of_every_secret(begun: World) -> None:
    told: list[str] = []
    run = steps.Run("one", "manual", {})
    steps.run_step("validate", ("gram", "clients", "to_crm"), run, connections=connection, mask=told.append)
    assert connection("gram_api").password in told
    redact.keep_secret("canary-that-came-later")
    assert "canary-that-came-later" in told
    redact.tell(lambda secret: None)


def test_the_log_says_what_a_run_was_asked_for(begun: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        begun.step("extract", "asked", params={"mode": "full", "dry_run": True})
    assert "a manual run, full, dry run: nothing is written" in caplog.text
    assert "read 2" in caplog.text
