"""The order of elements in documents, their namespaces, and what a new document needs; `order.yaml` tells it all."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from pohoda_bridge.catalogue.base import Settings
from pohoda_bridge.catalogue.load import load

Names = tuple[str, ...]
OTHERWISE = "otherwise"


class Order(Settings):
    """`own`: the children of parents of a document's own namespace, in order; `types`: those of all other parents.

    `needed`: the children that POHODA wants of a new document beyond its schema.
    """

    own: Mapping[str, Names]
    types: Mapping[str, Names]
    needed: Mapping[str, Names]

    def place(self, parent: str, path: Sequence[str]) -> tuple[int, ...] | None:
        """Where a path below a part of a document sorts among others; None when the schema has no such element there.

        Names of documents mean references below a part: `orderItem/contract/ids`.
        """
        known, ranks = self.own.get(parent) or self.types[parent], []
        for name in path:
            if name not in known:
                return None
            ranks.append(known.index(name))
            known = self.types.get(name) or self.types[OTHERWISE]
        return tuple(ranks)


@cache
def order() -> Order:
    """SettingsError when the file is broken."""
    return load(Path(__file__).with_name("order.yaml"), Order)
