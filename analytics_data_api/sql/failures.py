"""Tell the failures of a database apart by the numbers of MySQL and the texts of SQLite."""

import re

from django.db.utils import DatabaseError, InterfaceError, InternalError, OperationalError, ProgrammingError

from analytics_data_api.errors import (
    AnalyticsDatabaseUnavailable,
    ApiError,
    DatabaseNotPrepared,
    DatabaseTooSlow,
    TextNotStorable,
)

MYSQL_UNKNOWN_COLUMN = 1054
MISSING = {
    re.compile(r"no such table: (?:\w+\.)?(\w+)"): "table",
    re.compile(r"Table '(?:[^'.]+\.)?([^'.]+)' doesn't exist"): "table",
    re.compile(r"no such column: ([\w.]+)"): "column",
    re.compile(r"Unknown column '([^']+)'"): "column",
}
# Texts of two character sets, or of two collations, cannot be compared.
MYSQL_INCOMPARABLE = ((1267,), (1270,), (1271,))
# A statement exceeded the session's limit, in MariaDB and in MySQL.
MYSQL_TOO_SLOW = (1969, 3024)
# The driver raises these, not the server: the connection is lost or cannot be used.
MYSQL_DRIVER_ERRORS = range(2000, 3000)


def as_database_failure(error: Exception) -> ApiError | None:
    """Return the API error for an error of a database, or None if the database works and the statement is at fault."""
    number = error.args[0] if error.args else None
    if has_unstorable_text(error):
        return TextNotStorable()
    if lacks_table_or_column(error) or (isinstance(error, ProgrammingError) and number not in MYSQL_DRIVER_ERRORS):
        return DatabaseNotPrepared(missing_name(error))
    if isinstance(error, OperationalError) and number in MYSQL_TOO_SLOW:
        return DatabaseTooSlow()
    # SQLite raises the base class for a file that is damaged or is not a database.
    failures = (OperationalError, InterfaceError, InternalError, ProgrammingError)
    is_failure = isinstance(error, failures) or type(error) is DatabaseError
    return AnalyticsDatabaseUnavailable() if is_failure else None


def missing_name(error: Exception) -> str | None:
    """Return the missing table or column that an error names, without the name of the database."""
    for pattern, kind in MISSING.items():
        if match := pattern.search(str(error)):
            return f"the {kind} {match[1]}"
    return None


def lacks_table_or_column(error: Exception) -> bool:
    """Return True if an OperationalError says that the database lacks a table or a column.

    MySQL reports a missing table as a ProgrammingError, which is not covered here.
    """
    return isinstance(error, OperationalError) and str(error.args[0] if error.args else "").startswith(
        ("no such table", "no such column", str(MYSQL_UNKNOWN_COLUMN))
    )


def has_unstorable_text(error: Exception) -> bool:
    """Return True if the request has a text that the column's character set cannot represent.

    MariaDB raises an error for such a text instead of finding nothing. A text of the request is "coercible" to the
    column's collation; another column's text is not.
    """
    is_incomparable = isinstance(error, OperationalError) and error.args[:1] in MYSQL_INCOMPARABLE
    return is_incomparable and "COERCIBLE" in str(error)


def in_one_line(error: Exception) -> str:
    return " ".join(str(error).split())
