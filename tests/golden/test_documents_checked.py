"""Every golden document was read beside its item; one that changed since has to be read again."""

import hashlib
from collections import Counter

import pytest

from .cases import FOLDER, Case, cases

CHECKED = FOLDER / "CHECKED.md"
ROWS = [
    row.strip("|").split(" | ") for row in CHECKED.read_text(encoding="utf-8").splitlines() if row.startswith("| `")
]
TABLE = {row[0].strip(" `"): [cell.strip() for cell in row[1:]] for row in ROWS}
"""Document -> what it shows, amounts, what it was held against, verdict, digest."""


def digest(case: Case) -> str:
    """The document and its item, to the byte."""
    document = case.item.with_suffix(".yaml")
    return hashlib.sha256(document.read_bytes() + b"\0" + case.item.read_bytes()).hexdigest()[:12]


@pytest.mark.parametrize("case", cases(), ids=str)
def test_a_document_is_what_was_checked(case: Case) -> None:
    assert str(case) in TABLE, f"read it beside its item, then add it to {CHECKED.name} with `{digest(case)}`"
    about, *found, read = TABLE[str(case)]
    assert read == f"`{digest(case)}`", f"it changed since it was read: read it again, then put `{digest(case)}`"
    assert about == case.about
    assert len(found) == 3
    assert all(found)


def test_the_table_has_each_document_once() -> None:
    assert Counter(row[0].strip(" `") for row in ROWS) == Counter(str(case) for case in cases())
