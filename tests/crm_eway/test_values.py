"""What goes in comes out: every text that eWay-CRM can hold, flags, numbers, days; packs against a plain model."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pohoda_bridge.crm.eway.guids import made, same
from pohoda_bridge.crm.eway.session import Session
from pohoda_bridge.side import Item, Row
from pohoda_sandbox.eway import EWay
from pohoda_sandbox.faults import Faults
from tests.crm_eway.conftest import PASSWORD, Bench, change, new, row_of, write

TEXTS = (
    "name",
    "division",
    "ico",
    "street",
    "city",
    "zip",
    "region",
    "phone",
    "fax",
    "email",
    "web",
    "note",
    "message",
)
# Every character but half surrogates and NUL; eWay-CRM keeps an empty text as none.
text = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=40)
values = st.fixed_dictionaries(
    {"name": text},
    optional={
        **dict.fromkeys(TEXTS[1:], text),
        "country": st.sampled_from(["SK", "CZ", "DE"]),
        "p1": st.booleans(),
        "p4": st.booleans(),
        "groups": st.lists(st.sampled_from(["VIP", "Partneri", "Nová"]), min_size=1, unique=True).map(sorted),
        "credit": st.decimals(0, 100, places=2),
    },
)


@pytest.fixture(scope="module")
def shared() -> Iterator[Bench]:
    with EWay(Faults(), password=PASSWORD) as eway:
        bench = Bench(eway, eway.faults)
        yield bench
        for crm in bench.opened:
            crm.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(created=values, changed=values)
def test_values_come_back_as_they_were_sent(shared: Bench, created: dict[str, Any], changed: dict[str, Any]) -> None:
    if not shared.opened:
        shared.open(fields={"p4": "af_21", "message": "af_25", "credit": "AdditionalDiscount"})
    crm = shared.opened[0]
    (answer,) = write(crm, new(**created))
    assert answer.state == "written" and answer.row is not None, answer
    assert differences(answer.row, created) == {}
    (answer,) = write(crm, change(answer.row["_id"], **changed))
    assert answer.state == "written" and answer.row is not None, answer
    expected = {**created, **changed}
    assert differences(answer.row, expected) == {}
    assert differences(row_of(crm, answer.row["_id"]), expected) == {}
    (answer,) = write(crm, change(answer.row["_id"], **dict.fromkeys(changed.keys() - {"name", "p1", "p4"})))
    assert answer.row is not None
    assert all(answer.row[name] is None for name in changed.keys() - {"name", "p1", "p4"})


def differences(row: Row, expected: dict[str, Any]) -> dict[str, Any]:
    return {name: (value, row[name]) for name, value in expected.items() if row[name] != value}


def test_custom_fields_of_every_kind(bench: Bench) -> None:
    for number, kind in ((41, 2), (42, 6), (43, 6), (44, 7)):
        timed = {"Data_IsDateTime": True} if number == 43 else {}
        bench.eway.create(
            "AdditionalFields", FieldId=number, ObjectTypeFolderName="Companies", Name="x", Type=kind, **timed
        )
    crm = bench.open(fields={"credit": "af_41", "due_days": "af_42", "number": "af_43", "message": "af_44"})
    sent = {
        "credit": Decimal("7.25"),
        "due_days": date(2026, 3, 29),
        "number": datetime(2026, 3, 29, 12, 5),
        "message": "a\nb",
    }
    (answer,) = write(crm, new(**sent))
    assert answer.row is not None and differences(answer.row, sent) == {}


@given(st.uuids(version=4))
def test_a_guid_is_the_items_own_id(guid: Any) -> None:
    assert made(guid.hex) == str(guid) == same(str(guid).upper()) == same(f"{{{guid}}}")


def test_other_item_ids_have_a_guid_of_their_own_too() -> None:
    assert made("i1") == made("i1") != made("i2") and same(made("i1")) == made("i1")
    assert [same(value) for value in (None, "", "x", 5, "0" * 32)] == [""] * 5


def test_a_value_that_is_no_text_is_refused(bench: Bench) -> None:
    (answer,) = write(bench.open(), new(note="half \ud83d"))
    assert (answer.state, answer.reasons) == ("refused", ("note: has characters that are no text",))


def test_the_same_item_id_in_another_form_is_the_same_record(bench: Bench) -> None:
    crm = bench.open()
    item = new()
    (answer,) = write(crm, item)
    again = Item(made(item.id), item.key, "create", item.values)
    assert write(crm, again)[0].row is not None and answer.row is not None
    assert len(bench.eway.records("Companies")) == 1


def test_a_session_asks_nothing_by_itself(bench: Bench) -> None:
    crm = bench.open()
    assert isinstance(crm._session, Session) and crm.pack_size("clients") == 20
    assert "name" in crm.writable("clients") and bench.eway.count() == 0
