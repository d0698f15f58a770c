"""SQL that has to be written differently for each kind of database. All of it stands here.

Dates and times leave the database as the text that goes on the wire: making them in Python, value by value, costs more
than fetching the rows.
"""

import re
from typing import Any

from django.db.models import BooleanField, CharField, F, Field, Func, Lookup
from django.db.models.expressions import Combinable, OrderBy


class DatabaseText(Func):
    """A column as text, by a template of its own for each kind of database."""

    output_field = CharField()
    sqlite_template: str
    mysql_template: str
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template=self.sqlite_template, **extra)

    def as_mysql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template=self.mysql_template, **extra)


class Stored(Func):
    """A column as the database keeps it, such as 0 or 1 of a boolean, which Django would convert row by row."""

    template = "%(expressions)s"
    arity = 1
    # A field of no type, whose values nothing converts.
    output_field = Field()


class DateText(DatabaseText):
    """``YYYY-MM-DD``."""

    sqlite_template = "SUBSTR(%(expressions)s, 1, 10)"
    mysql_template = "DATE_FORMAT(%(expressions)s, '%%%%Y-%%%%m-%%%%d')"


class DateTimeText(DatabaseText):
    """``YYYY-MM-DDTHHMMSS``; fractions of a second are cut off."""

    # SQLite's strftime() rounds 23:59:59.9999 up to the next day, so the stored text is taken apart instead.
    sqlite_template = (
        "SUBSTR(%(expressions)s, 1, 10) || 'T' || SUBSTR(%(expressions)s, 12, 2)"
        " || SUBSTR(%(expressions)s, 15, 2) || SUBSTR(%(expressions)s, 18, 2)"
    )
    mysql_template = "DATE_FORMAT(%(expressions)s, '%%%%Y-%%%%m-%%%%dT%%%%H%%%%i%%%%s')"


class IsoDateTimeText(DatabaseText):
    """``YYYY-MM-DDTHH:MM:SSZ``; fractions of a second are cut off."""

    sqlite_template = "SUBSTR(%(expressions)s, 1, 10) || 'T' || SUBSTR(%(expressions)s, 12, 8) || 'Z'"
    mysql_template = "DATE_FORMAT(%(expressions)s, '%%%%Y-%%%%m-%%%%dT%%%%H:%%%%i:%%%%sZ')"


class StoredTime(DatabaseText):
    """A date-time as the database has it, with all digits of its seconds: to compare with, not to be shown."""

    # A bare column would reach us as what the driver makes of it.
    sqlite_template = "%(expressions)s || ''"
    mysql_template = "CAST(%(expressions)s AS CHAR)"


class IsAtTime(Func):
    """Whether a column has exactly this time, said so that no index of the column leads to it but one of another column.

    Of a condition that is no lookup MySQL asks whether it is 1.
    """

    output_field = BooleanField()
    arity = 2
    template = "(%(expressions)s)"
    arg_joiner = " = "


class AtTime(Lookup):
    """Whether a column has exactly this time, said so that an index of the column and the id leads to an id as well.

    A lookup, as what follows, since MySQL asks of other conditions whether they are 1, and then uses no index.
    """

    lookup_name = "at_time"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        column, of_column = self.process_lhs(compiler, connection)
        time, of_time = self.process_rhs(compiler, connection)
        if connection.vendor == "mysql":
            # Of an equality MariaDB would read all rows of the time and drop those before the id.
            parameters = [*of_column, *of_time, *of_column, *of_time]
            return f"({column} >= {time} AND {column} <= {time})", parameters
        return f"{column} = {time}", [*of_column, *of_time]


class StartsWith(Lookup):
    """Whether a text column begins with a text, said so that an index of the column leads to its rows."""

    lookup_name = "starts_with_text"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        column, of_column = self.process_lhs(compiler, connection)
        if connection.vendor == "mysql":
            # Which characters are the same is the column's affair, as in an equality.
            pattern = re.sub(r"[|%_]", r"|\g<0>", self.rhs) + "%"
            return f"({column} LIKE %s ESCAPE '|')", [*of_column, pattern]
        # LIKE would use no index, since it ignores case and the column does not.
        end = self.rhs[:-1] + chr(ord(self.rhs[-1]) + 1)
        return f"({column} >= %s AND {column} < %s)", [*of_column, self.rhs, *of_column, end]


class CodePoints(DatabaseText):
    """A text whose order is that of its Unicode code points, whatever the column's collation is."""

    sqlite_template = "%(expressions)s COLLATE BINARY"
    # The bytes of UTF-8 are in the order of the code points; a table may be of another character set.
    mysql_template = "CAST(CONVERT(%(expressions)s USING utf8mb4) AS BINARY)"


class Columns(Func):
    """Several columns as one row."""

    template = "(%(expressions)s)"
    output_field = CharField()


class RowIn(Lookup):
    """Whether ``Columns`` are a row of a subquery. A lookup, since of other conditions MySQL asks whether they are 1."""

    lookup_name = "row_in"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        columns, column_params = self.process_lhs(compiler, connection)
        rows, row_params = self.process_rhs(compiler, connection)
        return f"{columns} IN {rows}", [*column_params, *row_params]


def ascending(field: str | Combinable, *, text: bool = False) -> OrderBy:
    """Ascending order with nulls last, on every database; ``text`` by code point."""
    expression = F(field) if isinstance(field, str) else field
    return OrderBy(CodePoints(expression) if text else expression, nulls_last=True)
