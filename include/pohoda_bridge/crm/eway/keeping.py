"""What outlives a run: one text each, kept by somebody else (the ledger), encrypted where it is a secret."""

from typing import Protocol


class Keep(Protocol):
    """One text. `save` must have stored it when it returns."""

    def load(self) -> str | None: ...

    def save(self, text: str) -> None: ...


class Tokens(Keep, Protocol):
    """The OAuth refresh token of one connection; it must be kept encrypted."""


class Memory:
    """Kept as long as the process lives."""

    def __init__(self, text: str | None = None) -> None:
        self._text = text

    def load(self) -> str | None:
        return self._text

    def save(self, text: str) -> None:
        self._text = text
