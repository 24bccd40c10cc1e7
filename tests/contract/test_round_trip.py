"""Generated values of every mapped field go to every CRM and come back as they were."""

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pohoda_bridge.side import Lookup, Mark, Window

from .conftest import CARRIED, CRMS, Open
from .records import Records

WRITTEN = [
    (name, agenda)
    for name, agenda in CARRIED
    if "beside" not in CRMS[name].api.get("folders", {}).get(CRMS[name].agendas[agenda].entity, {})
]
"""All but the price list of eWay-CRM, whose records are of two kinds: tests/crm_eway/test_price_list.py."""


@pytest.mark.parametrize(("name", "agenda"), WRITTEN)
def test_what_is_written_is_what_is_read(opened: Open, name: str, agenda: str) -> None:
    records = Records(opened(name), name, agenda)
    side = records.side

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    @given(records.drawn())
    def check(drawn: dict[str, Any]) -> None:
        values, mark = records.placed(drawn, records.targets()), Mark("POHODA:12345678:2026", uuid4().hex)
        item, row = records.write("create", {n: v for n, v in values.items() if v is not None}, mark=mark)
        stored = records.shown(values)
        assert records.seen(row, values) == stored
        assert {field: type(row[field]) for field in values} == {field: type(v) for field, v in stored.items()}
        wanted = [Lookup(id=row["_id"]), *([] if records.part_of else [Lookup(mark=mark, item=item.id)])]
        assert side.look_up(agenda, wanted) == [[row]] * len(wanted)
        assert list(side.read(agenda, Window(ids=(row["_id"],))).parts) == [[row]]
        assert row["_id"] in side.ids(agenda)

    check()


@pytest.mark.parametrize(("name", "agenda"), WRITTEN)
def test_every_field_can_be_changed_and_cleared(opened: Open, name: str, agenda: str) -> None:
    records = Records(opened(name), name, agenda)

    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    @given(st.tuples(records.drawn(), records.drawn()))
    def check(drawn: tuple[dict[str, Any], dict[str, Any]]) -> None:
        targets = records.targets()
        first, second = (records.placed(one, targets) for one in drawn)
        _, made = records.write("create", {n: v for n, v in first.items() if v is not None})
        change = {field: value for field, value in second.items() if field != records.part_of}
        _, changed = records.write("update", change, made["_id"])
        assert records.seen(changed, change) == records.shown(change)
        cleared = {f: None for f in change if not records.fields[f].required and f not in records.kept}
        _, emptied = records.write("update", cleared, made["_id"])
        assert records.seen(emptied, change) == records.shown({**change, **cleared})

    check()
