"""What the sides of a link say of themselves, asked once a link: for `check`."""

from dataclasses import dataclass

from pohoda_bridge.catalogue import Catalogue, Flow
from pohoda_bridge.connections import from_environment
from pohoda_bridge.errors import BridgeError
from pohoda_bridge.link import open_job
from pohoda_bridge.side import About, Introduced


@dataclass(frozen=True)
class Told:
    """`side` of the link: POHODA, or the CRM's title. `fault`: why it does not tell."""

    link: str
    side: str
    about: About
    fault: str | None = None

    @property
    def what(self) -> str:
        return f"{self.side} of {self.link}"


def told(known: Catalogue, link: str) -> list[Told]:
    """What both sides tell; a side that cannot be asked at all is left out."""
    flows = list(known.flows(link))
    if not flows:
        return []
    ways = {way: [flow.agenda.agenda for flow in flows if flow.direction == way] for way in ("to_crm", "to_pohoda")}
    flow = next((one for one in flows if one.direction == "to_pohoda"), flows[0])
    named = {"POHODA": ("to_crm", "to_pohoda"), flow.crm.title: ("to_pohoda", "to_crm")}
    found = []
    for side, (read, written) in named.items():
        try:
            about = _asked(flow, side, ways[read], ways[written])
        except BridgeError as error:
            found.append(Told(link, side, About(), error.text))
        else:
            found += [Told(link, side, about)] if about is not None else []
    return found


def _asked(flow: Flow, side: str, read: list[str], written: list[str]) -> About | None:
    with open_job(flow, connections=from_environment) as job:
        of_pohoda, of_crm = (job.source, job.target) if flow.direction == "to_crm" else (job.target, job.source)
        asked = of_pohoda if side == "POHODA" else of_crm
        whole = getattr(asked, "side", asked)
        return whole.about(read, written) if isinstance(whole, Introduced) else None
