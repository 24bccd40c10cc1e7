"""What writing the sets of an item needs beside its body: names that must exist, ids of lines, children after it."""

from collections.abc import Iterator, Sequence
from typing import Any

from pohoda_bridge.catalogue.crm import Named
from pohoda_bridge.crm.answer import at
from pohoda_bridge.crm.children import Children, Family
from pohoda_bridge.crm.columns import Column
from pohoda_bridge.crm.failure import Failure
from pohoda_bridge.crm.outcome import answer_of
from pohoda_bridge.crm.pairing import pairs, references
from pohoda_bridge.crm.shape import Shape
from pohoda_bridge.errors import BridgeError
from pohoda_bridge.records.ordered import in_order
from pohoda_bridge.side import Answer, Item

SAVED = frozenset({"create", "update"})


def named_in(shape: Shape, items: Sequence[Item]) -> Iterator[tuple[Named, str]]:
    """The names of records that the items refer to."""
    for item in items if any(_names(column) for column in shape.columns.values()) else ():
        for name, column in shape.columns.items():
            value = item.values.get(name)
            rows = value if column.inner and isinstance(value, list) else [{name: value}]
            of = column.inner or {name: column}
            for row in rows:
                for part, inner in of.items():
                    if inner.mapped.named and isinstance(row, dict) and row.get(part) is not None:
                        yield inner.mapped.named, str(row[part])


def keyed(shape: Shape, item: Item) -> list[Column]:
    """The sets of an update whose parts have ids of their own there: one that is sent with its id stays the same."""
    return [
        column
        for column in shape.columns.values()
        if item.action == "update" and column.key and item.values.get(column.name)
    ]


def with_keys(shape: Shape, item: Item, body: dict[str, Any], record: Any) -> dict[str, Any]:
    """The body with the ids of the parts that the record has already; what of such a part is empty is cleared."""
    for column in keyed(shape, item):
        parts = [part for part in at(record, column.wire) or () if isinstance(part, dict)]
        rows = item.values[column.name]
        texts = [[name] for name, inner in column.inner.items() if inner.kind == "text"][:2]
        there = [column.row(part, shape.forms, shape.names) for part in parts]
        sent = []
        for number, place in enumerate(pairs(there, rows, [references(column), *texts])):
            if place is None:
                sent.append(body[column.wire][number])
            else:
                part = column.part(rows[number], shape.forms, shape.names, clears=True)
                sent.append({column.key: at(parts[place], column.key), **part})
        body[column.wire] = sent
    return body


class Offspring:
    """Children of the items of one pack, written each after its parent; `family` is what was there before."""

    def __init__(self, children: Children, shape: Shape, items: Sequence[Item], until: float) -> None:
        """Raises Retry, StopAgenda: nothing was sent yet."""
        self._children = children
        self._shape = shape
        self._until = until
        of = {column.name for column in shape.children}
        parents = [str(item.target_id) for item in items if item.action == "update" and of & set(item.values)]
        self._family = children.read(shape, parents) if parents else Family()

    def after(self, item: Item, answer: Answer, *, fresh: bool) -> Answer:
        """The answer for an item whose record was written: only with all its children it is `written`.

        `fresh`: the record was made just now, so that it has none. A new record whose children could not all be written
        is in doubt: it is looked up, and they are written then.
        """
        row, shape = answer.row, self._shape
        sets = [column for column in shape.children if column.name in item.values]
        if answer.state != "written" or row is None or item.action not in SAVED or not (fresh or sets):
            return answer
        family = self._family if item.action == "update" else Family()
        try:
            if not fresh:
                family = self._children.read(shape, [row["_id"]], family)
            for column in shape.children:
                there = family.of.get((column.name, row["_id"]), [])
                rows = [child.row for child in there]
                if column in sets:
                    wanted = item.values[column.name] or ()
                    rows = self._children.write(shape, row["_id"], column, wanted, there, self._until)
                row[column.name] = in_order(rows) or None
        except Failure as failure:
            return self._unfinished(item, failure)
        except ValueError as error:
            return Answer(item.id, "doubt" if item.action == "create" else "refused", reasons=(str(error),))
        except BridgeError as error:
            return Answer(item.id, "doubt" if item.action == "create" else "retry", reasons=(error.text,))
        return answer

    def _unfinished(self, item: Item, failure: Failure) -> Answer:
        """The record is stored and a child is not."""
        if item.action == "create":
            return Answer(item.id, "doubt", reasons=(str(failure),), details={"status": failure.status})
        if failure.kind == "gone":
            return Answer(item.id, "retry", reasons=("one of its rows was deleted meanwhile",))
        return answer_of(self._shape, item, failure, sent=True)


def _names(column: Column) -> bool:
    return bool(column.mapped.named) or any(inner.mapped.named for inner in column.inner.values())
