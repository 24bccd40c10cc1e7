"""What all settings share: frozen, closed to unknown keys."""

import re
from string import Formatter
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

Language = Literal["en", "cs", "sk"]


class Settings(BaseModel):
    """A part of a settings file; unknown keys are refused, instances do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, arbitrary_types_allowed=True)


class Titles(Settings):
    """A title for people, in English, Czech and Slovak."""

    en: str
    cs: str
    sk: str


class Phrase(Titles):
    """A text with `{blanks}`; the Czech and the Slovak one fill in some of those that the English has."""

    @model_validator(mode="after")
    def _blanks(self) -> Self:
        there = set(re.findall(r"\{(\w+)\}", self.en))
        for text in (self.cs, self.sk):
            if unknown := {name for _, name, _, _ in Formatter().parse(text) if name is not None} - there:
                raise ValueError(f"{', '.join(sorted(unknown))}: the English text has no such blank")
        return self
