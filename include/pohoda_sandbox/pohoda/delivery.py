"""AD repeats the delivery address (Firma2, Ulice2 ...): the default one of ADdodaci, else its main address."""

import sqlite3
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
