"""Write .env for docker compose: .env.example with every empty secret filled at random. Never over an existing .env."""

import os
import secrets
import sys
from pathlib import Path

from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parents[1]


def fill(example: str) -> str:
    """Give each `NAME=` without a value a secret of its own; what has a value or is a comment stays."""
    lines = []
    for line in example.splitlines():
        name, equals, value = line.partition("=")
        if equals and not value and not name.startswith("#"):
            value = Fernet.generate_key().decode() if name == "FERNET_KEY" else secrets.token_hex(24)
        lines.append(name + equals + value)
    return "\n".join(lines) + "\n"


def main() -> int:
    target = ROOT / ".env"
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        print(f"{target} exists and stays as it is. Delete it first to get new secrets.", file=sys.stderr)
        return 1
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(fill((ROOT / ".env.example").read_text(encoding="utf-8")))
    print(f"{target} written. The first login is admin; its password stands there as ADMIN_PASSWORD.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
