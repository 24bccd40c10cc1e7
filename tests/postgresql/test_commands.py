"""What a person does by hand, with the ledger on PostgreSQL: the commands and the console."""

import pytest

from pohoda_bridge.console.pages import overview
from pohoda_bridge.maintenance import forget_old
from pohoda_bridge.settings import ledger_url
from tests.bridge import Bridge
from tests.cli.conftest import Command, command
from tests.postgresql.server import Server

__all__ = ["command"]


def test_a_new_ledger_is_made_and_a_newer_one_refused(
    postgres: Server, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres.new(migrated=False)
    monkeypatch.setenv("POHODA_BRIDGE_LEDGER", url)
    assert command("ledger", "migrate", "--json").data == {"migrated": True}
    assert command("ledger", "migrate").out == "The ledger is ready.\n"
    postgres.ask("UPDATE alembic_version SET version_num = '9999'", url)
    done = command("ledger", "migrate")
    assert (done.code, "newer version (schema 9999)" in done.err) == (1, True)
    postgres.drop(url)


def test_what_waits_is_listed_explained_and_decided(bridge: Bridge, command: Command) -> None:
    assert ledger_url().startswith("postgresql")
    bridge.link(default_master="ask")
    number = bridge.company(Firma="Žltý kôň s.r.o.", Tel="1")
    refused = f"2026/AD/{bridge.company(Firma='Beta', Pozn='x' * 2001)}"
    sync, clients = ("sync", "gram", "clients", "to_crm", "--json"), ("gram", "clients")
    assert command(*sync).data["created"] == 1
    bridge.edit(number, Tel="2")
    bridge.sandbox.gram.edit("Client", bridge.record(number)["Id"], Phone="3")
    assert command(*sync).data["conflicts"] == 1

    assert [row["technical"] for row in command("quarantine", "list", "gram", "--json").data["quarantine"]] == [refused]
    assert command("quarantine", "dismiss", *clients, refused).code == 0
    assert command("quarantine", "retry", *clients, refused, "--json").data == {"due": [refused]}
    assert command("why", *clients, "žltý KÔŇ s.r.o.").code == 0
    assert "both sides changed phone" in command("why", *clients, str(number)).out
    assert command("status", "--json").code == 0
    page = overview(lambda _: True)
    assert page is not None and "gram__clients__to_crm" in page
    assert command("conflicts", "resolve", *clients, f"2026/AD/{number}", "crm").code == 0
    command(*sync)
    assert command("reconcile", "gram", "--json").data["duplicates"] == 0
    assert forget_old("gram") == 0
