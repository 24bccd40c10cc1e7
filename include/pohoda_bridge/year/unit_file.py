"""The unit file with one year more or less; comments and everything else in it stay."""

import io
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from pohoda_bridge.catalogue.unit import Year

WIDTH = 10_000


def line(year: int, settings: Year) -> str:
    """What stands in the file, below `years:`."""
    inner = ", ".join(f"{name}: {connection}" for name, connection in _named(settings).items())
    return f"{year}: {{{inner}}}"


def with_year(text: str, year: int, settings: Year) -> str:
    """The file's text with the year; as it was when the year stands in it."""
    yaml, data = _read(text)
    if year in data["years"]:
        return text
    added = CommentedMap(_named(settings))
    added.fa.set_flow_style()
    data["years"][year] = added
    return _written(yaml, data)


def without_year(text: str, year: int) -> str:
    """The file's text without the year."""
    yaml, data = _read(text)
    if year not in data["years"]:
        return text
    del data["years"][year]
    return _written(yaml, data)


def put(path: Path, text: str) -> None:
    """The file whole, or as it was."""
    beside = path.with_suffix(".part")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def _named(settings: Year) -> dict[str, str]:
    return {name: str(value) for name, value in settings.model_dump(exclude_none=True).items()}


def _read(text: str) -> tuple[YAML, CommentedMap]:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = WIDTH
    data: CommentedMap = yaml.load(text)
    data["years"] = _whole_years(data["years"])
    return yaml, data


def _whole_years(years: CommentedMap) -> CommentedMap:
    """Years as numbers: a file in JSON has them as texts."""
    if any(isinstance(year, str) for year in years):
        found = CommentedMap((int(year), settings) for year, settings in years.items())
        found.fa.set_flow_style()
        return found
    return years


def _written(yaml: YAML, data: CommentedMap) -> str:
    made = io.StringIO()
    yaml.dump(data, made)
    return made.getvalue()
