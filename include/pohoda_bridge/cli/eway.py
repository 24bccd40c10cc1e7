"""eway login: a person signs in to eWay-CRM by OAuth once; from then on the runs renew what the ledger keeps."""

from datetime import datetime
from zoneinfo import ZoneInfo

import click

from pohoda_bridge.catalogue import Crm
from pohoda_bridge.cli.answer import answer, json_option
from pohoda_bridge.connections import Connection, from_environment
from pohoda_bridge.errors import SettingsError, StopAgenda
from pohoda_bridge.ledger import Kept, Secret, open_ledger
from pohoda_bridge.link import catalogue, tokens
from pohoda_bridge.settings import key, ledger_url

OPEN = """Open this address in a browser and sign in:

  {address}

The browser then goes to the redirect address of the connection; it need not show anything. Copy that whole address
from the browser's address bar. Its code is good for some minutes. To give it later:
  pohoda-bridge eway login {link} --url ADDRESS
"""
KEPT = """The refresh token of connection {connection} is kept in the ledger, encrypted. Every run renews it;
without a run it ends on {until:%Y-%m-%d %H:%M}. `pohoda-bridge check {link}` tries it."""


@click.group(help="Sign in to eWay-CRM by OAuth, once.")
def eway() -> None:
    pass


@eway.command(help="Sign in once in a browser; the refresh token is kept in the ledger, encrypted.")
@click.argument("link")
@click.option("--begin", "only_begin", is_flag=True, help="Only tell the address to open; --url finishes it later.")
@click.option("--url", "pasted", help="The address that the browser was sent to, of the sign-in begun last.")
@json_option
def login(link: str, only_begin: bool, pasted: str | None, as_json: bool) -> None:
    from pohoda_bridge.crm.eway.oauth import LASTS, begin, finish, resume

    if only_begin and pasted is not None:
        raise click.UsageError("--begin and --url are two steps: first the one, then the other")
    crm, connection = _of_link(link)
    ledger = open_ledger(ledger_url())
    kept, pending = tokens(ledger, connection.id), Secret(Kept(ledger, f"sign-in of {connection.id}"), key())
    if pasted is None:
        sign_in = begin(crm, connection)
        pending.save(sign_in.pending)  # before the person signs in: without a key it was for nothing
        if only_begin:
            answer({"link": link, "open": sign_in.url}, as_json, show=lambda: click.echo(sign_in.url))
            return
        click.echo(OPEN.format(address=sign_in.url, link=link), err=True)
        pasted = click.prompt("The address the browser was sent to", err=True)
    elif text := pending.load():
        sign_in = resume(crm, connection, text)
    else:
        raise StopAgenda(f"no sign-in was begun: `pohoda-bridge eway login {link}` begins one")
    finish(sign_in, str(pasted), kept)
    pending.drop()
    told = {"link": link, "connection": connection.id, "until": datetime.now(ZoneInfo(crm.timezone)) + LASTS}
    answer(told, as_json, show=lambda: click.echo(KEPT.format(**told)))


def _of_link(link: str) -> tuple[Crm, Connection]:
    """The CRM's file and the connection of a link to eWay-CRM that signs in by OAuth. SettingsError, StopAgenda."""
    from pohoda_bridge.crm.eway.oauth import uses_oauth

    known = catalogue()
    known.flows(link)
    used = known.links[link].crm
    crm = known.crms[used.kind]
    if crm.api.get("adapter") != "eway":
        raise SettingsError(f"link {link} goes to {crm.title}, which needs no sign-in; its connection is all")
    connection = from_environment(used.connection)
    if not uses_oauth(connection):
        raise StopAgenda(
            f"connection {connection.id!r} signs in by its password; for OAuth set `oauth`, `client_id` and "
            "`redirect_uri` in its extra"
        )
    return crm, connection
