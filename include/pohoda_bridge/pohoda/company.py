"""The right company and year: what a server says of itself, held against the unit."""

from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.pohoda.identity import padded
from pohoda_bridge.pohoda.reader import Source


def check(source: Source, *, ico: object, year: object, where: str) -> None:
    """StopAgenda, naming both, unless `ico` and `year` are the unit's."""
    wanted = (padded(source.unit.ico), str(source.year))
    found = (padded(ico), str(year))
    if wanted != found:
        raise StopAgenda(
            f"unit {source.unit.unit} is company {wanted[0]} in year {wanted[1]}, but {where} of its connection holds "
            f"company {found[0]} in year {found[1]}; nothing was read"
        )
