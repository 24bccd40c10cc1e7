"""What the ledger knows of some links, in a ledger of its own that is thrown away: nothing done there counts."""

import tempfile
from collections.abc import Collection, Generator
from contextlib import contextmanager
from pathlib import Path

from pohoda_bridge.ledger import Ledger, open_ledger
from pohoda_bridge.ledger.restoring import TABLES, put_back, taken_out


@contextmanager
def copied(ledger: Ledger, links: Collection[str]) -> Generator[Ledger]:
    """A copy in a private temporary file, whatever database the ledger is in."""
    with tempfile.TemporaryDirectory(prefix="pohoda-bridge-") as folder:
        copy = open_ledger(f"sqlite:///{Path(folder) / 'ledger.db'}")
        try:
            with ledger.transaction() as source, copy.transaction() as target:
                put_back(target, links, {name: taken_out(source, links, name) for name in TABLES})
            yield copy
        finally:
            copy.close()
