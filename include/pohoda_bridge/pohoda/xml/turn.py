"""One request in flight to a mServer among all processes of this machine: a lock on a file named after its address.

A command in a shell beside Airflow would else wait in mServer's own queue, where its wait counts as an answer that is
late: of a write a doubt. The lock ends with its process, whatever ends that. Machines do not see each other's: among
them the lease orders writers.
"""

import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from pohoda_bridge.errors import Retry

POLL = 0.2


@contextmanager
def turn(address: str, patience: float, *, clock: Callable[[], float] = time.monotonic) -> Generator[None]:
    """Holds the turn of an address; Retry when others hold it for longer than `patience` seconds."""
    import fcntl

    name = f"pohoda-bridge-{os.getuid()}-{hashlib.sha256(address.encode()).hexdigest()[:16]}.lock"
    with (Path(tempfile.gettempdir()) / name).open("w") as file:
        end = clock() + patience
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if clock() >= end:
                    raise Retry("other programs of this machine ask this mServer; nothing was sent") from None
            time.sleep(POLL)
        yield
