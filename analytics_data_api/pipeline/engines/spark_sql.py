"""Statements in DuckDB's dialect as Spark's SQL, with the same rows.

sqlglot translates. The rewrite here is for a function that has another meaning in Spark.
"""

from collections.abc import Mapping

import sqlglot
from sqlglot import exp

# The texts that DuckDB takes for a number. Spark also takes Java's, such as 1.5d, and no underscores.
DIGITS = r"[0-9]+(_[0-9]+)*"
NUMBER = rf"(?i)^\s*[+-]?(nan|inf(inity)?|({DIGITS}\.?|\.{DIGITS}|{DIGITS}\.{DIGITS})(e[+-]?{DIGITS})?)\s*\z"


def translated(statement: str) -> str:
    """Return a statement in Spark's SQL. Raise sqlglot.UnsupportedError if Spark cannot say it."""
    [parsed] = sqlglot.parse(statement, read="duckdb")
    return parsed.transform(rewritten_node).sql(dialect="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)


def spark_type(kind: str) -> str:
    return exp.DataType.build(kind, dialect="duckdb").sql(dialect="spark")


def spark_schema(columns: Mapping[str, str]) -> str:
    """Return the schema of these columns as Spark's methods take it."""
    return ", ".join(f"`{name}` {spark_type(kind)}" for name, kind in columns.items())


def rewritten_node(node: exp.Expression) -> exp.Expression:
    if isinstance(node, exp.TryCast) and node.to.is_type("double"):
        return number_of_text(node)
    return node


def number_of_text(node: exp.TryCast) -> exp.TryCast:
    text = node.this
    plain = exp.func("REPLACE", text.copy(), exp.Literal.string("_"), exp.Literal.string(""))
    is_number = exp.RegexpLike(this=text.copy(), expression=exp.Literal.string(NUMBER))
    node.set("this", exp.Case().when(is_number, plain))
    return node
