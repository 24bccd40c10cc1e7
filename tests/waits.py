"""Waiting for what comes by itself, whatever the machine's load."""

import time
from collections.abc import Callable

SHORT = 3.0
"""Seconds that a test gives an answer that never comes: enough for a slow machine to send and be heard."""
NEVER = 600.0
"""Seconds of a scripted delay that no test waits for: it ends when its server stops."""


def until(told: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not told():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)
