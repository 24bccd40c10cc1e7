"""An invoice paid by a set-off: the internal document that settles it is a payment in the CRM as any other."""

from pathlib import Path

import pytest

from tests.trade.world import LINKS, World

SETTLED = (
    "SELECT u.*, f.KcCelkem, f.KcLikv, f.Cislo AS invoice FROM Uhrady u JOIN FA f ON f.ID = u.RelIDH "
    "WHERE u.RelAgH = 2 AND u.RelAgU = 29 AND f.RefCM IS NULL AND f.RelTpFak = 1"
)
"""Settlements of invoices by internal documents, in the home currency."""


@pytest.mark.parametrize("link", LINKS)
def test_a_set_off_pays_the_invoice_in_the_crm(link: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with World.open(tmp_path, monkeypatch, link, size=20, entered=False) as world:
        for agenda in ("clients", "issued_invoices", "payments"):
            world.sync(agenda, "to_crm")
        invoices = {one["number"]: one for one in world.desk.records("invoice", type="invoice")}
        rows = world.rows(SETTLED)
        settled = [row for row in rows if row["invoice"] in invoices]
        assert settled, [dict(r) for r in rows]
        for row in settled:
            invoice = invoices[row["invoice"]]
            paid = world.desk.records("payment", invoice=invoice["id"], number=row["CisloU"], by="internal")
            assert row["KcU"] in [one["amount"] for one in paid], row
            assert {one["paid_on"] for one in paid} == {str(row["DatumU"])[:10]}
            assert (invoice["paid"], invoice["rest"]) == (row["KcCelkem"] - row["KcLikv"], row["KcLikv"])
