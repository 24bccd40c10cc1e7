"""What a person is told about a flow where it runs: what it carries, what to do when it fails, how to start it."""

from pohoda_bridge.catalogue import Flow
from pohoda_bridge.catalogue.link import Link
from pohoda_bridge.catalogue.unit import Unit
from pohoda_bridge.pools import answers_later, source_pool, target_pool

COLLECT = "\n| collect | POHODA refuses whole packs, or the folders are away | mend what it names; the packs wait |"


def manual(flow: Flow) -> str:
    """Markdown: the documentation of the flow's DAG."""
    title, crm = flow.agenda.title, flow.crm.title
    pohoda = f"POHODA, unit `{flow.unit.unit}` (IČO {flow.unit.ico}), by {flow.read}"
    crm = f"{crm}, connection `{flow.link.crm.connection}`"
    source, target = (pohoda, crm) if flow.direction == "to_crm" else (crm, pohoda)
    after = ", ".join(f"`{flow.link.link}__{agenda}__{flow.direction}`" for agenda in flow.agenda.after)
    schedule = f"`{flow.settings.schedule}` ({flow.unit.timezone})" if flow.settings.schedule else "by hand only"
    later = COLLECT if answers_later(flow) else ""
    names = f"{flow.link.link} {flow.agenda.agenda} {flow.direction}"
    return f"""### {title.en} / {title.cs} / {title.sk}

{flow.agenda.about}

| | |
|---|---|
| reads | {source} |
| writes | {target} |
| when | {schedule} |
| needs | {after or "nothing before it"} |
| pools | `{source_pool(flow)}` for reading, `{target_pool(flow)}` for writing |

**When it fails.** {flow.agenda.on_failure}

| red task | what it means | what to do |
|---|---|---|
| extract | the source cannot be read, or is not what it was | mend what the text names: connection, rights, a column |
| validate, transform | a fault of the product or of the store of batches | look at the disk; report it with its log |
| plan | the target cannot be read | mend what the text names |
| load | the target does not answer, or another run writes to it | wait: what got no answer is looked up first |{later}
| report | the ledger cannot be written | look at the disk or the database of the ledger |

Nothing is lost or written twice by a failure: the cursor moves only at the very end, and a task that is cleared goes on
where it stopped. Records that were refused, wait or are in conflict leave the run green: its report lists them.

**By hand.** *Trigger* offers a form: everything, a window of time, single records, or a dry run that writes nothing.
A backfill reads what was saved in each of its intervals and does not move the cursor:
`airflow backfill create --dag-id {flow.dag_id} --from-date 2026-01-01 --to-date 2026-01-31`.
`pohoda-bridge plan {names}` shows what would change now, field by field;
`pohoda-bridge why {flow.link.link} {flow.agenda.agenda} KEY` tells about one record.
"""


def nightly_work(link: Link, unit: Unit) -> str:
    """Markdown: the documentation of a link's maintenance DAG."""
    when = f"`{link.maintenance}` ({unit.timezone})" if link.maintenance else "by hand only"
    return f"""### The nightly work of link `{link.link}`

When: {when}. It writes to neither side: what it finds goes with the next run of the flow. No task waits for another.

| task | does |
|---|---|
| reconcile_... | one instance a flow: looks for deleted records, compares both sides in full, queues what differs |
| quality_... | one instance a flow: judges all data; the page of the day stands in the flow's Data Docs |
| retention | forgets runs, outcomes, closed intents and run folders older than {link.keep_days} days |

**When it fails.** Nothing was changed or lost: mend what the text names; it goes again next night, or by *Trigger*. A
source that is empty or has shrunken is not believed: look at POHODA or the CRM. When a person did delete so much:
`pohoda-bridge reconcile {link.link} --queue --believe`.
"""


def refused(link: str, fault: str) -> str:
    """Markdown: the documentation of the failing DAG of a link whose settings are refused."""
    fence = "`" * 4
    return f"""### The settings of link `{link}` are refused

{fence}
{fault}
{fence}

**When it fails.** It fails every hour until the file named above is mended (`pohoda-bridge check {link}` tells whether
it is). Then it goes by itself, and the DAGs of the link come back with all their runs. Nothing of the link runs
meanwhile, and nothing is lost: its next runs take up everything since. Other links are not touched by it.
"""
