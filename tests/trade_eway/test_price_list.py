"""Price levels and customers' own prices by each of the three ways, with POHODA's changes and what they leave open."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from pohoda_bridge.catalogue.catalogue import INCLUDE
from pohoda_bridge.ledger import Request
from pohoda_bridge.sync import find_deleted, reconcile
from tests.trade_eway.world import World

AGENDA = "price_lists"
FULL, ASSUMED = Request("full"), {"price_list": "assumed"}
CLOSED = {"2026/SkCeny": "sale prices", "2026/AD": "price list (Ceník) of a company"}
LISTED: dict[str, Any] = {"IndividualDiscounts": {"drop": True}}
LISTING = {**LISTED, "af_29": {"from": "price_listing"}}


@dataclass
class Shop:
    """Two levels, and three customers with prices of their own, of whom one is not in eWay-CRM; `ids` by code."""

    world: World
    customers: list[int] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)

    @property
    def pohoda(self) -> Any:
        return self.world.sandbox.units["obchod"].pohoda

    @property
    def eway(self) -> Any:
        return self.world.sandbox.eway

    def sync(self, request: Request = FULL) -> Counter[str]:
        return self.world.sync(AGENDA, "to_crm", request)

    def lines(self, outcome: str) -> list[dict[str, Any]]:
        return [line for line in self.world.plans[AGENDA, "to_crm"] if line["outcome"] == outcome]

    def card(self, code: str) -> None:
        card = {"IDS": code, "Nazev": code, "ProdejKc": 100, "RelSkTyp": 1, "RelDPHp": 2, "MJ": "ks"}
        self.ids[code] = self.pohoda.insert("SKz", **card)

    def price(self, customer: int, code: str, price: float, discount: float = 0) -> int:
        """A card's price for a customer."""
        row = {"RefAg": customer, "RelAgID": 20, "RefPol": self.ids[code], "Kod": code, "Cena": price}
        return int(self.pohoda.insert("ADcn", **row, Sleva=discount, SDph=False))

    def deleted(self) -> Counter[str]:
        """A run after what is gone from POHODA was looked for."""
        with self.world.job(AGENDA, "to_crm") as job:
            find_deleted(job)
        return self.sync()

    def listed(self) -> dict[str, dict[str, tuple[float | None, float | None]]]:
        """Company -> product -> its unit price and discount, as eWay-CRM shows them."""
        names = {item["ItemGUID"]: item["FileAs"] for item in self.eway.records("Companies")}
        codes = {item["ItemGUID"]: item["Code"] for item in self.eway.records("Goods")}
        found: dict[str, dict[str, tuple[float | None, float | None]]] = {}
        for row in self.eway.records("IndividualDiscounts"):
            of = found.setdefault(names[row["Companies_CompanyGuid"]], {})
            of[codes[row["Goods_GoodGuid"]]] = row["UnitPrice"], row["Discount"]
        return found

    def levels(self) -> dict[str, float | None]:
        return {item["FileAs"]: item["Discount"] for item in self.eway.records("SalePrices")}

    def nothing_left(self, **open_: int) -> None:
        """A further run writes nothing, and both sides are equal but for what is told."""
        before = self.world.writes()
        assert not {"created", "updated", "deleted", "conflict"} & {*self.sync(), *self.sync(Request())}
        assert self.world.writes() == before
        with self.world.job(AGENDA, "to_crm") as job:
            found = reconcile(job)
        assert (found.equal, found.differences, found.duplicates, found.open) == (True, [], 0, open_)


def opened(world: World) -> Shop:
    shop = Shop(world)
    for name in ("Alfa", "Beta"):
        shop.customers.append(shop.pohoda.insert("AD", Firma=name, Obec="Brno", PSC="60200"))
    for code in ("A1", "B2", "C3"):
        shop.card(code)
    for agenda in ("clients", "products"):
        world.sync(agenda, "to_crm")
    shop.customers.append(shop.pohoda.insert("AD", Firma="Gama", Obec="Brno", PSC="60200"))
    for level in shop.pohoda.rows("SELECT ID FROM SkCeny"):
        shop.pohoda.delete("SkCeny", level["ID"])
    alfa, beta, gama = shop.customers
    for name, customer, code, price, discount in (
        ("A1 of Alfa", alfa, "A1", 93, 7), ("B2 of Alfa", alfa, "B2", 80.5, 19.5), ("C3 of Beta", beta, "C3", 0, 12.5),
        ("C3 of Gama", gama, "C3", 77, 0),
    ):  # fmt: skip
        shop.ids[name] = shop.price(customer, code, price, discount)
    for code, discount in (("VIP", 15), ("Velkoobch", 20)):
        shop.ids[code] = shop.pohoda.insert("SkCeny", IDS=code, SText=f"hladina {code}", Sleva=discount, SDph=False)
    return shop


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    with World.open(tmp_path, monkeypatch, size=0, documents=False, entered=False) as world:
        yield opened(world)


def wanted(monkeypatch: pytest.MonkeyPatch, folder: Path, **to_crm: Any) -> None:
    """The shipped settings, with these of the flow in the link."""
    for name in ("units", "links"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for file in (INCLUDE / name).glob("*.yaml"):
            (folder / name / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    link = folder / "links" / "eway.yaml"
    told = yaml.safe_load(link.read_text(encoding="utf-8"))
    told["agendas"][AGENDA]["to_crm"] |= to_crm
    link.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    monkeypatch.setenv("POHODA_BRIDGE_CONFIG", str(folder))


def assume(monkeypatch: pytest.MonkeyPatch, shop: Shop) -> None:
    """The service has the assumed methods, and the connection says so."""
    shop.eway.switches.price_lists = True
    told = json.loads(os.environ["AIRFLOW_CONN_EWAY_API"])
    monkeypatch.setenv("AIRFLOW_CONN_EWAY_API", json.dumps({**told, "extra": ASSUMED}))


def test_published_methods_write_nothing_and_every_record_says_why(shop: Shop) -> None:
    shop.eway.create("SalePrices", FileAs="VIP", Discount=15)
    strange = shop.eway.create("SalePrices", FileAs="Velkoobch", Discount=25)
    before = shop.world.writes()
    assert shop.sync() == {"unchanged": 1, "cannot_write": 3, "held": 1}
    told = {line["_id"]: line for line in shop.lines("cannot_write")}
    for technical, line in told.items():
        assert CLOSED[technical.rpartition("/")[0]] in line["reason"]
    [level] = [line for line in told.values() if line.get("target_id") == strange]
    assert level["changes"] == {"discount": ["25", "20"]}
    assert shop.world.writes() == before
    shop.nothing_left(cannot_write=3, held=1)

    # A person did it in eWay-CRM: it is over.
    shop.eway.edit("SalePrices", strange, Discount=20)
    assert shop.sync()["cannot_write"] == 2
    shop.nothing_left(cannot_write=2, held=1)


def test_assumed_methods_carry_levels_and_prices(shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert shop.sync()["cannot_write"] == 4
    wanted(monkeypatch, tmp_path / "settings", deletions="propagate")
    assume(monkeypatch, shop)
    assert shop.sync() == {"created": 2, "updated": 2, "held": 1}
    assert shop.levels().items() >= {"VIP": 15, "Velkoobch": 20}.items()
    assert shop.listed() == {"Alfa": {"A1": (93, 7), "B2": (80.5, 19.5)}, "Beta": {"C3": (None, 12.5)}}
    shop.nothing_left(held=1)

    # A discount of a level, a price, and a price that is taken away.
    shop.pohoda.edit("SkCeny", shop.ids["VIP"], Sleva=16)
    shop.pohoda.edit("ADcn", shop.ids["A1 of Alfa"], Cena=90, Sleva=10)
    shop.pohoda.delete("ADcn", shop.ids["B2 of Alfa"])
    assert shop.sync() == {"updated": 2, "unchanged": 2, "held": 1}
    assert (shop.levels()["VIP"], shop.listed()["Alfa"]) == (16, {"A1": (90, 10)})
    shop.nothing_left(held=1)

    # All prices of a customer are taken away; the one that was awaited is there.
    shop.pohoda.delete("ADcn", shop.ids["C3 of Beta"])
    shop.world.sync("clients", "to_crm")
    assert shop.deleted() == {"deleted": 1, "updated": 1, "unchanged": 3}
    assert shop.listed() == {"Alfa": {"A1": (90, 10)}, "Gama": {"C3": (77, None)}}
    shop.nothing_left()

    # A price of a product that is not there yet goes after it.
    shop.card("D4")
    shop.price(shop.customers[0], "D4", 5)
    assert "updated" not in shop.sync()
    shop.world.sync("products", "to_crm")
    assert shop.sync(Request())["updated"] == 1
    assert shop.listed()["Alfa"] == {"A1": (90, 10), "D4": (5, None)}
    shop.nothing_left()


def test_prices_in_a_foreign_currency_are_not_taken_for_the_units_own(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    [euro] = shop.pohoda.rows("SELECT ID FROM sCMeny WHERE Kod = 'EUR'")
    for name in ("A1 of Alfa", "B2 of Alfa", "C3 of Beta"):
        shop.pohoda.edit("ADcn", shop.ids[name], RefCM=euro["ID"])
    assume(monkeypatch, shop)
    assert shop.sync() == {"created": 2, "updated": 1, "cannot_write": 1, "held": 1}
    [line] = shop.lines("cannot_write")
    assert "no currency" in line["reason"] and "EUR" in line["reason"]
    assert shop.listed() == {"Beta": {"C3": (None, 12.5)}}
    shop.nothing_left(cannot_write=1, held=1)


def test_a_custom_field_carries_the_prices_as_text(shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    wanted(monkeypatch, tmp_path / "settings", fields=LISTING)
    assert shop.sync() == {"created": 2, "cannot_write": 2, "held": 1}
    texts = {c["FileAs"]: c["AdditionalFields"]["af_29"] for c in shop.eway.records("Companies")}
    assert texts == {"Alfa": "A1: 93 CZK (-7 %)\nB2: 80.5 CZK (-19.5 %)", "Beta": "C3: -12.5 %"}
    shop.nothing_left(cannot_write=2, held=1)
    shop.pohoda.edit("ADcn", shop.ids["A1 of Alfa"], Cena=90, Sleva=10)
    assert shop.sync()["updated"] == 1
    [alfa] = [c for c in shop.eway.records("Companies") if c["FileAs"] == "Alfa"]
    assert alfa["AdditionalFields"]["af_29"].splitlines()[0] == "A1: 90 CZK (-10 %)"
    shop.nothing_left(cannot_write=2, held=1)

    # The link gives it another field: a text that is not there is no company that a person deleted.
    wanted(monkeypatch, tmp_path / "settings", fields={**LISTED, "af_26": {"from": "price_listing"}})
    assert shop.sync(Request()) == {"updated": 2, "cannot_write": 2, "held": 1}
    [alfa] = [c for c in shop.eway.records("Companies") if c["FileAs"] == "Alfa"]
    assert alfa["AdditionalFields"]["af_26"] == alfa["AdditionalFields"]["af_29"]
    shop.nothing_left(cannot_write=2, held=1)
