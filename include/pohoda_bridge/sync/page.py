"""The report of a run as one page that loads nothing: what moved, what did not and why."""

from collections.abc import Mapping, Sequence

from pohoda_bridge.catalogue import Flow
from pohoda_bridge.ledger import OUTCOMES, Run
from pohoda_bridge.quality.reasons import refusals
from pohoda_bridge.records.telling import tell
from pohoda_bridge.side import Row
from pohoda_bridge.sync.sums import Line

SHOWN = 500


def render(flow: Flow, run: Run, counts: Mapping[str, int], lines: Sequence[Row], sums: Sequence[Line]) -> str:
    """HTML of the report; every value is escaped, lists are cut at SHOWN rows and say so."""
    from jinja2 import Environment, PackageLoader

    environment = Environment(loader=PackageLoader("pohoda_bridge.sync", "templates"), autoescape=True)
    sections = [
        {
            "outcome": outcome,
            "total": counts.get(outcome, 0),
            "lines": [_shown(flow, line) for line in of[:SHOWN]],
            "cut": len(of) > SHOWN,
        }
        for outcome in OUTCOMES
        if (of := [line for line in lines if line["outcome"] == outcome]) and outcome != "unchanged"
    ]
    warnings = [(line["_id"], warning["en"]) for line in lines for warning in line.get("warnings") or []]
    return environment.get_template("report.html").render(
        flow=flow,
        run=run,
        counts=counts,
        sections=sections,
        warnings=warnings[:SHOWN],
        outcomes=OUTCOMES,
        sums=sums,
        summed=[*sums[0].source] if sums else [],
    )


def _shown(flow: Flow, line: Row) -> Row:
    """`told`: the reason in the language of the link's people, where it is told in it."""
    reasons = line.get("reasons") or refusals([line.get("reason") or ""], flow.crm.reasons)
    reason, told = ("; ".join(one[language] for one in reasons) for language in ("en", flow.language))
    return {
        "id": line["_id"],
        "target": line.get("target_id") or "",
        "reason": reason,
        "told": told if told != reason else "",
        "changes": [tell(name, *change) for name, change in (line.get("changes") or {}).items()],
    }
