"""A real SMTP server on loopback that keeps what it takes, and can be told to refuse, to hang up, or to be down."""

import socket
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.controller import Controller


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@dataclass
class MailServer:
    """`refused` are the recipients it does not know; `lost` makes it take a mail and hang up before it says so."""

    port: int = field(default_factory=free_port)
    refused: set[str] = field(default_factory=set)
    lost: bool = False
    full: bool = False
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Any] = field(default_factory=list)
    controller: Controller | None = None

    def start(self) -> None:
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self) -> None:
        if self.controller:
            self.controller.stop()
        self.controller = None

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refused:
            return f"550 {address} is not known here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.full:
            return "452 the disk is full"
        self.envelopes.append(envelope)
        self.mails.append(cast(EmailMessage, message_from_bytes(envelope.content, policy=policy.default)))
        if self.lost:
            server.transport.abort()
        return "250 OK"

    def taken(self) -> list[EmailMessage]:
        """The mails since the last look."""
        found, self.mails = self.mails, []
        return found


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    """The plain text or the HTML of a mail."""
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")
