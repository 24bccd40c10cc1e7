"""JSON Schemas of unit and link files: editors complete keys by them, explain them, and mark what would be refused.

They are made of the settings' own types, so that they refuse what loading refuses; what only a look at other files can
tell (an unknown unit, a field that no agenda has) is told by loading alone.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pohoda_bridge.catalogue.editor_words import WORDS
from pohoda_bridge.catalogue.link import Link
from pohoda_bridge.catalogue.unit import Unit

NAME = ".schema.json"
LINE = f"# yaml-language-server: $schema={NAME}"
"""What the first line of a settings file says to an editor."""
DRAFT = "http://json-schema.org/draft-07/schema#"


def schemas(agendas: Iterable[str], crms: Iterable[str]) -> dict[str, str]:
    """Path below the settings folder -> the schema's text; agendas and CRMs are offered by these names."""
    made = {f"units/{NAME}": _schema(Unit), f"links/{NAME}": _schema(Link)}
    link = made[f"links/{NAME}"]
    link["properties"]["agendas"]["propertyNames"] = {"enum": sorted(agendas)}
    link["$defs"]["CrmConnection"]["properties"]["kind"]["enum"] = sorted(crms)
    return {path: json.dumps(schema, ensure_ascii=False, indent=1) + "\n" for path, schema in made.items()}


def write(folder: Path, agendas: Iterable[str], crms: Iterable[str]) -> list[Path]:
    """Write the schemas beside the units and links of a settings folder; their paths."""
    written = []
    for name, text in schemas(agendas, crms).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


def _schema(model: type[Unit | Link]) -> dict[str, Any]:
    """Draft 7, which every editor knows; each key with the words for it instead of a docstring for programmers."""
    made = model.model_json_schema(by_alias=True)
    for name, part in {model.__name__: made, **made["$defs"]}.items():
        part.pop("description", None)
        part.pop("title", None)
        for key, spec in part.get("properties", {}).items():
            spec.pop("title", None)
            if "$ref" in spec:
                # Beside a `$ref`, draft 7 reads nothing.
                spec["allOf"] = [{"$ref": spec.pop("$ref")}]
            spec["description"] = WORDS[name][key]
    return {"$schema": DRAFT, "title": f"POHODA Bridge: a {model.__name__.lower()}", **made}
