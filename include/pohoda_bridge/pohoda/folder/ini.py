"""The settings file of `pohoda.exe /XML` for a folder of packs, as the connection asks for it."""

from typing import Any

from pohoda_bridge.catalogue import Unit
from pohoda_bridge.connections import Connection
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.pohoda.folder.place import Folders
from pohoda_bridge.records.codepage import CODEC

NAME = "pohoda.ini"
MOVE = "2"


def ini(connection: Connection, folders: Folders, unit: Unit, year: int) -> bytes | None:
    """The file's bytes, or None when `extra.ini` is missing or false.

    `extra.ini` is true, or holds keys of the file: POHODA's own machine may see the folders under other paths.
    """
    asked: Any = connection.extra.get("ini")
    if not asked or str(asked).lower() == "false":
        return None
    if not isinstance(asked, dict) and str(asked).lower() != "true":
        raise StopAgenda(f"connection {connection.id}: `ini` is true, or holds keys of the file")
    keys = {
        "input_dir": str(folders.input), "response_dir": str(folders.response), "database": _database(unit, year),
        "check_duplicity": "1", "format_output": "0", "action_after_processing": MOVE, "Move_to": str(folders.done),
        **({str(name): str(value) for name, value in asked.items()} if isinstance(asked, dict) else {}),
    }  # fmt: skip
    if keys["check_duplicity"] != "1":
        raise StopAgenda(f"connection {connection.id}: without check_duplicity=1 POHODA could import a pack twice")
    if any("\n" in text or "\r" in text for pair in keys.items() for text in pair):
        raise StopAgenda(f"connection {connection.id}: a key of `ini` has a line break")
    lines = ["[XML]", *(f"{name}={value}" for name, value in keys.items()), ""]
    try:
        return "\r\n".join(lines).encode(CODEC)
    except UnicodeEncodeError:
        raise StopAgenda(f"connection {connection.id}: a key of `ini` has a letter that POHODA lacks") from None


def _database(unit: Unit, year: int) -> str:
    return f"{unit.ico}_{year}.mdb" if unit.edition in {"mdb", "e1-mdb"} else f"StwPh_{unit.ico}_{year}"
