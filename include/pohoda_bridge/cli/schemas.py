"""schemas fetch: Stormware's official XML schemas, which are theirs to publish and never shipped with the product."""

import io
import zipfile
from pathlib import Path

import click

from pohoda_bridge.cli.answer import answer, json_option
from pohoda_bridge.errors import Retry, StopAgenda
from pohoda_bridge.settings import ROOT

OFFICIAL = "https://www.stormware.cz/xml/schema/all_schema_ver2.zip"
LARGEST = 20_000_000


@click.group(help="Fetch Stormware's official XML schemas.")
def schemas() -> None:
    pass


@schemas.command(help="Download the official schema set into var/xsd, where everything looks for it.")
@click.option("--url", default=OFFICIAL, show_default=True)
@click.option("--to", "folder", type=click.Path(path_type=Path), default=ROOT / "var" / "xsd", show_default="var/xsd")
@json_option
def fetch(url: str, folder: Path, as_json: bool) -> None:
    import requests

    try:
        response = requests.get(url, timeout=(5, 60))
        response.raise_for_status()
    except requests.RequestException as error:
        raise Retry(
            f"the schemas could not be fetched from {url}: {type(error).__name__}; try again, or give --url"
        ) from error
    names = _unpack(response.content, folder)
    click.echo(f"{len(names)} schemas in {folder}", err=True)
    answer({"folder": str(folder), "files": names}, as_json, show=lambda: None)


def _unpack(content: bytes, folder: Path) -> list[str]:
    """Write the archive's .xsd files flat into the folder; StopAgenda when it is no archive of schemas."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile as error:
        raise StopAgenda("what was fetched is no ZIP archive; is the address right?") from error
    members = [member for member in archive.infolist() if member.filename.lower().endswith(".xsd")]
    if not any(Path(member.filename).name == "data.xsd" for member in members):
        raise StopAgenda("the archive holds no data.xsd; it is not the schema set")
    if sum(member.file_size for member in members) > LARGEST:
        raise StopAgenda("the archive is larger than any schema set; nothing was unpacked")
    folder.mkdir(parents=True, exist_ok=True)
    for member in members:
        (folder / Path(member.filename).name).write_bytes(archive.read(member))
    return sorted(Path(member.filename).name for member in members)
