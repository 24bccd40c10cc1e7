"""One mail per cause, none twice, and none lost to a server that is down."""

import logging
from contextlib import contextmanager
from typing import Any

import pytest

from pohoda_bridge.errors import Retry, StopAgenda
from pohoda_bridge.ledger import Outcome, mails, waiting
from pohoda_bridge.mail import Ended, tell
from tests.mail.conftest import NAMES, PEOPLE, Desk
from tests.mail.server import text_of

BAD = "the check digit is wrong"


def states(desk: Desk) -> set[str]:
    with desk.ledger.transaction() as connection:
        return set(mails.known(connection, desk.scope()).values())


def test_a_cause_is_mailed_once_to_all(desk: Desk) -> None:
    desk.quarantine({"2026/AD/1": BAD})
    (mail,) = desk.tell()
    assert mail["To"] == ", ".join(PEOPLE)
    assert [envelope.rcpt_tos for envelope in desk.server.envelopes] == [PEOPLE]
    assert "2026/AD/1" in text_of(mail)
    assert desk.tell() == []
    assert states(desk) == {"sent"}


def test_a_new_cause_is_mailed_alone(desk: Desk) -> None:
    desk.quarantine({"2026/AD/1": BAD})
    desk.tell()
    desk.quarantine({"2026/AD/1": BAD, "2026/AD/2": BAD})
    (mail,) = desk.tell()
    assert "2026/AD/2" in text_of(mail)
    assert "2026/AD/1" not in text_of(mail)


def test_another_fault_of_the_same_record_is_another_cause(desk: Desk) -> None:
    desk.quarantine({"2026/AD/1": "refused at 10:15 by request 7f3a9"})
    assert len(desk.tell()) == 1
    desk.quarantine({"2026/AD/1": "refused at 11:30 by request 88c01"})
    assert desk.tell() == []
    desk.quarantine({"2026/AD/1": "refused for ever"})
    assert len(desk.tell()) == 1


def test_what_is_over_and_comes_back_is_mailed_again(desk: Desk) -> None:
    desk.quarantine({"2026/AD/1": BAD})
    desk.tell()
    desk.settle("2026/AD/1")
    assert desk.tell() == []
    assert states(desk) == set()
    desk.quarantine({"2026/AD/1": BAD})
    assert len(desk.tell()) == 1


def test_a_dismissed_record_is_not_mailed(desk: Desk) -> None:
    desk.quarantine({"2026/AD/1": BAD})
    with desk.ledger.transaction() as connection:
        waiting.dismiss(connection, desk.scope(), "2026/AD/1")
    assert desk.tell() == []


def test_a_match_left_to_a_person_is_mailed_until_it_is_decided(desk: Desk) -> None:
    ambiguous = Outcome("2026/AD/9", "left_out", "several records may be its pair (c-1, c-2); a person decides")
    desk.server.stop()
    assert desk.tell(ambiguous) == []
    desk.server.start()
    (mail,) = desk.tell()
    assert "(c-1, c-2)" in text_of(mail)
    assert desk.tell(ambiguous) == []
    desk.tell(Outcome("2026/AD/9", "created"))
    assert states(desk) == set()
    assert len(desk.tell(ambiguous)) == 1


def test_a_server_that_is_down_loses_nothing(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.quarantine({"2026/AD/1": BAD})
    desk.server.stop()
    assert desk.tell() == []
    assert "the next run tries again" in caplog.text
    assert states(desk) == {"unsent"}
    desk.server.start()
    assert len(desk.tell()) == 1
    assert desk.tell() == []


def test_a_server_that_cannot_take_it_loses_nothing(desk: Desk) -> None:
    desk.quarantine({"2026/AD/1": BAD})
    desk.server.full = True
    assert desk.tell() == []
    assert states(desk) == {"unsent"}
    desk.server.full = False
    assert len(desk.tell()) == 1


def test_a_refused_recipient_keeps_the_mail_from_nobody_else(desk: Desk) -> None:
    desk.quarantine({"2026/AD/1": BAD})
    desk.server.refused = {PEOPLE[1]}
    assert len(desk.tell()) == 1
    assert desk.server.envelopes[0].rcpt_tos == PEOPLE[:1]
    assert desk.tell() == []


def test_with_every_recipient_refused_it_is_tried_again(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.quarantine({"2026/AD/1": BAD})
    desk.server.refused = set(PEOPLE)
    assert desk.tell() == []
    assert "every recipient was refused: 550" in caplog.text
    assert PEOPLE[0] not in caplog.text
    desk.server.refused = set()
    assert len(desk.tell()) == 1


def test_an_answer_that_is_lost_is_not_sent_again(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.quarantine({"2026/AD/1": BAD})
    desk.server.lost = True
    assert len(desk.tell()) == 1
    assert "did not say whether it took the mail" in caplog.text
    desk.server.lost = False
    assert desk.tell() == []


def test_a_kill_after_the_server_took_it_sends_none_twice(desk: Desk) -> None:
    class Killed(BaseException):
        pass

    @contextmanager
    def killed(connection_id: str) -> Any:
        with desk.door(connection_id) as send:

            def sends_and_dies(mail: Any) -> None:
                send(mail)
                raise Killed

            yield sends_and_dies

    desk.quarantine({"2026/AD/1": BAD})
    with pytest.raises(Killed):
        desk.tell(door=killed)
    assert len(desk.server.taken()) == 1
    assert desk.tell() == []


def test_only_what_is_asked_for_is_mailed(desk: Desk) -> None:
    desk.settings(on=["conflict"])
    desk.quarantine({"2026/AD/1": BAD})
    assert desk.tell() == []
    desk.settings(on=["quarantine"])
    assert len(desk.tell()) == 1


def test_nobody_is_told_by_default(desk: Desk) -> None:
    desk.settings(email=[])
    desk.quarantine({"2026/AD/1": BAD})
    assert desk.tell() == []
    assert states(desk) == set()


def test_a_run_that_goes_on_tells_nothing(desk: Desk) -> None:
    desk.quarantine({"2026/AD/1": BAD})
    assert tell(NAMES, Ended(desk.run(state="running")), desk.door) == 0
    assert desk.server.taken() == []


def test_a_failure_is_mailed_once_until_a_run_is_green(desk: Desk) -> None:
    error = StopAgenda("the column is gone (try 1 at 10:15)")
    (mail,) = desk.tell(error=error)
    assert "the column is gone" in text_of(mail)
    assert desk.tell(error=StopAgenda("the column is gone (try 2 at 10:30)")) == []
    assert len(desk.tell(error=StopAgenda("the password is wrong"))) == 1
    assert desk.tell(error=error) == []
    assert desk.tell() == []
    assert len(desk.tell(error=error)) == 1


def test_a_failure_that_all_agendas_share_is_mailed_once(desk: Desk) -> None:
    error = Retry("mServer does not answer")
    assert len(desk.tell(error=error)) == 1
    assert desk.tell(error=error, agenda="contacts") == []
    assert len(desk.tell(error=Retry("the disk is full"), agenda="contacts")) == 1
    desk.tell()
    assert desk.tell(error=error, agenda="contacts") == []
    desk.tell(agenda="contacts")
    assert len(desk.tell(error=error, agenda="contacts")) == 1


def test_a_failure_before_the_run_began_is_mailed(desk: Desk) -> None:
    assert tell(NAMES, Ended("never begun", None, "extract", StopAgenda("no connection")), desk.door) == 1
    (mail,) = desk.server.taken()
    assert "no connection" in text_of(mail)


def test_a_fault_of_ours_and_a_killed_task_carry_no_values(desk: Desk) -> None:
    for error, told in ((KeyError("Jan Novák"), "(KeyError)"), ("killed", "load ended")):
        (mail,) = desk.tell(error=error)
        assert told in text_of(mail)
        assert "Novák" not in text_of(mail)


def test_nothing_that_goes_wrong_is_raised(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert tell(("gram", "wonders", "to_crm"), Ended("x"), desk.door) == 0
        (desk.folder / "links/gram.yaml").write_text("link: [", encoding="utf-8")
        assert tell(NAMES, Ended("x"), desk.door) == 0
    assert caplog.text.count("the mail could not be sent") == 2
