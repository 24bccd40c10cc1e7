"""Which change id the service was at, at which moment: so that a time can be read on from as a change id.

The port between the sides knows times only, while eWay-CRM filters nothing by time: it has change ids. So each read
notes the pair that it met, and a window that begins at a time goes on from the newest change id noted before it.
"""

import json
from datetime import datetime, timedelta

from pohoda_bridge.crm.eway.keeping import Keep

NEWEST = 200
HISTORY = timedelta(days=31)


class Positions:
    """The noted pairs. Losing them costs one full read, never a change."""

    def __init__(self, keep: Keep) -> None:
        self._keep = keep

    def note(self, moment: datetime, change: int) -> None:
        """Remember that the newest change at a moment (naive, the service's clock) was this one."""
        known = [pair for pair in self._load() if moment - HISTORY <= pair[0] <= moment]
        old, new = known[:-NEWEST], known[-NEWEST:]
        daily = {pair[0].date(): pair for pair in reversed(old)}
        kept = [*sorted(daily.values()), *new, (moment, change)]
        self._keep.save(json.dumps([[when.isoformat(), number] for when, number in kept]))

    def before(self, since: datetime, begin: datetime) -> int | None:
        """The change id to go on from: the newest one noted up to `begin`, else the oldest up to `since`, else None."""
        known = self._load()
        early = [number for when, number in known if when <= begin]
        late = [number for when, number in known if when <= since]
        return early[-1] if early else late[0] if late else None

    def oldest(self, begin: datetime) -> int | None:
        """The oldest change id noted at a moment or later; None without one."""
        return next((number for when, number in self._load() if when >= begin), None)

    def _load(self) -> list[tuple[datetime, int]]:
        """In order of time; what cannot be read counts as never noted."""
        try:
            pairs = json.loads(self._keep.load() or "[]")
            return sorted((datetime.fromisoformat(when), int(number)) for when, number in pairs)
        except (ValueError, TypeError):
            return []
