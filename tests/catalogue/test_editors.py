"""The schemas for editors: those in the tree are the models' own, and refuse what loading refuses."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from pohoda_bridge.catalogue import open_catalogue
from pohoda_bridge.catalogue.catalogue import INCLUDE
from pohoda_bridge.catalogue.editors import LINE, schemas, write

FILES = sorted([*INCLUDE.glob("units/*.yaml"), *INCLUDE.glob("links/*.yaml")])


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    known = open_catalogue()
    return schemas(known.agendas, known.crms)


def test_the_schemas_in_the_tree_are_those_of_the_models(made: dict[str, str]) -> None:
    for name, text in made.items():
        assert (INCLUDE / name).read_text("utf-8") == text, "run `pohoda-bridge schemas editors`"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_shipped_file_names_its_schema_and_fits_it(made: dict[str, str], path: Path) -> None:
    assert path.read_text("utf-8").startswith(LINE + "\n")
    jsonschema.validate(_plain(path.read_text("utf-8")), json.loads(made[f"{path.parent.name}/.schema.json"]))


@pytest.mark.parametrize("name", ["units/.schema.json", "links/.schema.json"])
def test_every_key_is_explained(made: dict[str, str], name: str) -> None:
    schema = json.loads(made[name])
    parts = [schema, *schema["$defs"].values()]
    keys = [(key, spec) for part in parts for key, spec in part.get("properties", {}).items()]
    assert len(keys) > 10 and all(len(spec["description"]) > 10 for _, spec in keys)
    assert all("$ref" not in spec for _, spec in keys)


WRONG = {
    "an unknown key": "link: a\nunit: b\ncrm: {kind: gram, connection: c}\nagendas: {}\nfoo: 1",
    "an unknown agenda": "link: a\nunit: b\ncrm: {kind: gram, connection: c}\nagendas: {invoces: {to_crm: {}}}",
    "an unknown CRM": "link: a\nunit: b\ncrm: {kind: grm, connection: c}\nagendas: {}",
    "an unknown word": "link: a\nunit: b\ncrm: {kind: gram, connection: c}\naccept: yes please\nagendas: {}",
    "an unknown operator": (
        "link: a\nunit: b\ncrm: {kind: gram, connection: c}\n"
        "agendas: {clients: {to_crm: {rules: [{not: {any: [{field: name, like: x}]}}]}}}"
    ),
    "a name that is none": "link: A b\nunit: b\ncrm: {kind: gram, connection: c}\nagendas: {}",
}


@pytest.mark.parametrize("text", WRONG.values(), ids=list(WRONG))
def test_an_editor_marks_what_loading_refuses(made: dict[str, str], text: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(_plain(text), json.loads(made["links/.schema.json"]))


def test_they_are_written_beside_the_users_own_files(tmp_path: Path) -> None:
    known = open_catalogue()
    written = write(tmp_path, known.agendas, known.crms)
    assert [path.relative_to(tmp_path).as_posix() for path in written] == ["units/.schema.json", "links/.schema.json"]
    assert not open_catalogue(tmp_path).broken and not open_catalogue(tmp_path).links


def _plain(text: str) -> Any:
    """The file as an editor reads it: keys are texts."""
    return json.loads(json.dumps(YAML(typ="safe").load(text), default=str))
