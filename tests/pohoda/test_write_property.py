"""Any canonical values: what goes into a pack comes out of it, or its loss is declared; every pack is valid."""

import unicodedata
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from pohoda_bridge.catalogue import open_catalogue
from pohoda_bridge.pohoda import values
from pohoda_bridge.pohoda.writing.outgoing import Unwritable
from pohoda_bridge.pohoda.writing.pack import pack
from pohoda_bridge.records import codepage
from pohoda_bridge.side import Item, Mark

from .conftest import UNIT
from .writing import XSD, form, paths, schema

HEADER = "addressbook/addressbookHeader/"
ACTION = "addressbook/actionType/"
AGENDAS = open_catalogue().agendas
LETTERS = st.sampled_from("aáäbcčdďeéěfghiíjklĺľłmnňoóôöőpqrřŕsšśtťuúůüűvwxyýzžźżßŁąęćń ÁŽ„“‚‘»«'\"&<>\t\n\r\xa0€§")
ANY = st.characters(exclude_categories=["Cs"])
TEXTS = st.text(st.one_of(LETTERS, LETTERS, ANY), max_size=60) | st.text(LETTERS, max_size=400)
KINDS: dict[str, st.SearchStrategy[Any]] = {
    "text": TEXTS,
    "integer": st.integers(-40_000, 40_000),
    "decimal": st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12),
    "boolean": st.booleans(),
    "reference": st.sampled_from(["2026/AD/1", "2026/AD/2147483647", "2025/AD/1", "2026/FA/1", "x"]),
}
OFFICIAL = schema() if XSD else None


@st.composite
def items(draw: st.DrawFn) -> tuple[str, Item]:
    """An item of any agenda with any canonical values."""
    agenda = draw(st.sampled_from(["clients", "addresses", "contacts"]))
    fields = form(AGENDAS, agenda).fields
    names = draw(st.sets(st.sampled_from(sorted(fields)), min_size=1, max_size=8))
    values = {name: draw(st.none() | KINDS[fields[name].type]) for name in sorted(names)}
    if draw(st.booleans()):
        needed = {
            name: {"reference": "2026/AD/25"}.get(fields[name].type, "Jana") for name in fields if fields[name].needed
        }
        return agenda, Item("i", "k", "create", needed | values, mark=Mark("gram", "m"))
    table = AGENDAS[agenda].read.sql.table
    return agenda, Item("i", "k", "update", values, target_id=f"2026/{table}/7")


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], deadline=None)
@given(items())
def test_what_goes_in_comes_out_or_its_loss_is_declared(given_item: tuple[str, Item]) -> None:
    agenda, item = given_item
    known = form(AGENDAS, agenda)
    try:
        made = known.outgoing(item)
    except Unwritable as error:
        assert error.reasons
        assume(False)
        return
    if known.owner and item.action == "update":
        made = replace(made, number=25)
    root = etree.fromstring(pack(known, [made], id="p", ico=UNIT.ico))
    assert OFFICIAL is None or OFFICIAL.validate(root), OFFICIAL.error_log
    sent = paths(root[0])
    outer = f"{HEADER}{known.xml.rows}/" if known.xml.rows else HEADER
    for name, value in item.values.items():
        if name == known.owner:
            assert sent[f"{ACTION}update/filter/id"] == "25" or item.values[name] != "2026/AD/25"
            continue
        spec = known.fields[name]
        got = sent.get(outer + str(spec.xml))
        if spec.type != "text" or value is None:
            if value is not None:
                expected = int(value.rpartition("/")[2]) if spec.type == "reference" else _number(spec.type, value)
                assert values.from_xml(spec.type, got) == expected
            continue
        kept = values.text(got) if got else None
        plain = _canonical(value, lines=spec.convert == "lines")
        assert kept == plain or name in made.losses
        assert kept is None or codepage.encodable(kept)


def _number(kind: str, value: Any) -> Any:
    return values.decimal(value) if kind == "decimal" else value


def _canonical(value: str, *, lines: bool) -> str | None:
    """The text as POHODA keeps any text: composed, with line feeds, without space at its ends."""
    text = values.text(unicodedata.normalize("NFC", value)) or ""
    return (text.rstrip() if lines else text.strip(" \t\r\n")) or None
