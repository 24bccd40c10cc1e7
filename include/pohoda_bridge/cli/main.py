"""The group of commands; each stands in a file of its own and is imported only when it is called."""

import importlib
import logging
import sys

import click

from pohoda_bridge import redact
from pohoda_bridge.errors import BridgeError, Retry, SettingsError

COMMANDS = {
    "check": "check", "extract": "flows", "plan": "flows", "sync": "flows", "collect": "collect", "status": "status",
    "why": "why", "fields": "fields", "quarantine": "quarantine", "conflicts": "conflicts", "match": "match",
    "reconcile": "reconcile", "eway": "eway", "schemas": "schemas", "ledger": "ledger", "dags": "airflow",
    "pools": "airflow", "year": "year", "import-ini": "import_ini", "sandbox": "sandbox",
}  # fmt: skip
EXIT_STOP, EXIT_SETTINGS, EXIT_RETRY = 1, 2, 75


class Lazy(click.Group):
    """A group that imports a command's module when it is asked for, so that `--help` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"pohoda_bridge.cli.{COMMANDS[name]}")
        command: click.Command = getattr(module, name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, HELP[name]) for name in COMMANDS])


HELP = {
    "check": "hold settings, connections and rights against the real sides; --data lists faulty data",
    "extract": "read from the source into a batch, and write nothing",
    "plan": "show what a sync would change, field by field",
    "sync": "run one direction of one agenda",
    "collect": "take the answers of packs that lie in POHODA's folder",
    "status": "runs, cursors and what is open",
    "why": "why a record did or did not go",
    "fields": "the mapping of an agenda, held against the live sides",
    "quarantine": "list, retry or dismiss refused records",
    "conflicts": "list or resolve what both sides changed",
    "match": "preview the first matching, and accept it",
    "reconcile": "compare both sides in full",
    "eway": "sign in to eWay-CRM by OAuth, once",
    "schemas": "fetch Stormware's official XML schemas",
    "ledger": "migrate the ledger",
    "dags": "the DAGs that the settings make",
    "pools": "Airflow's pools for these settings",
    "year": "rehearse, make or undo the change of the accounting year",
    "import-ini": "make a unit and a link from the Connector's Pohoda.ini",
    "sandbox": "a POHODA and CRMs to try everything on",
}


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-v", "--verbose", is_flag=True, help="Log what happens to stderr.")
def cli(verbose: bool) -> None:
    """Keep POHODA and a CRM equal, both ways, unattended."""
    redact.install()
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(logging.INFO if verbose else logging.WARNING)
    logging.basicConfig(level=handler.level, handlers=[handler], format="%(levelname)s %(message)s")


def main() -> None:
    """Exit 0 when done, 1 when something must be mended, 2 for settings and usage, 75 when a later try may work."""
    try:
        sys.exit(cli(standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BridgeError as error:
        click.echo(redact.masked(error.text), err=True)
        sys.exit(
            EXIT_SETTINGS if isinstance(error, SettingsError) else EXIT_RETRY if isinstance(error, Retry) else EXIT_STOP
        )
