"""The demo's link with eWay-CRM as it ships, and what people enter there in eWay-CRM's own names."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import pytest

from pohoda_bridge.side import Row
from tests.trade import world
from tests.trade.world import Counts as Counts
from tests.trade.world import wrote as wrote

FLOWS = world.FLOWS["eway"]


class World(world.World):
    """Its unit is the demo's Czech one."""

    @classmethod
    @contextmanager
    def open(cls, folder: Path, monkeypatch: pytest.MonkeyPatch, link: str = "eway", **options: Any) -> Generator[Self]:
        with super().open(folder, monkeypatch, link, **{"unit": "obchod", "entered": False} | options) as opened:
            yield opened

    def value(self, enum: str, text: str) -> str:
        """The guid of a value of an enumeration."""
        values = self.sandbox.eway.records("EnumValues")
        return str(next(one["ItemGUID"] for one in values if (one["EnumTypeName"], one["FileAs"]) == (enum, text)))

    def item(self, folder: str, **having: Any) -> Row:
        """The only item of a folder whose members have these values."""
        return self.record(folder, **having)

    def cart(self, kind: str, state: str, customer: str, **fields: Any) -> str:
        """A person enters a bookkeeping record of today; its guid."""
        today = self.pohoda.now().date().isoformat()
        fixed = {"TypeEn": self.value("CartType", kind), "StateEn": self.value("CartState", state)}
        fixed |= {"CurrencyEn": self.value("Currency", "CZK"), "EffectiveFrom": today, "FileAs": "nový"}
        return self.sandbox.eway.create("Carts", **fixed, Companies_CustomerGuid=customer, **fields)
