"""A taken port is a clear error that names its variable, before anything starts."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pohoda_demo import ports
from pohoda_demo.errors import DemoError


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as server:
        server.bind((ports.HOST, 0))
        server.listen()
        yield server.getsockname()[1]


def _free_base() -> int:
    return next(
        base for base in range(21000, 60000, 100) if all(ports.is_free(port) for port in range(base, base + 100))
    )


def test_ports_can_be_chosen() -> None:
    base = _free_base()
    chosen = ports.choose({"DEMO_PORT": str(base), "DEMO_SANDBOX_PORT": str(base + 50)})
    assert chosen == ports.Ports(ui=base, sandbox=base + 50)


def test_a_taken_port_names_its_variable(taken: int) -> None:
    base = _free_base()
    with pytest.raises(DemoError, match=rf"{taken} .*taken.*make demo DEMO_PORT="):
        ports.choose({"DEMO_PORT": str(taken), "DEMO_SANDBOX_PORT": str(base)})
    with socket.socket() as server:
        server.bind((ports.HOST, base + 54))
        with pytest.raises(DemoError, match=rf"{base + 54} .*taken.*make demo DEMO_SANDBOX_PORT="):
            ports.choose({"DEMO_PORT": str(base), "DEMO_SANDBOX_PORT": str(base + 50)})


@pytest.mark.parametrize("text", ["http", "80", "65535", "-1"])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(DemoError, match=f"DEMO_PORT={text} is no port"):
        ports.choose({"DEMO_PORT": text})


def test_overlapping_ports_are_refused() -> None:
    with pytest.raises(DemoError, match="lies in the sandbox's ports 30000-30006"):
        ports.choose({"DEMO_PORT": "30004", "DEMO_SANDBOX_PORT": "30000"})


def test_the_program_says_so_and_keeps_the_last_demo(taken: int, tmp_path: Path) -> None:
    kept = tmp_path / "demo/summary.json"
    kept.parent.mkdir()
    kept.write_text("{}")
    fakes = Path(__file__).parent / "fakes/demo.py"
    done = subprocess.run(
        [sys.executable, str(fakes), str(kept.parent)],
        env={**os.environ, "DEMO_PORT": str(taken)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"Port {taken}" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert kept.exists()
