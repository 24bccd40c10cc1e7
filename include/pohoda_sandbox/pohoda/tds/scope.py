"""Which table a column of a query stands for, and of which type the columns of its result are."""

from sqlglot import exp

from pohoda_sandbox.pohoda.tds.catalog import DATABASES, SCHEMA_COLUMNS, SCHEMA_TABLES, Catalog
from pohoda_sandbox.pohoda.tds.types import SqlType

_INT = SqlType("int")
_DATETIME = SqlType("datetime")
_TEXT_RESULT = (exp.Trim, exp.Upper, exp.Lower, exp.Concat, exp.DPipe, exp.Substring, exp.Left, exp.Right, exp.Replace)
_FIRST_ARGUMENT = (exp.Coalesce, exp.Nullif, exp.Max, exp.Min, exp.Paren, exp.Neg, exp.Abs)


def real_name(table: exp.Table) -> str:
    """The SQLite table behind a table of the query."""
    if table.db.upper() == "INFORMATION_SCHEMA":
        return {"COLUMNS": SCHEMA_COLUMNS, "TABLES": SCHEMA_TABLES}.get(table.name.upper(), str(table.name))
    if table.db.upper() == "SYS":
        return DATABASES if table.name.upper() == "DATABASES" else str(table.name)
    return str(table.name)


class Scope:
    """The tables one SELECT reads, by alias."""

    def __init__(self, select: exp.Select, catalog: Catalog) -> None:
        self._catalog = catalog
        self._tables = {table.alias_or_name.lower(): real_name(table) for table in select.find_all(exp.Table)}

    @property
    def only_table(self) -> str:
        return next(iter(self._tables.values()), "")

    def type_of(self, column: exp.Column) -> SqlType | None:
        """The declared type of a column, or None."""
        if column.table:
            table = self._tables.get(column.table.lower())
            return self._catalog.type_of(table, column.name) if table else None
        for table in self._tables.values():
            found = self._catalog.type_of(table, column.name)
            if found is not None:
                return found
        return None

    def result_type(self, node: exp.Expression) -> SqlType | None:
        """The type of an expression as far as it can be told without its values."""
        node = node.unalias()
        if isinstance(node, exp.Column):
            return self.type_of(node)
        if isinstance(node, exp.Count | exp.Length):
            return _INT
        if isinstance(node, exp.CurrentTimestamp | exp.DateAdd):
            return _DATETIME
        if isinstance(node, exp.Cast):
            return SqlType.named(node.to.this.value if hasattr(node.to.this, "value") else str(node.to.this), 8000)
        if isinstance(node, exp.Literal):
            return SqlType("varchar", max(len(node.this), 1)) if node.is_string else None
        if isinstance(node, _TEXT_RESULT):
            return SqlType("varchar", 8000)
        if isinstance(node, exp.Sum | exp.Avg):
            inner = self.result_type(node.this)
            return SqlType("money") if inner is not None and inner.name == "money" else None
        if isinstance(node, exp.Case):
            branches = [branch.args["true"] for branch in node.args["ifs"]]
            return next(filter(None, map(self.result_type, branches)), None)
        if isinstance(node, exp.If):
            return self.result_type(node.args["true"])
        if isinstance(node, _FIRST_ARGUMENT):
            arguments = [node.this, *node.expressions]
            return next(filter(None, map(self.result_type, arguments)), None)
        return None
