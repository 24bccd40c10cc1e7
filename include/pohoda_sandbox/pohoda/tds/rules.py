"""What SQL Server refuses and SQLite would let pass: a query that works here must have a chance there."""

from sqlglot import exp, tokenize
from sqlglot.tokens import TokenType

from pohoda_sandbox.pohoda.tds.catalog import Catalog
from pohoda_sandbox.pohoda.tds.errors import SqlError, syntax
from pohoda_sandbox.pohoda.tds.scope import Scope

MOST_PARAMETERS = 2100
_FOREIGN = {TokenType.LIMIT, TokenType.DPIPE}
_COMPARED = {
    exp.EQ: "equal to",
    exp.NEQ: "not equal to",
    exp.GT: "greater than",
    exp.GTE: "greater than or equal to",
    exp.LT: "less than",
    exp.LTE: "less than or equal to",
}
_NO_TEXT = {exp.Trim: "ltrim", exp.Upper: "upper", exp.Lower: "lower", exp.Length: "len"}


def check_tokens(sql: str) -> None:
    """Raises 102 for words of other dialects."""
    for token in tokenize(sql, read="tsql"):
        if token.token_type in _FOREIGN:
            raise syntax(token.text)


def check(select: exp.Select, catalog: Catalog) -> None:
    """Raises for columns left out of GROUP BY, and for text columns compared, sorted or grouped."""
    scope = Scope(select, catalog)
    _grouping(select, scope)
    for column in select.find_all(exp.Column):
        kind = scope.type_of(column)
        if kind is not None and kind.name == "text":
            _text(column)


def _text(column: exp.Column) -> None:
    parent = column.parent
    if type(parent) in _COMPARED:
        operator = _COMPARED[type(parent)]
        raise SqlError(402, f"The data types text and varchar are incompatible in the {operator} operator.")
    if type(parent) in _NO_TEXT:
        name = _NO_TEXT[type(parent)]
        raise SqlError(8116, f"Argument data type text is invalid for argument 1 of {name} function.")
    if isinstance(parent, exp.Ordered | exp.Group | exp.Distinct):
        text = "The text, ntext, and image data types cannot be compared or sorted, except when using IS NULL or LIKE."
        raise SqlError(306, text)


def _grouping(select: exp.Select, scope: Scope) -> None:
    group = select.args.get("group")
    grouped = {_plain(part) for part in group.expressions} if group else set()
    if not group and not any(_aggregates(part) for part in select.expressions):
        return
    having = select.args.get("having")
    for part in [*select.expressions, *([having.this] if having else [])]:
        _check_grouped(part.unalias(), grouped, scope)


def _check_grouped(node: exp.Expression, grouped: set[str], scope: Scope) -> None:
    if _plain(node) in grouped or isinstance(node, exp.AggFunc | exp.Subquery | exp.Select):
        return
    if isinstance(node, exp.Column):
        name = f"{node.table or scope.only_table}.{node.name}"
        text = (
            f"Column '{name}' is invalid in the select list because it is not contained in either an aggregate "
            "function or the GROUP BY clause."
        )
        raise SqlError(8120, text)
    for part in node.iter_expressions():
        _check_grouped(part, grouped, scope)


def _aggregates(node: exp.Expression) -> bool:
    return any(True for _ in node.find_all(exp.AggFunc))


def _plain(node: exp.Expression) -> str:
    """The expression without table prefixes, to compare a select list with its GROUP BY."""
    copy = node.copy()
    for column in [*copy.find_all(exp.Column)]:
        column.set("table", None)
    return str(copy.sql(dialect="tsql", normalize=True)).replace("[", "").replace("]", "").lower()
