"""Why one record does not go, in the language of the person who has to do something about it.

The code says a reason once, in English: so it is logged and kept in the ledger. Where a person reads it, `reasons.yaml`
tells the same in Czech and Slovak; the English is the key, as with gettext. A CRM's file has what it alone says. What
stands in neither (the words of a service, a fault of the line) stays as it was said.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from pohoda_bridge.catalogue.base import Phrase, Titles
from pohoda_bridge.catalogue.load import read_yaml
from pohoda_bridge.quality.labels import labels

NAME = r"[A-Za-z_]\w*(?:\[\d+\])?(?:\.[A-Za-z_]\w*(?:\[\d+\])?)*"
LISTED = {"fields": rf"{NAME}(?:, {NAME})*"}
"""What a blank may hold; any other holds any text."""


def said(text: str, own: Sequence[Phrase] = ()) -> Titles:
    """The reason in each language, fields by their labels; `own`: what the CRM's file says of its own."""
    for phrase in (*own, *phrases()):
        if found := _pattern(phrase.en).fullmatch(text):
            blanks = {name: _blank(name, value, own) for name, value in found.groupdict().items()}
            cs = phrase.cs.format(**{name: value.cs for name, value in blanks.items()})
            return Titles(en=text, cs=cs, sk=phrase.sk.format(**{name: value.sk for name, value in blanks.items()}))
    return Titles(en=text, cs=text, sk=text)


def refusals(texts: Iterable[str], own: Sequence[Phrase] = (), *, rule: str = "target") -> list[dict[str, Any]]:
    """The reasons as the quarantine keeps them, one by one."""
    return [{"rule": rule, "fields": [], **said(text, own).model_dump()} for text in texts]


@cache
def phrases() -> tuple[Phrase, ...]:
    """All that the bridge itself says. SettingsError when the file is broken."""
    data = read_yaml(Path(__file__).with_name("reasons.yaml"))
    return TypeAdapter(tuple[Phrase, ...]).validate_python(data)


def _blank(name: str, text: str, own: Sequence[Phrase]) -> Titles:
    if name == "reason":
        return said(text, own)
    if name == "fields":
        found = [_label(one) for one in text.split(", ")]
        cs, sk = (", ".join(dict.fromkeys(getattr(one, language) for one in found)) for language in ("cs", "sk"))
        return Titles(en=text, cs=cs, sk=sk)
    return Titles(en=text, cs=text, sk=text)


def _label(path: str) -> Titles:
    """`lines[2].text`: the label of each step, with the number of the row."""
    steps = [step.partition("[") for step in path.removeprefix("custom.").split(".")]
    named = [(labels([name]), f" {number.removesuffix(']')}".rstrip()) for name, _, number in steps]
    cs, sk = (", ".join(getattr(label, language) + row for label, row in named) for language in ("cs", "sk"))
    return Titles(en=path, cs=cs, sk=sk)


@cache
def _pattern(english: str) -> re.Pattern[str]:
    """The text with its `{blanks}` as groups."""
    parts = re.split(r"\{(\w+)\}", english)
    made = (f"(?P<{part}>{LISTED.get(part, '.*?')})" if number % 2 else re.escape(part)
            for number, part in enumerate(parts))  # fmt: skip
    return re.compile("".join(made), re.DOTALL)
