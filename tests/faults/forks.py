"""A fork server: one warm process that imported everything, from which each case gets a process of its own.

It reads one case a line from stdin and answers one line: what ended the process, and how many points it passed. A
point is the moment right after a commit of the ledger or a call over HTTP; the case may name one at which the process
is killed, or stopped until somebody wakes it. Its id then stands in the file `pid`.
"""

import json
import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

STEPS = ("extract", "validate", "transform", "plan", "load", "report")
ROOT = Path(__file__).parents[2]


class Forks:
    """The server as a test sees it. `case` runs one agenda in a process of its own; see `judging.quickly`."""

    def __init__(self, memory: Path | None = None) -> None:
        command = [sys.executable, "-m", "tests.faults.forks", *([str(memory)] if memory else [])]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def case(self, arena: Any, agenda: str, run_id: str, **more: Any) -> dict[str, Any]:
        """{"ended": "killed" | "done" | the error, "points": their names}.

        `kill` and `stop` are numbers of points, from 1, or the name of one; `lease` is how long a lease holds, in
        seconds. With `link` and `way` it is the run of one direction of a link, whose settings `config` has.
        """
        env = arena.sandbox.info["env"]
        asked = {"env": env, "folder": str(arena.folder), "agenda": agenda, "run_id": run_id, **more}
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=30)


def serve(memory: Path | None) -> None:
    import great_expectations  # ruff: ignore[unused-import]
    import pandas  # ruff: ignore[unused-import]
    import pyarrow
    import pyodbc  # ruff: ignore[unused-import]
    import pytest

    from pohoda_bridge.crm.eway import EwayCrm  # ruff: ignore[unused-import]
    from pohoda_bridge.link import find_flow  # ruff: ignore[unused-import]
    from pohoda_bridge.pohoda.sql.reader import SqlReader  # ruff: ignore[unused-import]
    from pohoda_bridge.pohoda.writing.writer import Writer  # ruff: ignore[unused-import]
    from tests.faults import judging
    from tests.faults.arena import shipped

    shipped()
    pyarrow.set_cpu_count(1)
    judging.quickly(pytest.MonkeyPatch(), judging.load(memory) if memory else None)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        asked = json.loads(line)
        passed = Path(asked["folder"]) / "points"
        passed.write_text("")
        child = os.fork()
        if child == 0:
            _case(asked, passed)
        _, status = os.waitpid(child, 0)
        *points, last = passed.read_text().split("\n")
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print(json.dumps({"ended": "killed" if killed else last, "points": points}), file=answers, flush=True)


def _case(asked: dict[str, Any], passed: Path) -> None:
    """Never returns: the process ends here."""
    from pohoda_bridge.ledger import leases

    told = passed.open("a")
    end = "done"
    try:
        folder = Path(asked["folder"])
        arena = _opened(asked, folder)
        (folder / "pid").write_text(str(os.getpid()))
        if "lease" in asked:
            for function in (leases.acquire, leases.renew):
                function.__kwdefaults__["seconds"] = asked["lease"]
        watch(arena.ledger, Points(told, {asked.get("kill"): signal.SIGKILL, asked.get("stop"): signal.SIGSTOP}))
        run_steps(arena, asked["agenda"], asked["run_id"], folder / "step")
    except BaseException as error:
        end = repr(error)
    told.write(end)
    told.close()
    os._exit(0)


def _opened(asked: dict[str, Any], folder: Path) -> Any:
    """What `run_steps` asks for a job: an arena, or one direction of a link."""
    from pohoda_bridge.ledger import open_ledger
    from pohoda_bridge.link import find_flow, open_job
    from tests.faults.arena import Arena

    os.environ.update(asked["env"])
    if "link" not in asked:
        ledger = open_ledger(f"sqlite:///{folder / 'ledger.db'}", migrate=False)
        return Arena(SimpleNamespace(info={"env": asked["env"]}), folder, ledger)  # type: ignore[arg-type]
    os.environ["POHODA_BRIDGE_CONFIG"] = str(folder / "config")
    ledger = open_ledger(asked["env"]["POHODA_BRIDGE_LEDGER"], migrate=False)
    return SimpleNamespace(
        ledger=ledger, job=lambda agenda: open_job(find_flow(asked["link"], agenda, asked["way"]), ledger=ledger)
    )


class Points:
    """Counts points, and sends the process a signal, as the system or a person would, at some of them."""

    def __init__(self, told: Any, signals: dict[int | str | None, int]) -> None:
        self._told, self._signals, self._number = told, signals, 0

    def pass_(self, name: str) -> None:
        self._number += 1
        self._told.write(f"{name}\n")
        if due := self._signals.get(self._number) or self._signals.get(name):
            self._told.flush()
            os.kill(os.getpid(), due)


def watch(ledger: Any, points: Points) -> None:
    """A point after each commit and after each call over HTTP."""
    import requests

    commit, send = ledger.engine.dialect.do_commit, requests.Session.send

    def do_commit(connection: Any) -> None:
        commit(connection)
        points.pass_("commit")

    def sending(self: Any, request: Any, **more: Any) -> Any:
        answer = send(self, request, **more)
        points.pass_(_name(request))
        return answer

    ledger.engine.dialect.do_commit = do_commit
    requests.Session.send = sending  # type: ignore[method-assign]


def _name(request: Any) -> str:
    """Which side was called, and whether for a change: Gram's methods say it, eWay's by their names."""
    if ".svc/" in request.url:
        return "crm write" if "/Save" in request.url or "/Delete" in request.url else "crm read"
    if "/api/" in request.url:
        return "crm read" if request.method == "GET" else "crm write"
    return "mserver write" if "STW-Check-Duplicity" in request.headers else "mserver"


def run_steps(arena: Any, agenda: str, run_id: str, noted: Path, first: str = "extract") -> None:
    """The steps of one run as a scheduler calls them, each with the link opened anew; the one begun is noted."""
    from pohoda_bridge import sync
    from pohoda_bridge.ledger import Request

    for step in STEPS[STEPS.index(first) :]:
        noted.write_text(step)
        with ExitStack() as opened:
            job = opened.enter_context(arena.job(agenda))
            if step == "extract":
                if not sync.extract(job, run_id, Request()):
                    return
            else:
                getattr(sync, step)(job, run_id)


if __name__ == "__main__":
    serve(Path(sys.argv[1]) if sys.argv[1:] else None)
