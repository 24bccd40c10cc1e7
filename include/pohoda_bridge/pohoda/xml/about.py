"""What an mServer says of itself and of the program behind it; the asking shows whether our user may use XML at all."""

from collections.abc import Mapping

from pohoda_bridge.pohoda import about
from pohoda_bridge.pohoda.xml import status
from pohoda_bridge.pohoda.xml.kinds import kind_of
from pohoda_bridge.pohoda.xml.mserver import MServer
from pohoda_bridge.pohoda.xml.requests import Ask, pack
from pohoda_bridge.pohoda.xml.walk import Pack, events

ASKED = "centre"
"""A short list that every unit has: each answer names the program."""


def told(server: MServer, ico: str, place: str) -> Mapping[str, str]:
    """The server, its unit, and the program's version. Raises Retry, StopAgenda (a user without the right to XML)."""
    facts = dict(status.facts(server))
    kind = kind_of(ASKED)
    with server.post(pack(kind, [Ask("about")], id="about", ico=ico)) as file:
        found = [event.program for event in events(file, kind.record or ASKED, place) if isinstance(event, Pack)]
    return {**facts, about.PROGRAM: next(filter(None, found), "")}
