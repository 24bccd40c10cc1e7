"""Processes of the demo: each in a session of its own, with its own log, watched, and all ended again."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from pohoda_demo.ending import STEPS, Steps, descendants, end
from pohoda_demo.errors import DemoError


@dataclass(frozen=True)
class Running:
    name: str
    popen: "subprocess.Popen[bytes]"
    log: Path
    out: Path


@dataclass
class Processes:
    """The processes of one demo. Use it as a context manager: leaving it, for any reason, ends them all."""

    logs: Path
    steps: Steps = STEPS
    _running: dict[str, Running] = field(default_factory=dict)
    _others: set[psutil.Process] = field(default_factory=lambda: descendants(os.getpid()))

    def __enter__(self) -> "Processes":
        self.logs.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop_all()

    def start(self, name: str, command: Sequence[str], env: Mapping[str, str], answers: bool = False) -> Running:
        """Start it in its own session, logging to `logs/<name>.log`; what it `answers` on stdout to `.out`."""
        log = self.logs / f"{name}.log"
        out = self.logs / f"{name}.out" if answers else log
        if answers:
            out.unlink(missing_ok=True)
        with log.open("ab") as errors, out.open("ab") as output:
            popen = subprocess.Popen(
                command, env=dict(env), stdin=subprocess.DEVNULL, stdout=output, stderr=errors, start_new_session=True
            )
        self._running[name] = Running(name, popen, log, out)
        return self._running[name]

    def check(self) -> None:
        """All still run. Otherwise an error with the last lines of the log of the one that ended."""
        for one in self._running.values():
            if one.popen.poll() is not None:
                raise DemoError(failure(one))

    def finish(self, name: str, timeout: float, codes: Sequence[int] = (0,)) -> str:
        """Wait until a process that does one job has done it: its stdout. Another exit code is an error."""
        one = self._running[name]
        try:
            one.popen.wait(timeout)
        except subprocess.TimeoutExpired:
            raise DemoError(f"{name} did not end within {timeout:.0f} s.\n{tail(one.log)}") from None
        del self._running[name]
        if one.popen.returncode not in codes:
            raise DemoError(failure(one))
        return one.out.read_text("utf-8", errors="replace")

    def stop(self, name: str) -> None:
        """End one process and everything below it."""
        one = self._running.pop(name)
        end([one.popen.pid], one.popen.pid, self.steps)
        one.popen.wait()

    def stop_all(self) -> None:
        """End every process that came to descend from this one; those that ignore INT get TERM, then KILL."""
        if descendants(os.getpid()) - self._others:
            end([one.popen.pid for one in self._running.values()], os.getpid(), self.steps, spare=self._others)
        for one in self._running.values():
            one.popen.poll()
        self._running = {}


def failure(one: Running) -> str:
    """The text for a process that ended as it should not have."""
    code: int = one.popen.returncode
    how = f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
    return f"{one.name} ended with {how}.\n{tail(one.log)}"


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log, indented, and where the whole of it is."""
    text = log.read_text("utf-8", errors="replace").splitlines() if log.exists() else []
    return "\n".join(["    " + line for line in text[-lines:]] + [f"  The whole log: {log}"])
