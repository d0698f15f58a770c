"""Statements in DuckDB's dialect as Spark's SQL, with the same rows.

sqlglot translates. The rewrites here are for functions that have an equivalent of another meaning in Spark.
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
    return parsed.transform(rewritten).sql(dialect="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)


def spark_type(kind: str) -> str:
    return exp.DataType.build(kind, dialect="duckdb").sql(dialect="spark")


def schema(columns: Mapping[str, str]) -> str:
    """Return the schema of these columns as Spark's methods take it."""
    return ", ".join(f"`{name}` {spark_type(kind)}" for name, kind in columns.items())


def rewritten(node: exp.Expression) -> exp.Expression:
    if isinstance(node, exp.JSONExtractScalar):
        return member_text(node)
    if isinstance(node, exp.TryCast) and node.to.is_type("double"):
        return number_of_text(node)
    return node


def member_text(node: exp.JSONExtractScalar) -> exp.Expression:
    """Return the text of a member of a JSON object as it stands there.

    GET_JSON_OBJECT writes numbers anew: 10000000.0 becomes 1.0E7.
    """
    keys = [part.this for part in node.expression.expressions if isinstance(part, exp.JSONPathKey)]
    if len(keys) != len(node.expression.expressions) - 1:
        return node
    members = "STRING"
    for key in reversed(keys):
        members = f"STRUCT<`{key}`: {members}>"
    parsed = exp.func("FROM_JSON", node.this, exp.Literal.string(members))
    return exp.Dot.build([parsed, *(exp.to_identifier(key, quoted=True) for key in keys)])


def number_of_text(node: exp.TryCast) -> exp.TryCast:
    text = node.this
    plain = exp.func("REPLACE", text.copy(), exp.Literal.string("_"), exp.Literal.string(""))
    is_number = exp.RegexpLike(this=text.copy(), expression=exp.Literal.string(NUMBER))
    node.set("this", exp.Case().when(is_number, plain))
    return node
