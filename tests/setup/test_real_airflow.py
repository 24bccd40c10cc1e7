"""The demo on a real Airflow (only DAGs, product and sandbox are fakes), once on a terminal and once without."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from pohoda_demo.ports import is_free

DEMO = Path(__file__).parent / "fakes/demo.py"
PATIENCE = 240


def _environment() -> dict[str, str]:
    base = next(base for base in range(23000, 60000, 20) if all(is_free(port) for port in range(base, base + 20)))
    kept = {name: value for name, value in os.environ.items() if name != "CI"}
    return {**kept, "DEMO_PORT": str(base), "DEMO_SANDBOX_PORT": str(base + 5), "COLUMNS": "200"}


def _left_over(home: Path) -> list[str]:
    """Command lines of processes that still work in this demo's folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("AIRFLOW_HOME") == str(home / "airflow") or str(home) in process.cmdline():
                found.append(" ".join(process.cmdline()))
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def test_on_a_terminal_it_stays_up_until_ctrl_c(tmp_path: Path) -> None:
    home, screen = tmp_path / "demo", b""
    pid, terminal = pty.fork()
    if not pid:
        os.execve(sys.executable, [sys.executable, str(DEMO), str(home)], _environment())
    try:
        until = time.monotonic() + PATIENCE
        while b"Ctrl-C ends everything" not in screen:
            assert time.monotonic() < until, screen.decode()
            screen += os.read(terminal, 4096)
        notes = (home / "sandbox/notes").read_text().split()
        assert len(_left_over(home)) >= 5
        os.write(terminal, b"\x03")
        while True:
            try:
                screen += os.read(terminal, 4096)
            except OSError:  # the terminal is closed
                break
    finally:
        os.kill(pid, signal.SIGTERM)
        _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0, screen.decode()
    assert _left_over(home) == []
    # Two rounds in order, and no run that the scheduler made by itself.
    expected = [[agenda, f"demo_round_{number}"] for number in (1, 2) for agenda in ("clients", "contacts")]
    assert notes == [word for pair in expected for word in pair]
    summary = json.loads((home / "summary.json").read_text())
    assert summary["equal"] is True
    assert summary["links"]["fake"]["clients"]["to_crm"]["created"] == 4
    told = screen.decode()
    assert re.search(r"Data quality of fake__clients__to_crm: http://\S+/bridge/docs/fake__clients__to_crm/", told)
    assert re.search(rb"login admin / \S{12,}", screen)
    assert (home / "airflow").stat().st_mode & 0o077 == 0


def test_without_a_terminal_it_ends_and_says_what_failed(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    done = subprocess.run(
        [sys.executable, str(DEMO), str(home)],
        env={**_environment(), "FAKE_FAIL": "contacts", "FAKE_EQUAL": "no"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    assert "fake__contacts__to_crm: task note failed" in done.stdout
    assert "RuntimeError: by order of the test" in done.stdout
    assert "fake: clients 12345678: name" in done.stdout
    assert "Report of fake__clients__to_crm: /reports/0.html" in done.stdout
    docs = home / "sandbox/store/docs/fake__clients__to_crm/index.html"
    assert f"Data quality of fake__clients__to_crm: {docs}" in done.stdout
    leaves = json.loads((home / "summary.json").read_text())["links"]["fake"]
    assert leaves["contacts"]["to_crm"]["airflow_state"] == "failed"
    assert leaves["clients"]["to_crm"]["airflow_state"] == "success"
    assert _left_over(home) == []
