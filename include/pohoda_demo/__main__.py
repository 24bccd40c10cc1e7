"""`python -m pohoda_demo` (make demo): runs the demo, then stays up on a terminal, else stops.

Exit code 0 when every DAG run succeeded and both sides of every link are equal; 1 when not, or when something
failed; 130 when interrupted before the end. Nothing that it started outlives it.
"""

import atexit
import fcntl
import os
import shutil
import signal
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from pohoda_demo import ports, summary
from pohoda_demo.demo import Demo
from pohoda_demo.ending import adopt_orphans
from pohoda_demo.environment import ROOT, USER
from pohoda_demo.errors import DemoError
from pohoda_demo.processes import Processes
from pohoda_demo.terminal import console

HOME = ROOT / "var/demo"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    for number in SIGNALS:
        signal.signal(number, _interrupt)
    adopt_orphans()
    os.umask(0o077)
    try:
        with _alone(HOME):
            return _run(HOME)
    except DemoError as error:
        console.print("[bold red]The demo stopped.[/] ", end="")
        console.print(str(error), markup=False)
        return 1
    except KeyboardInterrupt:
        console.print("Interrupted; everything is stopped.")
        return 130


def _run(home: Path) -> int:
    begun = time.monotonic()
    chosen = ports.choose(os.environ)
    shutil.rmtree(home, ignore_errors=True)
    with Processes(home / "logs") as processes:
        atexit.register(processes.stop_all)
        demo = Demo(home, chosen, processes)
        demo.begin()
        demo.rounds()
        made = demo.close(time.monotonic() - begun)
        good = summary.succeeded(made)
        console.print(summary.table(made))
        console.print(f"[bold {'green' if good else 'red'}]{summary.verdict(made)}[/]")
        console.print(f"Summary: {home / 'summary.json'}", markup=False)
        if sys.stdout.isatty() and os.environ.get("CI", "").lower() not in {"true", "1"}:
            try:
                console.print(f"Airflow: [link]{demo.airflow.url}[/], login {USER} / {demo.airflow.password}")
                console.print("\n".join(demo.pages_in_airflow()), markup=False)
                console.print(f"In another terminal: . {home / 'env.sh'}; .venv/bin/pohoda-bridge status", markup=False)
                console.print("The DAGs now run by their schedules. Ctrl-C ends everything.")
                demo.stay()
            except KeyboardInterrupt:
                console.print("Stopping …")
        else:
            console.print("\n".join(demo.pages()), markup=False)
    return 0 if good else 1


@contextmanager
def _alone(home: Path) -> Generator[None]:
    """Only one demo at a time in this folder: a second one would empty the first one's."""
    home.parent.mkdir(parents=True, exist_ok=True)
    with home.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoError("Another demo runs in this folder. End it first (Ctrl-C on its terminal).") from None
        yield


def _interrupt(number: int, frame: FrameType | None) -> None:
    """The first signal ends the demo; later ones must not disturb the ending."""
    for one in SIGNALS:
        signal.signal(one, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
