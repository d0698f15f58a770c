"""The statements as texts: they translate to Spark's SQL, and say what they count."""

import re

import pytest
import sqlglot

from analytics_data_api.pipeline import statements
from analytics_data_api.pipeline.lms_tables import LMS_TABLES
from analytics_data_api.pipeline.tables import TABLES

VALUES = (
    dict.fromkeys(("first_day", "last_day", "end"), "DATE '2024-01-01'")
    | {"days": "date = DATE '2024-01-01'"}
    | {f"has_{name}": "TRUE" for name in LMS_TABLES}
    | {f"has_{name}_{column}": "TRUE" for name, columns in LMS_TABLES.items() for column in columns}
)


@pytest.mark.parametrize("name", sorted(statements.names()))
def test_statement_translates_to_spark(name):
    filled = statements.filled(name, VALUES)
    assert not re.search(r"\$(?![.'])", filled), "a value is missing"
    [parsed] = sqlglot.parse(filled, read="duckdb")
    translated = parsed.sql(dialect="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)
    assert sqlglot.parse_one(translated, read="spark")


@pytest.mark.parametrize("name", sorted(statements.names()))
def test_patterns_mean_the_same_on_both_engines(name):
    literals = re.findall("'([^']*)'", statements.text(name))
    # Java's \s has one character more than RE2's, and its $ also matches before a last newline.
    assert [literal for literal in literals if "\\s" in literal or literal.endswith("$")] == []


@pytest.mark.parametrize("name", sorted(statements.names()))
def test_statement_says_what_it_counts(name):
    header = (statements.FOLDER / f"{name}.sql").read_text(encoding="utf-8").split("\n\n")[0]
    comment = [line for line in header.splitlines() if line.startswith("--")]
    assert comment and comment[0].endswith(".")


def test_every_table_has_a_statement():
    assert TABLES.keys() <= statements.names()
