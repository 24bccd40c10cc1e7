"""The golden documents: one file a case, `documents/<family>/<case>.yaml` beside the item that POHODA must get.

A file holds only what is filled. `partner` names one of `partners.yaml`, and `product`, `advance` and `sources` what is
there before (`there.yaml`); `about` and `shows` explain the case to an accountant, `stored` is what POHODA keeps of it
where it cannot keep it as it is. Amounts were worked out by hand, line by line, not by the code under test.
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pohoda_bridge.catalogue import Field, open_catalogue

FOLDER = Path(__file__).parent / "documents"
YEAR = 2026
UNITS = {"SK": "12345678", "CZ": "87654326"}
TABLES = {"issued_invoices": "FA", "received_orders": "OBJ", "issued_orders": "OBJ", "offers": "NAB", "deals": "sZAK"}
Values = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """Numbers with a point are exact decimals."""


def _decimal(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(str(loader.construct_scalar(node)))


_Loader.add_constructor("tag:yaml.org,2002:float", _decimal)


@dataclass(frozen=True)
class Case:
    """One golden document. `country` is the unit's; `record` the canonical values that are filled."""

    family: str
    name: str
    about: str
    country: str
    agenda: str
    shows: tuple[str, ...]
    record: Values
    stored: Values

    def __str__(self) -> str:
        return f"{self.family}/{self.name}"

    @property
    def item(self) -> Path:
        """The file of the item that POHODA must get."""
        return FOLDER / self.family / f"{self.name}.xml"

    @property
    def mark(self) -> str:
        return f"{self.family}-{self.name}"


def load(text: str) -> Any:
    return yaml.load(text, _Loader)


@cache
def there() -> dict[str, Any]:
    """What stands in POHODA before: products, documents and codes."""
    found: dict[str, Any] = load((FOLDER / "there.yaml").read_text(encoding="utf-8"))
    return found


@cache
def partners() -> dict[str, dict[str, Values]]:
    """Country of the unit -> name -> the card in the address book, with its `id`."""
    found: dict[str, dict[str, Values]] = load((FOLDER / "partners.yaml").read_text(encoding="utf-8"))
    return found


@cache
def cases() -> tuple[Case, ...]:
    """Every golden document, by family and name."""
    return tuple(_case(path) for path in sorted(FOLDER.glob("*/*.yaml")))


def typed(fields: Mapping[str, Field], values: Values) -> Values:
    """The values with amounts as decimals, as the port carries them."""
    return {
        name: Decimal(value) if name in fields and fields[name].type == "decimal" and value is not None else value
        for name, value in values.items()
    }


def _case(path: Path) -> Case:
    found = load(path.read_text(encoding="utf-8"))
    agenda = open_catalogue().agendas[found["agenda"]]
    record = _record(found["document"], found["country"])
    record = typed(agenda.fields, record)
    for name in ("lines", "sources"):
        if name in record:
            record[name] = [typed(agenda.sets[name].fields, entry) for entry in record[name]]
    return Case(
        path.parent.name, path.stem, found["about"], found["country"], found["agenda"], tuple(found["shows"]),
        record, found.get("stored", {}),
    )  # fmt: skip


def _record(document: Values, country: str) -> Values:
    """The document with its names of other records replaced by them."""
    record = deepcopy(document)
    if name := record.pop("partner", None):
        card = partners()[country][name]
        record = {"partner": f"{YEAR}/AD/{card['id']}"} | {n: v for n, v in card.items() if n != "id"} | record
    for line in record.get("lines", ()):
        if name := line.get("product"):
            line["product"] = f"{YEAR}/SKz/{there()['products'][name]['id']}"
        if name := line.get("advance"):
            advance = there()["documents"][name]
            line |= {"advance": f"{YEAR}/FA/{advance['id']}", "advance_number": advance["number"]}
        if document.get("kind") in {"invoice", "advance", "proforma", "credit_note", "debit_note"}:
            line.setdefault("kind", "item")
    if names := record.get("sources"):
        linked = [there()["documents"][name] for name in names]
        record["sources"] = [{"agenda": o["agenda"], "record": o["id"], "number": o["number"]} for o in linked]
    return record
