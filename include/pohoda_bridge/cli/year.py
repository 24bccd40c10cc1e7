"""year: the guided change of the accounting year of a unit."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import click

from pohoda_bridge.cli.answer import answer, json_option, table
from pohoda_bridge.connections import from_environment
from pohoda_bridge.ledger import open_ledger
from pohoda_bridge.link import catalogue
from pohoda_bridge.settings import config_dir, ledger_url, store_url
from pohoda_bridge.sync import Store
from pohoda_bridge.year import unit_file
from pohoda_bridge.year.carry import Decisions
from pohoda_bridge.year.change import Change, open_change
from pohoda_bridge.year.rehearse import rehearse as try_it
from pohoda_bridge.year.switch import switch as do_it
from pohoda_bridge.year.undo import undo as take_back

Pairs = tuple[tuple[str, str], ...]


@click.group(help="Carry a unit with all its links into its next accounting year.")
def year() -> None:
    """The group of the three commands."""


@contextmanager
def _opened(name: str, asked: int | None, *, back: bool = False) -> Generator[Change]:
    ledger = open_ledger(ledger_url())
    try:
        yield open_change(
            catalogue(), name, config_dir(), ledger, from_environment, Store(store_url()), asked=asked, back=back
        )  # fmt: skip
    finally:
        ledger.close()


def _arguments(command: Callable[..., Any]) -> Callable[..., Any]:
    for decorate in (
        json_option,
        click.option("--apart", multiple=True, metavar="NEW", help="This record of the new year is no known one."),
        click.option("--same", type=(str, str), multiple=True, metavar="OLD NEW", help="These two are one record."),
        click.option("--year", "asked", type=int, help="The new year; by default the one that is found."),
        click.argument("link_or_unit"),
    ):
        command = decorate(command)
    return command


@year.command(
    help="Show what the change would do, on a copy of the ledger; exit 1 unless all that is known is carried."
)
@click.option("--write", is_flag=True, help="Also write the new year into the unit file. Flows read it from then on.")
@_arguments
@click.pass_context
def rehearse(
    context: click.Context, link_or_unit: str, asked: int | None, same: Pairs, apart: tuple[str, ...],
    write: bool, as_json: bool,
) -> None:  # fmt: skip
    with _opened(link_or_unit, asked) as change:
        found = try_it(change, Decisions(dict(same), frozenset(apart)))
        told = {**_of(change), **found.as_dict()}
        if write and not change.found.listed:
            text = change.path.read_text(encoding="utf-8")
            unit_file.put(change.path, unit_file.with_year(text, change.year, change.found.settings))
    answer(told, as_json, show=lambda: _show(told))
    if not found.clean:
        context.exit(1)


@year.command(help="Change to the new year; nothing is changed unless the rehearsal is clean.")
@_arguments
@click.pass_context
def switch(
    context: click.Context, link_or_unit: str, asked: int | None, same: Pairs, apart: tuple[str, ...], as_json: bool
) -> None:
    with _opened(link_or_unit, asked) as change:
        told = {**_of(change), **do_it(change, Decisions(dict(same), frozenset(apart)))}
    answer(told, as_json, show=lambda: _show(told))
    if not told["switched"] or any(one["refused"] for one in told["marks"].values()):
        context.exit(1)


@year.command(help="Go back to the year before the change.")
@click.argument("link_or_unit")
@click.option("--force", is_flag=True, help="Even though records were written since.")
@json_option
def undo(link_or_unit: str, force: bool, as_json: bool) -> None:
    with _opened(link_or_unit, None, back=True) as change:
        told = take_back(change, force=force)

    def show() -> None:
        number = sum(one["relinked"] for one in told["marks"].values())
        click.echo(f"Back in {told['before']}: the ledger as it was before {told['year']}, {number} marks put back.")

    answer(told, as_json, show=show)


def _of(change: Change) -> dict[str, Any]:
    found = change.found
    return {
        "unit": change.unit.unit, "links": change.links, "year": found.year, "before": found.before,
        "seen": found.seen, "listed": found.listed, "line": unit_file.line(found.year, found.settings),
        "first": found.asked_for(),
    }  # fmt: skip


def _show(told: dict[str, Any]) -> None:
    click.echo(f"Unit {told['unit']}: {told['before']} -> {told['year']}, found in {told['seen']}.")
    if not told["listed"]:
        click.echo(f"Below `years:` in {told['unit']}.yaml stands then:\n  {told['line']}")
    for sentence in told["first"]:
        click.echo(f"First {sentence}.")
    rows = [
        (one["link"], one["agenda"], one["carried"], ", ".join(f"{how} {n}" for how, n in one["by"].items()),
         one["new"], len(one["without_pair"]), len(one["ambiguous"]))
        for one in told["agendas"]
    ]  # fmt: skip
    table(("link", "agenda", "carried", "by", "new", "no pair", "ambiguous"), rows, empty="Nothing is bound.")
    doubts = [(d["old"], ", ".join(d["candidates"]), d["why"]) for one in told["agendas"] for d in one["ambiguous"]]
    if doubts:
        table(("known record", "may be", "why"), doubts, empty="")
        click.echo("Say which it is: --same OLD NEW, or --apart NEW.")
    planned = [(flow, ", ".join(f"{o} {n}" for o, n in counts.items())) for flow, counts in told["planned"].items()]
    table(("flow", "its first run would"), planned, empty="No flow goes to a CRM.")
    for place, one in told.get("marks", {}).items():
        refused = one["refused"]
        click.echo(f"{place}: {one['relinked']} marks changed, {one['unchanged']} as wanted, {len(refused)} refused")
        for record, why in refused.items():
            click.echo(f"  {record}: {why}")
    for what, places in told.get("crm", {}).items():
        for place, ids in places.items():
            click.echo(f"{place}: {len(ids)} records {what} in the CRM meanwhile: {', '.join(ids[:20])}")
    click.echo(_closing(told))


def _closing(told: dict[str, Any]) -> str:
    if told.get("switched"):
        return f"Switched. Nothing known is made anew; `pohoda-bridge year undo {told['unit']}` goes back."
    if told["clean"]:
        return "Clean: nothing that is known would be made anew. Nothing was changed."
    return "Not clean: decide what is listed first. Nothing was changed."
