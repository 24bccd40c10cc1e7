"""Rules on custom fields of POHODA E1: asked of POHODA too, held against the live fields before anything is read."""

from collections.abc import Iterator
from typing import Any

import pytest

from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.ledger import Request
from tests.both import Both

FULL = Request("full")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    sample = {"size": 25, "documents": True}
    folder = tmp_path_factory.mktemp("rules")
    with pytest.MonkeyPatch.context() as patch, Both.open("gram", folder, patch, sample=sample) as opened:
        yield opened


def _ruled(rule: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"clients": {"to_crm": {"rules": [rule], **more}}}


@pytest.mark.parametrize("at_source", [False, True])
@pytest.mark.parametrize(
    ("rule", "column", "value"),
    [
        ({"field": "custom.VPrNovinky", "equals": True}, "VPrNovinky", 1),
        ({"not": {"field": "custom.VPrNovinky", "equals": False}}, "VPrNovinky", 1),
        ({"field": "custom.VPrSegment", "filled": True}, "VPrSegment", None),
    ],
)
def test_only_what_holds_goes(both: Both, rule: dict[str, Any], column: str, value: Any, at_source: bool) -> None:
    both.link(_ruled(rule, rules_at_source=at_source))
    counts = both.sync(request=FULL)
    companies = [row for row in both.cards() if not row["RefAD"] and row["Firma"]]
    holding = [row for row in companies if (row[column] == value if value is not None else row[column])]
    assert 0 < len(holding) < len(companies)
    assert counts["created"] + counts["unchanged"] == len(holding)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"field": "custom.VPrSegmetn", "filled": True}, "POHODA has no custom.VPrSegmetn here"),
        (
            {"field": "custom.VPrVyrocie", "above": 5},
            "custom.VPrVyrocie: `above` asks nothing of a date field",
        ),
        ({"not": {"field": "custom.VPrNovinky", "equals": "yes"}}, "'yes' is no value of a boolean field"),
    ],
)
def test_a_rule_that_cannot_be_answered_stops(both: Both, rule: dict[str, Any], said: str) -> None:
    both.link(_ruled(rule))
    with pytest.raises(StopAgenda) as caught:
        both.sync(request=FULL)
    assert said in caught.value.text
