"""The unit's next accounting year: in the unit file, or on the same server; what holds it is told by itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pohoda_bridge.catalogue import Unit
from pohoda_bridge.catalogue.unit import Year
from pohoda_bridge.connections import Connection, Connections
from pohoda_bridge.errors import BridgeError, StopAgenda


@dataclass(frozen=True)
class Found:
    """A year newer than `before`, the one that is read now. `listed`: it stands in the unit file.

    `missing` are connections that it needs and that nobody has added: id -> what they must be. `seen` says where it
    was found.
    """

    year: int
    before: int
    settings: Year
    listed: bool
    seen: str
    missing: Mapping[str, Connection | None] = field(default_factory=dict)

    def connections(self, known: Connections) -> Connections:
        """The known connections, and those of the missing ones of which is known what they must be."""

        def find(name: str) -> Connection:
            made = self.missing.get(name)
            return made if made is not None else known(name)

        return find

    def unit(self, unit: Unit) -> Unit:
        """The unit with this year."""
        made = unit.model_copy(update={"years": {**unit.years, self.year: self.settings}})
        return made.with_accounting(unit.accounting)

    def asked_for(self) -> list[str]:
        """What a person has to add before the year can be used, one sentence a connection."""
        return [
            f"add the connection {name}" + (f": as {of.id}, with the schema {of.schema}" if of else "")
            for name, of in self.missing.items()
        ]


def find(unit: Unit, connections: Connections, *, bound: int | None, asked: int | None = None) -> Found | None:
    """The year `asked` for, else the oldest one that is newer than `bound`, the newest year of bound records.

    None when there is none. Raises StopAgenda when two databases say that they are it, and Retry.
    """
    newest = max(unit.years)
    listed = sorted(year for year in unit.years if (year == asked if asked else bound is not None and year > bound))
    if listed:
        year = listed[0]
        older = [known for known in unit.years if known < year]
        before = bound if bound is not None and bound < year else max(older, default=year)
        return Found(year, before, unit.years[year], True, "the unit file", _missing(unit.years[year], connections))
    by_sql, by_status = _by_sql(unit, newest, connections), _by_status(unit, newest, connections)
    years = sorted(year for year in {*by_sql, *by_status} if (year == asked if asked else year > newest))
    if not years:
        return None
    return _proposed(unit, newest, years[0], by_sql.get(years[0]), by_status.get(years[0], {}), connections)


def _proposed(
    unit: Unit, newest: int, year: int, database: str | None, serving: Mapping[str, str], connections: Connections
) -> Found:
    """Connections named as those of the year before; `serving`: kind -> a known connection that holds the year."""
    old = unit.years[newest].model_dump(exclude_none=True)
    ids = {kind: serving.get(kind) or _renamed(str(name), newest, year) for kind, name in old.items()}
    missing: dict[str, Connection | None] = dict(_missing(Year(**ids), connections))
    if database and (name := ids.get("sql")) in missing:
        missing[str(name)] = replace(connections(old["sql"]), schema=database)
    seen = f"database {database}" if database else f"mServer of connection {serving['mserver']}"
    return Found(year, newest, Year(**ids), False, seen, missing)


def _by_sql(unit: Unit, newest: int, connections: Connections) -> dict[int, str]:
    """Newer year -> the database that holds it, on the server of the newest year's connection."""
    name = unit.years[newest].sql
    if name is None:
        return {}
    from pohoda_bridge.pohoda.sql.databases import years_of

    found = {year: names for year, names in years_of(connections(name), unit.ico).items() if year > newest}
    for year, names in found.items():
        if len(names) > 1:
            raise StopAgenda(
                f"the databases {', '.join(names)} all say that they are company {unit.ico} in year {year}: add the "
                f"right one to the unit file of {unit.unit} by hand"
            )
    return {year: names[0] for year, names in found.items()}


def _by_status(unit: Unit, newest: int, connections: Connections) -> dict[int, dict[str, str]]:
    """Newer year -> the connection of an mServer that holds it: that of the newest year, or one named alike."""
    name = unit.years[newest].mserver
    found: dict[int, dict[str, str]] = {}
    if name is None:
        return found
    from pohoda_bridge.pohoda.identity import padded
    from pohoda_bridge.pohoda.xml.mserver import MServer
    from pohoda_bridge.pohoda.xml.status import told

    for candidate in dict.fromkeys((name, _renamed(name, newest, newest + 1))):
        try:
            server = MServer(connections(candidate), unit=unit)
        except BridgeError:
            continue
        try:
            ico, year = told(server)
        except BridgeError:
            continue
        finally:
            server.close()
        if ico is not None and padded(ico) == padded(unit.ico) and year is not None and year > newest:
            found.setdefault(year, {})["mserver"] = candidate
    return found


def _missing(settings: Year, connections: Connections) -> dict[str, None]:
    missing: dict[str, None] = {}
    for name in settings.model_dump(exclude_none=True).values():
        try:
            connections(str(name))
        except StopAgenda:
            missing[str(name)] = None
    return missing


def _renamed(name: str, old: int, new: int) -> str:
    return name.replace(str(old), str(new)) if str(old) in name else f"{name}_{new}"
