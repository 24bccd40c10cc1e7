"""What all settings share: frozen, closed to unknown keys."""

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """A part of a settings file; unknown keys are refused, instances do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, arbitrary_types_allowed=True)


class Titles(Settings):
    """A title for people, in English, Czech and Slovak."""

    en: str
    cs: str
    sk: str
