"""The page for accountants tells every golden document, in its own words."""

from .cases import cases
from .page import FAMILIES, PAGE, page


def test_the_page_is_what_the_cases_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.golden.page"


def test_the_page_has_every_case_once() -> None:
    text, _, _ = page().partition("## What POHODA makes itself")
    assert {case.family for case in cases()} == set(FAMILIES)
    assert text.count("\n| `") == len(cases())
    assert all("|" not in case.about for case in cases())
