"""Foreign HTML made safe to serve beside customers' data: what is not on the list is gone."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

POLICY = "default-src 'self'; script-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
TAGS = frozenset(
    ["a", "b", "br", "code", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "li", "ol", "p", "pre",
     "small", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"]
)  # fmt: skip
EMPTIED = frozenset(["label", "main", "nav", "section"])
ATTRIBUTES = frozenset(["class", "id", "colspan", "rowspan", "hidden"])
FURNITURE = (
    "//nav[contains(@class, 'navbar') and not(contains(@class, 'ge-navigation'))]",
    "//footer",
    "//div[contains(@class, 'card')][div/strong[normalize-space() = 'Actions']]",
)


def cleaned(html: str, title: str, summary: str) -> str:
    """The page with our own head, a content policy, and in its body only listed tags, attributes and local links.

    `summary` is kept in the head for the index. Tags not listed go with all they hold; a few keep their content.
    """
    import lxml.html
    from lxml import etree

    body: Any = lxml.html.document_fromstring(html).find("body")
    for path in FURNITURE:
        for element in body.getroottree().xpath(path):
            element.drop_tree()
    etree.strip_tags(body, *EMPTIED, etree.Comment, etree.ProcessingInstruction)
    for element in list(body.iterdescendants()):
        if element.tag not in TAGS and element.getparent() is not None:
            element.drop_tree()
    for element in body.iterdescendants():
        _keep_listed(element)
    inner = escape(body.text or "") + "".join(lxml.html.tostring(child, encoding="unicode") for child in body)
    return _page(title, f'<p><a href="../index.html">All runs</a></p>\n{inner}', summary)


def index_page(entries: Sequence[tuple[Mapping[str, Any], str]]) -> str:
    """The list of runs: (summary, local link), in the given order."""
    rows = "\n".join(
        f'<tr><td><a href="{escape(link)}">{escape(str(summary["title"]))}</a></td>'
        f"<td>{escape(str(summary['at'])[:19].replace('T', ' '))}</td><td>{int(summary['rows'])}</td>"
        f"<td>{int(summary['refuse'])}</td><td>{int(summary['warn'])}</td></tr>"
        for summary, link in entries
    )
    head = "".join(f"<th>{name}</th>" for name in ("Run", "At (UTC)", "Rows", "Reasons to refuse", "Warnings"))
    return _page(
        "Data quality", f"<h1>Data quality</h1>\n<table><thead><tr>{head}</tr></thead>\n<tbody>{rows}</tbody></table>"
    )


def summary_of(html: str) -> str:
    """The summary that `cleaned` kept in the page's head."""
    import lxml.html

    document: Any = lxml.html.document_fromstring(html)
    (found,) = document.xpath("/html/head/meta[@name='summary']/@content")
    return str(found)


def _keep_listed(element: Any) -> None:
    href = element.get("href", "")
    for name in list(element.attrib):
        if name not in ATTRIBUTES:
            del element.attrib[name]
    if element.tag == "a" and href.startswith("#"):
        element.set("href", href)


def _page(title: str, body: str, summary: str = "") -> str:
    style = (Path(__file__).parent / "docs.css").read_text(encoding="utf-8")
    kept = f'<meta name="summary" content="{escape(summary)}">\n' if summary else ""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n{kept}'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style></head>\n<body>\n{body}\n</body></html>\n"
    )
