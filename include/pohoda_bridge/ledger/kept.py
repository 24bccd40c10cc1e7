"""Texts that a side keeps from one run to the next; a secret is stored encrypted, and never without a key."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.ledger import schema
from pohoda_bridge.ledger.scope import upsert
from pohoda_bridge.ledger.store import Ledger
from pohoda_bridge.redact import keep_secret

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


@dataclass(frozen=True)
class Kept:
    """One text under one name, stored when `save` returns."""

    ledger: Ledger
    name: str

    def load(self) -> str | None:
        with self.ledger.transaction() as connection:
            return connection.scalar(select(schema.kept.c.text).where(schema.kept.c.name == self.name))

    def save(self, text: str) -> None:
        with self.ledger.transaction() as connection:
            upsert(connection, schema.kept, [{"name": self.name, "text": text}])

    def drop(self) -> None:
        """Keep nothing under the name any more."""
        with self.ledger.transaction() as connection:
            connection.execute(delete(schema.kept).where(schema.kept.c.name == self.name))


@dataclass(frozen=True)
class Secret:
    """A kept text encrypted by Fernet. `key` is 32 bytes in URL-safe base64; without it, or by another one than it
    was stored with, StopAgenda says what to set.
    """

    kept: Kept
    key: str | None = field(repr=False)

    def load(self) -> str | None:
        from cryptography.fernet import InvalidToken

        stored = self.kept.load()
        if stored is None:
            return None
        try:
            text = self._cipher().decrypt(stored.encode()).decode()
        except InvalidToken:
            raise StopAgenda(
                f"{self.kept.name} was stored with another key: set POHODA_BRIDGE_KEY as it was, or sign in again"
            ) from None
        keep_secret(text)
        return text

    def save(self, text: str) -> None:
        keep_secret(text)
        self.kept.save(self._cipher().encrypt(text.encode()).decode())

    def drop(self) -> None:
        """Keep nothing under the name any more."""
        self.kept.drop()

    def _cipher(self) -> "Fernet":
        from cryptography.fernet import Fernet

        try:
            return Fernet(self.key or "")
        except ValueError:
            raise StopAgenda(
                "a secret must be kept in the ledger, and there is no key to encrypt it with: set POHODA_BRIDGE_KEY "
                "(or Airflow's AIRFLOW__CORE__FERNET_KEY) to a Fernet key, 32 bytes in URL-safe base64"
            ) from None
