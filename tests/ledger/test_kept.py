"""What a side keeps between runs: one text a name; a secret only ever encrypted, and never without its key."""

from pathlib import Path

import pytest
import sqlalchemy
from cryptography.fernet import Fernet

from pohoda_bridge import redact
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.ledger import Kept, Ledger, Secret, open_ledger, schema

KEY, OTHER = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def stored(ledger: Ledger, folder: Path) -> bytes:
    """Every byte of SQLite's files, its journal included; of PostgreSQL all that the ledger keeps."""
    if files := sorted(folder.glob("ledger.db*")):
        return b"".join(path.read_bytes() for path in files)
    with ledger.transaction() as connection:
        rows = [row for table in schema.metadata.sorted_tables for row in connection.execute(table.select())]
    return repr(rows).encode()


def test_a_text_is_there_for_another_process_and_replaced(ledger: Ledger, url: str) -> None:
    kept, other = Kept(ledger, "change ids of a"), Kept(ledger, "change ids of b")
    assert kept.load() is None
    kept.save("1")
    other.save("x")
    kept.save("2 Žltý kôň " + "n" * 5000)
    second = open_ledger(url)
    assert Kept(second, kept.name).load() == "2 Žltý kôň " + "n" * 5000
    second.close()
    kept.drop()
    kept.drop()
    assert (kept.load(), other.load()) == (None, "x")


def test_a_secret_lies_nowhere_in_the_database(ledger: Ledger, tmp_path: Path) -> None:
    secret = Secret(Kept(ledger, "token"), KEY)
    for text in ("canary-one-0815", "canary-two-4711"):
        secret.save(text)
        assert secret.load() == text
    Kept(ledger, "plain").save("plain-text")
    assert b"plain-text" in stored(ledger, tmp_path) and b"token" in stored(ledger, tmp_path)
    assert b"canary" not in stored(ledger, tmp_path)
    assert "canary" not in repr(secret) + redact.masked("sent canary-two-4711") and KEY not in repr(secret)
    secret.drop()
    assert secret.load() is None


def test_a_secret_that_is_read_is_masked_from_then_on(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    Secret(Kept(ledger, "token"), KEY).save("canary-read-2342")
    monkeypatch.setattr(redact, "_secrets", set())
    assert redact.masked("canary-read-2342") == "canary-read-2342"
    Secret(Kept(ledger, "token"), KEY).load()
    assert redact.masked("canary-read-2342") == redact.MASK


WRONG = {"none": None, "empty": "", "short": "short", "accents": "ž" * 32, "cut": KEY[:-2]}


@pytest.mark.parametrize("key", WRONG.values(), ids=list(WRONG))
def test_without_a_key_nothing_is_kept_and_nothing_read(ledger: Ledger, key: str | None) -> None:
    right, secret = Secret(Kept(ledger, "token"), KEY), Secret(Kept(ledger, "token"), key)
    assert secret.load() is None
    with pytest.raises(StopAgenda, match="POHODA_BRIDGE_KEY") as refused:
        secret.save("canary-three")
    assert "canary" not in refused.value.text + refused.value.log
    assert right.load() is None
    right.save("canary-four")
    with pytest.raises(StopAgenda, match="POHODA_BRIDGE_KEY"):
        secret.load()
    assert right.load() == "canary-four"


def test_another_key_reads_nothing_and_takes_its_place_by_a_save(ledger: Ledger) -> None:
    Secret(Kept(ledger, "token"), KEY).save("canary-five")
    other = Secret(Kept(ledger, "token"), OTHER)
    with pytest.raises(StopAgenda, match="token was stored with another key: set POHODA_BRIDGE_KEY") as refused:
        other.load()
    assert "canary" not in refused.value.text + refused.value.log
    other.save("canary-six")
    assert other.load() == "canary-six"


def test_what_was_damaged_in_the_database_is_no_secret(ledger: Ledger) -> None:
    secret = Secret(Kept(ledger, "token"), KEY)
    secret.save("canary-seven")
    with ledger.transaction() as connection:
        connection.execute(sqlalchemy.text("UPDATE kept SET text = 'ž' || substr(text, 2)"))
    with pytest.raises(StopAgenda, match="stored with another key"):
        secret.load()
