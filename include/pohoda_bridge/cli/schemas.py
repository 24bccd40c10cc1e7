"""schemas fetch: Stormware's official XML schemas, theirs to publish and never shipped; editors: those of settings."""

import io
import zipfile
import zlib
from pathlib import Path

import click

from pohoda_bridge.catalogue import open_catalogue
from pohoda_bridge.catalogue.editors import LINE, write
from pohoda_bridge.cli.answer import answer, json_option
from pohoda_bridge.errors import Retry, StopAgenda
from pohoda_bridge.settings import ROOT, config_dir

OFFICIAL = "https://www.stormware.cz/xml/schema/all_schema_ver2.zip"
LARGEST = 20_000_000


@click.group(help="Fetch Stormware's official XML schemas; write the schemas of settings for editors.")
def schemas() -> None:
    pass


@schemas.command(help="Write JSON Schemas beside units and links, by which editors complete and explain their keys.")
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Settings folder (default: the one in use).")
@json_option
def editors(folder: Path | None, as_json: bool) -> None:
    known = open_catalogue()
    written = [str(path) for path in write(folder or config_dir(), known.agendas, known.crms)]

    def show() -> None:
        click.echo(f"Written: {', '.join(written)}\nBegin each unit and link file with: {LINE}")

    answer({"files": written}, as_json, show=show)


@schemas.command(help="Download the official schema set into var/xsd, where everything looks for it.")
@click.option("--url", default=OFFICIAL, show_default=True)
@click.option("--to", "folder", type=click.Path(path_type=Path), default=ROOT / "var" / "xsd", show_default="var/xsd")
@json_option
def fetch(url: str, folder: Path, as_json: bool) -> None:
    files = _schemas(_fetched(url))
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    click.echo(f"{len(files)} schemas in {folder}", err=True)
    answer({"folder": str(folder), "files": sorted(files)}, as_json, show=lambda: None)


def _fetched(url: str) -> bytes:
    import requests

    content = b""
    try:
        with requests.get(url, timeout=(5, 60), stream=True) as response:
            response.raise_for_status()
            for chunk in response.iter_content(1 << 16):
                content += chunk
                if len(content) > LARGEST:
                    raise StopAgenda("the archive is larger than any schema set; nothing was unpacked")
    except requests.RequestException as error:
        raise Retry(
            f"the schemas could not be fetched from {url}: {type(error).__name__}; try again, or give --url"
        ) from error
    return content


def _schemas(content: bytes) -> dict[str, bytes]:
    """The archive's .xsd files, each under its bare name; StopAgenda when it is no whole archive of schemas."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = [member for member in archive.infolist() if member.filename.lower().endswith(".xsd")]
        if not any(Path(member.filename).name == "data.xsd" for member in members):
            raise StopAgenda("the archive holds no data.xsd; it is not the schema set")
        if sum(member.file_size for member in members) > LARGEST:
            raise StopAgenda("the archive is larger than any schema set; nothing was unpacked")
        return {Path(member.filename).name: archive.read(member) for member in members}
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise StopAgenda("what was fetched is no ZIP archive, or a damaged one; is the address right?") from error
