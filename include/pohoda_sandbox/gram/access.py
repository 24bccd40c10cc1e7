"""Who is asking: tokens with their sliding life, rights by profile, and how often a token may call."""

import hashlib
import math
import secrets
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pohoda_sandbox.gram.errors import too_many, unauthorised

LIFE = timedelta(days=14)


@dataclass(frozen=True)
class Rights:
    """`own_only`: records of other owners are not seen."""

    writes: bool = True
    own_only: bool = False


PROFILES = {"Reader": Rights(writes=False), "Sales": Rights(own_only=True)}


def digest(password: str) -> str:
    """What the client sends for a password: MD5, which the service's form of Login asks for."""
    return hashlib.md5(password.encode(), usedforsecurity=False).hexdigest()


@dataclass
class Tokens:
    """The permanent token never dies; a user's one two weeks after its last use."""

    permanent: str = field(repr=False)
    permanent_user: str
    _live: dict[str, tuple[str, datetime]] = field(default_factory=dict, repr=False)
    _calls: dict[str, deque[datetime]] = field(default_factory=dict, repr=False)

    def issue(self, user: str, now: datetime) -> tuple[str, datetime]:
        token = secrets.token_hex(16)
        self._live[token] = (user, now)
        return token, now + LIFE

    def use(self, token: str, now: datetime) -> str:
        """The id of the token's user; its life starts anew. Raises 401."""
        if secrets.compare_digest(token.encode(), self.permanent.encode()):
            return self.permanent_user
        user, used = self._live.get(token, ("", now))
        if not user or now > used + LIFE:
            self._live.pop(token, None)
            raise unauthorised()
        self._live[token] = (user, now)
        return user

    def kill(self, token: str) -> None:
        self._live.pop(token, None)

    def expire_all(self) -> None:
        """Every token of a user dies, as in the middle of a run."""
        self._live.clear()

    def throttle(self, token: str, now: datetime, per_minute: int) -> None:
        """Raises 429 with the seconds until the oldest call of the last minute is a minute old."""
        calls = self._calls.setdefault(token, deque())
        while calls and now - calls[0] >= timedelta(minutes=1):
            calls.popleft()
        if per_minute and len(calls) >= per_minute:
            wait = timedelta(minutes=1) - (now - calls[0])
            raise too_many(max(1, math.ceil(wait.total_seconds())))
        calls.append(now)
