"""The command line: everything an operator does by hand. `--json` makes the last line of stdout one JSON document."""

from pohoda_bridge.cli.main import main

__all__ = ["main"]
