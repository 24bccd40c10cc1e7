"""What contract tests run over: every agenda and every CRM file there is, the tests' own CRM, and the demo's flows."""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest
import yaml

from pohoda_bridge.catalogue import Crm, open_catalogue
from pohoda_bridge.connections import Connection
from pohoda_bridge.crm import RestCrm
from pohoda_bridge.crm.eway import EwayCrm
from pohoda_bridge.side import Side
from pohoda_sandbox.eway import EWay
from pohoda_sandbox.faults import Faults
from pohoda_sandbox.gram import Gram, shipped
from tests.bridge import AGENDAS as BOOK
from tests.crm.acme import Acme
from tests.crm.test_second_crm import FILE as ACME

CATALOGUE = open_catalogue()
AGENDAS = sorted(CATALOGUE.agendas)
CRMS: Mapping[str, Crm] = {**CATALOGUE.crms, "acme": Crm.model_validate(yaml.safe_load(ACME))}
CARRIED = [(crm, agenda) for crm in sorted(CRMS) for agenda in sorted(CRMS[crm].agendas)]
FLOWS = [(flow.agenda.agenda, flow.direction) for flow in CATALOGUE.flows("gram") if flow.agenda.agenda in BOOK]
"""The flows of the address book, which both CRMs have; tests/trade has all of Gram's."""


@dataclass(frozen=True)
class Tried:
    """A client on a server of its own. `empty`: kind of field -> what it shows when it was cleared, if not None.

    `given`: wire fields that the service fills by itself in a new record.
    """

    side: Side
    empty: Mapping[str, Any] = field(default_factory=dict)
    given: frozenset[str] = frozenset()


@contextmanager
def _gram(crm: Crm) -> Generator[Tried]:
    with Gram(shipped(), Faults(), token="t" * 20) as gram:
        connection = Connection("gram_api", gram.host_url, password=gram.token, extra={"organization": "demo"})
        with closing(RestCrm(crm, connection, {})) as side:
            yield Tried(side, given=frozenset({"Number"}))


@contextmanager
def _eway(crm: Crm) -> Generator[Tried]:
    with EWay(Faults()) as eway:
        connection = Connection("eway_api", eway.url, login=eway.user, password=eway.password)
        with closing(EwayCrm(crm, connection, {})) as side:
            yield Tried(side, empty={"bool": False})


@contextmanager
def _acme(crm: Crm) -> Generator[Tried]:
    with closing(Acme()) as acme:
        connection = Connection("acme", acme.url, password="acme-secret", extra={"tenant": "t1"})
        with closing(RestCrm(crm, connection, {})) as side:
            yield Tried(side)


OPENERS: Mapping[str, Callable[[Crm], AbstractContextManager[Tried]]] = {"gram": _gram, "eway": _eway, "acme": _acme}
Open = Callable[[str], Tried]


@pytest.fixture(scope="session")
def opened() -> Iterator[Open]:
    """`opened("gram")`: one server and client of each CRM for all tests."""
    with ExitStack() as stack:

        @cache
        def of(name: str) -> Tried:
            if name not in OPENERS:
                pytest.fail(
                    f"the CRM {name} has no server to be tried on: add an opener to tests/contract/conftest.py "
                    "that gives its client on a simulated one"
                )
            return stack.enter_context(OPENERS[name](CRMS[name]))

        yield of
