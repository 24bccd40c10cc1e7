"""The pages of docs/agendas are those that the agenda and CRM files make, and say what these say."""

import re

import pytest

from pohoda_bridge.catalogue import open_catalogue
from pohoda_bridge.cli.agenda_page import MADE_BY
from pohoda_bridge.cli.agenda_pages import FOLDER, pages

KNOWN = open_catalogue()
PAGES = pages()


def test_the_committed_pages_are_those_that_are_made() -> None:
    there = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.md")}
    assert there == PAGES, f"run `{MADE_BY}`"


@pytest.mark.parametrize("name", sorted(KNOWN.agendas))
def test_a_page_says_what_the_files_say(name: str) -> None:
    agenda, text = KNOWN.agendas[name], PAGES[f"{name}.md"]
    assert text.startswith(f"# {agenda.title.en} / {agenda.title.cs} / {agenda.title.sk}\n")
    assert agenda.about.strip() in text and agenda.on_failure.strip() in text
    rows = {line.split("|")[1].strip() for line in text.splitlines() if line.startswith("| `")}
    for part in agenda.parts:
        for field, spec in part.fields.items():
            assert f"`{field}`" in rows, field
            assert spec.sql is None or f"`{spec.sql}`" in text
    for crm in KNOWN.crms.values():
        if name in crm.agendas:
            for mapped in crm.agendas[name].fields.values():
                assert f"`{mapped.to}`" in text
    # A table has as many cells in each row as in its head.
    for table in re.findall(r"(?:^\|.*\|\n)+", text, flags=re.MULTILINE):
        assert len({len(re.split(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1


@pytest.mark.parametrize(
    ("name", "field", "goes", "wins"),
    [
        ("clients", "name", "both", "POHODA"),
        ("contacts", "is_primary", "to CRM", "POHODA"),
        ("received_orders", "number", "to CRM", "POHODA"),
        ("products", "code", "to CRM", "POHODA"),
    ],
)
def test_ways_and_winners(name: str, field: str, goes: str, wins: str) -> None:
    (row,) = [line for line in PAGES[f"{name}.md"].splitlines() if line.startswith(f"| `{field}` |") and wins in line]
    cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", row)]
    assert (cells[-4], cells[-3]) == (goes, wins)
