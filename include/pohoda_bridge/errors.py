"""Errors, named by what to do next.

BridgeError
  Retry           transient: the same call may work later (Airflow retries the task)
    Busy          another run holds the lease on the target
  RejectRecord    this record cannot go; quarantine it and go on with the rest
  StopAgenda      going on would do harm (schema drift, wrong unit, bad credentials); the run turns red
    SettingsError a settings file is wrong; carries file and line
  Doubt           a write was sent and its outcome is unknown; look it up, never send it again blindly
"""


class BridgeError(Exception):
    """An error with a text for the user; `log` is the text for the log and carries no personal value."""

    def __init__(self, text: str, *, log: str | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.log = log if log is not None else text


class Retry(BridgeError):
    """Transient: a later attempt may work. `after` is the wait asked for by the other side, in seconds."""

    def __init__(self, text: str, *, log: str | None = None, after: float | None = None) -> None:
        super().__init__(text, log=log)
        self.after = after


class Busy(Retry):
    """Another run is writing to the same target; wait for its lease to end."""


class RejectRecord(BridgeError):
    """One record cannot be carried; it waits in quarantine while the others go on."""


class StopAgenda(BridgeError):
    """The agenda must not go on before somebody mended what the text says."""


class SettingsError(StopAgenda):
    """A settings file is wrong; the text begins with `file:line`."""


class Doubt(BridgeError):
    """A write was sent, its outcome is unknown: time-out, cut connection, unreadable answer."""
