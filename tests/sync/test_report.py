"""The counts of a run, and its page."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.ledger import OUTCOMES
from pohoda_bridge.sync.page import SHOWN, render
from pohoda_bridge.sync.report import count
from tests.bridge import Bridge


@given(st.lists(st.sampled_from(OUTCOMES), max_size=60), st.integers(0, 1000))
def test_the_outcomes_add_up_to_what_was_read(outcomes: Sequence[str], skipped: int) -> None:
    counts = count(({"_id": str(number), "outcome": name} for number, name in enumerate(outcomes)), skipped)
    assert set(counts) == {"read", *OUTCOMES}
    assert counts["read"] == len(outcomes) + skipped == sum(counts[name] for name in OUTCOMES)
    assert counts["unchanged"] == outcomes.count("unchanged") + skipped


@pytest.mark.parametrize("lines", [
    [{"_id": "a", "outcome": "created"}, {"_id": "a", "outcome": "updated"}],
    [{"_id": "a", "outcome": "lost"}],
    [{"_id": "a", "outcome": None}],
])  # fmt: skip
def test_a_record_without_exactly_one_known_outcome_is_an_alarm(lines: list[dict[str, str]]) -> None:
    with pytest.raises(StopAgenda, match="record a has no single known outcome"):
        count(lines, 0)


HOSTILE = "<script>alert(1)</script><img src=//evil.example/x onerror=a()>\"'"


def _page(bridge: Bridge, lines: list[dict[str, object]]) -> str:
    with bridge.job() as job:
        from pohoda_bridge.ledger import Request, runs

        with job.ledger.transaction() as ledger:
            runs.begin(ledger, HOSTILE, job.scope, Request())
            return render(job.flow, runs.get(ledger, HOSTILE), count(lines, 0), lines, [])


def test_the_page_escapes_every_value_and_loads_nothing(bridge: Bridge) -> None:
    text = {"en": HOSTILE, "cs": HOSTILE, "sk": HOSTILE}
    page = _page(bridge, [
        {"_id": HOSTILE, "outcome": "updated", "target_id": HOSTILE, "changes": {HOSTILE: [HOSTILE, HOSTILE]},
         "warnings": [text]},
        {"_id": "b", "outcome": "quarantined", "reasons": [text]},
        {"_id": "c", "outcome": "held", "reason": HOSTILE},
    ])  # fmt: skip
    assert "<script" not in page
    assert "<img" not in page
    assert page.count("&lt;script&gt;") >= 9
    assert re.findall(r"(?:src|href)=", page.replace("src=//evil", "")) == []
    assert "default-src 'none'" in page


def test_the_rows_of_a_set_stand_each_for_itself(bridge: Bridge) -> None:
    row = {"code": HOSTILE, "name": "Stôl", "quantity": "1"}
    changes = {"items": [[row, {"code": "S2"}], [{**row, "quantity": "3"}, {"code": "S3", "name": "Lampa"}]]}
    page = _page(bridge, [{"_id": "a", "outcome": "updated", "changes": changes}])
    assert "items: <del>2 rows</del> → <ins>2 rows</ins>" in page
    assert "Stôl: quantity 1 -&gt; 3" in page
    assert "+ S3 Lampa" in page and "- S2" in page
    assert "<script" not in page and "{" not in page.split("</style>")[1]


def test_a_reason_stands_in_english_and_in_the_language_of_its_people(bridge: Bridge) -> None:
    page = _page(bridge, [{"_id": "a", "outcome": "cannot_write", "reason": "the target cannot take note"},
                          {"_id": "b", "outcome": "quarantined", "reason": "Len vedúci"}])  # fmt: skip
    assert "<td>the target cannot take note<br><small>cieľová strana neprijíma: Poznámka</small></td>" in page
    assert "<td>Len vedúci</td>" in page


def test_a_long_list_is_cut_and_says_so(bridge: Bridge) -> None:
    lines: list[dict[str, object]] = [{"_id": f"r{n}", "outcome": "created"} for n in range(SHOWN + 1)]
    page = _page(bridge, lines)
    assert page.count("<td>r") == SHOWN
    assert "Only the first rows are shown" in page
    assert f"created: {SHOWN + 1}" in page
    assert "Only the first rows" not in _page(bridge, lines[1:])
