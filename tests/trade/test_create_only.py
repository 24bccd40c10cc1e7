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
from pohoda_sandbox import act
from tests.mail.server import MailServer, text_of
from tests.trade.world import World, in_order

PERSON = "uctaren@example.sk"
KINDS = {
    "deals": ("deal", "Name", "name"),
    "offers": ("offer", "Text", "text"),
    "received_orders": ("received_order", "Text", "text"),
    "issued_orders": ("issued_order", "Text", "text"),
    "issued_invoices": ("invoice", "Text", "text"),
}
"""Agenda -> the kind of what people entered, a field that they edit later and its canonical name."""


@dataclass
class Office:
    """A world whose accountant gets mail."""

    world: World
    server: MailServer

    def to_pohoda(self, agenda: str, mode: Any = "incremental") -> list[EmailMessage]:
        """Runs the flow; the mails that come of it."""
        self.world.sync(agenda, "to_pohoda", Request(mode))
        tell(("gram", agenda, "to_pohoda"), Ended(self.world.run_id), self._door)
        return self.server.taken()

    def line(self, agenda: str, id: str, way: str = "to_pohoda") -> Row | None:
        """What the flow's last run planned for a record; None when it was not among those read."""
        return next((line for line in self.world.plans[agenda, way] if line["_id"] == id), None)

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


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """What people made in the CRM lies in POHODA, and offers and orders are whole in the CRM again."""
    server, folder = MailServer(), tmp_path_factory.mktemp("office")
    with pytest.MonkeyPatch.context() as patch, World.open(folder, patch, size=20, notify=PERSON) as world:
        for flow in in_order():
            if flow[1] == "to_pohoda" or flow[0] in {"clients", "offers", "received_orders"}:
                world.sync(*flow)
        server.start()
        yield Office(world, server)
        server.stop()


def entered(world: World, agenda: str) -> Row:
    """What a person made in the CRM, the last of its kind."""
    made = [one for one in world.sandbox.planted.entered if one.kind == KINDS[agenda][0]][-1]
    return world.record(made.entity, Id=made.id)


@pytest.mark.parametrize("agenda", KINDS)
def test_an_edit_cannot_be_written_and_is_mailed_once(office: Office, agenda: str) -> None:
    _, wire, name = KINDS[agenda]
    entity, record = office.world.crm.agendas[agenda].entity, entered(office.world, agenda)
    writes = office.world.writes()
    office.world.sandbox.gram.edit(entity, record["Id"], **{wire: "Zmenený text"})
    [mail] = office.to_pohoda(agenda)
    line = office.line(agenda, record["Id"])
    assert line and (line["outcome"], line["changes"]) == ("cannot_write", {name: [record[wire], "Zmenený text"]})
    told = text_of(mail)
    assert mail["To"] == PERSON
    assert record["Id"] in told and f"{record[wire]} -> Zmenený text" in told
    assert office.to_pohoda(agenda) == []
    assert office.to_pohoda(agenda, "full") == []
    assert office.open(agenda) == {"cannot_write": 1}
    assert office.world.writes() == writes

    # Taken back it is over; a further edit is news.
    office.world.sandbox.gram.edit(entity, record["Id"], **{wire: record[wire]})
    assert office.to_pohoda(agenda) == []
    line = office.line(agenda, record["Id"])
    assert line and line["outcome"] == "unchanged"
    assert office.open(agenda) == {}
    office.world.sandbox.gram.edit(entity, record["Id"], **{wire: "Zmenený text"})
    assert len(office.to_pohoda(agenda)) == 1
    office.world.sandbox.gram.edit(entity, record["Id"], **{wire: record[wire]})
    assert office.to_pohoda(agenda) == []


def test_lines_too_are_told_and_nobody_overwrites_them(office: Office) -> None:
    world, quote = office.world, entered(office.world, "offers")
    dearer = [{**quote["Items"][0], "Quantity": 40}, *quote["Items"][1:]]
    world.sandbox.gram.edit("Quote", quote["Id"], Items=dearer)
    [mail] = office.to_pohoda("offers")
    assert f"{len(dearer)} rows -> {len(dearer)} rows" in text_of(mail)
    line = office.line("offers", quote["Id"])
    assert line and set(line["changes"]) == {"items"}, "the sums are kept as POHODA has them"
    edited = world.record("Quote", Id=quote["Id"])
    world.sync("offers", "to_crm", Request("full"))
    assert world.record("Quote", Id=quote["Id"]) == edited
    world.sandbox.gram.edit("Quote", quote["Id"], Items=quote["Items"])
    assert office.to_pohoda("offers") == []
    assert office.open("offers") == {}


def test_made_in_pohoda_by_hand_it_is_over(office: Office) -> None:
    world, quote = office.world, entered(office.world, "offers")
    world.sandbox.gram.edit("Quote", quote["Id"], Note="Dodať do piatku")
    assert len(office.to_pohoda("offers")) == 1
    number = world.row("SELECT Cislo FROM NAB WHERE SText = ?", quote["Text"])["Cislo"]
    act.edit(world.sandbox.pohoda, number, ["Pozn=Dodať do piatku"])
    world.sync("offers", "to_crm")
    assert world.record("Quote", Id=quote["Id"])["Note"] == "Dodať do piatku"
    assert office.to_pohoda("offers") == []
    assert office.open("offers") == {}
    assert office.to_pohoda("offers", "full") == []
    line = office.line("offers", quote["Id"])
    assert line and line["outcome"] == "unchanged"


def test_of_a_field_that_both_changed_the_master_stands_and_the_run_says_so(office: Office) -> None:
    world, order = office.world, entered(office.world, "received_orders")
    number = world.row("SELECT Cislo FROM OBJ WHERE SText = ?", order["Text"])["Cislo"]
    world.sandbox.gram.edit("Order", order["Id"], Note="Volať predajcovi")
    [mail] = office.to_pohoda("received_orders")
    assert "nothing -> Volať predajcovi" in text_of(mail)
    act.edit(world.sandbox.pohoda, number, ["Pozn=Volať skladníkovi"])
    assert world.sync("received_orders", "to_crm")["updated"] == 1
    [line] = [line for line in world.plans["received_orders", "to_crm"] if line["outcome"] == "updated"]
    assert line["changes"] == {"note": ["Volať predajcovi", "Volať skladníkovi"]}
    assert world.record("Order", Id=order["Id"])["Note"] == "Volať skladníkovi"
    assert office.to_pohoda("received_orders") == []
    assert office.open("received_orders") == {}
