"""A simulated eWay-CRM with its faults, and the client opened on it, its waits recorded instead of slept."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
import yaml

from pohoda_bridge.catalogue import Crm, Mapped
from pohoda_bridge.catalogue.catalogue import INCLUDE
from pohoda_bridge.connections import Connection
from pohoda_bridge.crm.eway import EwayCrm
from pohoda_bridge.side import Answer, Item, Mark, Pack, Row, Window
from pohoda_sandbox.eway import EWay
from pohoda_sandbox.faults import Fault, Faults

PASSWORD = "canary-Žltý-4711"
SECRET = "canary-client-secret-0815"
BACK = "http://127.0.0.1/back"
FILE = yaml.safe_load((INCLUDE / "crms" / "eway.yaml").read_text(encoding="utf-8"))


@dataclass
class Bench:
    """`open` gives a client; `waits` are the seconds it would have slept."""

    eway: EWay
    faults: Faults
    waits: list[float] = field(default_factory=list)
    opened: list[EwayCrm] = field(default_factory=list)

    def open(
        self,
        *,
        extra: Mapping[str, Any] | None = None,
        login: str | None = "api",
        password: str = PASSWORD,
        host: str = "",
        api: Mapping[str, Any] | None = None,
        fields: Mapping[str, str] | None = None,
        agenda: str = "clients",
        deleted: Mapping[str, Any] | None = None,
        values: Mapping[str, Mapping[str, str]] | None = None,
        **options: Any,
    ) -> EwayCrm:
        """`api` changes keys of the CRM's file, `extra` those of the connection; `fields` maps more of the agenda,
        `values` says what values of its fields are called there, `deleted` is another mark of its records."""
        told = deepcopy({**FILE, "api": {**FILE["api"], **(api or {})}})
        if deleted:
            told["agendas"][agenda]["deleted"] = deleted
            told["entities"][told["agendas"][agenda]["entity"]]["fields"].setdefault(deleted["to"], {"kind": "bool"})
        crm = Crm.model_validate(told)
        mapping = {**crm.agendas[agenda].fields, **{name: Mapped(to=wire) for name, wire in (fields or {}).items()}}
        for name, called in (values or {}).items():
            mapping[name] = mapping[name].model_copy(update={"values": {**(mapping[name].values or {}), **called}})
        connection = Connection(
            "eway_api",
            host or self.eway.url,
            login=login,
            password=password,
            extra={"read_timeout": 20, **(extra or {})},
        )
        options = {"sleep": self.waits.append, "clock": lambda: datetime.now(UTC), **options}
        opened = EwayCrm(crm, connection, {agenda: mapping}, **options)
        self.opened.append(opened)
        return opened

    def fault(self, kind: str, **options: Any) -> None:
        self.faults.add(Fault("eway", kind, **options))

    def companies(self, count: int, **more: Any) -> list[str]:
        return [self.eway.create("Companies", CompanyName=f"Firma {number:03}", **more) for number in range(count)]

    def forget(self) -> None:
        """Count requests from here on."""
        self.eway.traffic.clear()

    def sent(self) -> list[str]:
        """The methods called so far."""
        return [entry.path.rpartition("/")[2].split("?")[0] for entry in self.eway.traffic.entries]

    def record(self, guid: str, folder: str = "Companies") -> dict[str, Any]:
        return next(item for item in self.eway.records(folder) if item["ItemGUID"] == guid)


@pytest.fixture
def bench() -> Iterator[Bench]:
    faults = Faults()
    with EWay(faults, password=PASSWORD, client_secret=SECRET) as eway:
        made = Bench(eway, faults)
        yield made
        for crm in made.opened:
            crm.close()


def rows(crm: EwayCrm, agenda: str = "clients", window: Window | None = None) -> list[Row]:
    return [row for part in crm.read(agenda, window or Window()).parts for row in part]


def row_of(crm: EwayCrm, guid: str, agenda: str = "clients") -> Row:
    (row,) = rows(crm, agenda, Window(ids=(guid,)))
    return row


def new(**values: Any) -> Item:
    return Item(uuid4().hex, "key", "create", {"name": "Firma", **values}, mark=Mark("POHODA:12345678:2026", "1"))


def contact(**values: Any) -> Item:
    return Item(uuid4().hex, "key", "create", {"last_name": "Nováková", **values})


def change(target: str, **values: Any) -> Item:
    return Item(uuid4().hex, "key", "update", values, target_id=target)


def write(crm: EwayCrm, *items: Item, agenda: str = "clients", **options: Any) -> list[Answer]:
    return crm.write(agenda, Pack("pack-1", items, **options))


def states(answers: list[Answer]) -> list[str]:
    return [answer.state for answer in answers]


Clock = Callable[[], datetime]
