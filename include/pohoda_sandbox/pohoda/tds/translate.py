"""T-SQL turned into SQLite's SQL; names that do not exist raise SQL Server's errors."""

import re

import sqlglot
from sqlglot import exp

from pohoda_sandbox.pohoda.tds import rules
from pohoda_sandbox.pohoda.tds.catalog import Catalog
from pohoda_sandbox.pohoda.tds.errors import denied, invalid_column, invalid_object, syntax
from pohoda_sandbox.pohoda.tds.scope import real_name

_WRITES = {exp.Insert: "INSERT", exp.Update: "UPDATE", exp.Delete: "DELETE"}
_DEFINES = (exp.Create, exp.Drop, exp.Alter, exp.TruncateTable)
_SETTINGS = (exp.Set, exp.Use, exp.Transaction, exp.Commit, exp.Rollback)
_WORDS = {"SET", "IF", "USE", "WHILE", "BEGIN", "DECLARE", "PRINT", "EXEC", "EXECUTE", "COMMIT", "ROLLBACK", "SAVE"}
_ISOLATION = re.compile(
    r"\bSET\s+TRANSACTION\s+ISOLATION\s+LEVEL\s+"
    r"(READ\s+(UN)?COMMITTED|REPEATABLE\s+READ|SNAPSHOT|SERIALIZABLE)\b",
    re.IGNORECASE,
)
_TIMES = {"DATETIME", "DATETIME2", "SMALLDATETIME", "DATE", "TIMESTAMP"}
_VARIABLES = {"version": "Microsoft SQL Server 2019 (sandbox)", "servername": "SANDBOX", "language": "us_english"}


def parse(sql: str) -> list[exp.Expression]:
    """The statements of a batch. Raises 102 for what is no T-SQL."""
    sql = _ISOLATION.sub("SET NOCOUNT ON", sql)
    try:
        rules.check_tokens(sql)
        return [statement for statement in sqlglot.parse(sql, read="tsql") if statement is not None]
    except sqlglot.errors.SqlglotError as error:
        details = getattr(error, "errors", None) or [{}]
        raise syntax(str(details[0].get("highlight") or sql.strip()[:40])) from error


def is_setting(statement: exp.Expression) -> bool:
    """Whether the statement sets up the connection or a transaction and reads nothing."""
    if isinstance(statement, exp.Command):
        if statement.name.upper() in _WORDS:
            return True
        raise syntax(statement.name)
    return isinstance(statement, _SETTINGS)


def translated(statement: exp.Expression, catalog: Catalog, *, may_write: bool) -> str:
    """The statement in SQLite's SQL. Raises SqlError."""
    tree = statement.copy()
    _check_right(tree, catalog, may_write=may_write)
    _resolve_tables(tree, catalog)
    _check_gone(tree, catalog)
    for select in statement.find_all(exp.Select):
        rules.check(select, catalog)
    tree = _rewrite(tree, catalog)
    for identifier in [*tree.find_all(exp.Identifier)]:
        if not identifier.this.startswith("["):
            identifier.set("this", f"[{identifier.this}]")
            identifier.set("quoted", False)
    return str(tree.sql(dialect="sqlite"))


def _check_right(tree: exp.Expression, catalog: Catalog, *, may_write: bool) -> None:
    if may_write:
        return
    for kind, action in _WRITES.items():
        if isinstance(tree, kind):
            table = tree.find(exp.Table)
            raise denied(action, table.name if table else "", catalog.database)
    if isinstance(tree, _DEFINES) or tree.args.get("into"):
        table = tree.find(exp.Table)
        raise denied("ALTER", table.name if table else "", catalog.database)


def _resolve_tables(tree: exp.Expression, catalog: Catalog) -> None:
    """Takes database and schema off the tables' names, which must exist."""
    common = {cte.alias_or_name.lower() for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        full = ".".join(part for part in (table.catalog, table.db, table.name) if part)
        name = real_name(table)
        if table.catalog and table.catalog.lower() != catalog.database.lower():
            raise invalid_object(full)
        if table.db.upper() in {"INFORMATION_SCHEMA", "SYS"}:
            if name == table.name:
                raise invalid_object(full)
        elif table.name.lower() not in common or table.db:
            own = catalog.table(table.name)
            if own is None or table.db.lower() not in {"", "dbo"}:
                raise invalid_object(full)
            name = own
        if not table.alias and name != table.name:
            table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
        table.set("this", exp.to_identifier(name))
        for part in ("db", "catalog", "hints"):
            table.set(part, None)


def _check_gone(tree: exp.Expression, catalog: Catalog) -> None:
    """A column that drifted away is unknown wherever it is named, and missing where all are asked for."""
    if not catalog.gone:
        return
    for column in tree.find_all(exp.Column):
        if column.name.lower() == catalog.gone:
            raise invalid_column(column.name)
    tables = [table.name for table in tree.find_all(exp.Table)]
    for select in tree.find_all(exp.Select):
        if any(isinstance(part, exp.Star) for part in select.expressions) and len(tables) == 1:
            columns = [exp.column(known.name) for known in catalog.columns(tables[0]).values()]
            select.set("expressions", columns)


def _rewrite(tree: exp.Expression, catalog: Catalog) -> exp.Expression:
    """The tree with what SQLite spells otherwise, innermost parts first."""
    texts = {
        name
        for table in tree.find_all(exp.Table)
        for name, column in catalog.columns(table.name).items()
        if column.type == "varchar"
    }
    for node in reversed(list(tree.walk())):
        new = _concatenated(node, texts) if isinstance(node, exp.Add) else _rewritten(node)
        if node is tree:
            tree = new
        elif new is not node:
            node.replace(new)
    return tree


def _rewritten(node: exp.Expression) -> exp.Expression:
    if isinstance(node, exp.CurrentTimestamp):
        return exp.Anonymous(this="GETDATE")
    if isinstance(node, exp.DateAdd):
        unit = exp.Literal.string(str(node.args.get("unit") or "DAY").lower())
        return exp.Anonymous(this="DATEADD", expressions=[unit, node.expression, node.this])
    if isinstance(node, exp.Cast) and node.to.sql("tsql").split("(")[0].upper() in _TIMES:
        return node.this
    if isinstance(node, exp.Parameter) and isinstance(node.this, exp.Parameter):
        return exp.Literal.string(_VARIABLES.get(node.this.name.lower(), ""))
    if isinstance(node, exp.National) or (isinstance(node, exp.Literal) and node.is_string):
        return exp.Literal.string(_as_stored(node.name))
    return node


def _concatenated(node: exp.Add, texts: set[str]) -> exp.Expression:
    """`+` joins texts as soon as one of the summands is a text."""
    top: exp.Expression = node
    while isinstance(top.parent, exp.Add):
        top = top.parent
    for side in top.flatten():
        is_literal = isinstance(side, exp.Literal) and side.is_string
        if is_literal or isinstance(side, exp.DPipe) or (isinstance(side, exp.Column) and side.name.lower() in texts):
            return exp.DPipe(this=node.this, expression=node.expression)
    return node


def _as_stored(text: str) -> str:
    """A literal date and time in ISO form, with a T, as the tables keep it."""
    return text.replace("T", " ") if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?", text) else text
