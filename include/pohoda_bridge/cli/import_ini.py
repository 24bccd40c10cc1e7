"""import-ini: a unit and a link made from the Pohoda.ini of a Gram CRM Connector; no secret goes into a file."""

import json
import re
import shlex
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from pohoda_bridge.catalogue import open_catalogue
from pohoda_bridge.catalogue.editors import LINE, write
from pohoda_bridge.catalogue.ini import Ini, read
from pohoda_bridge.cli.answer import answer, json_option
from pohoda_bridge.errors import SettingsError
from pohoda_bridge.settings import config_dir

GRAM = "https://api.gramcrm.com"
ZONES = {"CZ": "Europe/Prague", "SK": "Europe/Bratislava"}
HIDDEN = "********"
NOT_TAKEN = {
    "LOG_DIR": "the bridge keeps its logs where Airflow does",
    "IMPORT_INTERVAL": "not needed: the bridge remembers how far it has read, and what it knows",
}


@click.command("import-ini", help="Make a unit and a link from the Pohoda.ini of a running Gram CRM Connector.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Settings folder (default: the one in use).")
@click.option("--ico", help="The company's IČO, where the name of the database does not tell it.")
@click.option("--unit", "unit_name", help="Name of the unit (default: pohoda_<IČO>).")
@click.option("--link", "link_name", help="Name of the link (default: after the organization).")
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
@click.option("--show", is_flag=True, help="Print the token and the password too.")
@json_option
def import_ini(
    file: Path, folder: Path | None, ico: str | None, unit_name: str | None, link_name: str | None, force: bool,
    show: bool, as_json: bool,
) -> None:  # fmt: skip
    ini = read(file)
    company, organization = ini.ico(ico), ini.needed("Organization")
    unit, link = unit_name or f"pohoda_{company}", link_name or _name(organization)
    if wrong := [name for name in (unit, link) if not re.fullmatch(r"[a-z][a-z0-9_]*", name)]:
        raise SettingsError(f"{wrong[0]!r} is no name: small letters, digits and _, a letter first")
    made = {f"units/{unit}.yaml": _unit(ini, unit, company), f"links/{link}.yaml": _link(ini, unit, link)}
    connections = _connections(ini, company, link)
    _loads(made, link)
    folder = folder or config_dir()
    if not force and (there := [name for name in made if (folder / name).exists()]):
        raise SettingsError(f"{', '.join(there)} is there already; give another name (--unit, --link) or --force")
    for name, text in made.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    shown = connections if show else {name: _hidden(value) for name, value in connections.items()}
    write(folder, *_offered())
    told = {
        "unit": unit, "link": link, "files": [str(folder / name) for name in made], "connections": shown,
        "not_taken": {name: NOT_TAKEN[name] for name in NOT_TAKEN if name in ini.lines},
        "not_understood": [{"line": one.line, "what": one.what} for one in ini.unknown],
    }  # fmt: skip
    answer(told, as_json, show=lambda: _show(told, ini, show))


def _offered() -> tuple[list[str], list[str]]:
    """The agendas and CRMs that an editor offers."""
    known = open_catalogue()
    return list(known.agendas), list(known.crms)


def _unit(ini: Ini, unit: str, ico: str) -> str:
    """The unit's file; the year is read the way that the Connector reads it."""
    key = "sql" if ini.source == "sql" else "mdb"
    return f"""{LINE}
# Made from the Pohoda.ini of the Gram CRM Connector. Of POHODA E1 write `e1-{key}` as its edition.
unit: {unit}
ico: "{ico}"
country: {ini.country}
timezone: {ZONES[ini.country]}
edition: {key}
read: {key}
write: mserver
years:
  {ini.year}: {{{key}: {_id_of_source(ini, ico)}}}      # to write too, add `mserver:` with the id of its connection
"""


def _link(ini: Ini, unit: str, link: str) -> str:
    """The link's file: whatever Gram takes goes there; the way back waits for a connection to mServer.

    Nothing is created before the preview was accepted: what the Connector imported is found there by its marks.
    """
    crm = open_catalogue().crms["gram"]
    lines = [
        LINE,
        "# Made from the Pohoda.ini of the Gram CRM Connector. Which agendas it carried, its rules and its mapping",
        "# have no known keys: switch on and add here what you need (docs/settings.md), and a `schedule` for each",
        "# direction once the Connector's own task is stopped: never let both run at once.",
        f"link: {link}", f"unit: {unit}", f"crm: {{kind: gram, connection: {_id_of_crm(link)}}}",
        f"# first look: pohoda-bridge match {link} clients, then --accept", "accept: ask", "agendas:",
    ]  # fmt: skip
    for name, agenda in crm.agendas.items():
        lines.append(f"  {name}:")
        for direction in agenda.directions:
            setting = "{}" if direction == "to_crm" else "{enabled: false}"
            lines.append(f"    {direction}: {setting}")
    return "\n".join([*lines, ""])


def _loads(made: Mapping[str, str], link: str) -> None:
    """SettingsError when the bridge itself would not load these files."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in made.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True)
            path.write_text(text, encoding="utf-8")
        known = open_catalogue(Path(folder))
    if known.broken or link not in known.links:
        raise SettingsError("\n".join(known.broken.values()) or f"the name {link!r} makes no link")


def _connections(ini: Ini, ico: str, link: str) -> dict[str, dict[str, Any]]:
    """The connections to make, by Airflow's id, in Airflow's JSON form."""
    if ini.source == "mdb":
        source: dict[str, Any] = {"conn_type": "generic", "extra": {"path": ini.database}}
    else:
        host, port = _server(ini)
        source = {"conn_type": "odbc", "host": host, "schema": ini.database}
        source |= {"port": port} if port else {}
        named = {"login": "MSSQL_USER", "password": "MSSQL_PASSWORD"}
        source |= {part: ini.values[key] for part, key in named.items() if key in ini.values}
    gram = {
        "conn_type": "http", "host": GRAM, "password": ini.needed("Token", "the vendor's support gives it"),
        "extra": {"organization": ini.values["Organization"]},
    }  # fmt: skip
    return {_id_of_source(ini, ico): source, _id_of_crm(link): gram}


def _server(ini: Ini) -> tuple[str, int | None]:
    """`host`, `host\\instance` or `host,port`."""
    host, _, port = ini.needed("MSSQL_SERVER").partition(",")
    if port and not (port.strip().isdecimal() and 0 < int(port) < 65536):
        raise ini.fault("MSSQL_SERVER", "`MSSQL_SERVER` is host, host\\instance or host,port")
    return host.strip(), int(port) if port else None


def _hidden(connection: Mapping[str, Any]) -> dict[str, Any]:
    return {name: HIDDEN if name == "password" else value for name, value in connection.items()}


def _id_of_source(ini: Ini, ico: str) -> str:
    return f"pohoda_{ini.source}_{ico}_{ini.year}"


def _id_of_crm(link: str) -> str:
    return f"gram_{link}"


def _name(organization: str) -> str:
    """A name for the link: the organization in small letters."""
    plain = re.sub(r"[^a-z0-9_]", "_", organization.lower())
    return plain if plain[:1].isalpha() else f"gram_{plain}"


def _show(told: Mapping[str, Any], ini: Ini, show: bool) -> None:
    click.echo("Written: " + ", ".join(told["files"]))
    click.echo("\nConnections to make, in Airflow or as variables:")
    for name, value in told["connections"].items():
        click.echo(f"  export AIRFLOW_CONN_{name.upper()}={shlex.quote(json.dumps(value, ensure_ascii=False))}")
    if not show:
        click.echo(f"  (put the token and the password in place of {HIDDEN}, or call again with --show)")
    for name, why in told["not_taken"].items():
        click.echo(f"\n{name}: {why}")
    if ini.unknown:
        click.echo("\nNot understood, look whether you need it (docs/import-ini.md):")
        for one in ini.unknown:
            click.echo(f"  line {one.line}: {one.what}{one.hint}")
    click.echo(f"\nNext: stop the Connector's task, then pohoda-bridge check {told['link']}")
