"""What the package may import, and when: its place in the house, and cheap parsing of DAGs."""

import ast
import subprocess
import sys
from pathlib import Path

import pohoda_bridge.pohoda

PACKAGE = Path(pohoda_bridge.pohoda.__file__).parent
MAY = {"errors", "connections", "redact", "settings", "records", "catalogue", "side", "pohoda"}
LATE = {"lxml", "pyodbc", "pandas", "pyarrow"}


def test_the_package_imports_only_what_stands_to_its_left() -> None:
    files = sorted(PACKAGE.rglob("*.py"))
    assert len(files) > 20
    for path in files:
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                top, _, rest = name.partition(".")
                assert top != "pohoda_sandbox"
                assert top != "pohoda_bridge" or rest.partition(".")[0] in MAY, f"{path.name} imports {name}"


def test_heavy_libraries_load_only_when_used() -> None:
    code = (
        "import sys, pohoda_bridge.pohoda.sql.reader, pohoda_bridge.pohoda.xml.reader, pohoda_bridge.pohoda.xml.answer;"
        "import pohoda_bridge.pohoda.writing.writer;"
        f"print(sorted({LATE!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_files_are_small() -> None:
    assert [path.name for path in PACKAGE.rglob("*.py") if len(path.read_text().splitlines()) > 300] == []
