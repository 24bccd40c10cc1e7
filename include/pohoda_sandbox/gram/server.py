"""A Gram CRM on loopback, with memory: start it, point any client at `url`, look at what it kept."""

import json
import secrets
from decimal import Decimal
from pathlib import Path
from typing import Any

from pohoda_sandbox.clock import Clock, Now
from pohoda_sandbox.faults import Faults
from pohoda_sandbox.gram import people
from pohoda_sandbox.gram.access import Tokens
from pohoda_sandbox.gram.admin import Admin
from pohoda_sandbox.gram.records import Records
from pohoda_sandbox.gram.service import GramService
from pohoda_sandbox.gram.store import Store
from pohoda_sandbox.gram.switches import Switches
from pohoda_sandbox.gram.wire import Wire
from pohoda_sandbox.http import Server
from pohoda_sandbox.served import Served

Json = dict[str, Any]


class Gram(Served):
    """One tenant of Gram CRM, its API below `url` and its admin path below `admin_url`.

    `wire` is the CRM's file as read from YAML; `data` a file that keeps the records over a restart (None: memory
    only). `password` is the one of every seeded user (logins anna, karol, petra). A person's edits are Anna's.
    """

    def __init__(
        self,
        wire: Json,
        faults: Faults,
        *,
        port: int = 0,
        organization: str = "demo",
        token: str = "",
        admin_token: str = "",
        password: str = "",
        level: str = "L2",
        data: Path | None = None,
        clock: Now | None = None,
    ) -> None:
        names = Wire.of(wire)
        self.faults = faults
        self.organization = organization
        self.token = token or secrets.token_hex(16)
        self.admin_token = admin_token or secrets.token_hex(16)
        self.password = password or secrets.token_urlsafe(12)
        self.switches = Switches(level=level)
        self.clock = Clock(names.timezone, clock)
        columns = {names.system(name): name for name in ("id", "source", "external_id", "modified")}
        self._store = Store(data, columns)
        self._records = Records(names, self._store, self.clock, self.switches)
        people.seed(self._records)
        link = people.identity(self._records, people.LINK_LOGIN)
        self.service = GramService(
            self._records,
            Tokens(self.token, link),
            organization,
            self.password,
            Admin(self, self.admin_token),
        )
        super().__init__(Server(self.service, faults, port), self.service.lock, self.service.traffic, self._store.close)

    @property
    def url(self) -> str:
        return self.host_url + self._records.wire.base_path(self.organization)

    def records(self, entity: str) -> list[Json]:
        """Every record of an entity as the API shows it."""
        with self.service.lock:
            shape = self._records.entity(entity)
            return [self._records.shown(shape, stored) for stored in self._store.select(entity)]

    def create(self, entity: str, /, identity: str = "", **fields: Any) -> str:
        """A person makes a record (a note, an activity, a client of their own); its id, `identity` when given."""
        with self.service.lock:
            stored = self._records.create(self._records.entity(entity), _sent(fields), self._person(), identity)
            return str(stored.data[self._records.wire.system("id")])

    def edit(self, entity: str, identity: str, /, **fields: Any) -> Json:
        """A person changes fields of a record; the record afterwards."""
        with self.service.lock:
            shape = self._records.entity(entity)
            stored, _ = self._records.update(shape, identity, _sent(fields), self._person())
            return self._records.shown(shape, stored)

    def delete(self, entity: str, identity: str, /) -> None:
        """A person moves a record to the bin."""
        with self.service.lock:
            self._records.delete(entity, identity)

    def workflow_runs(self, entity: str, identity: str) -> int:
        with self.service.lock:
            return self._records.get(entity, identity).workflows

    def _person(self) -> str:
        return people.identity(self._records, str(people.SEED[0]["Login"]))


def _sent(fields: Json) -> Json:
    """The fields as they would arrive over the wire."""
    sent: Json = json.loads(json.dumps(fields, default=float), parse_float=Decimal)
    return sent
