"""Every agenda goes in both directions with each CRM, or its page says why not; the demo's links run all that go."""

import re
from itertools import product
from pathlib import Path

import pytest

from pohoda_bridge.catalogue.catalogue import INCLUDE

from .conftest import AGENDAS, CATALOGUE

DOCS = Path(INCLUDE).parent / "docs"
WAYS = {"CRM": "to_crm", "POHODA": "to_pohoda"}
LINKED = ("gram", "eway")


def told(crm: str) -> dict[tuple[str, str], str]:
    """Flows that the CRM's page lists as missing -> the reason."""
    page = (DOCS / f"{crm}.md").read_text(encoding="utf-8")
    table = page.partition("### DAGs that a link with ")[2].partition("\n#")[0]
    rows = re.findall(r"^\| ([a-z, ]+) to (CRM|POHODA) \| (.+) \|$", table, flags=re.MULTILINE)
    return {(name.replace(" ", "_"), WAYS[way]): why for names, way, why in rows for name in names.split(", ")}


@pytest.mark.parametrize("crm", LINKED)
def test_a_direction_that_an_agenda_lacks_has_a_reason(crm: str) -> None:
    assert len(AGENDAS) == 12
    carried = {(name, way) for name, agenda in CATALOGUE.crms[crm].agendas.items() for way in agenda.directions}
    reasons = told(crm)
    assert set(reasons) == {*product(AGENDAS, WAYS.values())} - carried
    assert all(len(reason) > 20 for reason in reasons.values())


@pytest.mark.parametrize("crm", LINKED)
def test_the_demo_runs_every_direction_that_there_is(crm: str) -> None:
    carried = {(name, way) for name, agenda in CATALOGUE.crms[crm].agendas.items() for way in agenda.directions}
    assert {(flow.agenda.agenda, flow.direction) for flow in CATALOGUE.flows(crm)} == carried
