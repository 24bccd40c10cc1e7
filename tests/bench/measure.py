"""Ours and a limit timed in turn in one process, and the memory that a reading takes in one of its own."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]


def ratio(ours: Callable[[], int], limit: Callable[[], int], pairs: int, size: int) -> dict[str, Any]:
    """Medians; the first pair is warm-up. Both give how many records they met, which must be the same.

    `ratio` and its `spread` are of the time that passed, `cpu_ratio` of this process alone: a server that both wait
    for counts in the first alone.
    """
    found = []
    for _ in range(pairs + 1):
        first, second = _timed(ours), _timed(limit)
        assert first.count == second.count == size, (first, second, size)
        found.append((first, second))
    del found[0]
    ratios = [mine.passed / bare.passed for mine, bare in found]
    return {
        "ratio": round(median(ratios), 2),
        "spread": [round(min(ratios), 2), round(max(ratios), 2)],
        "cpu_ratio": round(median(mine.worked / bare.worked for mine, bare in found), 2),
        "ours_per_second": round(size / median(mine.passed for mine, _ in found)),
        "limit_per_second": round(size / median(bare.passed for _, bare in found)),
    }


def memory(*arguments: object, module: str = "tests.bench.reading") -> dict[str, int]:
    """{"records", "megabytes"}: what `python -m <module> <arguments>` met and took beyond its start."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'include'}", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    told: dict[str, int] = json.loads(done.stdout)
    return told


def taken() -> int:
    """The most memory that this process ever had, in kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


class _Timed(NamedTuple):
    passed: float
    worked: float
    count: int


def _timed(work: Callable[[], int]) -> _Timed:
    passed, worked = time.perf_counter(), time.process_time()
    count = work()
    return _Timed(time.perf_counter() - passed, time.process_time() - worked, count)
