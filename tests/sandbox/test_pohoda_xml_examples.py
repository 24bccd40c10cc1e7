"""Every request that is known from documentation or recordings gets an answer as the official schema has it."""

import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from pohoda_sandbox.company import fill
from pohoda_sandbox.pohoda import Pohoda
from pohoda_sandbox.pohoda.xml import XmlUnit
from pohoda_sandbox.pohoda.xml.codes import INVOICES
from pohoda_sandbox.pohoda.xml.listings import LISTINGS
from pohoda_sandbox.pohoda.xml.requests import REQUESTS
from pohoda_sandbox.pohoda.xml.schemas import Schemas
from tests.sandbox.pohoda_lists import EXAMPLES, SAMPLES, XSD, Lists, valid

NAMED = {"Otevřené zakázky": "ZAK.Predani IS NULL"}
LISTED = sorted(EXAMPLES.glob("export_request_*.xml"))
IMPORTED = sorted(EXAMPLES.glob("import_*.xml"))
EMPTY = {"lst:listAccountRequest"}
"""Posting rules of the sample company name no accounts."""
SWITCHED_ON = "<lst:liquidations>true</lst:liquidations>"


@pytest.fixture(scope="module")
def pohoda(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pohoda]:
    folder = tmp_path_factory.mktemp("examples")
    unit = Pohoda.create(folder / "unit.db", clock=lambda: datetime(2026, 11, 22, 12, 0, 0))
    fill(unit, size=60, documents=True)
    yield unit
    unit.close()


def answered(pohoda: Pohoda, request: Path, *, official: bool = True) -> Any:
    schemas = Schemas(Path(XSD)) if XSD and official else None
    body = request.read_bytes()
    ico = re.sub(rb' ico="\d+"', b' ico="12345678"', body, count=1)
    return valid(XmlUnit(pohoda, schemas, NAMED).answer(ico))


@pytest.mark.parametrize("request_file", LISTED, ids=lambda path: path.stem)
def test_every_example_of_a_list_request_is_answered(pohoda: Pohoda, request_file: Path) -> None:
    root = answered(pohoda, request_file)
    assert [(item.get("state"), item.get("note")) for item in root] == [("ok", None)] * len(root)


def test_the_example_of_all_agendas_lists_records_in_each(pohoda: Pohoda) -> None:
    root = answered(pohoda, EXAMPLES / "export_request_all_agendas.xml")
    empty = [item.get("id") for item in root if not len(item[0])]
    assert empty == ["issued-credit-notes"], "the company has corrective tax documents instead of credit notices"


@pytest.mark.parametrize("request_file", IMPORTED, ids=lambda path: path.stem)
def test_every_example_of_an_import_is_answered(tmp_path: Path, request_file: Path) -> None:
    unit = Pohoda.create(tmp_path / "unit.db")
    root = answered(unit, request_file)
    assert root.get("state") == "ok"
    assert [item.get("state") for item in root] == ["ok"] * len(etree.parse(str(request_file)).getroot())


@pytest.mark.skipif(not SAMPLES, reason="POHODA_SAMPLES_DIR is not set")
def test_every_recorded_list_request_is_answered(pohoda: Pohoda) -> None:
    requests = sorted(Path(os.environ["POHODA_SAMPLES_DIR"]).glob("req_list_*.xml"))
    assert len(requests) >= 8
    for request in requests:
        root = answered(pohoda, request, official=False)
        assert {item.get("state") for item in root} == {"ok"}, request.name


@pytest.mark.parametrize("country", ["SK", "CZ"])
def test_listings_of_a_whole_company_are_valid(tmp_path: Path, country: str) -> None:
    unit = Pohoda.create(tmp_path / "unit.db", country=country)
    fill(unit, size=40, country=country, documents=True)
    lists = Lists(unit)
    for kind in INVOICES.values():
        lists.item("lst:listInvoiceRequest", invoiceType=kind, off=SWITCHED_ON)
    for kind in ("receivedOrder", "issuedOrder"):
        assert lists.records("lst:listOrderRequest", orderType=kind)
    inner = {"lst:listParameterRequest": 'idsAgenda="faktury"', "lst:listUserCodeRequest": 'code=""'}
    inside = {"lst:listBalanceRequest": "<lst:pairing>PairingSymbol</lst:pairing>"}
    for name in sorted(REQUESTS.keys() - {"lst:listInvoiceRequest", "lst:listOrderRequest"}):
        item = lists.item(name, inside.get(name, ""), inner=inner.get(name, ""))
        assert item.get("state") == "ok", f"{name}: {item.get('note')}"
        assert len(item[0]) or name in EMPTY, name


def test_every_request_has_a_listing() -> None:
    versioned = {"lst:listActionPriceRequest", "lst:listBalanceRequest"}
    assert LISTINGS.keys() | versioned == REQUESTS.keys()
