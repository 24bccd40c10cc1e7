"""Great Expectations judges each different row once: hundreds of cases carry the same company, and it takes its time.

What is found against a row depends on the row and the settings alone (how often its unique values occur is a column of
it), so the second time it is taken from memory.
"""

import pickle
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pohoda_bridge.quality.docs import Docs
from pohoda_bridge.quality.frame import COUNTRY, ID
from pohoda_bridge.quality.judge import judge
from pohoda_bridge.records.document_checks import RECORD_CHECKS, asked
from pohoda_bridge.sync import validate

Memory = dict[bytes, Any]
MEMORY: Memory = {}
"""What all tests of this process found against rows."""


def remembering(memory: Memory) -> Callable[..., Any]:
    """`judge`, with a memory of what it found against values of the fields that it asks about."""

    def judged(frame: Any, expectations: Any, *, country: str, title: str) -> Any:
        fields = {name for expectation in expectations for name in _asked(expectation)}
        names = [name for name in frame.columns if name in {*fields, COUNTRY} or name.endswith("__count")]
        about = pickle.dumps((names, repr(expectations), country))
        rows = frame.astype(object).where(frame.notna(), None)[names].to_numpy().tolist()
        keys = [about + pickle.dumps(row) for row in rows]
        ids = list(frame[ID])
        new = frame[[key not in memory for key in keys]].reset_index(drop=True)
        found = judge(new, expectations, country=country, title=title)
        for key, row in zip(keys, ids, strict=True):
            memory.setdefault(key, [one for one in found if one.id == row])
        order = {expectation.name: number for number, expectation in enumerate(expectations)}
        every = (replace(one, id=row) for key, row in zip(keys, ids, strict=True) for one in memory[key])
        return sorted(every, key=lambda one: order[one.rule])

    return judged


def _asked(expectation: Any) -> Iterable[str]:
    rule, fields = expectation.rule, expectation.fields
    return asked(rule, fields) if rule in RECORD_CHECKS else fields


def quickly(patch: pytest.MonkeyPatch, memory: Memory | None = None) -> None:
    """Rows are judged from memory as far as it goes, without one not at all; and no page tells of it."""
    judged = (lambda *_, **__: []) if memory is None else remembering(memory)
    patch.setattr(sys.modules[validate.__module__], "judge", judged)
    patch.setattr(Docs, "publish", lambda *_: None)


def save(memory: Memory, path: Path) -> None:
    path.write_bytes(pickle.dumps(memory))


def load(path: Path) -> Memory:
    memory: Memory = pickle.loads(path.read_bytes())
    return memory
