"""What an eWay-CRM says of itself: its version, and what of each module the user may do."""

from collections.abc import Iterator, Mapping
from typing import Any

from pohoda_bridge.crm.eway.session import Session
from pohoda_bridge.side import About

NOTHING, READ_ONLY = "None", {"None", "Readonly"}
"""Rules of a module permission that let nobody see, or change, a record."""


def introduced(session: Session, read: Mapping[str, str], written: Mapping[str, str]) -> About:
    """`read` and `written`: the agendas that a link reads from it and writes to it -> their folders. A folder that the
    service names no rights of is trusted."""
    version = session.ask("GetVersion").at("Datum")
    told = session.ask("GetMyModulePermissions").at("Data") or ()
    rights = {str(one.get("FolderName")): one for one in told if isinstance(one, dict)}
    number = version.get("WebServiceVersion") if isinstance(version, dict) else None
    return About({"version": str(number)} if number else {}, tuple(_lacking(rights, read, written)))


def _lacking(
    rights: Mapping[str, Mapping[str, Any]], read: Mapping[str, str], written: Mapping[str, str]
) -> Iterator[str]:
    for folder in dict.fromkeys((*read.values(), *written.values())):
        mine = rights.get(folder, {})
        lacks = ["see"] if mine.get("View") == NOTHING else []
        if folder in written.values():
            lacks += ["make"] if mine.get("CanCreate") is False else []
            lacks += ["change"] if mine.get("Edit") in READ_ONLY else []
        if lacks:
            agendas = sorted(name for name, of in {**read, **written}.items() if of == folder)
            yield f"eWay-CRM lets our user not {', '.join(lacks)} records of {folder} ({', '.join(agendas)})"
