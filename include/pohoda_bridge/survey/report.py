"""The list for the accountant: one HTML page that loads nothing, and one XLSX with all of it, below the store."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pohoda_bridge.catalogue.base import Language
from pohoda_bridge.errors import Retry
from pohoda_bridge.quality.labels import labels
from pohoda_bridge.survey.book import write_book
from pohoda_bridge.survey.unit import Fault, Survey
from pohoda_bridge.survey.words import WORDS, said

PAGE_MOST = 200
"""Findings of one rule that the page shows; the XLSX has all of them."""


@dataclass(frozen=True)
class Published:
    """Where the list lies."""

    page: str
    book: str


def publish(survey: Survey, language: Language, folder: str) -> Published:
    """Write `faults.html` and `faults.xlsx` into the folder (an fsspec address), over those of an earlier check."""
    words = {key: said(titles, language) for key, titles in WORDS.items()}
    places = Published(f"{folder.rstrip('/')}/faults.html", f"{folder.rstrip('/')}/faults.xlsx")
    with tempfile.TemporaryDirectory(prefix="pohoda-bridge-") as own:
        page, book = Path(own) / "faults.html", Path(own) / "faults.xlsx"
        page.write_text(_page(survey, words, language), encoding="utf-8")
        write_book(book, survey, words, language)
        _put(page, places.page)
        _put(book, places.book)
    return places


def _page(survey: Survey, words: Mapping[str, str], language: Language) -> str:
    from jinja2 import Environment, FileSystemLoader

    folder = Path(__file__).parent / "templates"
    template = Environment(loader=FileSystemLoader(folder), autoescape=True).get_template("faults.html")
    now = datetime.now(ZoneInfo(survey.unit.timezone))
    return template.render(
        w=words, language=language, unit=survey.unit, now=f"{now:%Y-%m-%d %H:%M}", unread=_named(survey, language),
        agendas=[_agenda(survey, name, language) for name in survey.rows],
    )  # fmt: skip


def _agenda(survey: Survey, name: str, language: Language) -> dict[str, Any]:
    levels = survey.levels(name)
    return {
        "title": said(survey.titles[name], language), "rows": survey.rows[name],
        "refuse": levels["refuse"], "warn": levels["warn"], "groups": list(_groups(survey.faults[name], language)),
    }  # fmt: skip


def _groups(faults: Sequence[Fault], language: Language) -> Iterator[dict[str, Any]]:
    """The faults of one kind together, what must be mended first."""

    def kind(fault: Fault) -> tuple[str, str, str]:
        return fault.level, fault.rule, said(fault.text, language)

    for (level, _, text), group in groupby(sorted(faults, key=kind), key=kind):
        members = list(group)
        yield {
            "level": level, "text": text, "count": len(members), "field": said(labels(members[0].fields), language),
            "faults": members[:PAGE_MOST], "more": len(members) > PAGE_MOST,
        }  # fmt: skip


def _named(survey: Survey, language: Language) -> list[tuple[str, str]]:
    return [(said(survey.titles[name], language), text) for name, text in survey.unread.items()]


def _put(file: Path, address: str) -> None:
    import fsspec

    fs, path = fsspec.core.url_to_fs(address)
    try:
        fs.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
        fs.put_file(str(file), path)
    except OSError as error:
        raise Retry(f"the list cannot be written to the store ({error.strerror or error})") from error
