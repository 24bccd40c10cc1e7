"""The lock: every package pinned with its hashes, no index named, and what it holds works together."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.txt").read_text()
PINS = dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==([^\s;]+)", LOCK, flags=re.MULTILINE | re.IGNORECASE))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _asked() -> list[str]:
    lines = [line.split("#")[0].strip() for line in (ROOT / "requirements.in").read_text().splitlines()]
    return [re.split(r"[\[=<>~! ]", line)[0] for line in lines if line]


def test_every_locked_package_carries_a_hash() -> None:
    blocks = re.split(r"\n(?=\S)", LOCK)
    packages = [block for block in blocks if "==" in block.splitlines()[0]]
    assert len(packages) > 150
    assert [block.splitlines()[0] for block in packages if "--hash=sha256:" not in block] == []


def test_the_lock_names_no_index() -> None:
    assert re.findall(r"(?m)^\s*--(?:index-url|extra-index-url|find-links|trusted-host).*", LOCK) == []
    assert "://" not in LOCK


@pytest.mark.parametrize("name", _asked())
def test_everything_asked_for_is_locked(name: str) -> None:
    assert _normal(name) in {_normal(pin) for pin in PINS}


def test_what_is_installed_fits_together() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "uv", "pip", "check", "--python", sys.executable],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_celery_executor_can_be_imported() -> None:
    """celery 5.7 satisfies every resolver and breaks this import; runs would then stay queued for ever."""
    module = importlib.import_module("airflow.providers.celery.executors.celery_executor")
    assert module.CeleryExecutor.is_local is False
    assert tuple(map(int, PINS["celery"].split(".")[:2])) < (5, 7)
