"""What an eWay-CRM says of itself: its version, and what of each module the user may do."""

from collections.abc import Iterator, Mapping

from pohoda_bridge.crm.eway.rights import NOTHING, WHOLE, Rights
from pohoda_bridge.crm.eway.session import Session
from pohoda_bridge.side import About


def introduced(session: Session, rights: Rights, read: Mapping[str, str], written: Mapping[str, str]) -> About:
    """`read` and `written`: the agendas that a link reads from it and writes to it -> their folders. A folder that the
    service names no rights of is trusted."""
    version = session.ask("GetVersion").at("Datum")
    number = version.get("WebServiceVersion") if isinstance(version, dict) else None
    return About({"version": str(number)} if number else {}, tuple(_lacking(rights, read, written)))


def _lacking(rights: Rights, read: Mapping[str, str], written: Mapping[str, str]) -> Iterator[str]:
    for folder in dict.fromkeys((*read.values(), *written.values())):
        mine = rights.module(folder)
        lacks = _reach("see", mine.get("View"))
        if folder in written.values():
            lacks += ["make"] if mine.get("CanCreate") is False else []
            lacks += _reach("change", mine.get("Edit"))
        if lacks:
            agendas = sorted(name for name, of in {**read, **written}.items() if of == folder)
            what = f"{', '.join(lacks)} records of {folder} ({', '.join(agendas)})"
            yield f"eWay-CRM does not let our user {what}; give the user this right"


def _reach(what: str, level: object) -> list[str]:
    """What the user may not do by a level; one that is not told is trusted."""
    return [] if level is None or level in WHOLE else [what if level in NOTHING else f"{what} all"]
