"""Whether the custom fields that a link maps are there, and of types that the CRM's fields can hold."""

from collections.abc import Mapping
from difflib import get_close_matches

from pohoda_bridge.catalogue import CUSTOM
from pohoda_bridge.catalogue.rules import placed
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.sync.job import Job

FITTING: Mapping[str, frozenset[str]] = {
    "text": frozenset({"text", "option"}),
    "integer": frozenset({"number", "text"}),
    "decimal": frozenset({"number", "currency", "text"}),
    "boolean": frozenset({"bool"}),
    "date": frozenset({"date", "datetime"}),
}
"""Type of a custom field in POHODA -> kinds of fields in the CRM that hold its values."""


def custom_fields_fit(job: Job) -> None:
    """StopAgenda names each custom field of the flow that POHODA does not have, or that the CRM cannot hold, and each
    rule that asks one what its values cannot answer.
    """
    if not job.flow.custom:
        return
    sides = (job.source, job.target) if job.flow.direction == "to_crm" else (job.target, job.source)
    pohoda, crm = (side.describe(job.agenda) for side in sides)
    faults = []
    for name in sorted(job.flow.custom):
        if name not in pohoda:
            close = get_close_matches(name, [known for known in pohoda if known.startswith(CUSTOM)], n=1)
            faults.append(f"POHODA has no {name} here" + (f" (did you mean {close[0]}?)" if close else ""))
        elif name in crm and crm[name] not in FITTING.get(pohoda[name], frozenset()):
            wire = job.flow.mapping[name].to
            faults.append(f"{name} is {pohoda[name]} in POHODA, and {wire} takes {crm[name]}")
    for _, rule in placed(job.flow.settings.rules, ()):
        name = str(rule.field)
        if job.flow.direction == "to_crm" and name in job.flow.custom and name in pohoda:
            said = rule.misfit(pohoda[name])
            faults += [f"a rule on {name}: {said}"] if said else []
    if faults:
        raise StopAgenda(
            f"{job.agenda}: {'; '.join(faults)}. Change the link's fields or rules; `pohoda-bridge fields` shows them"
        )
