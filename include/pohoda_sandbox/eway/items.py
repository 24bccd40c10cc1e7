"""What the service does with items: save with its rule of versions, delete, and how an answer shows them."""

import uuid
from dataclasses import dataclass

from pohoda_sandbox.clock import Clock
from pohoda_sandbox.eway import carts, leads, states, values
from pohoda_sandbox.eway.changes import Changes
from pohoda_sandbox.eway.custom import RELATION, CustomFields
from pohoda_sandbox.eway.enums import Enums
from pohoda_sandbox.eway.errors import Json, conflict, failed
from pohoda_sandbox.eway.folders import Folder, Folders
from pohoda_sandbox.eway.relations import Relation, Relations
from pohoda_sandbox.eway.rules import Rules
from pohoda_sandbox.eway.store import Item, Store
from pohoda_sandbox.eway.switches import Switches


@dataclass(frozen=True)
class Show:
    """What a read wants beside the members of an item. `relations` None: none at all."""

    keys: bool = False
    relations: tuple[str, str] | None = None
    enum_values: bool = True
    rows: bool = True


@dataclass
class Items:
    folders: Folders
    store: Store
    clock: Clock
    switches: Switches
    changes: Changes
    relations: Relations
    custom: CustomFields
    rules: Rules
    enums: Enums

    def save(
        self, folder: Folder, sent: Json, user: str, *, die: bool = False, ignored: list[str], inside: bool = False
    ) -> str:
        """The guid of the item as it is now stored; `inside`: of a list in another one. Raises the refusals."""
        given = values.read(folder.fields["ItemGUID"], sent.get("ItemGUID"))
        version = values.read(folder.fields["ItemVersion"], sent.get("ItemVersion"))
        before = self.store.get(folder.name, given) if given else None
        read = self._read(folder, sent)
        keys = {key: self._parent(folder, key, value) for key, value in sent.items() if key in folder.keys}
        extra = self.custom.read(folder.name, sent.get("AdditionalFields"))
        if before is not None and version is not None and version <= before.version:
            if die:
                author = str(before.data.get("ModifiedByGUID"))
                raise conflict(folder.name, before.guid, version, before.version, author)
            read, keys, extra = (_filled(part) for part in (read, keys, extra))
        after = self._merged(folder, given or str(uuid.uuid4()), before, version, read, extra, user)
        self.enums.complete(after, before)
        if folder.numbered and after.data.get(folder.numbered) is None:
            after.data[folder.numbered] = leads.number_of(self, folder, keys) or self._next(folder)
        carts.complete(folder, after, sent)
        states.complete(self, after)
        self.rules.check(folder, before, after, ignored)
        self.store.put(after)
        self._relate(folder, after.guid, keys, extra, user)
        leads.became(self, folder, after.guid, keys, user)
        if not inside:
            carts.saved(self, folder, after.guid, sent, user, ignored)
        if folder.name == "AdditionalFields":
            self.custom.forget()
        self.changes.add(folder.name, after.guid)
        return after.guid

    def delete(self, folder: Folder, guid: str) -> None:
        """Raises rcGeneralError for an unknown guid (assumed). Children of the item lose their foreign key."""
        if self.store.get(folder.name, guid) is None:
            raise failed(f"Item '{guid}' was not found in folder '{folder.name}'")
        held = carts.holders(self, folder, guid)
        carts.emptied(self, folder, guid)
        for relation in self.relations.of(guid):
            self.unlink(relation)
        self.store.remove(folder.name, guid)
        for cart in held:
            carts.summed(self, cart)
        self.custom.forget()
        self.changes.add(folder.name, guid, removed=True)

    def link(self, relation: Relation) -> bool:
        """True when the relation was made, False when it was there. A foreign key changes the child, others nobody."""
        made = self.relations.add(relation)
        if made and self.relations.key(relation.folder1, relation.type, relation.folder2):
            self.touch(relation.folder1, relation.guid1)
        return made

    def unlink(self, relation: Relation) -> None:
        self.relations.remove(relation.guid)
        if self.relations.key(relation.folder1, relation.type, relation.folder2):
            self.touch(relation.folder1, relation.guid1)

    def touch(self, folder: str, guid: str) -> None:
        """Raise the version as a change of the item does."""
        item = self.store.get(folder, guid)
        if item is not None:
            data = {**item.data, "Server_ItemChanged": self.now()}
            self.store.put(Item(folder, guid, item.version + self.switches.version_step, data))
            self.changes.add(folder, guid)

    def shown(self, folder: Folder, item: Item, show: Show = Show()) -> Json:
        """The item as an answer carries it: every member, empty ones as null, false for a bool never set."""
        dates = self.switches.dates
        record: Json = {}
        for name, field in folder.fields.items():
            if name not in folder.hidden:
                record[name] = values.shown(field, item.data.get(name), dates)
        record["ItemGUID"], record["ItemVersion"] = item.guid, item.version
        stored = item.data.get("AdditionalFields") or {}
        record["AdditionalFields"] = self.custom.shown(folder.name, stored, dates)
        record["Relations"] = None
        if show.relations is not None:
            found = self.relations.of(item.guid, *show.relations)
            record["Relations"] = [relation.seen_from(item.guid) for relation in found]
        if show.keys:
            record.update(self.relations.parents(folder, item.guid))
        record |= states.shown(self, item)
        if folder.rows:
            record |= carts.shown(self, folder, item, show)
        if folder.name == "EnumTypes":
            shape, inside = self.folders.by_name["EnumValues"], self.enums.values_of(item.guid)
            record["EnumValuesInEnumType"] = (
                [self.shown(shape, value) for value in inside] if show.enum_values else None
            )
        return record

    def now(self) -> str:
        return self.clock.now().strftime(values.STORED)

    def _next(self, folder: Folder) -> int:
        """The running number of a new item; one that was given is never given again. Leads and projects, which have
        the same member for it, have one count (assumed, as a lead keeps its number when it becomes a project)."""
        name = f"number of {folder.numbered}"
        number = int(self.store.note(name, 0)) + 1
        self.store.keep(name, number)
        return number

    def _read(self, folder: Folder, sent: Json) -> Json:
        """The members a save may write; unknown ones and those of the service are passed over."""
        fields = folder.fields
        closed = {"ItemGUID", "ItemVersion"}
        return {
            name: values.read(fields[name], value)
            for name, value in sent.items()
            if name in fields and name not in closed and not fields[name].read_only and fields[name].kind != "list"
        }

    def _merged(
        self, folder: Folder, guid: str, before: Item | None, version: int | None, read: Json, extra: Json, user: str
    ) -> Item:
        now = self.now()
        stamps = {"ModifiedByGUID": user, "Server_ItemChanged": now, "ItemChanged": read.get("ItemChanged") or now}
        data: Json
        if before is None:
            empty = {name: False for name, field in folder.fields.items() if field.kind == "bool"}
            created = {"CreatedByGUID": user, "Server_ItemCreated": now, "ItemCreated": now, "OwnerGUID": user}
            data, next_version = {**empty, **created}, 1
        else:
            data, next_version = dict(before.data), max(before.version + self.switches.version_step, version or 0)
        customs = {**(data.get("AdditionalFields") or {}), **extra}
        data |= read | stamps | {"AdditionalFields": customs}
        for name in ("OwnerGUID", "ItemCreated"):
            data[name] = data.get(name) or (before.data.get(name) if before else created[name])
        for name, field in folder.fields.items():
            if field.phone:
                data[name] = values.phone(data.get(field.phone))
        return Item(folder.name, guid, next_version, data)

    def _parent(self, folder: Folder, key: str, value: object) -> str | None:
        parent: str | None = values.read(folder.fields["OwnerGUID"], value)
        if parent is not None and self.store.get(folder.keys[key].folder, parent) is None:
            raise failed(f"Item '{parent}' was not found in folder '{folder.keys[key].folder}' ({key})")
        return parent

    def _relate(self, folder: Folder, guid: str, keys: Json, extra: Json, user: str) -> None:
        """Foreign keys and relation fields as relations; the item's own change covers them."""
        ends = [(folder.keys[key].type, folder.keys[key].folder, parent) for key, parent in keys.items()]
        for name, custom in self.custom.of(folder.name).items():
            if custom.type == RELATION and name in extra:
                ends.append((name.upper(), custom.folder, extra[name]))
        for kind, other, parent in ends:
            for old in self.relations.of(guid, kind, other):
                if old.guid1 == guid and old.guid2 != parent:
                    self.relations.remove(old.guid)
            if parent is not None:
                self.relations.add(Relation("", kind, folder.name, guid, other, parent, user))


def _filled(part: Json) -> Json:
    return {name: value for name, value in part.items() if value is not None}
