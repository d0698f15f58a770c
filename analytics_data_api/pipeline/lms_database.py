"""The LMS's own database, which is only read: one table after the other, in batches by key."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, InterfaceError
from django.db.utils import ConnectionHandler

from analytics_data_api.pipeline.store import StoreError

ALIAS = "lms"
# Each batch is a statement of its own, so that no transaction stays open on a server that learners use.
BATCH_SIZE = 10_000
URL_FORMS = "expected mysql://user:password@host:port/name or sqlite:///FILE"


class LMSDatabase:
    """A connection to the LMS's database. It sends nothing but SELECT."""

    def __init__(self, url: str) -> None:
        self.name, config = parse_lms_url(url)
        try:
            self.connection = ConnectionHandler({"default": {}, ALIAS: config})[ALIAS]
            self.tables = self.found_tables()
        except ImproperlyConfigured as error:
            raise StoreError("MySQL needs its driver: pip install -r requirements/mysql.txt") from error
        except (DatabaseError, InterfaceError) as error:
            raise StoreError(f"cannot read the database {self.name}: {error}") from error

    def __enter__(self) -> "LMSDatabase":
        return self

    def __exit__(self, *_error: object) -> None:
        self.connection.close()

    def found_tables(self) -> frozenset[str]:
        with self.connection.cursor() as cursor:
            return frozenset(self.connection.introspection.table_names(cursor, include_views=True))

    def columns(self, table: str) -> frozenset[str]:
        """Return the names of a table's columns."""
        with self.connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {self.quoted(table)} LIMIT 0")
            return frozenset(column[0] for column in cursor.description)

    def batches(
        self, table: str, key: str, columns: Sequence[str | None], flags: Sequence[int], after: Any
    ) -> Iterator[tuple[Any, list[Sequence[Any]]]]:
        """Yield the rows of a table whose key comes after ``after``, in the order of their keys, with each batch's last key.

        A column without a name is null. ``flags`` are the places of booleans.
        """
        chosen = ", ".join("NULL" if name is None else self.quoted(name) for name in columns)
        statement = f"SELECT {self.quoted(key)}, {chosen} FROM {self.quoted(table)}"
        while True:
            condition = "" if after is None else f" WHERE {self.quoted(key)} > %s"
            with self.connection.cursor() as cursor:
                cursor.execute(
                    f"{statement}{condition} ORDER BY {self.quoted(key)} LIMIT {BATCH_SIZE}",
                    [] if after is None else [after],
                )
                rows = cursor.fetchall()
            if rows:
                after = rows[-1][0]
                yield after, [with_flags(row[1:], flags) for row in rows]
            if len(rows) < BATCH_SIZE:
                return

    def quoted(self, name: str) -> str:
        return self.connection.ops.quote_name(name)


def with_flags(row: Sequence[Any], flags: Sequence[int]) -> Sequence[Any]:
    """Return the row with its flags, for which MySQL has numbers, as booleans."""
    values = list(row)
    for place in flags:
        values[place] = None if values[place] is None else bool(values[place])
    return values


def parse_lms_url(url: str) -> tuple[str, dict[str, Any]]:
    """Return a name for the database, without its password, and Django's configuration of it."""
    scheme, _, rest = url.partition("://")
    if scheme not in ("mysql", "sqlite") or not rest:
        raise StoreError(f"the URL of the LMS's database is malformed: {URL_FORMS}")
    if scheme == "sqlite":
        path = Path(unquote(rest.removeprefix("/"))).resolve()
        if not path.is_file():
            raise StoreError(f"there is no file {path}")
        return f"sqlite:///{path}", {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{path.as_uri()}?mode=ro"}
    try:
        config = dict(dj_database_url.parse(url))
        host = urlsplit(url).hostname
    except Exception as error:  # The parser raises many kinds, whose messages may repeat a part of the password.
        raise StoreError(f"the URL of the LMS's database is malformed: {URL_FORMS}, percent-encoded") from error
    return f"mysql://{host}/{config['NAME']}", config
