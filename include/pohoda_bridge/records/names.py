"""A person's name in parts, by a profile or by the user's own expression, within a time limit.

POHODA keeps the whole name in one field. A user may write an expression for it, and an expression can run for ever on
one unlucky name; Python's own engine cannot be interrupted, `regex` can.
"""

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple, Protocol

import regex  # type: ignore[import-untyped]

from pohoda_bridge.errors import RejectRecord, SettingsError, StopAgenda

SECONDS = 1.0
SLOW_NAMES = 5
LONGEST = 2000
GROUPS = ("Prefix", "FirstName", "MiddleName", "LastName", "Suffix")

STRICT = r"^\s*(?<Prefix>\S*\.)?\s*(?<FirstName>\S*)\s*(?<LastName>\S*)\s*(?<Suffix>.*?)\s*$"
_TITLE_AFTER = r"(?:[^\s,]*\.[^\s,]*|[A-Z]{2,4}|DiS|jun|sen)"
TITLES = (
    r"^\s*(?<Prefix>(?:[^\s.,]{2,}(?:\.[^\s.,]+)*\.\s*)*)(?<FirstName>[^\s,]+)?"
    r"(?:\s+(?<MiddleName>[^\s,]+(?:\s+[^\s,]+)*?))??(?:\s+(?<LastName>[^\s,]+))?"
    rf"(?:(?:\s*,\s*|\s+(?={_TITLE_AFTER}(?:,?\s+{_TITLE_AFTER})*\s*$))(?<Suffix>\S.*?))?\s*$"
)
PROFILES = {"strict": STRICT, "titles": TITLES}

_TOKENS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?<(?![=!])", re.DOTALL)
_PROBES = (
    "Ing. Jan Novák, Ph.D.",
    "a" * 40 + "!",
    "Ab" * 20 + "!",
    "aa." * 20 + "!",
    "a " * 30 + "!",
    " " * 60 + "!",
    "1" * 40 + "\n",
)


class Name(NamedTuple):
    """The parts of a name, trimmed; a part that is not there is empty."""

    prefix: str = ""
    first: str = ""
    middle: str = ""
    last: str = ""
    suffix: str = ""


class Names(Protocol):
    """What splits a name."""

    def parse(self, text: str) -> Name: ...


@dataclass
class Expression:
    """A compiled expression that gives up after SECONDS on one name, and for good after SLOW_NAMES such names."""

    pattern: Any
    slow: int = field(default=0)

    def parse(self, text: str) -> Name:
        """The parts by the first match anywhere; the whole text is the last name when nothing matches or all is empty.

        A name that takes too long is RejectRecord; too many of them are StopAgenda.
        """
        try:
            match = self.pattern.search(text, timeout=SECONDS)
        except TimeoutError:
            raise self._too_slow() from None
        parts = match.groupdict() if match else {}
        name = Name(*((parts.get(group) or "").strip() for group in GROUPS))
        return name if any(name) else Name(last=text.strip())

    def _too_slow(self) -> RejectRecord | StopAgenda:
        self.slow += 1
        if self.slow >= SLOW_NAMES:
            return StopAgenda(
                f"the expression in `contact_names` took more than {SECONDS:g} s on {self.slow} names; "
                "make it simpler, or use `strict` or `titles`"
            )
        return RejectRecord(
            f"the expression in `contact_names` takes more than {SECONDS:g} s on this name; "
            "shorten the name in POHODA, or make the expression simpler",
            log="contact_names: time limit on one name",
        )


def splitter(setting: str) -> Expression:
    """The splitter for the setting `contact_names`: a profile, or an expression; a faulty one is SettingsError."""
    if fault := check_expression(setting):
        raise SettingsError(f"contact_names: {fault}")
    return Expression(_compiled(PROFILES.get(setting, setting)))


def check_expression(text: str) -> str | None:
    """What is wrong with the setting `contact_names`, or None; profiles are always right."""
    return None if text in PROFILES else _fault(text)


def python_form(text: str) -> str:
    """A .NET expression with its groups `(?<name>` as `(?P<name>`; look-behinds, escapes and classes stay."""
    return _TOKENS.sub(lambda found: "(?P<" if found[0] == "(?<" else found[0], text)


@cache
def _compiled(text: str) -> Any:
    return regex.compile(python_form(text))


@cache
def _fault(text: str) -> str | None:
    if len(text) > LONGEST:
        return f"the expression has {len(text)} characters; {LONGEST} are allowed"
    try:
        pattern = _compiled(text)
    except (regex.error, RecursionError, OverflowError) as error:
        return f"no valid expression: {error}"
    if not pattern.groupindex:
        return f"neither a profile ({', '.join(PROFILES)}) nor an expression with named groups ({', '.join(GROUPS)})"
    if unknown := sorted(set(pattern.groupindex) - set(GROUPS)):
        return f"unknown group {', '.join(unknown)}; the groups are {', '.join(GROUPS)}"
    if "LastName" not in pattern.groupindex:
        return "the group LastName is missing; the CRM needs a last name"
    try:
        for probe in _PROBES:
            pattern.search(probe, timeout=SECONDS)
    except TimeoutError:
        return f"the expression takes more than {SECONDS:g} s on a short text; repeat no group that repeats inside"
    return None
