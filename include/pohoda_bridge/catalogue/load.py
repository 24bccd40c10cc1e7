"""YAML into frozen settings; what is wrong is told with file, line and the nearest known name."""

import difflib
import io
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from pohoda_bridge.errors import SettingsError

Model = TypeVar("Model", bound=BaseModel)
Place = tuple[str | int, ...]
Fault = tuple[Place, str]


def load(path: Path, model: type[Model]) -> Model:
    """The settings in the file, or SettingsError with one line `file:line: what and what to do` for each fault."""
    data = read_yaml(path)
    if isinstance(data, dict):
        data = _with_shared(data, path.parent / "shared")
    if not isinstance(data, dict):
        raise SettingsError(
            f"{path.name}:1: the file is empty or no mapping; begin with `{next(iter(model.model_fields))}:`"
        )
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults = [f"{path.name}:{line_of(data, e['loc'])}: {_told(model, e)}" for e in error.errors()]
        raise SettingsError("\n".join(dict.fromkeys(faults))) from error


def read_yaml(path: Path) -> Any:
    """The file's content with the lines it came from; broken YAML is SettingsError with its place."""
    yaml = YAML(typ="rt")
    try:
        content = path.read_bytes()
        return yaml.load(io.StringIO(content.decode("utf-8-sig")))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SettingsError(f"{path.name}:{line}: no valid YAML: {error.problem}") from error
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SettingsError(f"{path.name}:{line}: the file is not in UTF-8; save it in that encoding") from error
    except (YAMLError, OSError) as error:
        raise SettingsError(f"{path.name}:1: cannot be read: {error}") from error


def refuse(path: Path, faults: Iterable[Fault]) -> None:
    """SettingsError with `file:line: text` for each fault; nothing when there is none."""
    if found := list(faults):
        data = read_yaml(path)
        raise SettingsError("\n".join(f"{path.name}:{line_of(data, place)}: {text}" for place, text in found))


def line_of(data: Any, location: tuple[Any, ...]) -> int:
    """The line (from 1) on which the deepest part of the location that exists in the file stands."""
    line = 1
    for part in location:
        try:
            line = getattr(data.lc, "key" if isinstance(data, Mapping) else "item")(part)[0] + 1
            data = data[part]
        except (AttributeError, KeyError, IndexError, TypeError):
            continue
    return int(line)


def nearest(name: str, known: Any) -> str:
    """` (did you mean ...?)`, or nothing when no known name is near."""
    found = difflib.get_close_matches(str(name), [str(k) for k in known], n=1, cutoff=0.6)
    return f" (did you mean {found[0]!r}?)" if found else ""


def _with_shared(data: Any, folder: Path) -> Any:
    """The file's data with what it lacks of the shared file that it is `like`, which may be like another itself."""
    if not (like := data.get("like")):
        return data
    contents = tuple(path.read_bytes() for path in sorted(folder.glob("*.yaml")))
    shared = _shared(folder, like, contents)
    return _over(data, {part: names for part, names in shared.items() if part != "like"})


@lru_cache(maxsize=100)
def _shared(folder: Path, like: str, contents: tuple[bytes, ...]) -> Any:
    """A shared file, parsed once for all that are like it; `contents` are those of the folder as it is now."""
    return _with_shared(read_yaml(folder / f"{like}.yaml"), folder)


def _over(data: Any, shared: Any) -> Any:
    """What the data lacks of the shared parts, name by name, within sets too; `null` leaves a name out."""
    for part, names in shared.items():
        own = data.setdefault(part, {})
        merged = {name: _filled(part, own[name], spec) if name in own else spec for name, spec in names.items()}
        merged |= {name: spec for name, spec in own.items() if name not in names}
        for name in list(own):
            del own[name]
        own.update((name, spec) for name, spec in merged.items() if spec is not None)
    return data


def _filled(part: str, own: Any, shared: Any) -> Any:
    """A name that both files have: the own one, of a set with the shared one's fields below its own."""
    if part != "sets" or own is None:
        return own
    filled = _over(own, {"fields": shared.get("fields", {})})
    for key, value in shared.items():
        filled.setdefault(key, value)
    return filled


def _told(model: type[BaseModel], error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        name = str(error["loc"][-1])
        return f"unknown key {name!r}{nearest(name, _known_at(model, error['loc'][:-1]))}"
    if error["type"] == "missing":
        return f"`{where}` is missing"
    return f"{where}: {error['msg'].removeprefix('Value error, ')}, got {error['input']!r}"[:300]


def _known_at(model: Any, location: tuple[Any, ...]) -> list[str]:
    for part in location:
        model = _below(model, part)
    found = _models(model)
    return [info.alias or name for m in found for name, info in m.model_fields.items()]


def _below(annotation: Any, part: Any) -> Any:
    for model in _models(annotation):
        for name, info in model.model_fields.items():
            if part in {name, info.alias}:
                return info.annotation
    arguments = [a for a in get_args(annotation) if a is not type(None) and a is not Ellipsis]
    if get_origin(annotation) in {Union, UnionType}:
        return next((b for b in (_below(a, part) for a in arguments) if b is not None), None)
    return arguments[-1] if arguments else None


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [m for a in get_args(annotation) for m in _models(a)] if get_origin(annotation) in {Union, UnionType} else []
