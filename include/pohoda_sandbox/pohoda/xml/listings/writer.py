"""A form made into a function that writes one row's elements; all decisions but the row's own are made before."""

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any

from pohoda_sandbox.pohoda.xml.listings.form import (
    Asked,
    Constant,
    Default,
    Element,
    Form,
    If,
    Joined,
    Many,
    Node,
    Raw,
    Row,
    Words,
)
from pohoda_sandbox.pohoda.xml.listings.printing import escaped, plain
from pohoda_sandbox.pohoda.xml.listings.source import Loose, Source

Out = list[str]
Writer = Callable[[Row, Out], None]
Said = Callable[[Row], str | None]


class Maker:
    """Makes writers for a listing: `sources` are the tables of its sets by name, `off` the parts not asked for."""

    def __init__(self, sources: Mapping[str, Source], off: frozenset[str]) -> None:
        self._sources = sources
        self._off = off

    def form(self, form: Form, source: Source | Loose) -> Writer:
        """Writes the elements of a form one after the other."""
        pairs = form.items() if isinstance(form, Mapping) else form
        writers = [writer for name, node in pairs if (writer := self._node(name, node, source)) is not None]

        def write(row: Row, out: Out) -> None:
            for writer in writers:
                writer(row, out)

        return write

    def _node(self, name: str, node: Node, source: Source | Loose) -> Writer | None:
        if isinstance(node, Asked):
            return None if node.switch in self._off else self._node(name, node.node, source)
        if isinstance(node, If):
            return self._if(name, node, source)
        if isinstance(node, Mapping | tuple):
            return _group(name, self.form(node, source))
        if isinstance(node, Many):
            return self._many(name, node)
        if isinstance(node, Raw):
            return lambda row, out: out.append(node.made(row))
        if isinstance(node, Element):
            return self._element(name, node, source)
        return _leaf(name, said(node, source))

    def _if(self, name: str, node: If, source: Source | Loose) -> Writer | None:
        inner = self._node(name, node.node, source)
        test = node.test
        if isinstance(test, str):
            source.printer(test)
            test = itemgetter(test)

        def write(row: Row, out: Out) -> None:
            if inner is not None and test(row):
                inner(row, out)

        return write

    def _many(self, name: str, node: Many) -> Writer:
        source = self._sources.get(node.rows, Loose())
        if isinstance(node.form, Element):
            usual = self._element(name, node.form, source)
        else:
            usual = _record(name, self.form(node.form, source))
        if node.other is None:

            def write(row: Row, out: Out) -> None:
                for one in row[node.rows]:
                    usual(one, out)

            return write
        chosen, other_name, other_form = node.other
        other = _record(other_name, self.form(other_form, source))

        def write_either(row: Row, out: Out) -> None:
            for one in row[node.rows]:
                (other if chosen(one) else usual)(one, out)

        return write_either

    def _element(self, name: str, node: Element, source: Source | Loose) -> Writer:
        attributes = [(key, said(value, source)) for key, value in node.attributes.items()]
        text = None if node.text is None else said(node.text, source)
        inside = self.form(node.inside, source)

        def write(row: Row, out: Out) -> None:
            value = "" if text is None else text(row)
            if value is None:
                return
            told = [f' {key}="{word}"' for key, of in attributes if (word := of(row)) is not None]
            head = f"{name}{''.join(told)}"
            body: Out = []
            inside(row, body)
            value += "".join(body)
            out.append(f"<{head}>{value}</{name}>" if value else f"<{head}/>")

        return write


def said(node: Node, source: Source | Loose) -> Said:
    """The text of a leaf for a row, escaped; None leaves it out. 0 in a reference is none."""
    if isinstance(node, str):
        return _column(node, source)
    if isinstance(node, Words):
        source.printer(node.column)
        words, otherwise = node.words, node.otherwise
        return lambda row: words.get(row[node.column], otherwise)
    if isinstance(node, Default):
        printer = source.printer(node.column)
        return lambda row: node.text if (value := row[node.column]) is None else printer(value)
    if isinstance(node, Joined):
        parts = [_column(path, source) for path in node.columns]
        return lambda row: " ".join(filter(None, (part(row) for part in parts))) or None
    if isinstance(node, Constant):
        text = escaped(node.text)
        return lambda row: text
    made: Callable[[Row], Any] = node
    return lambda row: None if (value := made(row)) is None else plain(value)


def _column(path: str, source: Source | Loose) -> Said:
    printer = source.printer(path)
    if isinstance(source, Source) and path.rpartition(".")[2].startswith(("Ref", "Rel")):
        return lambda row: printer(value) if (value := row[path]) else None
    return lambda row: None if (value := row[path]) is None else printer(value)


def _leaf(name: str, text: Said) -> Writer:
    start, end, empty = f"<{name}>", f"</{name}>", f"<{name}/>"

    def write(row: Row, out: Out) -> None:
        value = text(row)
        if value is not None:
            out.append(f"{start}{value}{end}" if value else empty)

    return write


def _group(name: str, inner: Writer) -> Writer:
    start, end = f"<{name}>", f"</{name}>"

    def write(row: Row, out: Out) -> None:
        out.append(start)
        length = len(out)
        inner(row, out)
        if len(out) == length:
            out.pop()
        else:
            out.append(end)

    return write


def _record(name: str, inner: Writer) -> Writer:
    start, end = f"<{name}>", f"</{name}>"

    def write(row: Row, out: Out) -> None:
        out.append(start)
        inner(row, out)
        out.append(end)

    return write
