"""A check of ``./manage.py check --database analytics``: rows that are there twice, such as those of a day loaded twice."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core import checks
from django.db import connections
from django.db.models import Model

from analytics_data_api.data_sets.declarations import DATA_SETS, DataSet
from analytics_data_api.sql.models import PipelineTable
from analytics_data_api.v0.checks import KEYS, TAG, analytics_aliases

# All rows of a table are compared up to this number. Of a larger table only rows of a few courses are, so that the check of
# any table takes seconds.
MAX_ROWS = 500_000
MAX_COURSES, MAX_ROWS_OF_COURSE = 5, 200_000
NEWEST = 1000


@checks.register(TAG)
def check_duplicates(app_configs: Any, databases: Iterable[str] | None = None, **kwargs: Any) -> list:
    """Return a warning for each table in which a key has several rows."""
    aliases = [alias for alias in databases or () if alias in analytics_aliases()]
    return [message for alias in aliases for message in duplicates_in(connections[alias])]


def duplicates_in(connection: Any) -> Iterator[checks.Warning]:
    with connection.cursor() as cursor:
        existing = {info.name: info.type for info in connection.introspection.get_table_list(cursor)}
        for data_set in DATA_SETS.values():
            table = data_set.model._meta.db_table
            # A view has no rows of its own to remove.
            if not issubclass(data_set.model, PipelineTable) or existing.get(table) != "t":
                continue
            statements = Statements(data_set, connection)
            columns = {info.name for info in connection.introspection.get_table_description(cursor, table)}
            if columns.issuperset(["id", "created", *statements.columns]):
                first = first_duplicate(statements, cursor)
                if first:
                    yield warning(statements, connection.alias, *first)


def first_duplicate(statements: "Statements", cursor: Any) -> tuple[int, int] | None:
    """Return the lowest and the highest id of the rows of a key that has several, or None."""
    cursor.execute(statements.beyond())
    if not cursor.fetchone():
        cursor.execute(statements.duplicate())
        return cursor.fetchone()
    # Whatever was loaded twice is still there in courses that are loaded today.
    cursor.execute(statements.newest())
    for (course_id,) in cursor.fetchall():
        cursor.execute(statements.duplicate_of_course(), [course_id])
        if found := cursor.fetchone():
            return found
    return None


def warning(statements: "Statements", alias: str, low: int, high: int) -> checks.Warning:
    return checks.Warning(
        f"the table {statements.table} of the database {alias!r} has several rows with the same "
        f"{', '.join(statements.columns)}, such as those with the ids {low} and {high}: responses count them several times",
        hint=f"Back up the table. This removes all but the latest row of each key:\n{statements.removal()}",
        id="analytics.W005",
    )


class Statements:
    """The SQL for one table. It compares texts byte by byte, even if their collation ignores case."""

    def __init__(self, data_set: DataSet, connection: Any) -> None:
        model: type[Model] = data_set.model
        fields = [model._meta.get_field(name) for name in data_set.unique_key]
        self.is_mysql = connection.vendor == "mysql"
        self.table = model._meta.db_table
        self.columns = [field.column for field in fields]
        quote = connection.ops.quote_name
        self.quoted_table = quote(self.table)
        self.course = quote(self.columns[0])
        self.order = ", ".join(next((key for key in KEYS[model] if key[0] == self.columns[0]), self.columns[:1]))
        # MySQL compares only the first bytes of a long text when it groups.
        is_text = [field.get_internal_type() in ("CharField", "TextField") for field in fields]
        self.keys = [
            f"MD5({quote(column)})" if text and self.is_mysql else quote(column)
            for column, text in zip(self.columns, is_text, strict=True)
        ]

    def beyond(self) -> str:
        """Select a row if the table has more rows than are compared."""
        return f"SELECT 1 FROM {self.quoted_table} LIMIT 1 OFFSET {MAX_ROWS}"

    def newest(self) -> str:
        return (
            f"SELECT course FROM (SELECT {self.course} AS course FROM {self.quoted_table} ORDER BY id DESC LIMIT {NEWEST}) "
            f"AS newest GROUP BY course ORDER BY COUNT(*) DESC LIMIT {MAX_COURSES}"
        )

    def duplicate(self, condition: str = "", limit: int = MAX_ROWS) -> str:
        names = [f"key_{number}" for number in range(len(self.keys))]
        keys = ", ".join(f"{key} AS {name}" for key, name in zip(self.keys, names, strict=True))
        return (
            f"SELECT MIN(id), MAX(id) FROM (SELECT id, {keys} FROM {self.quoted_table}{condition} LIMIT {limit}) "
            f"AS compared GROUP BY {', '.join(names)} HAVING COUNT(*) > 1 LIMIT 1"
        )

    def duplicate_of_course(self) -> str:
        # In the order of the endpoint's index, so that all days of some learners are compared.
        return self.duplicate(f" WHERE {self.course} = %s ORDER BY {self.order}", MAX_ROWS_OF_COURSE)

    def removal(self) -> str:
        ranked = (
            f"SELECT id, ROW_NUMBER() OVER (PARTITION BY {', '.join(self.keys)} ORDER BY created DESC, id DESC) AS place "
            f"FROM {self.quoted_table}"
        )
        if self.is_mysql:
            # MariaDB would run a subquery of IN for each row.
            return (
                f"DELETE {self.quoted_table} FROM {self.quoted_table} JOIN ({ranked}) AS ranked "
                f"ON ranked.id = {self.quoted_table}.id WHERE ranked.place > 1;"
            )
        return f"DELETE FROM {self.quoted_table} WHERE id IN (SELECT id FROM ({ranked}) AS ranked WHERE place > 1);"
