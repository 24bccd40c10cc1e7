"""The mail about causes: counts in the subject, a table a kind, what to do; plain text and HTML."""

from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP

from pohoda_bridge.catalogue import Flow
from pohoda_bridge.catalogue.base import Titles
from pohoda_bridge.catalogue.link import CAUSES
from pohoda_bridge.mail import words
from pohoda_bridge.mail.causes import Cause
from pohoda_bridge.redact import masked

SHOWN = 200
LONGEST = 500
ARROWS = {"to_crm": "POHODA → CRM", "to_pohoda": "CRM → POHODA"}


def message(flow: Flow, causes: Sequence[Cause], page: str | None) -> EmailMessage:
    """A message to the people of the flow's link, without a sender; `page` is the address of the run's report.

    It shows SHOWN causes at most and counts the rest; a failure comes first.
    """
    from jinja2 import Environment, PackageLoader, select_autoescape

    def said(titles: Titles) -> str:
        text: str = getattr(titles, flow.language)
        return text

    left, sections = SHOWN, []
    for kind in CAUSES:
        of = [cause for cause in causes if cause.kind == kind]
        if of:
            rows = [(_line(cause.record), _line(said(cause.what))) for cause in of[:left]]
            left -= len(rows)
            sections.append({
                "heading": said(words.HEADINGS[kind]), "count": len(of), "rows": rows,
                "more": said(words.MORE).format(count=len(of) - len(rows)) if len(of) > len(rows) else "",
                "to_do": said(words.TO_DO[kind]),
                "command": words.COMMANDS[kind].format(
                    link=flow.link.link, agenda=flow.agenda.agenda, language=flow.language
                ),
            })  # fmt: skip
    title = f"{flow.link.link}: {said(flow.agenda.title)}, {ARROWS[flow.direction]}"
    counts = ", ".join(f"{section['heading']} {section['count']}" for section in sections)
    values = {
        "title": title, "sections": sections, "page": page, "language": flow.language, "record": said(words.RECORD),
        "what": said(words.WHAT), "report": said(words.PAGE), "once": said(words.ONCE),
    }  # fmt: skip
    environment = Environment(
        loader=PackageLoader("pohoda_bridge.mail", "templates"),
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    mail = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    mail["To"] = ", ".join(flow.link.notify.email)
    mail["Subject"] = _line(f"POHODA Bridge {title}: {counts}")
    mail.set_content(environment.get_template("mail.txt").render(values))
    mail.add_alternative(environment.get_template("mail.html").render(values), subtype="html")
    return mail


def _line(text: str) -> str:
    """The text in one line, without secrets and control characters, cut to what a reader reads."""
    clean = "".join(sign if sign.isprintable() else " " for sign in masked(text))
    line = " ".join(clean.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"
