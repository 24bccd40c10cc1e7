"""The live columns of a folder held against the file, before anything is read or written with wrong names."""

import logging
from collections.abc import Mapping
from difflib import get_close_matches

from pohoda_bridge.crm.eway.session import Session
from pohoda_bridge.crm.eway.shape import GUID, Shape
from pohoda_bridge.errors import StopAgenda

log = logging.getLogger(__name__)


def describe(session: Session, shape: Shape) -> Mapping[str, str]:
    """Canonical name -> kind. StopAgenda names each column that is gone, and custom fields that do not fit.

    A service that does not tell its columns is trusted to be what the file says.
    """
    told = session.ask("GetColumns", includeAdditionalFields=True).at("Data") or ()
    mine = [one for one in told if isinstance(one, dict) and one.get("FolderName", shape.folder) == shape.folder]
    live = {str(one["ColumnName"]).casefold(): str(one["ColumnName"]) for one in mine if one.get("ColumnName")}
    if not live:
        log.info("eWay-CRM does not tell the columns of %s; its file is trusted", shape.folder)
    hidden = {GUID, shape.spec.categories}
    faults = [
        f"{shape.folder} has no {member.wire} any more ({member.name}){_nearest(member.wire, live)}"
        for member in shape.members.values()
        if live and member.kind != "ref" and member.wire not in hidden and member.wire.casefold() not in live
    ]
    if faults:
        raise StopAgenda(f"{shape.agenda}: " + "; ".join(faults) + f". Mend {shape.crm.crm}.yaml or the link's fields")
    return {name: member.kind for name, member in shape.members.items()}


def _nearest(wire: str, live: Mapping[str, str]) -> str:
    close = get_close_matches(wire.casefold(), live, n=1)
    return f"; the nearest is {live[close[0]]}" if close else ""
