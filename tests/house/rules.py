"""The rules of the house, each a function that gives its breaches as `place:line: what`."""

import ast
import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from tests.house.source import Source, sources

BRIDGE, SANDBOX = "pohoda_bridge", "pohoda_sandbox"
LAYERS = (
    {"errors", "redact", "connections", "records"},
    {"catalogue", "side", "settings"},
    {"quality", "ledger"},
    {"sync", "pohoda", "crm"},
    {"link", "survey"},
    {"year"},
    {"console", "cli", "steps", "trigger", "pools", "manual", "mail", "maintenance"},
)
"""Each may import only what stands above it, and its neighbours unless they are STRANGERS."""
STRANGERS = LAYERS[3]
HEAVY = {"pandas", "numpy", "pyarrow", "lxml", "great_expectations", "pyodbc", "sqlglot", "fsspec"}
LINES = 350
MACHINE = re.compile(r"(?<![\w.$}])/(?:home|Users|root|work|mnt)/\w+|\b[A-Z]:\\Users\\")


def part_of(module: str) -> str:
    """`pohoda_bridge.sync.load` -> `sync`; the package itself is the part ``."""
    return [*module.split("."), ""][1]


def layering(include: Path) -> Iterator[str]:
    """Imports within the library that go up, or between sides that must not know each other."""
    rank = {part: number for number, layer in enumerate(LAYERS) for part in layer}
    for source in sources(include, BRIDGE):
        own = part_of(source.module)
        if own and own not in rank:
            yield f"{source.place}:1: part {own} stands in no layer"
            continue
        for found in source.imports():
            other = part_of(found.name)
            if found.name.split(".")[0] != BRIDGE or other in {own, ""} or other not in rank:
                continue
            if not own or rank[other] > rank[own] or {own, other} <= STRANGERS:
                yield f"{source.place}:{found.line}: {own or BRIDGE} imports {other}"


def cycles(include: Path) -> Iterator[str]:
    """Parts of the library that import each other in a ring."""
    graph: dict[str, set[str]] = {}
    for source in sources(include, BRIDGE):
        of = graph.setdefault(part_of(source.module), set())
        names = (found.name for found in source.imports() if found.name.startswith(f"{BRIDGE}."))
        of |= {part_of(name) for name in names} - {part_of(source.module)}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        yield " -> ".join(error.args[1])


def heavy_imports(include: Path) -> Iterator[str]:
    """Heavy packages that are loaded as soon as a file of the library is imported."""
    for source in sources(include, BRIDGE):
        for found in source.imports():
            if found.top and found.name.split(".")[0] in HEAVY:
                yield f"{source.place}:{found.line}: {found.name.split('.')[0]} outside a function"


def strange_imports(include: Path) -> Iterator[str]:
    """The sandbox knowing the product; the product knowing the sandbox (but to start it), Airflow or the demo."""
    for source in [*sources(include, SANDBOX), *sources(include, BRIDGE)]:
        own = source.module.split(".")[0]
        barred = {BRIDGE, SANDBOX, "airflow", "pohoda_demo"} - {own}
        if source.module == f"{BRIDGE}.cli.sandbox":
            barred.remove(SANDBOX)
        for found in source.imports():
            if (package := found.name.split(".")[0]) in barred:
                yield f"{source.place}:{found.line}: {own} imports {package}"


def undocumented(include: Path) -> Iterator[str]:
    """Public modules, classes and functions of the library without a docstring; a click command has its help."""
    for source in sources(include, BRIDGE):
        if ".migrations.versions." in source.module:
            continue  # Alembic's own functions, whose names say it
        if not ast.get_docstring(source.tree):
            yield f"{source.place}:1: no docstring"
        for node in source.tree.body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or node.name[0] == "_":
                continue
            if not ast.get_docstring(node) and not any("help=" in ast.unparse(one) for one in node.decorator_list):
                yield f"{source.place}:{node.lineno}: {node.name} has no docstring"


def unknown_variables(include: Path, known: Mapping[str, str]) -> Iterator[str]:
    """Variables that the library reads and the settings do not name; only connections make names at run time."""
    for source in sources(include, BRIDGE):
        for name, line in source.environment():
            if name not in known and not (name == "?" and source.module == f"{BRIDGE}.connections"):
                yield f"{source.place}:{line}: {name} is not in settings.ENVIRONMENT"


def long_files(root: Path) -> Iterator[str]:
    """Files that want to be two. SQL is a transcript of POHODA's own tables and is as long as they are; a CRM's file is
    the one place that changes with the CRM.
    """
    for part in ("include", "dags", "plugins"):
        for path in sorted((root / part).rglob("*")):
            profile = path.parent == root / "include" / "crms"
            if path.is_file() and not profile and path.suffix in {".py", ".yaml", ".html", ".css"}:
                lines = len(path.read_text(encoding="utf-8").splitlines())
                if lines > LINES:
                    yield f"{path.relative_to(root).as_posix()}: {lines} lines"


def plugin_files(root: Path) -> list[str]:
    """What Airflow would run as a top-level module of that name."""
    return sorted(path.name for path in (root / "plugins").rglob("*.py"))


def machine_paths(root: Path, files: list[str]) -> Iterator[str]:
    """Paths that exist on one machine only."""
    for name in files:
        try:
            lines = (root / name).read_text(encoding="utf-8").splitlines()
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
        for number, line in enumerate(lines, 1):
            if found := MACHINE.search(line):
                yield f"{name}:{number}: {found[0]}"


def foreign_names(include: Path, names: frozenset[str], allowed: tuple[str, ...]) -> Iterator[str]:
    """Strings that are names of a side, outside the parts of the library that may know them."""
    for source in sources(include, BRIDGE):
        if not f"{source.module}.".startswith(tuple(f"{BRIDGE}.{part}." for part in allowed)):
            yield from (f"{source.place}:{line}: {text}" for text, line in source.strings() if text in names)


def read(source: Path, text: str) -> Source:
    """A file made for a test."""
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(text, encoding="utf-8")
    return Source(source.parent, source)
