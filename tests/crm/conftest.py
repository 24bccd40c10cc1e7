"""A simulated Gram with its faults, and the client opened on it at any level, its waits recorded instead of slept."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from pohoda_bridge.catalogue import Crm
from pohoda_bridge.connections import Connection
from pohoda_bridge.crm import RestCrm
from pohoda_bridge.side import Item, Mark, Pack, Row, Window
from pohoda_sandbox.faults import Fault, Faults
from pohoda_sandbox.gram import Gram, shipped

TOKEN = "canary-token-0123456789abcdef"
SOURCE = "POHODA:12345678:2026"


@dataclass
class Bench:
    """`open` gives a client; `waits` are the seconds it would have slept."""

    gram: Gram
    faults: Faults
    waits: list[float] = field(default_factory=list)
    opened: list[RestCrm] = field(default_factory=list)

    def open(
        self,
        level: str = "L2",
        *,
        extra: Mapping[str, Any] | None = None,
        login: str | None = None,
        password: str = TOKEN,
        api: Mapping[str, Any] | None = None,
        host: str = "",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        deleted: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> RestCrm:
        """`api` changes keys of the CRM's file, `deleted` the mark of its clients; `extra` keys of the connection."""
        self.gram.switches.level = level
        wire = shipped()
        wire["api"] |= {"level": level, **(api or {})}
        wire["agendas"]["clients"] |= {"deleted": deleted} if deleted else {}
        connection = Connection(
            "gram_api",
            host or self.gram.host_url,
            login=login,
            password=password,
            extra={"organization": "demo", "read_timeout": 20, **(extra or {})},
        )
        crm = RestCrm(Crm.model_validate(wire), connection, {}, clock=clock, sleep=self.waits.append, **options)
        self.opened.append(crm)
        return crm

    def fault(self, kind: str, **options: Any) -> None:
        self.faults.add(Fault("gram", kind, **options))

    def clients(self, count: int) -> list[str]:
        return [self.gram.create("Client", Name=f"Firma {number:03}") for number in range(count)]

    def forget(self) -> None:
        """Count requests from here on."""
        self.gram.service.traffic.clear()

    def sent(self) -> list[tuple[str, str]]:
        """Method and path with query of every request so far."""
        return [(entry.method, entry.path) for entry in self.gram.service.traffic.entries]


@pytest.fixture
def bench() -> Iterator[Bench]:
    faults = Faults()
    with Gram(shipped(), faults, token=TOKEN) as gram:
        made = Bench(gram, faults)
        yield made
        for crm in made.opened:
            crm.close()


def rows(crm: RestCrm, agenda: str = "clients", window: Window | None = None) -> list[Row]:
    return [row for part in crm.read(agenda, window or Window()).parts for row in part]


def new(number: int | str, source: str | None = SOURCE, **values: Any) -> Item:
    """An item that creates; without a source it carries no mark."""
    mark = Mark(source, str(number)) if source else None
    return Item(f"i{number}", f"key {number}", "create", {"name": f"Firma {number}", **values}, mark=mark)


def change(target: str, **values: Any) -> Item:
    return Item(f"u{target[:4]}", f"key {target[:4]}", "update", values, target_id=target)


def pack(*items: Item, **options: Any) -> Pack:
    return Pack("pack-1", items, **options)
