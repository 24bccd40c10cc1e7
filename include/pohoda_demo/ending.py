"""Ending processes for certain: asked by group with INT, then TERM, then KILL, and all below them too.

Airflow gives every running task a process group of its own, so ending the scheduler's group is not enough.
The demo adopts orphans (`adopt_orphans`) and ends whatever descends from it: by id, never by name.
"""

import contextlib
import ctypes
import os
import signal
import time
from collections.abc import Callable, Iterable, Sequence, Set

import psutil

Steps = Sequence[tuple[signal.Signals, float]]
# Signal, and how long to wait for its effect. Airflow's scheduler and web server need some seconds for INT.
STEPS: Steps = ((signal.SIGINT, 8.0), (signal.SIGTERM, 4.0), (signal.SIGKILL, 4.0))
_PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """Make this process the parent of every orphan below it (Linux), so that none can slip away."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end(groups: Iterable[int], below: int, steps: Steps = STEPS, spare: Set[psutil.Process] = frozenset()) -> None:
    """End process groups, and every descendant of process `below` (itself not counted) that outlives INT.

    Those to `spare` were there before, and are left alone.
    """
    groups = list(groups)
    known: set[psutil.Process] = set()
    for number, patience in steps:
        known |= descendants(below) - spare
        for group in groups:
            _signal(os.killpg, group, number)
        if number is not signal.SIGINT:  # a task is asked by its supervisor first, by us only when that failed
            for process in known:
                if alive(process):
                    _signal(os.kill, process.pid, number)
        until = time.monotonic() + patience
        while time.monotonic() < until:
            known |= descendants(below) - spare
            if not any(alive(process) for process in known):
                return
            time.sleep(0.05)


def descendants(pid: int) -> set[psutil.Process]:
    with contextlib.suppress(psutil.NoSuchProcess):
        return set(psutil.Process(pid).children(recursive=True))
    return set()


def alive(process: psutil.Process) -> bool:
    """Runs still; a zombie does not, and neither does a stranger that was given the same id."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _signal(send: Callable[[int, int], None], target: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        send(target, number)
