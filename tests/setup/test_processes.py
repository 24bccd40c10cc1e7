"""Whatever ends the demo, nothing it started is left. Everything here starts real processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from pohoda_demo.errors import DemoError
from pohoda_demo.processes import Processes

Runner = Callable[[str], tuple["subprocess.Popen[str]", list[int]]]

# A child that ignores what asks politely, with a grandchild in a session of its own and one whose parent is gone.
STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN); signal.signal(signal.SIGTERM, signal.SIG_IGN)
sleeper = [sys.executable, "-c", "import signal, time; signal.signal(2, signal.SIG_IGN); time.sleep(300)"]
child = subprocess.Popen(sleeper, start_new_session=True)
between = subprocess.run(
    [sys.executable, "-c",
     f"import subprocess; print(subprocess.Popen({sleeper!r}, stdout=-3, start_new_session=True).pid)"],
    stdout=subprocess.PIPE, text=True)
open(sys.argv[1], "w").write(f"{os.getpid()} {child.pid} {between.stdout.strip()}\\n")
time.sleep(300)
"""
RUNNER = """
import signal, sys, time
from pathlib import Path
from pohoda_demo import __main__ as program
from pohoda_demo.processes import Processes

steps = ((signal.SIGINT, 0.7), (signal.SIGTERM, 0.7), (signal.SIGKILL, 3.0))

def run(home):
    with Processes(home / "logs", steps) as processes:
        processes.start("stubborn", [sys.executable, sys.argv[2], sys.argv[3]], {"PATH": "/usr/bin:/bin"})
        while not Path(sys.argv[3]).exists():
            time.sleep(0.05)
        if sys.argv[4] == "fails":
            raise program.DemoError("by order")
        time.sleep(300)
    return 0

program.HOME, program._run = Path(sys.argv[1]), run
sys.exit(program.main())
"""


@pytest.fixture(autouse=True)
def _interruptible() -> Iterator[None]:
    """A suite that runs in the background ignores SIGINT, and children inherit that; the demo itself never does."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def _wait(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return False


def _gone(pids: list[int]) -> bool:
    return not any(psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie" for pid in pids)


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Runner]:
    """Starts a demo that starts the stubborn family; gives it and their ids."""
    stubborn, pids = tmp_path / "stubborn.py", tmp_path / "pids"
    stubborn.write_text(STUBBORN)
    started: list[subprocess.Popen[str]] = []

    def start(how: str) -> tuple["subprocess.Popen[str]", list[int]]:
        command = [sys.executable, "-c", RUNNER, str(tmp_path / "var/demo"), str(stubborn), str(pids), how]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        assert _wait(lambda: pids.exists() and pids.read_text().endswith("\n"))
        return started[0], [int(pid) for pid in pids.read_text().split()]

    yield start
    for popen in started:
        if popen.poll() is None:
            popen.terminate()
            popen.wait(20)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_no_process_behind(runner: Runner, number: signal.Signals) -> None:
    popen, pids = runner("waits")
    assert len(pids) == 3
    assert not _gone(pids)
    popen.send_signal(number)
    time.sleep(0.3)
    popen.send_signal(signal.SIGINT)  # an impatient second one does not cut the ending short
    out, _ = popen.communicate(timeout=20)
    assert popen.returncode == 130
    assert "everything is stopped" in out
    assert _gone(pids)


def test_a_failure_leaves_no_process_behind(runner: Runner) -> None:
    popen, pids = runner("fails")
    out, _ = popen.communicate(timeout=20)
    assert popen.returncode == 1
    assert "by order" in out
    assert _gone(pids)


def test_one_that_obeys_is_not_waited_for(tmp_path: Path) -> None:
    with Processes(tmp_path, ((signal.SIGINT, 600.0),)) as processes:
        one = processes.start("sleep", ["sleep", "300"], os.environ)
    assert one.popen.returncode == -signal.SIGINT


def test_what_ran_before_is_left_alone(tmp_path: Path) -> None:
    """A process of the one that uses it, and of its tests, is not the demo's to end."""
    stranger = subprocess.Popen(["sleep", "300"], start_new_session=True)
    try:
        with Processes(tmp_path, ((signal.SIGTERM, 5.0),)) as processes:
            one = processes.start("sleep", ["sleep", "300"], os.environ)
        assert one.popen.returncode == -signal.SIGTERM
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait(10)


def test_stopping_one_leaves_the_others(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        one = processes.start("one", ["sleep", "300"], os.environ)
        other = processes.start("other", ["sleep", "300"], os.environ)
        processes.stop("one")
        assert one.popen.returncode is not None
        assert other.popen.poll() is None
        processes.check()


def test_one_that_died_is_reported_with_its_last_words(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        one = processes.start("broken", ["sh", "-c", "echo out of paper >&2; exit 3"], os.environ)
        one.popen.wait(10)
        with pytest.raises(DemoError, match="broken ended with exit code 3") as caught:
            processes.check()
    assert "out of paper" in str(caught.value)
    assert str(tmp_path / "broken.log") in str(caught.value)


def test_a_job_gives_its_answer_or_an_error(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        for _ in range(2):  # an older answer is not taken for the new one
            processes.start("job", ["sh", "-c", "echo noise >&2; echo answer"], os.environ, answers=True)
            assert processes.finish("job", 10) == "answer\n"
        processes.start("bad", ["sh", "-c", "echo noise >&2; exit 2"], os.environ, answers=True)
        with pytest.raises(DemoError, match="exit code 2"):
            processes.finish("bad", 10)
        processes.start("slow", ["sleep", "300"], os.environ)
        with pytest.raises(DemoError, match="slow did not end within"):
            processes.finish("slow", 0.2)


def test_a_second_demo_in_the_same_folder_is_refused(runner: Runner, tmp_path: Path) -> None:
    popen, pids = runner("waits")
    second = subprocess.run(
        [sys.executable, "-c", RUNNER, str(tmp_path / "var/demo"), "-", "-", "waits"],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    popen.send_signal(signal.SIGINT)
    popen.communicate(timeout=20)
    assert second.returncode == 1
    assert "Another demo runs" in second.stdout
    assert _gone(pids)
