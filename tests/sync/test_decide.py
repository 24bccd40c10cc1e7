"""One outcome for each record: whatever applies at once, the first question that has an answer wins."""

from dataclasses import dataclass, fields
from itertools import product
from typing import Any

import pytest

from pohoda_bridge.ledger import Binding
from pohoda_bridge.records.fingerprint import loads
from pohoda_bridge.sync.decide import Known, decide
from pohoda_bridge.sync.match import Match
from pohoda_bridge.sync.refer import Awaited
from tests.bridge import Bridge

REFUSED = {"id": "a", "rule": "filled:name", "level": "refuse", "fields": ["name"], "en": "x", "cs": "x", "sk": "x"}
WARNED = {**REFUSED, "level": "warn"}
TARGET = {"_id": "c", "_mark": None, "name": "old", "phone": "3"}


@dataclass(frozen=True)
class Case:
    """What is true of one record at once."""

    doubt: bool
    left_out: bool
    bound: bool
    deleted: bool
    ambiguous: bool
    new: bool
    unaccepted: bool
    refused: bool
    clash: bool
    waits: bool

    @property
    def expected(self) -> tuple[str, str | None]:
        """The outcome, and the kind of match it waits for; in the words and order of the design."""
        if self.doubt:
            return "in_doubt", None
        if self.left_out or (self.bound and self.deleted):
            return "left_out", None
        if not self.bound and not self.refused and not self.waits:
            if self.ambiguous:
                return "left_out", "ambiguous"
            if self.unaccepted:
                return "left_out", "new" if self.new else "linked"
        if self.refused:
            return "quarantined", None
        return self._compared

    @property
    def _compared(self) -> tuple[str, str | None]:
        paired = self.bound or not (self.ambiguous or self.new)
        if paired and self.clash:
            return "conflict", None
        if self.waits:
            return "held", None
        return ("updated" if paired else "created"), None


BOTH, NONE = frozenset({"linked", "new"}), frozenset[str]()
CASES = [Case(*flags) for flags in product((False, True), repeat=len(fields(Case)))]


def _record(case: Case) -> dict[str, Any]:
    """Only the source changed its name; with `clash` the target changed it too, and nobody is master."""
    return {"_id": "a", "_print": "1:x", "_fault": None, "_left_out": "a rule" if case.left_out else None,
            "name": "new", "phone": "3"}  # fmt: skip


def _known(case: Case) -> Known:
    base = {"name": "before" if case.clash else "old", "phone": "3"}
    known = Known("to_crm", NONE if case.unaccepted else BOTH, records=[_record(case)], keys={"a": "k"})
    known.doubts = {"a"} if case.doubt else set()
    known.waits = {"a": Awaited("clients", "b")} if case.waits else {}
    if case.bound:
        known.bound["a"] = Binding(1, "k", "a", "c", base, base)
    known.targets = {} if case.deleted else {"c": TARGET}
    rows = (TARGET, {**TARGET, "_id": "d"}) if case.ambiguous else (TARGET,)
    known.matches["a"] = Match("ambiguous" if case.ambiguous else "new" if case.new else "linked", rows)
    return known


def _fits(case: Case) -> bool:
    """What can be true at once; without a base the target's own value is a clash where nobody is master."""
    return (case.bound or not case.deleted) and not (case.ambiguous and case.new)


@pytest.mark.parametrize("master", ["ask", "pohoda"])
def test_the_first_answer_wins(bridge: Bridge, master: str) -> None:
    bridge.link(default_master=master)
    wrong = []
    with bridge.job() as job:
        for case in filter(_fits, CASES):
            if case.clash != (master == "ask"):
                continue
            line = decide(job, _record(case), _known(case), [REFUSED, WARNED] if case.refused else [WARNED])
            if (line["outcome"], line.get("match")) != case.expected:
                wrong.append((case, line["outcome"], line.get("match")))
            assert line["warnings"] == [WARNED]
    assert wrong == []


def test_the_cases_reach_every_outcome() -> None:
    assert {case.expected[0] for case in CASES} == {
        "in_doubt", "left_out", "quarantined", "conflict", "held", "created", "updated"
    }  # fmt: skip


PLAIN = Case(*(False,) * len(fields(Case)))


def _decided(bridge: Bridge, record: dict[str, Any], target: dict[str, Any] | None, base: Any = None) -> dict[str, Any]:
    with bridge.job() as job:
        known = Known("to_crm", BOTH, records=[record], keys={"a": "k"})
        if target is not None:
            known.targets = {"c": target}
            known.matches["a"] = Match("linked", (target,))
        if base is not None:
            known.bound["a"] = Binding(1, "k", "a", "c", base, base)
        return decide(job, record, known, [])


def test_a_new_record_writes_only_what_is_filled(bridge: Bridge) -> None:
    record = {**_record(PLAIN), "phone": None, "groups": ["VIP"], "email": ""}
    line = _decided(bridge, record, None)
    assert (line["outcome"], line["action"], loads(line["values"])) == (
        "created", "create", {"name": "new", "groups": ["VIP"], "email": ""}
    )  # fmt: skip
    assert line["changes"]["name"] == [None, "new"]


def test_an_equal_pair_that_was_found_is_linked_without_a_write(bridge: Bridge) -> None:
    line = _decided(bridge, {**_record(PLAIN), "name": "old"}, TARGET)
    assert (line["outcome"], line["action"], line["reason"]) == ("unchanged", "bind", "found on the target and linked")
    assert "values" not in line


def test_a_bound_pair_that_is_as_it_was_needs_nothing(bridge: Bridge) -> None:
    with bridge.job() as job:
        base = {**dict.fromkeys(job.flow.mapping), "name": "old", "phone": "3"}
    line = _decided(bridge, {**_record(PLAIN), "name": "old"}, TARGET, base)
    assert (line["outcome"], line["action"]) == ("unchanged", "none")


def test_a_pair_that_became_equal_by_itself_renews_what_counts_as_synced(bridge: Bridge) -> None:
    line = _decided(bridge, {**_record(PLAIN), "name": "old"}, TARGET, {"name": "before", "phone": "3"})
    assert (line["outcome"], line["action"], line["base"]["name"]) == ("unchanged", "bind", ["old", "old"])


def test_what_the_target_cannot_take_does_not_keep_the_rest_back(bridge: Bridge) -> None:
    with bridge.job() as job:
        job.target.side._shape("clients").locked = frozenset({"phone"})  # type: ignore[attr-defined]
        record = {**_record(PLAIN), "phone": "4"}
        base = {"name": "old", "phone": "3"}
        known = Known("to_crm", BOTH, records=[record], bound={"a": Binding(1, "k", "a", "c", base, base)})
        known.targets = {"c": TARGET}
        line = decide(job, record, known, [])
    assert (line["outcome"], line["action"], loads(line["values"])) == ("cannot_write", "update", {"name": "new"})
    assert line["reason"] == "the target cannot take phone"
    assert line["changes"] == {"name": ["old", "new"], "phone": ["3", "4"]}


def test_a_decision_of_a_person_settles_its_fields_alone(bridge: Bridge) -> None:
    bridge.link(default_master="ask")
    record = {**_record(PLAIN), "phone": "4"}
    base = {"name": "before", "phone": "before"}
    with bridge.job() as job:
        known = Known("to_crm", BOTH, records=[record], bound={"a": Binding(1, "k", "a", "c", base, base)})
        known.targets = {"c": TARGET}
        known.decisions = {"a": {"name": "pohoda"}}
        assert list(decide(job, record, known, [])["conflicts"]) == ["phone"]
        known.decisions = {"a": {"name": "pohoda", "phone": "crm"}}
        line = decide(job, record, known, [])
    assert (line["outcome"], loads(line["values"])) == ("updated", {"name": "new"})
