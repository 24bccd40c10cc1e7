"""Patience with a service, as the table of failures allows it: pauses it asks for, and reads asked again."""

import logging
from collections.abc import Callable
from typing import TypeVar

from pohoda_bridge.crm.failure import ON_READ, Failure

BACKOFF = (1.0, 2.0, 4.0)
Told = TypeVar("Told")
log = logging.getLogger(__name__)


def patient(attempt: Callable[[], Told], sleep: Callable[[float], None], budget: float) -> Told:
    """What the attempt gives, after the pauses that a busy service asks for, within the budget of seconds."""
    waited, guess = 0.0, 1.0
    while True:
        try:
            return attempt()
        except Failure as failure:
            wait = max(1.0, guess if failure.after is None else failure.after)
            if failure.kind != "busy" or waited + wait > budget:
                raise
            log.info("%s; waiting %g s", failure, wait)
        sleep(wait)
        waited, guess = waited + wait, guess * 2


def repeated(attempt: Callable[[], Told], sleep: Callable[[float], None]) -> Told:
    """What a read gives, asked again within bounds. Raises Failure for `gone`, else Retry or StopAgenda."""
    for wait in (*BACKOFF, None):
        try:
            return attempt()
        except Failure as failure:
            if failure.kind == "gone":
                raise
            if wait is None or ON_READ[failure.kind] != "again":
                raise failure.error() from None
            log.warning("%s; asked again in %g s", failure, wait)
        sleep(wait)
    raise AssertionError
