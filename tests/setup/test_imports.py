"""Whatever the repository imports is asked for in requirements.in: nothing works by accident of one machine."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("include", "dags", "plugins", "config", "scripts", "tests")
OURS = {"pohoda_bridge", "pohoda_sandbox", "pohoda_demo", "tests"}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _asked() -> set[str]:
    lines = [line.split("#")[0].strip() for line in (ROOT / "requirements.in").read_text().splitlines()]
    return {_normal(re.split(r"[\[=<>~! ]", line)[0]) for line in lines if line}


def _imports(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


def _files() -> list[Path]:
    return sorted(file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py"))


def test_every_import_is_asked_for() -> None:
    files, asked, distributions = _files(), _asked(), packages_distributions()
    assert len(files) > 50
    local = {file.stem for file in files} | {file.parent.name for file in files}
    missing: dict[str, str] = {}
    for file in files:
        for name in _imports(file):
            top = name.split(".")[0]
            if top in sys.stdlib_module_names or top in OURS or top in local:
                continue
            known = {_normal(one) for one in distributions.get(top, [])}
            if not known & asked:
                missing[name] = f"{file.relative_to(ROOT)}, of {known or 'nothing installed'}"
    assert missing == {}
