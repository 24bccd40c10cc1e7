"""One request at a time: the others wait their turn in the order they came."""

import threading
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager


class Queue:
    """`processing` counts the requests being worked on or waiting."""

    def __init__(self) -> None:
        self._turns: deque[object] = deque()
        self._moved = threading.Condition()

    @property
    def processing(self) -> int:
        with self._moved:
            return len(self._turns)

    @contextmanager
    def turn(self) -> Generator[None]:
        """Waits for the caller's turn and holds it."""
        ticket = object()
        with self._moved:
            self._turns.append(ticket)
            self._moved.wait_for(lambda: self._turns[0] is ticket)
        try:
            yield
        finally:
            with self._moved:
                self._turns.remove(ticket)
                self._moved.notify_all()
