"""Documents that POHODA has cannot be changed from the CRM: that is said, once, and nothing is overwritten."""

import smtplib
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from functools import partial
from typing import Any

import pytest

from pohoda_bridge.ledger import Request
from pohoda_bridge.mail import Ended, post, tell
from pohoda_bridge.side import Row
from pohoda_bridge.sync import reconcile
from tests.mail.server import MailServer, text_of
from tests.trade.selling import KINDS, make_each
from tests.trade.world import LINKS, World, in_order

PERSON = "uctaren@example.sk"
SUMS = {"gram": set[str](), "eway": {"total_net", "total_vat", "total_gross"}}
"""What a CRM works out by itself when a person changes a line of a document that POHODA has."""


@dataclass
class Office:
    """A world whose accountant gets mail; `made` are the ids of what people entered in the CRM, by agenda."""

    world: World
    server: MailServer
    made: dict[str, str]

    def to_pohoda(self, agenda: str, mode: Any = "incremental") -> list[EmailMessage]:
        """Runs the flow; the mails that come of it."""
        self.world.sync(agenda, "to_pohoda", Request(mode))
        tell((self.world.link, agenda, "to_pohoda"), Ended(self.world.run_id), self._door)
        return self.server.taken()

    def entered(self, agenda: str) -> Row:
        """What a person entered, as it is in the CRM now."""
        return self.world.desk.record(KINDS[agenda], id=self.made[agenda])

    def edit(self, agenda: str, **values: Any) -> None:
        self.world.desk.edit(KINDS[agenda], self.made[agenda], **values)

    def in_pohoda(self, table: str, agenda: str, note: str) -> None:
        """A person gives it another note in POHODA."""
        number = self.entered(agenda)["number"]
        [row] = self.world.rows(f"SELECT ID FROM {table} WHERE Cislo = ?", number)
        self.world.pohoda.edit(table, row["ID"], Pozn=note)

    def line(self, agenda: str) -> Row:
        """What the flow's last run planned for it."""
        [found] = [line for line in self.world.plans[agenda, "to_pohoda"] if line["_id"] == self.made[agenda]]
        return found

    def open(self, agenda: str) -> dict[str, int]:
        """What the comparison of both sides finds open in the direction to POHODA."""
        with self.world.job(agenda, "to_pohoda") as job:
            found = reconcile(job)
        assert found.equal, found.differences
        return {reason: number for reason, number in found.open.items() if reason != "left_out"}

    @contextmanager
    def _door(self, connection_id: str) -> Generator[Callable[[EmailMessage], None]]:
        with smtplib.SMTP("127.0.0.1", self.server.port, timeout=20) as client:
            yield partial(post, client, "bridge@example.sk")


@pytest.fixture(scope="module", params=LINKS)
def office(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """What people made in the CRM lies in POHODA, and offers and orders are whole in the CRM again."""
    server, folder = MailServer(), tmp_path_factory.mktemp("office")
    with (
        pytest.MonkeyPatch.context() as patch,
        World.open(folder, patch, request.param, empty=True, entered=False, notify=PERSON) as world,
    ):
        made = make_each(world)
        for flow in in_order(world.link):
            if flow[0] in {"clients", *KINDS} and (flow[1] == "to_pohoda" or flow[0] in {"offers", "received_orders"}):
                world.sync(*flow)
        server.start()
        yield Office(world, server, made)
        server.stop()


@pytest.mark.parametrize("agenda", KINDS)
def test_an_edit_cannot_be_written_and_is_mailed_once(office: Office, agenda: str) -> None:
    name = "name" if agenda == "deals" else "note"
    before, writes = office.entered(agenda)[name], office.world.writes()
    assert before
    office.edit(agenda, **{name: "Zmenený text"})
    [mail] = office.to_pohoda(agenda)
    assert office.line(agenda)["outcome"] == "cannot_write"
    assert office.line(agenda)["changes"] == {name: [before, "Zmenený text"]}
    told = text_of(mail)
    assert mail["To"] == PERSON
    assert office.made[agenda] in told and f"{before} -> Zmenený text" in told
    assert office.to_pohoda(agenda) == []
    assert office.to_pohoda(agenda, "full") == []
    assert office.open(agenda) == {"cannot_write": 1}
    assert office.world.writes() == writes

    # Taken back it is over; a further edit is news.
    office.edit(agenda, **{name: before})
    assert office.to_pohoda(agenda) == []
    assert office.line(agenda)["outcome"] == "unchanged"
    assert office.open(agenda) == {}
    office.edit(agenda, **{name: "Zmenený text"})
    assert len(office.to_pohoda(agenda)) == 1
    office.edit(agenda, **{name: before})
    assert office.to_pohoda(agenda) == []


def test_lines_too_are_told_and_nobody_overwrites_them(office: Office) -> None:
    first, *others = before = office.entered("offers")["items"]
    office.edit("offers", items=[{**first, "quantity": 40}, *others])
    [mail] = office.to_pohoda("offers")
    assert "Položky: riadkov: 2 -> riadkov: 2" in text_of(mail)
    changes = office.line("offers")["changes"]
    assert changes.keys() - SUMS[office.world.link] == {"items"}, "the sums are kept as POHODA has them"
    assert [[row["quantity"] for row in rows] for rows in changes["items"]] == [["2", "1"], ["40", "1"]]
    edited = office.entered("offers")
    office.world.sync("offers", "to_crm", Request("full"))
    assert office.entered("offers") == edited
    office.edit("offers", items=before)
    assert office.to_pohoda("offers") == []
    assert office.open("offers") == {}


def test_made_in_pohoda_by_hand_it_is_over(office: Office) -> None:
    office.edit("offers", note="Dodať do piatku")
    assert len(office.to_pohoda("offers")) == 1
    office.in_pohoda("NAB", "offers", "Dodať do piatku")
    office.world.sync("offers", "to_crm")
    assert office.entered("offers")["note"] == "Dodať do piatku"
    assert office.to_pohoda("offers") == []
    assert office.open("offers") == {}
    assert office.to_pohoda("offers", "full") == []
    assert office.line("offers")["outcome"] == "unchanged"


def test_of_a_field_that_both_changed_the_master_stands_and_the_run_says_so(office: Office) -> None:
    world = office.world
    office.edit("received_orders", note="Volať predajcovi")
    [mail] = office.to_pohoda("received_orders")
    assert "Volať ráno -> Volať predajcovi" in text_of(mail)
    office.in_pohoda("OBJ", "received_orders", "Volať skladníkovi")
    assert world.sync("received_orders", "to_crm")["updated"] == 1
    [line] = [line for line in world.plans["received_orders", "to_crm"] if line["outcome"] == "updated"]
    assert line["changes"] == {"note": ["Volať predajcovi", "Volať skladníkovi"]}
    assert office.entered("received_orders")["note"] == "Volať skladníkovi"
    assert office.to_pohoda("received_orders") == []
    assert office.open("received_orders") == {}
