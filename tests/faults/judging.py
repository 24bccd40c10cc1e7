"""Great Expectations judges each different row once: hundreds of cases carry the same company, and it takes its time.

What is found against a row depends on the row and the settings alone (how often its unique values occur is a column of
it), so the second time it is taken from memory.
"""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pohoda_bridge.quality.judge import judge

Memory = dict[bytes, Any]


def remembering(memory: Memory) -> Callable[..., Any]:
    """`judge`, with a memory; it publishes no Data Docs."""

    def judged(frame: Any, expectations: Any, *, country: str, title: str, docs: Any = None) -> Any:
        about = pickle.dumps((list(frame.columns), repr(expectations), country))
        rows = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
        keys = [about + pickle.dumps(row) for row in rows]
        new = frame[[key not in memory for key in keys]].reset_index(drop=True)
        found = judge(new, expectations, country=country, title=title)
        for key, row in zip(keys, frame["_id"], strict=True):
            memory.setdefault(key, [one for one in found if one.id == row])
        order = {expectation.name: number for number, expectation in enumerate(expectations)}
        return sorted((one for key in keys for one in memory[key]), key=lambda one: order[one.rule])

    return judged


def save(memory: Memory, path: Path) -> None:
    path.write_bytes(pickle.dumps(memory))


def load(path: Path) -> Memory:
    memory: Memory = pickle.loads(path.read_bytes())
    return memory
