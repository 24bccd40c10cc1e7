"""The product's Python files as syntax trees, and what they import, read and name."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Import:
    """One imported module, by its dotted name; `top` when it is imported as soon as the file is."""

    name: str
    line: int
    top: bool


@dataclass(frozen=True)
class Source:
    """A Python file below `root`; `module` is its dotted name there."""

    root: Path
    path: Path

    @property
    def place(self) -> str:
        return self.path.relative_to(self.root).as_posix()

    @property
    def module(self) -> str:
        parts = self.path.relative_to(self.root).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text(encoding="utf-8"))

    def imports(self) -> Iterator[Import]:
        """Every import, those for type checkers alone left out."""
        yield from self._imports(self.tree.body, top=True)

    def _imports(self, body: list[ast.stmt], *, top: bool) -> Iterator[Import]:
        for node in body:
            if isinstance(node, ast.Import):
                yield from (Import(alias.name, node.lineno, top) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from (Import(f"{self._base(node)}.{alias.name}", node.lineno, top) for alias in node.names)
            elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
                yield from self._imports(node.orelse, top=top)
            else:
                inner = top and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                for name in ("body", "orelse", "finalbody"):
                    yield from self._imports(getattr(node, name, []), top=inner)
                for handler in [*getattr(node, "handlers", []), *getattr(node, "cases", [])]:
                    yield from self._imports(handler.body, top=inner)

    def _base(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.module.split(".") if self.path.name == "__init__.py" else self.module.split(".")[:-1]
        return ".".join([*package[: len(package) - node.level + 1], *([node.module] if node.module else [])])

    def strings(self) -> Iterator[tuple[str, int]]:
        """Every string that is no docstring, with its line."""
        docs = {
            id(node.body[0].value)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
                yield node.value, node.lineno

    def environment(self) -> Iterator[tuple[str, int]]:
        """Every variable of the environment that the file reads; `?` where its name is made at run time."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and _is_environ(node.value):
                yield _text(node.slice), node.lineno
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                called = node.func
                if (called.attr in {"get", "pop"} and _is_environ(called.value)) or called.attr == "getenv":
                    yield _text(node.args[0]), node.lineno
            elif isinstance(node, ast.Compare) and any(_is_environ(one) for one in node.comparators):
                yield _text(node.left), node.lineno


def sources(root: Path, package: str = "") -> list[Source]:
    """The Python files of a package below `root`."""
    return [Source(root, path) for path in sorted((root / package).rglob("*.py"))]


def _is_environ(node: ast.expr) -> bool:
    return ast.unparse(node) in {"os.environ", "environ"}


def _text(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else "?"
