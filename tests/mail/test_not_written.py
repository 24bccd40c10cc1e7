"""A change that the target cannot take is mailed once, until it is over."""

from pohoda_bridge.ledger import Outcome
from tests.mail.conftest import Desk
from tests.mail.server import text_of
from tests.mail.test_once import states


def refused(new: str) -> Outcome:
    return Outcome("q-1", "cannot_write", "the target cannot take note", "2026/NAB/3", {"note": [None, new]})


def test_it_says_what_was_changed_and_is_told_again_only_when_it_was_over(desk: Desk) -> None:
    (mail,) = desk.tell(refused("do piatku"))
    assert "q-1" in text_of(mail) and "(Poznámka: nič -> do piatku)" in text_of(mail)
    assert desk.tell(refused("do piatku")) == []
    assert desk.tell() == []
    assert states(desk) == {"sent"}
    assert desk.tell(Outcome("q-1", "unchanged")) == []
    assert states(desk) == set()
    assert len(desk.tell(refused("do piatku"))) == 1


def test_another_change_of_the_same_record_is_another_cause(desk: Desk) -> None:
    assert len(desk.tell(refused("do piatku"))) == 1
    (mail,) = desk.tell(refused("do pondelka"))
    assert "do pondelka" in text_of(mail) and "do piatku" not in text_of(mail)


def test_what_names_no_change_is_told_by_its_reason(desk: Desk) -> None:
    """A deletion that the target cannot carry out changes no field."""
    reason = "it was deleted in the source; the target cannot delete it"
    (mail,) = desk.tell(Outcome("q-1", "cannot_write", reason, "2026/NAB/3"))
    assert "nezapísané: v zdroji bol vymazaný; cieľová strana to u seba nevie urobiť" in text_of(mail)
    assert desk.tell() == []


def test_the_reason_comes_before_the_change_in_the_language_of_the_unit(desk: Desk) -> None:
    desk.settings("CZ")
    (mail,) = desk.tell(refused("do piatku"))
    assert "nezapsáno: cílová strana nepřijímá: Poznámka (Poznámka: nic -> do piatku)" in text_of(mail)


def test_what_was_refused_while_nobody_was_told_is_told_later(desk: Desk) -> None:
    desk.run(refused("do piatku"))
    (mail,) = desk.tell()
    assert "do piatku" in text_of(mail)
