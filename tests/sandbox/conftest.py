"""A simulated eWay-CRM, and a plain client that is logged in to it."""

from collections.abc import Iterator

import pytest

from pohoda_sandbox.eway import EWay
from pohoda_sandbox.faults import Faults
from tests.sandbox.eway_client import Client


@pytest.fixture
def eway() -> Iterator[EWay]:
    with EWay(Faults()) as eway:
        yield eway


@pytest.fixture
def client(eway: EWay) -> Client:
    return Client(eway)
