"""Settings in a folder of the test's own: the shipped unit and link, with one line changed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pohoda_bridge.catalogue import Catalogue, open_catalogue

LINK = """\
link: gram
unit: firma
crm: {kind: gram, connection: gram_api}
agendas:
  clients:
    to_crm:
      schedule: "*/15 * * * *"
      rules:
        - {field: country, in: [SK, CZ]}
      fields:
        Note: {on_create_only: true}
      master: {phone: crm}
      settings: {persons: true}
"""
UNIT = """\
unit: firma
ico: "12345678"
country: SK
timezone: Europe/Bratislava
edition: sql
years:
  2026: {sql: pohoda_sql_2026, mserver: pohoda_mserver_2026}
"""


class Folder:
    """A settings folder; `link` and `unit` write a file, `opened` gives what the product makes of it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        for name in ("units", "links"):
            (path / name).mkdir(parents=True)
        self.unit(UNIT)

    def unit(self, text: str | bytes, name: str = "firma") -> None:
        self._write("units", name, text)

    def link(self, text: str | bytes, name: str = "gram") -> None:
        self._write("links", name, text)

    def opened(self) -> Catalogue:
        return open_catalogue(self.path)

    def refusal(self, text: str | bytes) -> str:
        """What the product says of a link with this text; it must refuse it."""
        self.link(text)
        return self.opened().broken["gram"]

    def _write(self, folder: str, name: str, text: str | bytes) -> None:
        content = text if isinstance(text, bytes) else text.encode()
        (self.path / folder / f"{name}.yaml").write_bytes(content)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "config")


@pytest.fixture
def changed(folder: Folder) -> Callable[[str, str], str]:
    """The refusal of the link after one replacement in its text."""

    def change(old: str, new: str) -> str:
        assert LINK.count(old) == 1
        return folder.refusal(LINK.replace(old, new))

    return change
