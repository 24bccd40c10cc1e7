"""How every task is tried again, where it finds its connections, and how mail leaves. Imports nothing heavy."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import partial
from typing import Any

from airflow.sdk import RetryDecision, RetryPolicy

from pohoda_bridge.errors import Retry, StopAgenda

START = datetime(2020, 1, 1, tzinfo=UTC)
LONGEST_WAIT = timedelta(minutes=15)
POKE = timedelta(minutes=1)
LONGEST_COLLECT = timedelta(days=2)
"""Never reached: a run waits for answers no longer than its unit's `answer_minutes`, a day at most."""


class ByKind(RetryPolicy):  # type: ignore[misc]
    """What must be mended first fails at once; a server that names a wait gets it; all else backs off by itself."""

    def evaluate(self, exception: Any, try_number: int, max_tries: int, context: Any = None) -> RetryDecision:
        if isinstance(exception, StopAgenda):
            return RetryDecision.fail("somebody must mend it first")
        if isinstance(exception, Retry) and exception.after:
            return RetryDecision.retry(min(timedelta(seconds=exception.after), LONGEST_WAIT), "the wait asked for")
        return RetryDecision.default()


TASKS = {
    "retries": 4,
    "retry_delay": timedelta(seconds=20),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": LONGEST_WAIT,
    "retry_policy": ByKind(),
    "execution_timeout": timedelta(hours=6),
}


@contextmanager
def mail_server(connection_id: str) -> Generator[Callable[[EmailMessage], None]]:
    """Airflow's SMTP connection, logged in. The hook's own sending is left out: it sends again after a lost answer."""
    from airflow.providers.smtp.hooks.smtp import SmtpHook

    from pohoda_bridge.mail import post

    with SmtpHook(connection_id) as hook:
        sender = hook.from_email or hook.smtp_user
        if "@" not in sender:
            raise StopAgenda(f"connection {connection_id!r} has no from_email: add it to its extra fields")
        yield partial(post, hook._smtp_client, sender)


def connection(connection_id: str) -> object:
    """Airflow's connection of this id; StopAgenda when there is none."""
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        return BaseHook.get_connection(connection_id)
    except AirflowNotFoundException as error:
        raise StopAgenda(f"connection {connection_id!r} is not known: add it under Admin / Connections") from error
