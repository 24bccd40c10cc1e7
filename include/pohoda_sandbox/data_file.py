"""Data files of the sandbox, parsed once in a process: a test starts hundreds of sandboxes."""

import copy
from functools import cache
from pathlib import Path
from typing import Any

import yaml


def read(path: Path) -> dict[str, Any]:
    """What the YAML file says; the caller's own copy."""
    return copy.deepcopy(_parsed(path))


@cache
def _parsed(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return document
