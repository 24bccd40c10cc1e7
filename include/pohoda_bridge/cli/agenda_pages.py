"""Write docs/agendas: a page of each agenda (`python -m pohoda_bridge.cli.agenda_pages [FOLDER]`)."""

import sys
from pathlib import Path

from pohoda_bridge.catalogue import open_catalogue
from pohoda_bridge.cli.agenda_page import page
from pohoda_bridge.settings import ROOT

FOLDER = ROOT / "docs" / "agendas"


def pages() -> dict[str, str]:
    """File name -> its text, of every agenda."""
    known = open_catalogue()
    return {f"{name}.md": page(known, name) for name in known.agendas}


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")
