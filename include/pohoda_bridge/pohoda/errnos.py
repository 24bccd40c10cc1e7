"""POHODA's numbers of errors and warnings, as `errno.yaml` tells them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from pohoda_bridge.catalogue.base import Titles
from pohoda_bridge.catalogue.load import read_yaml

Do = Literal["refuse", "stop", "retry", "warn"]


class Known(Titles):
    """What becomes of the record, and in three languages what a person must do."""

    do: Do


@cache
def table() -> Mapping[int, Known]:
    """Every known number. SettingsError when the file is broken."""
    return TypeAdapter(dict[int, Known]).validate_python(read_yaml(Path(__file__).with_name("errno.yaml")))
