"""A golden document becomes exactly the item that stands beside it, and any document a pack that POHODA's schema takes.

The items were made from the field reference by hand, not by the writer.
"""

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from pohoda_bridge.catalogue import open_catalogue
from pohoda_bridge.pohoda.reader import Source
from pohoda_bridge.pohoda.writing.forms import form_of
from pohoda_bridge.pohoda.writing.outgoing import Form, Unwritable
from pohoda_bridge.pohoda.writing.pack import ENCODING, pack
from pohoda_bridge.records import codepage
from pohoda_bridge.side import Item, Mark
from tests.pohoda.golden_company import unit
from tests.pohoda.writing import XSD, schema
from tests.strategies import documents

from .cases import FOLDER, TABLES, UNITS, YEAR, Case, cases, there

AGENDAS = open_catalogue().agendas
OFFICIAL = schema() if XSD else None
_SHORT = 12
"""A shorter text may also be a word, an amount or a code elsewhere in the document."""
EVERY = pytest.mark.parametrize("case", cases(), ids=str)


def form(agenda: str, country: str) -> Form:
    return form_of(AGENDAS[agenda], Source(unit(country), YEAR, AGENDAS, "gram"))


def item(agenda: str, id: str, record: dict[str, Any]) -> Item:
    """A new record with what can be written of it."""
    fields = AGENDAS[agenda].fields
    values = {name: value for name, value in record.items() if name not in fields or fields[name].write}
    return Item(id, id, "create", values, mark=Mark("gram", id))


def packed(agenda: str, country: str, *items: Item) -> Any:
    """The pack as POHODA's parser reads it, valid by the official schema."""
    known = form(agenda, country)
    body = pack(known, [known.outgoing(one) for one in items], id="pack", ico=UNITS[country])
    assert body.startswith(f"<?xml version='1.0' encoding='{ENCODING}'?>".encode())
    root = etree.fromstring(body)
    assert OFFICIAL is None or OFFICIAL.validate(root), OFFICIAL.error_log
    return root


def canonical(document: Any) -> str:
    """C14N of what is inside an item; white space between elements says nothing."""
    copied = etree.fromstring(etree.tostring(document), etree.XMLParser(remove_blank_text=True))
    etree.indent(copied)
    etree.cleanup_namespaces(copied)
    return str(etree.tostring(copied, method="c14n").decode())


@EVERY
def test_a_golden_document_makes_exactly_its_item(case: Case) -> None:
    root = packed(case.agenda, case.country, item(case.agenda, case.mark, case.record))
    ((made,),) = root
    assert canonical(made) == canonical(etree.parse(case.item).getroot())


@EVERY
def test_losses_are_told_where_something_is_lost(case: Case) -> None:
    made = form(case.agenda, case.country).outgoing(item(case.agenda, case.mark, case.record))
    assert bool(made.losses) is bool(case.stored)


def test_every_case_has_its_item_and_every_item_its_case() -> None:
    assert {path.relative_to(FOLDER) for path in FOLDER.glob("*/*.xml")} == {
        case.item.relative_to(FOLDER) for case in cases()
    }


RANDOM = st.sampled_from(sorted(UNITS)).flatmap(
    lambda country: st.sampled_from(sorted(TABLES)).flatmap(
        lambda agenda: st.tuples(
            st.just(country), st.just(agenda), documents(AGENDAS[agenda], country, there()["codes"])
        )
    )
)
QUICK = settings(max_examples=200, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))


@QUICK
@given(RANDOM)
def test_any_document_is_a_valid_pack_that_holds_each_value_once(drawn: tuple[str, str, dict[str, Any]]) -> None:
    country, agenda, record = drawn
    record = {**record, "number": "R000001"}
    ((made,),) = packed(agenda, country, item(agenda, "i", record))
    fields = form(agenda, country).fields
    lines = record.get("lines", [])
    found = Counter(_leaves(made))
    told = [record[name] for name in fields if name in record and not fields[name].words]
    told += [line[name] for line in lines for name in ("text", "note", "code") if name in line]
    if country == "SK" and record.get("kind") in {"credit_note", "debit_note"}:
        told.append(record.get("original_number"))  # once more for the control statement
    wanted = Counter(value for value in told if isinstance(value, str) and len(value) > _SHORT)
    assert {text: found[text] for text in wanted} == wanted
    details = [element for element in made.iter() if etree.QName(element).localname.endswith("Item")]
    assert len(details) == len(lines)
    assert all(text == text.strip() for text in found)
    assert all(codepage.encodable(text) for text in found)
    assert all(len(element) or element.text for element in made.iter())
    for element in made.iter():
        names = [child.tag for child in element if not etree.QName(child).localname.endswith("Item")]
        assert len(names) == len(set(names))


def _leaves(element: Any) -> list[str]:
    return [(leaf.text or "").replace("\r\n", "\n") for leaf in element.iter() if not len(leaf)]


def test_a_text_beyond_its_limit_is_refused_with_its_field() -> None:
    (case,) = [case for case in cases() if str(case) == "received_orders/long_texts"]
    known = form(case.agenda, case.country)
    limits = {name: known.fields[name].limit for name in case.record if name in known.fields}
    full = [name for name, limit in limits.items() if limit and len(str(case.record[name])) == limit]
    assert len(full) >= 9
    for name in full:
        with pytest.raises(Unwritable) as refused:
            known.outgoing(item(case.agenda, "i", {**case.record, name: f"{case.record[name]}x"}))
        assert [reason.partition(":")[0] for reason in refused.value.reasons] == [name]
