"""Great Expectations judges each different frame once: hundreds of cases carry the same company, and it takes its time.

The findings of a frame depend on the frame and the settings alone, so the second time they are taken from memory.
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
        rows = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
        key = pickle.dumps((list(frame.columns), rows, repr(expectations), country))
        if key not in memory:
            memory[key] = judge(frame, expectations, country=country, title=title)
        return memory[key]

    return judged


def save(memory: Memory, path: Path) -> None:
    path.write_bytes(pickle.dumps(memory))


def load(path: Path) -> Memory:
    memory: Memory = pickle.loads(path.read_bytes())
    return memory
