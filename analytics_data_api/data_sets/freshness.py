"""Find how recent each table is, for ``./manage.py check --database analytics`` and for the metrics."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Model

from analytics_data_api.sql.models import PipelineTable
from analytics_data_api.v0.checks import MANAGED_MODELS
from analytics_data_api.v0.models import Roster

# Rows whose last day is sought, the newest ones, so that a table of any size takes no longer than a second.
MAX_ROWS = 500_000
# The column with a table's day, the first of these that it has. A table that is computed daily ends yesterday.
DAYS = ("date", "interval_end", "end_date", "touched", "created")
DAILY, WEEKLY = timedelta(days=2), timedelta(days=8)


@dataclass(frozen=True)
class TableAge:
    """The last day of a table, or why there is none."""

    table: str
    column: str
    # True if the table has the column.
    is_known: bool = True
    # None if the table is empty.
    last: date | None = None

    def is_stale(self, today: date) -> bool:
        """Return True if the table is behind by more than a day, or by more than 8 days if it is a weekly one."""
        return self.last is not None and today - self.last > (DAILY if self.column == "date" else WEEKLY)

    def text(self, today: date) -> str:
        if not self.is_known:
            return f"has no column {self.column}"
        if self.last is None:
            return "is empty"
        shown = f"{self.last}  ({self.column})"
        return f"{shown:26}  stale: {(today - self.last).days} days ago" if self.is_stale(today) else shown


def dated_models() -> list[type[Model]]:
    models = (model for model in MANAGED_MODELS if issubclass(model, PipelineTable) or model is Roster)
    return sorted(models, key=lambda model: model._meta.db_table)


def ages(connection: Any) -> Iterator[TableAge]:
    """Yield the last day of each table that exists."""
    with connection.cursor() as cursor:
        existing = {info.name for info in connection.introspection.get_table_list(cursor)}
        for model in dated_models():
            if model._meta.db_table in existing:
                yield age(model, connection, cursor)


def lines(connection: Any, today: date) -> Iterator[str]:
    """Yield a line for each table with its last day."""
    width = max(len(model._meta.db_table) for model in dated_models())
    for found in ages(connection):
        yield f"{found.table:{width}}  {found.text(today)}"


def age(model: type[Model], connection: Any, cursor: Any) -> TableAge:
    table, names = model._meta.db_table, {field.name for field in model._meta.fields}
    column = next(name for name in DAYS if name in names)
    if column not in {info.name for info in connection.introspection.get_table_description(cursor, table)}:
        return TableAge(table, column, is_known=False)
    quote = connection.ops.quote_name
    cursor.execute(
        f"SELECT MAX({quote(column)}) FROM (SELECT {quote(column)} FROM {quote(table)} ORDER BY id DESC LIMIT {MAX_ROWS}) "
        "AS newest"
    )
    [last] = cursor.fetchone()
    return TableAge(table, column, last=None if last is None else date.fromisoformat(str(last)[:10]))
