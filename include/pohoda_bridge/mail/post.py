"""Hand one message to an SMTP server, and know whether it was taken."""

import smtplib
from email.message import EmailMessage
from email.utils import format_datetime, localtime, make_msgid

from pohoda_bridge.errors import Doubt

TAKEN = {250, 251, 252}


def post(client: smtplib.SMTP, sender: str, message: EmailMessage) -> None:
    """Send a message from `sender` over a client that is connected and logged in, once.

    Doubt: the message went out and the server's word on it did not come. Any other error: it was not taken. A message
    that at least one recipient gets is taken.
    """
    to = [address.addr_spec for address in message["To"].addresses]
    for name, value in (
        ("From", sender),
        ("Date", format_datetime(localtime())),
        ("Message-ID", make_msgid(domain=sender.rpartition("@")[2])),
        ("Auto-Submitted", "auto-generated"),
    ):
        message[name] = value
    client.ehlo_or_helo_if_needed()
    code, said = client.mail(sender)
    if code not in TAKEN:
        raise smtplib.SMTPSenderRefused(code, said, sender)
    answers = {address: client.rcpt(address) for address in to}
    if not any(code in TAKEN for code, _ in answers.values()):
        raise smtplib.SMTPRecipientsRefused(answers)
    try:
        code, said = client.data(message.as_bytes())
    except smtplib.SMTPResponseException:
        raise
    except OSError as error:
        raise Doubt("the mail server did not say whether it took the mail") from error
    if code not in TAKEN:
        raise smtplib.SMTPDataError(code, said)
