"""No secret and no personal value in any log, at DEBUG, of runs with faults (G17, G18)."""

import base64
import logging
import re
from pathlib import Path
from urllib.parse import quote

import pytest

from pohoda_bridge import redact
from tests.faults.arena import Arena

PERSONAL = {
    "name": "Kanárikovič",
    "company": "Kanárik a synovia",
    "email": "kanarik.tajny@vtak.example",
    "phone": "+421 911 722 833",
    "iban": "SK3112000000198742637541",
    "street": "Kanáriková 4711",
}


def planted(arena: Arena) -> None:
    row = arena.companies()[0]["ID"]
    arena.pohoda.edit(
        "AD", row, Firma=PERSONAL["company"], Jmeno=f"Ján {PERSONAL['name']}", Email=PERSONAL["email"],
        Tel=PERSONAL["phone"], Pozn=f"účet {PERSONAL['iban']}", Ulice=PERSONAL["street"],
    )  # fmt: skip
    arena.pohoda.insert("AD", Firma="Bez krajiny " + PERSONAL["company"], Pozn=PERSONAL["iban"] * 120)


def eventful(arena: Arena) -> None:
    """Runs that meet every kind of trouble, of both sides."""
    trouble = [
        ("cut_after", {"method": "write"}), ("garbage", {"method": "write"}), ("truncate", {"method": "GET"}),
        ("status", {"method": "write", "status": 400}), ("status", {"method": "GET", "status": 500}),
        ("wrong_encoding", {"method": "write"}), ("status", {"status": 401}), ("cut_before", {"at": "sql"}),
        ("status", {"at": "sql", "status": 1205}), ("garbage", {"at": "xml"}), ("cut_before", {"at": "xml"}),
        ("drift", {"at": "sql", "name": "ICO"}), ("status", {"method": "write", "status": 409}),
    ]  # fmt: skip
    for number, (kind, more) in enumerate(trouble):
        arena.fault(kind, **more)
        arena.try_round()
        arena.calm()
        arena.pohoda.edit("AD", arena.companies()[1]["ID"], Okres=("Levice", "Senec")[number % 2])
    arena.recover(6)


def secrets(arena: Arena) -> set[str]:
    info = arena.sandbox.info
    plain = [info["gram"]["token"], info["tds"]["password"], info["mserver"]["password"]]
    pairs = [f"{info['mserver']['user']}:{info['mserver']['password']}"]
    forms = {quote(one, safe="") for one in plain} | {base64.b64encode(one.encode()).decode() for one in plain + pairs}
    return {*plain, *forms}


def logged(arena: Arena, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> str:
    """Everything that a run with trouble left in logs, on stdout and on stderr."""
    redact.install()
    for connection in ("gram_api", "pohoda_sql_2026", "pohoda_mserver_2026"):
        arena.connection(connection)
    planted(arena)
    with caplog.at_level(logging.DEBUG):
        eventful(arena)
    product = [r for r in caplog.records if not r.name.startswith("pohoda_sandbox")]
    formatter = logging.Formatter("%(name)s %(levelname)s %(message)s")
    text = "\n".join(formatter.format(record) for record in product)
    assert len(product) > 200
    assert len(arena.errors) > 5
    assert {"pohoda_bridge.sync.extract", "urllib3.connectionpool"} <= {record.name for record in product}
    return text + "".join(capfd.readouterr())


def keeps_secrets(text: str, hidden: set[str]) -> None:
    found = {name for name in hidden if name in text}
    assert not found, f"in a log: {len(found)} secrets"


def test_no_secret_and_nothing_personal_in_a_log(
    arena: Arena, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    hidden = secrets(arena)
    text = logged(arena, caplog, capfd)
    keeps_secrets(text, hidden)
    for name, value in PERSONAL.items():
        forms = {value, quote(value), quote(value, safe=""), value.encode("unicode_escape").decode()}
        lines = [line for line in text.splitlines() if any(form in line for form in forms)]
        assert not any(value in f"{error} {error.log}" for error in arena.errors), f"{name} in an error"
        assert not lines, f"{name} in a log: {re.sub(re.escape(value), '...', lines[0])[:300]}"


def test_no_secret_in_ledger_and_store(arena: Arena) -> None:
    """Personal values are there, in their place; secrets are not."""
    hidden = {secret.encode() for secret in secrets(arena)}
    planted(arena)
    arena.round()
    files = [p for p in arena.folder.rglob("*") if p.is_file() and "sandbox" not in p.relative_to(arena.folder).parts]
    assert {path.suffix for path in files} >= {".db", ".parquet", ".jsonl", ".html"}
    held = b"".join(Path(path).read_bytes() for path in files)
    assert PERSONAL["email"].encode() in held
    assert not [1 for secret in hidden if secret in held]
