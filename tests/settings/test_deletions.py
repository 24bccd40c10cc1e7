"""What a deleted product or document means for its pair, with both CRMs: kept, marked, or deleted, as the link says."""

from typing import Any

import pytest

from pohoda_bridge.catalogue import open_catalogue
from pohoda_bridge.errors import SettingsError
from pohoda_bridge.ledger import Request, deletions
from pohoda_bridge.sync import nightly
from tests.settings.office import TABLES, Office

AGENDAS = ("products", "offers", "issued_invoices")
POLICIES = ("propagate", "mark", "keep")
"""What was kept would be looked at again under another policy."""


@pytest.fixture(scope="module")
def carried(office: Office) -> Office:
    office.link({})
    office.repeat("offers", 6)
    for agenda in ("clients", *AGENDAS):
        office.both.sync(agenda)
    return office


def going(office: Office, agenda: str) -> tuple[str, dict[str, Any]]:
    """A record of POHODA's that the CRM has, and its number."""
    rows, there = office.rows(agenda), office.shown(agenda)
    return next((number, row) for number, row in sorted(rows.items()) if number in there)


def night(office: Office, agenda: str, way: str = "to_crm") -> int:
    with office.both.job(agenda, way) as job:
        return len(nightly(job).deleted)


def states(office: Office, agenda: str, way: str = "to_crm") -> list[str | None]:
    with office.both.job(agenda, way) as job, job.ledger.transaction() as ledger:
        return list(deletions.known(ledger, job.scope).values())


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("agenda", AGENDAS)
def test_what_is_deleted_in_pohoda(carried: Office, agenda: str, policy: str) -> None:
    settings = {agenda: {"to_crm": {"deletions": policy}}}
    marks = open_catalogue().crms[carried.kind].agendas[agenda].deleted
    if policy == "mark" and marks is None:
        with pytest.raises(SettingsError, match="mark"):
            carried.link(settings)
            carried.both.sync(agenda)
        carried.link({})
        return
    carried.link(settings)
    carried.both.sync(agenda)
    before = states(carried, agenda)
    number, row = going(carried, agenda)
    carried.both.pohoda.delete(TABLES[agenda], row["ID"])
    assert night(carried, agenda) == 1
    counts = carried.both.sync(agenda)
    assert counts[{"keep": "left_out", "mark": "updated", "propagate": "deleted"}[policy]] == 1, counts
    record = carried.shown(agenda).get(number)
    if policy == "propagate":
        assert record is None and states(carried, agenda) == before
    else:
        assert record is not None and is_marked(carried, record, agenda) is (policy == "mark")
        assert len(states(carried, agenda)) == len(before) + 1
    writes = carried.both.crm.writes()
    assert night(carried, agenda) == 0
    assert not {"created", "updated", "deleted"} & set(carried.both.sync(agenda))
    assert carried.both.crm.writes() == writes


def is_marked(office: Office, record: dict[str, Any], agenda: str) -> bool:
    deleted = open_catalogue().crms[office.kind].agendas[agenda].deleted
    if deleted is None or deleted.add is None:
        return deleted is not None and record[deleted.to] == deleted.value
    groups = {one["ItemGUID"]: one["GroupName"] for one in office.both.crm.records("Groups")}
    return deleted.add in {groups.get(one["ForeignItemGUID"]) for one in record["Relations"]}


def test_a_document_deleted_in_the_crm_stays_in_pohoda(carried: Office) -> None:
    """POHODA lets nobody delete a document from outside, and a link cannot want it."""
    carried.link({"issued_invoices": {"to_pohoda": {"deletions": "propagate"}}})
    with pytest.raises(SettingsError, match="POHODA lets nobody delete its issued_invoices from outside"):
        carried.both.sync("issued_invoices")
    carried.link({})
    carried.both.sync("issued_invoices", "to_pohoda")
    number, row = going(carried, "issued_invoices")
    carried.delete("issued_invoices", carried.shown("issued_invoices")[number]["id"])
    assert night(carried, "issued_invoices", "to_pohoda") == 1
    assert carried.both.sync("issued_invoices", "to_pohoda")["left_out"] == 1
    assert carried.rows("issued_invoices")[number]["ID"] == row["ID"]
    carried.both.sync("issued_invoices", "to_crm", Request("full"))
    assert number not in carried.shown("issued_invoices"), "what a person deleted is not made again"
