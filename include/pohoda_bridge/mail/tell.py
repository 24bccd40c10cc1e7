"""Tell the person in charge what is new about a flow, in one mail a run, each cause once.

A cause is noted as unsent when it is met and claimed right before the mail goes out, over a connection that stands. A
server that refuses, or is down, gives the claim back: the next run tries again. Of two evils after a kill between the
server's taking the mail and our noting it, or when its word got lost, the claim stays: a second mail of the same
would be sent in vain and teach people to ignore them, while the cause itself stays on the run's report, in the console
and in `status` either way. The log says when that happened.
"""

import logging
import smtplib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from email.message import EmailMessage

from pohoda_bridge import redact
from pohoda_bridge.catalogue import Flow
from pohoda_bridge.errors import BridgeError, Doubt
from pohoda_bridge.ledger import Ledger, Scope, mails, open_ledger, runs
from pohoda_bridge.link import find_flow
from pohoda_bridge.mail.causes import Cause, failure, waiting_now
from pohoda_bridge.mail.message import message
from pohoda_bridge.settings import ledger_url

log = logging.getLogger(__name__)
Door = Callable[[str], AbstractContextManager[Callable[[EmailMessage], None]]]
"""Opens the mail server of a scheduler's connection id; what it gives sends one message, as `post` does."""


@dataclass(frozen=True)
class Ended:
    """A run as its scheduler saw it end: its id, the address of its report, and the task and error of a red one."""

    run_id: str
    page: str | None = None
    red_task: str | None = None
    error: object = None

    @property
    def fault(self) -> str | None:
        """Why the run is red, without personal values; None of one that is not."""
        if self.red_task is None:
            return None
        if isinstance(self.error, BridgeError):
            return str(self.error)
        kind = f" ({type(self.error).__name__})" if isinstance(self.error, BaseException) else ""
        return f"{self.red_task} ended by a fault of ours, or was ended{kind}: see its log"


def tell(names: tuple[str, str, str], ended: Ended, door: Door) -> int:
    """How many causes were mailed; `names` are link, agenda, direction. Never raises: a mail turns no run red."""
    redact.install()
    try:
        flow = find_flow(*names)
        if not flow.link.notify.email:
            return 0
        ledger = open_ledger(ledger_url())
        try:
            return _tell(flow, ended, door, ledger)
        finally:
            ledger.close()
    except Exception as error:
        log.warning("%s: the mail could not be sent (%s); the next run tries again", "__".join(names), _why(error))
        return 0


def _tell(flow: Flow, ended: Ended, door: Door, ledger: Ledger) -> int:
    scope = Scope(flow.link.link, flow.agenda.agenda, flow.direction)
    news = _news(flow, scope, ended, ledger)
    if not news:
        return 0
    with door(flow.link.notify.connection) as send:
        shared = {cause.id for cause in news.values() if cause.kind == "failure"}
        with ledger.transaction() as connection:
            mine = mails.claim(connection, scope, news, shared)
        if not mine:
            return 0
        try:
            send(message(flow, [cause for cause in news.values() if cause.id in mine], ended.page))
        except Doubt as doubt:
            log.warning("%s: %s; its %d causes are not mailed again", flow.dag_id, doubt.log, len(mine))
            return 0
        except Exception:
            with ledger.transaction() as connection:
                mails.settle(connection, scope, mine, "unsent")
            raise
        with ledger.transaction() as connection:
            mails.settle(connection, scope, mine, "sent")
    log.info("%s: %d causes mailed", flow.dag_id, len(mine))
    return len(mine)


def _news(flow: Flow, scope: Scope, ended: Ended, ledger: Ledger) -> dict[str, Cause]:
    """The unsent causes by id, once the run is over; what is over is forgotten."""
    with ledger.transaction() as connection:
        run = runs.find(connection, ended.run_id)
        green = run is not None and run.state == "done"
        if not green and ended.fault is None:
            return {}
        known = mails.known(connection, scope)
        causes = waiting_now(connection, scope, ended.run_id, known, flow.crm.reasons)
        if ended.fault:
            causes = [failure(ended.fault), *causes]
        there = {cause.id: cause for cause in causes}
        over = [cause for cause in known.keys() - there.keys() if green or not cause.startswith("failure ")]
        mails.forget(connection, scope, over)
        mails.meet(connection, scope, there.keys() - known.keys())
    return {
        cause.id: cause
        for cause in there.values()
        if cause.kind in flow.link.notify.on and known.get(cause.id, "unsent") == "unsent"
    }


def _why(error: Exception) -> str:
    """An error as a log may carry it: what a mail server says may name people."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted({code for code, _ in error.recipients.values()})
        return f"every recipient was refused: {', '.join(map(str, codes))}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{type(error).__name__} {error.smtp_code}"
    return redact.masked(error.log if isinstance(error, BridgeError) else f"{type(error).__name__}: {error}")
