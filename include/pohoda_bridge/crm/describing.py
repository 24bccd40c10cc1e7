"""The live fields of an entity held against the CRM's file, before anything is read or written with wrong names."""

import logging
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, get_args

from pohoda_bridge.catalogue.crm import Kind
from pohoda_bridge.crm.answer import folded
from pohoda_bridge.crm.api import Api
from pohoda_bridge.crm.failure import Failure
from pohoda_bridge.crm.http import Http, label
from pohoda_bridge.crm.shape import Shape
from pohoda_bridge.errors import StopAgenda

log = logging.getLogger(__name__)


def describe(http: Http, api: Api, shape: Shape) -> Mapping[str, str]:
    """Canonical name -> live kind, and the shape told of them. StopAgenda names each field that is gone or another.

    A service that cannot describe itself is trusted to be what the file says.
    """
    fields = _live(http, api, shape)
    if fields is None:
        return dict(shape.kinds)
    names, known = api.describe, shape.crm.entities[shape.entity].fields
    assert names is not None
    faults: list[str] = []
    kinds: dict[str, str] = {}
    locked: set[str] = set()
    wanted = [(name, mapped.to) for name, mapped in shape.mapping.items()]
    for name, wire in [*wanted, *(("constant", wire) for wire in shape.constants)]:
        live = fields.get(wire.casefold())
        if live is None:
            faults.append(f"{shape.entity} has no field {wire} any more ({name}){_nearest(wire, fields, names.name)}")
            continue
        told = str(live.get(names.kind.casefold()))
        kind = names.kinds.get(told, told)
        if (wire in known and kind != known[wire].kind) or kind not in get_args(Kind):
            expected = f", the file says {known[wire].kind}" if wire in known else ""
            faults.append(f"{shape.entity}.{wire} ({name}) is now of kind {told}{expected}")
        if name in shape.mapping:
            kinds[name] = kind
            if names.read_only and live.get(names.read_only.casefold()) is True:
                locked.add(name)
    if faults:
        raise StopAgenda(f"{shape.agenda}: " + "; ".join(faults) + f". Mend {shape.crm.crm}.yaml or the link's fields")
    shape.kinds.update(kinds)
    shape.locked = frozenset(locked)
    return dict(kinds)


def _live(http: Http, api: Api, shape: Shape) -> dict[str, dict[str, Any]] | None:
    """Live fields by folded wire name; None when the service does not describe itself."""
    if api.describe is None:
        return None
    try:
        entries = http.read(api.describe, shape.entity).at(api.envelope.records)
    except Failure:
        log.info("%s does not describe its fields; its file is trusted", shape.crm.title)
        return None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise Failure("unreadable", label(api.describe, shape.entity)).error()
    live = [folded(entry) for entry in entries]
    return {str(entry.get(api.describe.name.casefold())).casefold(): entry for entry in live}


def _nearest(wire: str, fields: Mapping[str, Mapping[str, Any]], name: str) -> str:
    close = get_close_matches(wire.casefold(), fields, n=1)
    return f"; the nearest is {fields[close[0]][name.casefold()]}" if close else ""
