"""Paths of local names below an element, compiled: one walk over the element finds the first text at each of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

MOST = 512
"""More spellings of names than this are not kept for one place; POHODA has one of each."""


@dataclass(slots=True)
class _Node:
    below: dict[str, "_Node"] = field(default_factory=dict)
    spelled: dict[str, "_Node | None"] = field(default_factory=dict)
    texts: list[int] = field(default_factory=list)
    names: list[int] = field(default_factory=list)
    attributes: list[tuple[str, int]] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Found:
    """What a walk found: a text for each path, and for each group its elements in document order."""

    texts: list[str | None]
    groups: list[list[Any]]


class Tree:
    """`text` and `group` take paths (`a/b`, `a/b@attribute`, `.` for an element's own name) before the first walk."""

    def __init__(self) -> None:
        self._root = _Node()
        self._texts = 0
        self._groups = 0

    def text(self, path: Sequence[str]) -> int:
        """The place in `Found.texts` of the text at a path."""
        slot, self._texts = self._texts, self._texts + 1
        *steps, last = path
        if last == ".":
            self._at(steps).names.append(slot)
        elif "@" in last:
            name, _, attribute = last.partition("@")
            self._at([*steps, *([name] if name else [])]).attributes.append((attribute, slot))
        else:
            self._at(path).texts.append(slot)
        return slot

    def group(self, paths: Sequence[Sequence[str]]) -> int:
        """The place in `Found.groups` of all elements at some paths."""
        group, self._groups = self._groups, self._groups + 1
        for path in paths:
            self._at(path).groups.append(group)
        return group

    def walk(self, element: Any) -> Found:
        found = Found([None] * self._texts, [[] for _ in range(self._groups)])
        if self._texts or self._groups:
            _visit(element, self._root, found)
            _gather(element, self._root, found)
        return found

    def _at(self, path: Sequence[str]) -> _Node:
        node = self._root
        for name in path:
            node = node.below.setdefault(name, _Node())
        return node


def _gather(element: Any, node: _Node, found: Found) -> None:
    spelled = node.spelled
    for child in element:
        tag = child.tag
        below = spelled[tag] if tag in spelled else _spell(node, tag)
        if below is None:
            continue
        if below.texts:
            text = child.text
            if text and not len(child):
                for slot in below.texts:
                    if found.texts[slot] is None:
                        found.texts[slot] = text
        if below.names or below.attributes or below.groups:
            _visit(child, below, found)
        if below.below:
            _gather(child, below, found)


def _visit(element: Any, node: _Node, found: Found) -> None:
    for slot in node.names:
        if found.texts[slot] is None:
            found.texts[slot] = str(element.tag).rpartition("}")[2]
    for name, slot in node.attributes:
        if found.texts[slot] is None:
            found.texts[slot] = element.get(name)
    for group in node.groups:
        found.groups[group].append(element)


def _spell(node: _Node, tag: str) -> _Node | None:
    below = node.below.get(tag.rpartition("}")[2])
    if len(node.spelled) < MOST:
        node.spelled[tag] = below
    return below
