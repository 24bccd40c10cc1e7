"""Derivations: what the agenda files ask for, and that each gives as many values as its file names."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pohoda_bridge.catalogue import open_catalogue
from pohoda_bridge.errors import RejectRecord
from pohoda_bridge.records.derive import DERIVATIONS, DeriveContext
from pohoda_bridge.records.names import splitter
from tests.strategies import texts

MAIN = ("Alfa s.r.o.", "Hlavná 1", "Bratislava", "81101")


def derive(name, *values, settings=None, names="strict"):
    return DERIVATIONS[name](DeriveContext("2026/AD/7", settings or {}, splitter(names), "SK"), values)


@pytest.mark.parametrize(
    ("company", "person", "wanted"),
    [
        ("Alfa", "Jan Novák", ("company", "Alfa")),
        (None, "Jan Novák", ("person", "Jan Novák")),
        (" ", " Jan Novák ", ("person", "Jan Novák")),
        (None, None, (None, None)),
    ],
)
def test_client_kind(company, person, wanted):
    assert derive("client_kind", company, person) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a@x.sk", "a@x.sk"),
        (" ; b@x.sk, a@x.sk", "b@x.sk"),
        ("a@x.sk\r\nb@x.sk", "a@x.sk"),
        ("Jan <a@x.sk>", "a@x.sk"),
        ("nič", "nič"),
        (" ,; ", None),
        (None, None),
    ],
)
def test_first_email(text, wanted):
    assert derive("first_email", text) == (wanted,)


@pytest.mark.parametrize(
    ("p1", "p2", "wanted"),
    [
        (True, True, ["customer", "supplier"]),
        (True, False, ["supplier"]),
        (None, True, ["customer"]),
        (False, None, None),
    ],
)
def test_partner_relations(p1, p2, wanted):
    assert derive("partner_relations", p1, p2) == (wanted,)


@pytest.mark.parametrize(("text", "wanted"), [("VIP, Čas ,,b,VIP", ["VIP", "b", "Čas"]), (" , ", None), (None, None)])
def test_split_list(text, wanted):
    assert derive("split_list", text) == (wanted,)


@pytest.mark.parametrize(
    ("own", "wanted"),
    [
        (MAIN, True),
        ((None, *MAIN[1:]), True),
        ((" ALFA  s.r.o.", "hlavná  1", "BRATISLAVA", "81101"), True),
        ((None, None, None, None), True),
        (("", " ", None, ""), True),
        (("Beta", *MAIN[1:]), False),
        ((*MAIN[:3], "81102"), False),
        ((MAIN[0], None, None, None), False),
        (("Alfa s.r.o.", "Hlavna 1", *MAIN[2:]), False),
    ],
)
def test_repeats(own, wanted):
    assert derive("repeats", *own, *MAIN) == (wanted,)


@pytest.mark.parametrize(
    ("parent", "company", "persons", "wanted"),
    [
        ("2026/AD/1", "Alfa", False, ("2026/AD/1", False)),
        ("2026/AD/1", None, True, ("2026/AD/1", False)),
        (None, "Alfa", False, ("2026/AD/7", True)),
        (None, None, False, (None, False)),
        (None, None, True, ("2026/AD/7", True)),
    ],
)
def test_contact_client(parent, company, persons, wanted):
    assert derive("contact_client", parent, company, settings={"persons": persons}) == wanted


@pytest.mark.parametrize(
    ("names", "person", "wanted"),
    [
        ("strict", "Ing. Jan Lalinský MBA.", ("Ing.", "Jan", "Lalinský", "MBA.")),
        ("strict", " Novák ", (None, None, "Novák", None)),
        ("strict", "Ing. Novák", (None, None, "Ing. Novák", None)),
        ("strict", "J. Novák", (None, None, "J. Novák", None)),
        ("titles", "Anna Marie Nováková", (None, "Anna Marie", "Nováková", None)),
        ("titles", "J. Novák", (None, "J.", "Novák", None)),
        ("titles", "Novák, Jan", (None, None, "Novák, Jan", None)),
        (r"^(?<LastName>\d+)$", "Jan Novák", (None, None, "Jan Novák", None)),
        ("strict", "  ", (None, None, None, None)),
        ("strict", None, (None, None, None, None)),
    ],
)
def test_contact_name(names, person, wanted):
    assert derive("contact_name", person, names=names) == wanted


@pytest.mark.parametrize("names", ["strict", "titles"])
@given(person=texts)
def test_a_filled_name_always_has_a_last_name_and_loses_no_letter(names, person):
    parts = derive("contact_name", person, names=names)
    assert bool(parts[2]) == bool(person.strip())
    kept = sorted("".join("".join(filter(None, parts)).split()))
    wanted = sorted("".join(person.split()))
    assert kept == wanted or (names == "titles" and sorted([*kept, ","]) == wanted)


CATALOGUE = open_catalogue()
RATES = st.none() | st.decimals(0, 30, places=1)
LINES = st.lists(st.fixed_dictionaries({"vat_slot": st.none() | texts, "vat_explicit": RATES}), max_size=3)


KINDS = {"boolean": st.booleans(), "date": st.dates(), "decimal": RATES, "integer": st.integers(0, 99)}


def kind_of(field):
    return st.none() | KINDS.get(field.type if field else "text", texts)


def values_of(agenda, name):
    """What a field may hold as it was read, whatever its rows are."""
    if name in agenda.sets:
        return st.none() | LINES
    sets = {set: of.fields for part in agenda.parts for set, of in part.sets.items()}
    if agenda.gather and name == agenda.gather.into:
        return st.none() | rows_of(dict.fromkeys(agenda.gather.fields) | sets[agenda.gather.rows])
    if agenda.fold and name == agenda.fold.into:
        return st.none() | rows_of({own: agenda.fields[own] for own in agenda.fold.fields})
    if name in sets:
        return st.none() | rows_of(sets[name])
    return kind_of(next((part.fields[name] for part in agenda.recorded if name in part.fields), None))


def rows_of(fields):
    return st.lists(st.fixed_dictionaries({name: kind_of(field) for name, field in fields.items()}), max_size=3)


@pytest.mark.parametrize(
    "entry", [(agenda, entry) for agenda in CATALOGUE.agendas.values() for entry in agenda.derive],
    ids=lambda entry: f"{entry[0].agenda}-{entry[1].with_}",
)  # fmt: skip
@given(data=st.data())
def test_gives_what_the_agenda_file_names_or_refuses_the_record(entry, data):
    agenda, asked = entry
    values = [data.draw(values_of(agenda, name)) for name in asked.of]
    with suppress(RejectRecord):
        assert len(derive(asked.with_, *values)) == len(asked.gives)
