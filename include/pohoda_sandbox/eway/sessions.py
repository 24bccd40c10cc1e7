"""Sessions: twenty minutes after the last call they end, and a day after they began whatever happens."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pohoda_sandbox.eway.errors import Refused, bad_session

SLIDING, HARD = timedelta(minutes=20), timedelta(hours=24)


@dataclass
class Session:
    user: str
    began: datetime
    used: datetime


@dataclass
class Sessions:
    """Kept in memory: a restart ends them all, as one of the real service does."""

    _live: dict[str, Session] = field(default_factory=dict, repr=False)

    def open(self, user: str, now: datetime, most: int) -> str:
        """A new session. Raises rcLoginFailed when the user has too many."""
        self._drop_old(now)
        if sum(session.user == user for session in self._live.values()) >= most:
            raise Refused("rcLoginFailed", f"There is too many sessions for user with GUID '{user}'")
        identity = str(uuid.uuid4())
        self._live[identity] = Session(user, now, now)
        return identity

    def use(self, identity: object, now: datetime) -> str:
        """The user's guid; the session's twenty minutes start anew. Raises rcBadSession."""
        self._drop_old(now)
        session = self._live.get(identity.lower()) if isinstance(identity, str) else None
        if session is None:
            raise bad_session()
        session.used = now
        return session.user

    def close(self, identity: object) -> None:
        if isinstance(identity, str):
            self._live.pop(identity.lower(), None)

    def expire_all(self) -> None:
        """Every session ends now, as in the middle of a run."""
        self._live.clear()

    def count(self, now: datetime) -> int:
        self._drop_old(now)
        return len(self._live)

    def _drop_old(self, now: datetime) -> None:
        self._live = {
            identity: session
            for identity, session in self._live.items()
            if now <= session.used + SLIDING and now <= session.began + HARD
        }
