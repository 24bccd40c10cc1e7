"""Requests and answers held against Stormware's own schemas, when the user has them."""

import copy
import threading
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

_validating = threading.Lock()
"""A schema keeps the errors of its last document, whichever thread asked."""


class Schemas:
    """The official XSD set in a folder, compiled once in a process. Raises FileNotFoundError when a file is missing."""

    def __init__(self, folder: Path) -> None:
        self._envelope = _compiled(folder / "data-package.xsd")
        self._data = _compiled(folder / "data.xsd")

    def envelope(self, root: etree._Element) -> str | None:
        """The first violation of the envelope, or None; the items' contents are not looked at."""
        return _violation(self._envelope, root)

    def item(self, content: etree._Element) -> str | None:
        """The first violation in one document or request, taken by itself, or None."""
        return _violation(self._data, copy.deepcopy(content))


@cache
def _compiled(path: Path) -> etree.XMLSchema:
    if not path.is_file():
        raise FileNotFoundError(path)
    return etree.XMLSchema(etree.parse(str(path)))


def _violation(schema: etree.XMLSchema, element: etree._Element) -> str | None:
    with _validating:
        if schema.validate(element):
            return None
        log: Any = schema.error_log
    return str(log.last_error.message) if log.last_error is not None else "The document is not valid."
