"""POHODA's time: naive local time of the machine it runs on, kept to the second."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]

BRATISLAVA = ZoneInfo("Europe/Bratislava")


def bratislava() -> datetime:
    """Now, as a wall clock in Bratislava shows it: no time zone attached."""
    return datetime.now(BRATISLAVA).replace(tzinfo=None)


def stored(moment: datetime) -> str:
    """The text in which a moment lies in a datetime column: 'YYYY-MM-DD HH:MM:SS'."""
    return moment.replace(tzinfo=None).isoformat(" ", "seconds")
