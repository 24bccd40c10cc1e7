"""How far a contract is, by its dates: the state that a company gives it is a name of its own choice. And its number
where a CRM counts its deals.
"""

from decimal import Decimal
from typing import NamedTuple

from pohoda_bridge.records.converters import one_line


class DealState(NamedTuple):
    """`stage`: planned, in_progress or delivered; `status`: open or won. POHODA has no contract that is lost."""

    stage: str
    status: str


def deal_state(started: object, delivered: object) -> DealState:
    """The state of a contract of which the day of its start and of its delivery are filled or not."""
    if delivered:
        return DealState("delivered", "won")
    return DealState("in_progress" if started else "planned", "open")


def responsible_person(whole: str | None, name: str | None, surname: str | None) -> str | None:
    """The person's name in one line: as the listing has it, surname first, else made of its parts."""
    return one_line(whole or " ".join(part for part in (surname, name) if part)) or None


def counted(number: str | None) -> Decimal | None:
    """The number as one that a CRM could have counted itself: digits without zeros before them; else None."""
    text = (number or "").strip()
    return Decimal(text) if text.isdecimal() and text.isascii() and not text.startswith("0") else None
