"""The ini of `/XML`: which files are worked on, where their answers go, and what becomes of them afterwards."""

import configparser
from dataclasses import dataclass
from pathlib import Path

from pohoda_sandbox.pohoda.exe.errors import Unprepared

MOVE = "2"


@dataclass(frozen=True)
class Ini:
    """`jobs` are pairs of a request and the file for its answer; `move_to` is None where requests stay."""

    jobs: tuple[tuple[Path, Path], ...]
    database: str
    check_duplicity: bool
    format_output: bool
    xslt_input: Path | None
    xslt_output: Path | None
    move_to: Path | None


def read(path: Path) -> Ini:
    """The settings in the file. Raises Unprepared 551 when it is not there or does not say what to do."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(path.read_bytes().removeprefix(b"\xef\xbb\xbf").decode("cp1250"))
        keys = {name: value.strip() for name, value in parser["XML"].items() if value.strip()}
    except (OSError, UnicodeDecodeError, configparser.Error, KeyError) as error:
        raise Unprepared(551) from error
    if not keys.get("database"):
        raise Unprepared(551)
    moves = keys.get("action_after_processing") == MOVE and "input_dir" in keys
    if moves and "move_to" not in keys:
        raise Unprepared(551)
    return Ini(
        jobs=tuple(_jobs(keys)),
        database=keys["database"],
        check_duplicity=keys.get("check_duplicity") == "1",
        format_output=keys.get("format_output") == "1",
        xslt_input=_path(keys, "xslt_input"),
        xslt_output=_path(keys, "xslt_output"),
        move_to=Path(keys["move_to"]) if moves else None,
    )


def _jobs(keys: dict[str, str]) -> list[tuple[Path, Path]]:
    if "input_dir" in keys:
        folder = Path(keys["input_dir"])
        answers = _path(keys, "response_dir") or folder / "response"
        return [(file, answers / file.name) for file in sorted(folder.glob("*.xml")) if file.is_file()]
    if "input_xml" not in keys:
        raise Unprepared(551)
    file = Path(keys["input_xml"])
    answers = _path(keys, "response_dir") or file.parent / "response"
    return [(file, answers / keys.get("response_xml", file.name))]


def _path(keys: dict[str, str], name: str) -> Path | None:
    return Path(keys[name]) if name in keys else None
