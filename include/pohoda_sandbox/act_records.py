"""What all acts of a person in POHODA share: the one record they are about, the day, and the word that it cannot be."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from pohoda_sandbox.pohoda.database import Pohoda

Row = dict[str, Any]


class ActError(Exception):
    """It cannot be done; one line for the user says why."""


def one(found: Sequence[Row], what: str) -> Row:
    """The only row of those found. Raises ActError, which says `what` there is not, or not one of."""
    if not found:
        raise ActError(f"There is no {what}.")
    if len(found) > 1:
        raise ActError(f"There is not one {what} but {len(found)}: ids {', '.join(str(row['ID']) for row in found)}.")
    return found[0]


def today(pohoda: Pohoda) -> date:
    """Today, within the unit's year."""
    year = int(pohoda.settings()["Rok"])
    return min(max(pohoda.now().date(), date(year, 1, 1)), date(year, 12, 31))
