"""Modules of the simulated POHODA import each other in one direction."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pohoda_sandbox
from pohoda_sandbox import pohoda

HOUSE = Path(pohoda_sandbox.__file__).parent
FILES = [HOUSE / "http.py", *Path(pohoda.__file__).parent.rglob("*.py")]


def module(path: Path) -> str:
    return ".".join(("pohoda_sandbox", *path.relative_to(HOUSE).with_suffix("").parts)).removesuffix(".__init__")


def test_no_module_comes_back_to_itself() -> None:
    known = {module(path) for path in FILES}
    imports: dict[str, set[str]] = {}
    for path in FILES:
        found = imports.setdefault(module(path), set())
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                inner = {f"{node.module}.{alias.name}" for alias in node.names} & known
                found |= inner or ({str(node.module)} & known)
    assert sum(map(len, imports.values())) > 100
    TopologicalSorter(imports).prepare()
