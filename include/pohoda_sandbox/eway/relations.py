"""Relations between items, foreign keys among them: a foreign key is the parent end of a 1:N relation."""

import uuid
from dataclasses import dataclass

from pohoda_sandbox.eway.errors import Json
from pohoda_sandbox.eway.folders import Folder, Folders
from pohoda_sandbox.eway.store import Store

COLUMNS = "guid, type, folder1, guid1, folder2, guid2, owner"


@dataclass(frozen=True)
class Relation:
    """Item 1 is the child of item 2 where the type is 1:N; the member of a category is item 1 too."""

    guid: str
    type: str
    folder1: str
    guid1: str
    folder2: str
    guid2: str
    owner: str = ""

    def seen_from(self, guid: str) -> Json:
        first = guid == self.guid1
        return {
            "ItemGUID": self.guid,
            "RelationDataGUID": self.guid,
            "RelationType": self.type,
            "ForeignFolderName": self.folder2 if first else self.folder1,
            "ForeignItemGUID": self.guid2 if first else self.guid1,
            "DifferDirection": not first,
            "OwnerGUID": self.owner or None,
            "MainItemGUID": self.guid1,
        }


@dataclass
class Relations:
    store: Store
    folders: Folders

    def key(self, child: str, kind: str, parent: str) -> str:
        """The foreign key of the child's folder behind a relation, "" when it is no 1:N relation."""
        keys = self.folders.by_name[child].keys.values() if child in self.folders.by_name else ()
        return next((key.name for key in keys if (key.type, key.folder) == (kind, parent)), "")

    def add(self, one: Relation) -> bool:
        """True when it was not there before. A child has one parent: another one of its type gives way."""
        if self.key(one.folder1, one.type, one.folder2):
            others = [r for r in self.of(one.guid1, one.type, one.folder2) if r.guid1 == one.guid1]
            for other in others:
                if other.guid2 != one.guid2:
                    self.remove(other.guid)
        values = (one.guid or str(uuid.uuid4()), one.type, one.folder1, one.guid1, one.folder2, one.guid2, one.owner)
        made = self.store.db.execute("INSERT OR IGNORE INTO relations VALUES (?, ?, ?, ?, ?, ?, ?)", values)
        return made.rowcount > 0

    def of(self, guid: str, kind: str = "", folder: str = "") -> list[Relation]:
        """Of one item, from both sides; `kind` and `folder` (the other item's) narrow it."""
        statement = f"SELECT {COLUMNS} FROM relations WHERE guid1 = ?1 UNION SELECT {COLUMNS} FROM relations"
        rows = self.store.db.execute(f"{statement} WHERE guid2 = ?1 ORDER BY 2, 1", (guid,))
        found = [Relation(*row) for row in rows]
        return [
            one
            for one in found
            if kind in {"", one.type} and folder in {"", one.folder2 if one.guid1 == guid else one.folder1}
        ]

    def by_guid(self, guid: str) -> Relation | None:
        row = self.store.db.execute(f"SELECT {COLUMNS} FROM relations WHERE guid = ?", (guid,)).fetchone()
        return Relation(*row) if row else None

    def remove(self, guid: str) -> None:
        self.store.db.execute("DELETE FROM relations WHERE guid = ?", (guid,))

    def parents(self, folder: Folder, guid: str) -> Json:
        """The foreign keys of an item, each with a guid or None."""
        found: Json = dict.fromkeys(folder.keys)
        for one in self.of(guid) if folder.keys else ():
            if one.guid1 == guid and (key := self.key(one.folder1, one.type, one.folder2)):
                found[key] = one.guid2
        return found
