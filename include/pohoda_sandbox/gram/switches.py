"""What a test can set on the service: its level, its limits and its unpleasant habits."""

from dataclasses import dataclass, fields
from typing import Any

LEVELS = ("L0", "L1", "L2", "L3")
CHANGES = ("", "touch", "insert", "delete")


@dataclass
class Switches:
    """Off, and level L2, unless said otherwise.

    level: L0 lists, L1 + change time, L2 + external id and upsert, L3 + bulk, deletions, version.
    id_style: `hex` or `int`. rate_per_minute: calls a token may make, 0 = any.
    ignore_unknown_fields: no 400 for them. changing_list: what happens between two pages of a list
    (`touch` raises Modified of a record, `insert` adds one, `delete` bins one).
    keeps_used: 409 for the deletion of a record that others refer to.
    extra_keys, other_case, text_numbers: answers carry unknown keys, keys in another letter case, numbers as text.
    """

    level: str = "L2"
    id_style: str = "hex"
    rate_per_minute: int = 0
    ignore_unknown_fields: bool = False
    changing_list: str = ""
    keeps_used: bool = False
    extra_keys: bool = False
    other_case: bool = False
    text_numbers: bool = False

    def __setattr__(self, name: str, value: Any) -> None:
        allowed = {"level": LEVELS, "id_style": ("hex", "int"), "changing_list": CHANGES}.get(name)
        if name not in {field.name for field in fields(self)}:
            raise ValueError(f"unknown switch {name!r}")
        if allowed and value not in allowed:
            raise ValueError(f"{name} must be one of {', '.join(allowed)}, not {value!r}")
        object.__setattr__(self, name, value)

    @property
    def rank(self) -> int:
        return LEVELS.index(self.level)
