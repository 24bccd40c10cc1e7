"""Files of documents: every upload is a revision more, and is never changed afterwards."""

import uuid
from dataclasses import dataclass

from pohoda_sandbox.eway.errors import Json, failed
from pohoda_sandbox.eway.store import Store


@dataclass
class Blobs:
    store: Store

    def add(self, guid: str, body: bytes) -> int:
        revision = self.latest(guid) + 1
        self.store.db.execute("INSERT INTO revisions VALUES (?, ?, ?)", (guid, revision, body))
        return revision

    def latest(self, guid: str) -> int:
        """The number of the newest revision, 0 when there is none."""
        row = self.store.db.execute("SELECT max(revision) FROM revisions WHERE guid = ?", (guid,)).fetchone()
        return int(row[0] or 0)

    def body(self, guid: str, revision: int) -> bytes:
        """Raises rcGeneralError (assumed)."""
        wanted = "SELECT body FROM revisions WHERE guid = ? AND revision = ?"
        row = self.store.db.execute(wanted, (guid, revision)).fetchone()
        if row is None:
            raise failed(f"Revision {revision} of document '{guid}' was not found")
        return bytes(row[0])

    def described(self, guid: str) -> Json:
        """The newest revision, as GetLatestRevision tells it. Raises rcGeneralError (assumed)."""
        if not (latest := self.latest(guid)):
            raise failed(f"Document '{guid}' has no revision")
        identity = str(uuid.uuid5(uuid.UUID(guid), str(latest)))
        return {"ItemGUID": identity, "ItemVersion": 1, "Revision": latest, "DocumentGuid": guid}
