"""What a run wrote is summed up on both sides: one cent that is off is found, in the report and by reconcile."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pohoda_bridge.ledger import Request, runs
from tests.bridge import Bridge

AGENDAS = ("clients", "issued_invoices")
DAY = "2026-03-01"


@pytest.fixture
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    """Two invoices of one day, in Gram already."""
    with pytest.MonkeyPatch.context() as patch, Bridge.open(tmp_path_factory.mktemp("sums"), patch) as made:
        made.link(agendas={name: {"to_crm": {}} for name in AGENDAS})
        customer = made.company(Firma="Odberateľ a.s.", ICO="36000001", Cislo="AD1")
        given: dict[str, Any] = {"RelTpFak": 1, "Datum": date(2026, 3, 1), "RefAD": customer, "SText": "Faktúra"}
        for number, amount in enumerate((100, 60)):
            made.add("FA", Cislo=f"26F{number}", Kc0=Decimal(amount), KcCelkem=Decimal(amount), **given)
        assert [made.sync(name)["created"] for name in AGENDAS] == [1, 2]
        yield made


def newest_report(bridge: Bridge) -> str:
    with bridge.job("issued_invoices") as job:
        with job.ledger.transaction() as ledger:
            (run,) = runs.latest(ledger, limit=1)
        return job.files(run.id).read_text("report.html")


def test_equal_sums_are_told(bridge: Bridge) -> None:
    page = newest_report(bridge)
    assert f"<td>{DAY}</td><td>EUR</td>" in page
    assert "DIFFERENT" not in page
    assert [(line.day, line.equal, line.source["count"]) for line in bridge.reconcile("issued_invoices").sums] == [
        (DAY, True, 2)
    ]


def test_a_planted_cent_is_found(bridge: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    first, second = bridge.records("Invoice")
    bridge.link(agendas={name: {"to_crm": {"fields": {"TotalGross": {"on_create_only": True}}}
                                if name == "issued_invoices" else {}} for name in AGENDAS})  # fmt: skip
    bridge.sandbox.gram.edit("Invoice", first["Id"], TotalGross=first["TotalGross"] + 0.01)
    for record in (first, second):
        bridge.edit(int(record["ExternalId"]), "FA", Pozn="Poznámka")
    assert bridge.sync("issued_invoices", Request("full")) == {"updated": 2}
    page = newest_report(bridge)
    assert "160 ≠ <del>160.01</del>" in page.replace(".00", "")
    assert "DIFFERENT" in page
    assert "sums differ on 2026-03-01" in caplog.text
    (line,) = bridge.reconcile("issued_invoices").sums
    assert (line.equal, line.target["gross"] - line.source["gross"]) == (False, Decimal("0.01"))
