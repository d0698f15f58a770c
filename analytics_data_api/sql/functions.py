"""All SQL that differs between databases.

Dates and times leave the database as the text that goes on the wire: making them in Python, value by value, costs more
than fetching the rows.
"""

import re
from typing import Any

from django.db.models import CharField, F, Field, Func, Lookup
from django.db.models.expressions import Combinable, OrderBy
from django.db.models.lookups import In


class DatabaseText(Func):
    """A column as text, with a template for each kind of database."""

    output_field = CharField()
    sqlite_template: str
    mysql_template: str
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template=self.sqlite_template, **extra)

    def as_mysql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template=self.mysql_template, **extra)


class Stored(Func):
    """A column as the database stores it, such as 0 or 1 for a boolean, which Django would convert row by row."""

    template = "%(expressions)s"
    arity = 1
    # A field without a type has no converters.
    output_field = Field()


class DateText(DatabaseText):
    """``YYYY-MM-DD``."""

    sqlite_template = "SUBSTR(%(expressions)s, 1, 10)"
    mysql_template = "DATE_FORMAT(%(expressions)s, '%%%%Y-%%%%m-%%%%d')"


class DateTimeText(DatabaseText):
    """``YYYY-MM-DDTHHMMSS``, without fractions of a second."""

    # SQLite's strftime() rounds 23:59:59.9999 up to the next day, so the stored text is taken apart instead.
    sqlite_template = (
        "SUBSTR(%(expressions)s, 1, 10) || 'T' || SUBSTR(%(expressions)s, 12, 2)"
        " || SUBSTR(%(expressions)s, 15, 2) || SUBSTR(%(expressions)s, 18, 2)"
    )
    mysql_template = "DATE_FORMAT(%(expressions)s, '%%%%Y-%%%%m-%%%%dT%%%%H%%%%i%%%%s')"


class IsoDateTimeText(DatabaseText):
    """``YYYY-MM-DDTHH:MM:SSZ``, without fractions of a second."""

    sqlite_template = "SUBSTR(%(expressions)s, 1, 10) || 'T' || SUBSTR(%(expressions)s, 12, 8) || 'Z'"
    mysql_template = "DATE_FORMAT(%(expressions)s, '%%%%Y-%%%%m-%%%%dT%%%%H:%%%%i:%%%%sZ')"


class StoredTime(DatabaseText):
    """A time as the database stores it, with all its digits: for comparisons, not for display."""

    # The driver would convert a bare column to a datetime.
    sqlite_template = "%(expressions)s || ''"
    mysql_template = "CAST(%(expressions)s AS CHAR)"


class StartsWith(Lookup):
    """True if a text column begins with a text. The condition is a range of an index on the column."""

    lookup_name = "starts_with_text"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        column, column_params = self.process_lhs(compiler, connection)
        if connection.vendor == "mysql":
            # As in an equality, the column's collation decides which characters are the same.
            pattern = re.sub(r"[|%_]", r"|\g<0>", self.rhs) + "%"
            return f"({column} LIKE %s ESCAPE '|')", [*column_params, pattern]
        # SQLite's LIKE ignores case, unlike the column's index, and so would not use it.
        end = self.rhs[:-1] + chr(ord(self.rhs[-1]) + 1)
        return f"({column} >= %s AND {column} < %s)", [*column_params, self.rhs, *column_params, end]


class CodePoints(DatabaseText):
    """A text that is compared and sorted by Unicode code point, whatever the column's collation is."""

    sqlite_template = "%(expressions)s COLLATE BINARY"
    # The bytes of UTF-8 sort like the code points. The table can have another character set.
    mysql_template = "CAST(CONVERT(%(expressions)s USING utf8mb4) AS BINARY)"


@CharField.register_lookup
class ExactText(Lookup):
    """True if a column has a text, by code point. The plain comparison beside it uses the column's index."""

    lookup_name = "exact_text"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        column, column_params = self.process_lhs(compiler, connection)
        points, points_params = compiler.compile(CodePoints(self.lhs))
        text, text_params = self.process_rhs(compiler, connection)
        sql = f"({column} = {text} AND {points} = {text})"
        return sql, [*column_params, *text_params, *points_params, *text_params]


@CharField.register_lookup
class ExactTextIn(In):
    """True if a column has one of several texts, by code point."""

    lookup_name = "exact_text_in"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        sql, params = super().as_sql(compiler, connection)
        points, points_params = compiler.compile(CodePoints(self.lhs))
        _operator, texts_params = self.process_rhs(compiler, connection)
        places = ", ".join(["%s"] * len(texts_params))
        return f"({sql} AND {points} IN ({places}))", [*params, *points_params, *texts_params]


class Columns(Func):
    """Several columns as one row."""

    template = "(%(expressions)s)"
    output_field = CharField()


class RowIn(Lookup):
    """True if ``Columns`` are a row of a subquery. On MySQL Django compares conditions that are not lookups with 1."""

    lookup_name = "row_in"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        columns, column_params = self.process_lhs(compiler, connection)
        rows, row_params = self.process_rhs(compiler, connection)
        return f"{columns} IN {rows}", [*column_params, *row_params]


def ascending(field: str | Combinable, *, text: bool = False) -> OrderBy:
    """Sort in ascending order with nulls last on every database, and with ``text`` by code point."""
    expression = F(field) if isinstance(field, str) else field
    return OrderBy(CodePoints(expression) if text else expression, nulls_last=True)
