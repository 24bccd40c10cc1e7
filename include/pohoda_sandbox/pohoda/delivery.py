"""AD repeats the delivery address (Firma2, Ulice2 ...): the default one of ADdodaci, else its main address."""

import sqlite3
from collections.abc import Mapping
from typing import Any

MIRRORED = {
    "Firma2": "Firma",
    "Utvar2": "Utvar",
    "Jmeno2": "Jmeno",
    "Ulice2": "Ulice",
    "PSC2": "PSC",
    "Obec2": "Obec",
    "RefZeme2": "RefZeme",
    "Tel2": "Tel",
    "Email2": "Email",
}
_SECOND = tuple(name for name in MIRRORED if name not in {"Tel2", "Email2"})


def copied(main: Mapping[str, Any]) -> dict[str, Any]:
    """A delivery address that repeats the main one; empty for a contact person and where there is nothing to copy."""
    copy = {second: main[MIRRORED[second]] for second in _SECOND}
    return copy if any(copy.values()) and not main["RefAD"] else {}


def follow(connection: sqlite3.Connection, before: sqlite3.Row, moment: str) -> None:
    """Moves those delivery addresses along that repeated the main address as it was `before`."""
    same = " AND ".join(f'd."{second}" IS ?' for second in _SECOND)
    taken = ", ".join(f'"{second}" = (SELECT "{MIRRORED[second]}" FROM AD WHERE ID = RefAg)' for second in _SECOND)
    values = [before[MIRRORED[second]] for second in _SECOND]
    connection.execute(
        f"UPDATE ADdodaci AS d SET {taken}, DatSave = ? WHERE RefAg = ? AND {same}", (moment, before["ID"], *values)
    )


def on_insert(columns: dict[str, Any]) -> dict[str, Any]:
    """The columns of a new address, with the delivery address copied from the main one unless it was entered."""
    if any(name in columns for name in MIRRORED):
        return columns
    copied = {second: columns[MIRRORED[second]] for second in _SECOND if MIRRORED[second] in columns}
    return {**columns, **copied}


def on_edit(before: sqlite3.Row, columns: dict[str, Any]) -> dict[str, Any]:
    """The columns of an edited address: a delivery address that only repeated the main one follows it."""
    follows = {
        second: columns[MIRRORED[second]]
        for second in _SECOND
        if MIRRORED[second] in columns and before[second] in {None, before[MIRRORED[second]]}
    }
    return {**follows, **columns}


def mirror_default(connection: sqlite3.Connection, address: int) -> None:
    """Copies the default delivery address into AD, or the main address when no default is left."""
    default = connection.execute(
        "SELECT * FROM ADdodaci WHERE RefAg = ? AND Vychozi = 1 ORDER BY ID LIMIT 1", (address,)
    ).fetchone()
    main = connection.execute("SELECT * FROM AD WHERE ID = ?", (address,)).fetchone()
    if main is None:
        return
    names = MIRRORED if default is not None else _SECOND
    values = [default[name] if default is not None else main[MIRRORED[name]] for name in names]
    assignments = ", ".join(f'"{name}" = ?' for name in names)
    connection.execute(f"UPDATE AD SET {assignments} WHERE ID = ?", (*values, address))
