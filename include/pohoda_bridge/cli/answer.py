"""How a command answers: a table for people, or with `--json` one line for programs."""

import json
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import click

json_option: Callable[[Any], Any] = click.option(
    "--json", "as_json", is_flag=True, help="Answer in JSON, on the last line."
)


def answer(data: Any, as_json: bool, *, show: Callable[[], None]) -> None:
    """Print the data as one JSON line, or show it to a person."""
    if as_json:
        click.echo(json.dumps(data, ensure_ascii=False, default=_text))
    else:
        show()


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]], *, empty: str, title: str | None = None) -> None:
    """A table on the terminal, or the sentence for no rows."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not rows:
        click.echo(empty)
        return
    made = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*(Text("" if value is None else str(value)) for value in row))
    console = Console() if sys.stdout.isatty() else Console(width=160)
    console.print(made)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
