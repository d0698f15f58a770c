"""Describe how recent each table is, for operators: ``./manage.py check --database analytics``."""

from collections.abc import Iterator
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


def lines(connection: Any, today: date) -> Iterator[str]:
    """Yield a line for each table with its last day. Stale tables are behind by more than a day, weekly ones by 8 days."""
    models = sorted(
        (model for model in MANAGED_MODELS if issubclass(model, PipelineTable) or model is Roster),
        key=lambda model: model._meta.db_table,
    )
    width = max(len(model._meta.db_table) for model in models)
    with connection.cursor() as cursor:
        existing = {info.name for info in connection.introspection.get_table_list(cursor)}
        for model in models:
            table = model._meta.db_table
            if table in existing:
                yield f"{table:{width}}  {last_day_text(model, connection, cursor, today)}"


def last_day_text(model: type[Model], connection: Any, cursor: Any, today: date) -> str:
    table, names = model._meta.db_table, {field.name for field in model._meta.fields}
    column = next(name for name in DAYS if name in names)
    if column not in {info.name for info in connection.introspection.get_table_description(cursor, table)}:
        return f"has no column {column}"
    quote = connection.ops.quote_name
    cursor.execute(
        f"SELECT MAX({quote(column)}) FROM (SELECT {quote(column)} FROM {quote(table)} ORDER BY id DESC LIMIT {MAX_ROWS}) "
        "AS newest"
    )
    [last] = cursor.fetchone()
    if last is None:
        return "is empty"
    day = date.fromisoformat(str(last)[:10])
    shown = f"{day}  ({column})"
    is_stale = today - day > (DAILY if column == "date" else WEEKLY)
    return f"{shown:26}  stale: {(today - day).days} days ago" if is_stale else shown
