"""Passwords and tokens of one sandbox: random, made once, kept in its data folder for its owner's eyes only."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path


def _random() -> str:
    return secrets.token_hex(16)


@dataclass(frozen=True)
class Secrets:
    mserver: str = field(default_factory=_random, repr=False)
    tds: str = field(default_factory=_random, repr=False)
    gram_token: str = field(default_factory=_random, repr=False)
    gram_admin: str = field(default_factory=_random, repr=False)
    gram_password: str = field(default_factory=_random, repr=False)
    eway: str = field(default_factory=_random, repr=False)
    eway_client: str = field(default_factory=_random, repr=False)
    eway_admin: str = field(default_factory=_random, repr=False)

    @classmethod
    def of(cls, path: Path) -> "Secrets":
        """Those in the file; ones it lacks are made and added."""
        known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        made = cls(**{one.name: known[one.name] for one in fields(cls) if one.name in known})
        if asdict(made) != known:
            write_private(path, json.dumps(asdict(made), indent=1))
        return made


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    part.replace(path)
