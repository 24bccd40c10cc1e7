"""A company of eWay-CRM that is hidden while POHODA's is deleted was not deleted on both sides."""

from pathlib import Path

import pytest

from pohoda_bridge.ledger import runs
from tests.both import Both


def hide(both: Both, guid: str, *, hidden: bool) -> None:
    other = both.crm.records("Users")[1]["ItemGUID"]
    both.crm.edit("Companies", guid, IsPrivate=hidden, OwnerGUID=other)


def test_a_company_deleted_in_pohoda_while_its_pair_was_hidden_is_not_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Both.open("eway", tmp_path, monkeypatch) as both:
        number, *_ = [both.company(Firma=name) for name in ("Alfa", "Beta", "Gama")]
        both.sync()
        both.night()
        [guid] = [item["ItemGUID"] for item in both.crm.records("Companies") if item["CompanyName"] == "Alfa"]
        hide(both, guid, hidden=True)
        both.pohoda.edit("AD", number, Pozn="Nezvoniť")
        assert both.sync()["left_out"] == 1
        with both.job() as job, job.ledger.transaction() as ledger:
            [(_, told), *_] = runs.history(ledger, job.scope, f"2026/AD/{number}")
        assert "hidden from our user" in str(told.reason)
        both.pohoda.delete("AD", number)
        both.night()
        assert both.sync()["left_out"] == 1
        hide(both, guid, hidden=False)
        both.crm.edit("Companies", guid, Phone="0900 123 456")
        assert both.sync(way="to_pohoda")["created"] == 0
        assert [card["Firma"] for card in both.cards()] == ["Beta", "Gama"]
