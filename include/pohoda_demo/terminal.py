"""What the demo shows: one line a step, with its time; on a terminal the step at work turns."""

import time
from collections.abc import Generator
from contextlib import contextmanager, nullcontext

from rich.console import Console

console = Console(highlight=False, soft_wrap=True)
if not console.is_terminal:
    console.width = 160  # a log has no width; the table shall not be cut


@contextmanager
def step(title: str) -> Generator[None]:
    """Show a step while it works, then how long it took; a step that fails shows nothing more."""
    begun = time.monotonic()
    with console.status(f"{title} …") if console.is_terminal else nullcontext():
        yield
    console.print(f"[green]✓[/] {title} [dim]({time.monotonic() - begun:.1f} s)[/]")


def note(text: str) -> None:
    console.print(f"  {text}", style="dim", markup=False)
