"""quarantine list, retry, dismiss: the refused records, with every reason."""

from typing import Any

import click

from pohoda_bridge.cli.answer import answer, json_option, table
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.ledger import Scope, open_ledger, waiting
from pohoda_bridge.link import catalogue
from pohoda_bridge.settings import ledger_url


@click.group(help="List, retry or dismiss refused records.")
def quarantine() -> None:
    pass


@quarantine.command("list", help="Every record in quarantine with its reasons.")
@click.argument("link")
@click.option("--language", type=click.Choice(["en", "cs", "sk"]), default="en", show_default=True)
@json_option
def list_(link: str, language: str, as_json: bool) -> None:
    ledger = open_ledger(ledger_url())
    with ledger.transaction() as connection:
        found = [
            {**scope.columns(), **{k: row[k] for k in ("technical", "reasons", "record", "since", "dismissed")}}
            for scope in scopes(link)
            for row in waiting.quarantined(connection, scope)
        ]
    rows = [
        (f"{r['agenda']} {r['direction']}", r["technical"], "\n".join(reason[language] for reason in r["reasons"]),
         f"{r['since']:%Y-%m-%d}", "dismissed" if r["dismissed"] else "")
        for r in found
    ]  # fmt: skip
    columns = ("flow", "record", "reasons", "since", "")
    answer({"quarantine": found}, as_json, show=lambda: table(columns, rows, empty="The quarantine is empty."))


@quarantine.command("retry", help="Take a record, or all, up again with the next run.")
@click.argument("link")
@click.argument("agenda")
@click.argument("record", required=False)
@json_option
def retry(link: str, agenda: str, record: str | None, as_json: bool) -> None:
    ledger = open_ledger(ledger_url())
    taken: list[str] = []
    with ledger.transaction() as connection:
        for scope in scopes(link, agenda):
            ids = [r["technical"] for r in waiting.quarantined(connection, scope) if record in {None, r["technical"]}]
            waiting.make_due(connection, scope, ids, "a person asked for it")
            taken += ids
    _none_is_wrong(taken, record)
    answer({"due": taken}, as_json, show=lambda: click.echo(f"{len(taken)} records go with the next run."))


@quarantine.command("dismiss", help="Leave a record where it is and stop reporting it.")
@click.argument("link")
@click.argument("agenda")
@click.argument("record")
@json_option
def dismiss(link: str, agenda: str, record: str, as_json: bool) -> None:
    ledger = open_ledger(ledger_url())
    with ledger.transaction() as connection:
        done = [record for scope in scopes(link, agenda) if waiting.dismiss(connection, scope, record)]
    _none_is_wrong(done, record)
    answer({"dismissed": done}, as_json, show=lambda: click.echo(f"{record} is dismissed."))


def scopes(link: str, agenda: str | None = None) -> list[Scope]:
    """The enabled flows of a link, or of one agenda of it."""
    known = catalogue()
    flows = known.flows_of(link, agenda) if agenda else known.flows(link)
    return [Scope(link, f.agenda.agenda, f.direction) for f in flows]


def _none_is_wrong(found: list[Any], record: str | None) -> None:
    if not found:
        what = f"record {record}" if record else "such record"
        raise StopAgenda(f"there is no {what} in quarantine; `pohoda-bridge quarantine list` shows them")
