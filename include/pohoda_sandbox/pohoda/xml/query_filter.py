"""`ftr:queryFilter`: a condition as typed in POHODA's query dialog, made into SQLite's SQL on one table."""

import sqlglot
from sqlglot import exp

_ALLOWED = (
    exp.And, exp.Or, exp.Not, exp.Paren, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.In, exp.Like,
    exp.Between, exp.Column, exp.Identifier, exp.Literal, exp.National, exp.Null, exp.Boolean, exp.Neg, exp.Tuple,
    exp.Upper, exp.Lower, exp.Trim, exp.Length, exp.Coalesce, exp.Left, exp.Right, exp.Substring, exp.Escape,
)  # fmt: skip


class QueryError(Exception):
    """The condition is no condition on the table; the text says why, in the program's language."""


def translated(condition: str, table: str, columns: set[str]) -> str:
    """The condition in SQLite's SQL. `columns` are the table's, in lower case. Raises QueryError."""
    try:
        tree = sqlglot.parse_one(condition, read="tsql", into=exp.Condition)
    except sqlglot.errors.SqlglotError as error:
        raise QueryError(f"Chybný výraz dotazu: {condition}") from error
    for node in tree.walk():
        if not isinstance(node, _ALLOWED):
            raise QueryError(f"Výraz dotazu nelze použít: {node.sql(dialect='tsql')}")
        if isinstance(node, exp.Column):
            _check_column(node, table, columns)
    tree = tree.transform(lambda node: exp.Literal.string(node.name) if isinstance(node, exp.National) else node)
    for identifier in [*tree.find_all(exp.Identifier)]:
        identifier.replace(exp.Identifier(this=f"[{identifier.this}]", quoted=False))
    return str(tree.sql(dialect="sqlite"))


def _check_column(column: exp.Column, table: str, columns: set[str]) -> None:
    if column.table and column.table.lower() != table.lower():
        raise QueryError(f"Dotaz smí použít jen tabulku {table}, ne {column.table}.")
    if column.name.lower() not in columns:
        raise QueryError(f"Neznámý sloupec {table}.{column.name}.")
