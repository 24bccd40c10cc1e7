"""An eWay-CRM on loopback, with memory: start it, point any client at `url`, look at what it kept."""

import json
import secrets
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

from pohoda_sandbox.clock import Clock, Now
from pohoda_sandbox.eway import seed
from pohoda_sandbox.eway.admin import Admin
from pohoda_sandbox.eway.blobs import Blobs
from pohoda_sandbox.eway.changes import Changes
from pohoda_sandbox.eway.custom import CustomFields
from pohoda_sandbox.eway.door import Door
from pohoda_sandbox.eway.enums import Enums
from pohoda_sandbox.eway.errors import CODES, SUCCESS, Json, NoMethod
from pohoda_sandbox.eway.folders import Folder, Folders
from pohoda_sandbox.eway.items import Items, Show
from pohoda_sandbox.eway.oauth import OAuth
from pohoda_sandbox.eway.relations import Relation, Relations
from pohoda_sandbox.eway.rights import Rights
from pohoda_sandbox.eway.rules import Rules
from pohoda_sandbox.eway.service import EWayService
from pohoda_sandbox.eway.sessions import Sessions
from pohoda_sandbox.eway.store import Item, Store
from pohoda_sandbox.eway.switches import Switches
from pohoda_sandbox.faults import Fault, Faults
from pohoda_sandbox.http import Server
from pohoda_sandbox.served import Served

CLIENT = "pohoda-bridge"
EVERYTHING = Show(keys=True, relations=("", ""))


class EWay(Served):
    """One customer's eWay-CRM: its web service `url` ({WS} of the documentation), its admin path below `admin_url`.

    `user` and `password` are the client's; the password is the one of every seeded user too (anna, karol, petra).
    `client_secret` belongs to the OAuth client `pohoda-bridge`. `data`: a file that keeps everything over a restart
    (None: memory only). A person's edits are Anna's.
    """

    def __init__(
        self,
        faults: Faults,
        *,
        port: int = 0,
        user: str = "api",
        password: str = "",
        client_secret: str = "",
        admin_token: str = "",
        data: Path | None = None,
        clock: Now | None = None,
    ) -> None:
        self.faults = faults
        self.user = user
        self.password = password or secrets.token_urlsafe(12)
        self.client_id, self.client_secret = CLIENT, client_secret or secrets.token_hex(16)
        self.admin_token = admin_token or secrets.token_hex(16)
        self.switches = Switches()
        self.clock = Clock("Europe/Bratislava", clock)
        self._store = store = Store(data)
        folders, changes = Folders.load(), Changes(store, self.clock, self.switches)
        relations, custom = Relations(store, folders), CustomFields(store)
        rules, enums = Rules(store, custom, self.switches), Enums(store, changes)
        self._items = Items(folders, store, self.clock, self.switches, changes, relations, custom, rules, enums)
        seed.seed(self._items, user)
        oauth = OAuth(store, (self.client_id, self.client_secret))
        door = Door(store, self.clock, self.switches, Sessions(), oauth, self.password)
        admin = Admin(self, self.admin_token)
        self.service = EWayService(self._items, Rights(store, relations, self.switches), door, Blobs(store), admin)
        super().__init__(Server(self.service, faults, port), self.service.lock, self.service.traffic, self._store.close)

    def start(self) -> Self:
        super().start()
        self.service.port = self.port
        return self

    @property
    def url(self) -> str:
        return f"{self.host_url}/demo"

    def records(self, folder: str, /) -> list[Json]:
        """Every item of a folder as the API shows it, with foreign keys and relations."""
        with self.service.lock:
            shape = self._folder(folder)
            return [self._items.shown(shape, item, EVERYTHING) for item in self._store.every(folder)]

    def create(self, folder: str, /, **fields: Any) -> str:
        """A person makes an item; its guid."""
        with self.service.lock, self._store.transaction():
            return self._save(self._folder(folder), fields)

    def edit(self, folder: str, guid: str, /, **fields: Any) -> Json:
        """A person changes members of an item; the item afterwards."""
        with self.service.lock, self._store.transaction():
            shape = self._folder(folder)
            self._save(shape, {**fields, "ItemGUID": self._item(folder, guid).guid})
            return self._items.shown(shape, self._item(folder, guid), EVERYTHING)

    def delete(self, folder: str, guid: str, /) -> None:
        with self.service.lock, self._store.transaction():
            self._items.delete(self._folder(folder), self._item(folder, guid).guid)

    def link(self, child: tuple[str, str], kind: str, parent: tuple[str, str]) -> bool:
        """A person relates two items, each (folder, guid); an item and its category are child and parent too."""
        with self.service.lock, self._store.transaction():
            (folder1, guid1), (folder2, guid2) = child, parent
            return self._items.link(Relation("", kind, folder1, guid1, folder2, guid2, self._person()))

    def unlink(self, guid: str, other: str) -> None:
        """A person ends every relation between two items."""
        with self.service.lock, self._store.transaction():
            for relation in self._items.relations.of(guid):
                if other in {relation.guid1, relation.guid2}:
                    self._items.unlink(relation)

    def refuse(self, code: str, method: str = "", *, times: int = 1, skip: int = 0, stored: bool = False) -> None:
        """Answer the next `times` calls of a method (all methods without one) by a return code.

        `stored`: only after the call was carried out, as a time-out of the database may come. Raises ValueError.
        """
        if code not in CODES - {SUCCESS}:
            raise ValueError(f"unknown return code {code!r}")
        pattern = f"(?i)^{method}$" if method else ""
        kind = "status_after" if stored else "status"
        self.service.refusals.add(Fault("eway", kind, pattern, times=times, skip=skip, name=code))

    def set(self, setting: str, value: str) -> None:
        """Change a global setting, such as CompanyDuplicityCheckEnabled (0 off, 1 by IČ, 2 by DIČ)."""
        with self.service.lock:
            guid = self._store.find("GlobalSettings", [("Name", setting)])
            self.edit("GlobalSettings", guid[0].guid if guid else "", Value=value)

    def permit(self, folder: str, user: str = "", **rights: Any) -> None:
        """Set module permissions of a user (the client's by default): View, Edit, Delete, CanCreate, columns."""
        with self.service.lock:
            found = self.service.door.find(user or self.user)
            if found is None:
                raise ValueError(f"there is no user {user!r}")
            self.service.rights.set(found.guid, self._folder(folder).name, rights)

    def rule(self, folder: str, *, field: str, kind: str, message: str = "", optional: bool = False) -> None:
        """A workflow's rule over saves: `mandatory`, `locked` or `unique`; an optional one can be waved through."""
        with self.service.lock:
            self._items.rules.add(self._folder(folder).name, field, kind, message, optional)

    def clear_rules(self) -> None:
        with self.service.lock:
            self._items.rules.clear()

    def sessions(self) -> int:
        """How many are open."""
        with self.service.lock:
            return self.service.door.sessions.count(self.clock.now())

    def expire_sessions(self) -> None:
        with self.service.lock:
            self.service.door.sessions.expire_all()

    def expire_tokens(self, kind: str = "access") -> None:
        """Every `access` or `refresh` token ends now."""
        if kind not in {"access", "refresh"}:
            raise ValueError(f"unknown kind of token {kind!r}")
        with self.service.lock:
            self.service.door.oauth.expire(kind)

    def _save(self, folder: Folder, fields: Json) -> str:
        sent = json.loads(json.dumps(fields), parse_float=Decimal)
        return self._items.save(folder, sent, self._person(), ignored=[])

    def _folder(self, name: str) -> Folder:
        if name not in self._items.folders.by_name:
            raise NoMethod
        return self._items.folders.by_name[name]

    def _item(self, folder: str, guid: str) -> Item:
        item = self._store.get(folder, guid.lower())
        if item is None:
            raise NoMethod
        return item

    def _person(self) -> str:
        found = self._store.find("Users", [("Username", seed.PERSON)])
        return found[0].guid if found else ""
