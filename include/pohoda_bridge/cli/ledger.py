"""ledger migrate: bring the ledger to this version's schema."""

import click

from pohoda_bridge.cli.answer import answer, json_option
from pohoda_bridge.ledger import open_ledger
from pohoda_bridge.settings import ledger_url


@click.group(help="Migrate the ledger.")
def ledger() -> None:
    pass


@ledger.command(help="Bring the ledger to this version's schema; a newer one is refused.")
@json_option
def migrate(as_json: bool) -> None:
    open_ledger(ledger_url()).close()
    answer({"migrated": True}, as_json, show=lambda: click.echo("The ledger is ready."))
