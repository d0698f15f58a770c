"""Tables that pipelines made: the demo data in other shapes than those that our migrations create."""

import hashlib
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import OperationalError
from django.db import models as fields

from analytics_data_api.v0 import checks, models
from tests.support import databases

MICROSECONDS = ".123456"
OLDER_ANSWERS = models.ProblemResponseAnswerDistribution
ANSWERS = models.ProblemFirstLastResponseAnswerDistribution

COLUMN_TYPES = {
    fields.CharField: "VARCHAR(255)",
    fields.TextField: "TEXT",
    fields.IntegerField: "INTEGER",
    fields.FloatField: "DOUBLE",
    fields.BooleanField: "TINYINT(1)",
    fields.DateField: "DATE",
}


@dataclass(frozen=True)
class Shape:
    """The differences between the tables of a dump and ours."""

    name: str
    vendor: str
    id: str = "BIGINT AUTO_INCREMENT PRIMARY KEY"
    times: str = "DATETIME"
    # Table options after the columns: one text for all tables, or several in turn.
    options: tuple[str, ...] = ("",)
    # Columns before and after ours.
    extra_columns: tuple[str, ...] = ()
    is_reversed: bool = False
    # Columns of an index, for the tables that have them.
    indexes: tuple[tuple[str, ...], ...] = ()
    has_older_answers: bool = False
    has_microseconds: bool = False

    def __str__(self):
        return self.name


EXTRA = ("`pipeline_run` VARCHAR(64) DEFAULT 'run-7'", "`count_of_something` INTEGER", "`modified` DATETIME")
KEYS = tuple(sorted({key for keys in checks.KEYS.values() for key in keys}))

SHAPES = (
    Shape(
        "utf8mb3, whole seconds, INT ids, older answers",
        "mysql",
        id="INT(11) NOT NULL AUTO_INCREMENT PRIMARY KEY",
        options=("ENGINE=InnoDB CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci",),
        extra_columns=EXTRA,
        is_reversed=True,
        indexes=KEYS,
        has_older_answers=True,
    ),
    Shape(
        "latin1, TIMESTAMP, MyISAM, no indexes",
        "mysql",
        times="TIMESTAMP NULL DEFAULT NULL",
        options=("ENGINE=MyISAM CHARACTER SET latin1 COLLATE latin1_swedish_ci",),
        is_reversed=True,
    ),
    Shape(
        "a collation for each table, microseconds",
        "mysql",
        times="DATETIME(6)",
        options=(
            "CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
            "CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
            "CHARACTER SET latin1 COLLATE latin1_bin",
            "CHARACTER SET utf8mb3 COLLATE utf8mb3_unicode_ci",
            "CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci ROW_FORMAT=COMPRESSED",
        ),
        extra_columns=EXTRA,
        indexes=(("created",), *KEYS),
        has_microseconds=True,
    ),
    Shape(
        "TIMESTAMP(6) that the database sets itself, older answers without indexes",
        "mysql",
        id="INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY",
        times="TIMESTAMP(6) NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)",
        options=("CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci",),
        has_older_answers=True,
    ),
    Shape(
        "reversed columns, older answers, no indexes",
        "sqlite",
        id="INTEGER PRIMARY KEY",
        extra_columns=EXTRA,
        is_reversed=True,
        has_older_answers=True,
    ),
    Shape(
        "texts that ignore case, microseconds",
        "sqlite",
        id="INTEGER PRIMARY KEY AUTOINCREMENT",
        times="TIMESTAMP",
        extra_columns=EXTRA,
        indexes=KEYS,
        has_microseconds=True,
    ),
)


def pipeline_models(shape):
    found = [OLDER_ANSWERS if model is ANSWERS and shape.has_older_answers else model for model in checks.KEYS]
    return sorted(found, key=lambda model: model._meta.db_table)


def column_sql(field, shape):
    quoted = f"`{field.column}`"
    if field.primary_key:
        return f"{quoted} {shape.id}"
    if isinstance(field, fields.DateTimeField):
        return f"{quoted} {shape.times}"
    kind = next(kind for base, kind in COLUMN_TYPES.items() if isinstance(field, base))
    ignores_case = shape.vendor == "sqlite" and kind == "VARCHAR(255)" and not shape.is_reversed
    return f"{quoted} {kind}{' COLLATE NOCASE' if ignores_case else ''}"


def create_tables(connection, shape, *, without=()):
    """Create the tables of a shape, without some of them."""
    for place, model in enumerate(pipeline_models(shape)):
        meta = model._meta
        if meta.db_table in without:
            continue
        columns = [*(column_sql(field, shape) for field in meta.local_concrete_fields)]
        columns = [*shape.extra_columns[:1], *columns, *shape.extra_columns[1:]]
        own = {field.column for field in meta.local_concrete_fields}
        if shape.is_reversed:
            columns.reverse()
        options = shape.options[place % len(shape.options)]
        statements = [f"CREATE TABLE `{meta.db_table}` ({', '.join(columns)}) {options}"]
        for number, key in enumerate(shape.indexes):
            if own.issuperset(key):
                names = ", ".join(f"`{name}`" for name in key)
                statements.append(f"CREATE INDEX `idx_{meta.db_table}_{number}` ON `{meta.db_table}` ({names})")
        databases.execute(connection, *statements)


def fill_tables(connection, shape, rows, *, without=()):
    """Insert the rows of each model into the tables of a shape."""
    for model, objects in rows:
        if model._meta.db_table in without:
            continue
        if model is ANSWERS and shape.has_older_answers:
            model, objects = OLDER_ANSWERS, list(map(older_answer, objects))
        model._default_manager.using(connection.alias).bulk_create(objects)
        if shape.has_microseconds:
            table = connection.ops.quote_name(model._meta.db_table)
            later = f"SUBSTR(created, 1, 19) || '{MICROSECONDS}'"
            if connection.vendor == "mysql":
                later = f"created + INTERVAL {MICROSECONDS} SECOND"
            databases.execute(connection, f"UPDATE {table} SET created = {later}")


def older_answer(answer):
    columns = {field.name: getattr(answer, field.name) for field in OLDER_ANSWERS._meta.local_concrete_fields[:-1]}
    return OLDER_ANSWERS(**columns, count=answer.last_response_count)


@contextmanager
def dumped(alias, shape, rows, tmp_path, *, without=()):
    """Replace the database of an alias by one with the tables of a shape."""
    with databases.empty(alias, tmp_path) as connection:
        create_tables(connection, shape, without=without)
        fill_tables(connection, shape, rows, without=without)
        yield connection


@contextmanager
def read_only(alias, connection):
    """Connect an alias to its database as a user with read access only."""
    if connection.vendor == "sqlite":
        with databases.replaced(alias, NAME=f"file:{connection.settings_dict['NAME']}?mode=ro") as reader:
            yield reader
        return
    from MySQLdb.constants import ER

    name = connection.settings_dict["NAME"]
    user = f"reader_{zlib.crc32(name.encode()):x}"
    account = f"'{user}'@'%'"
    try:
        databases.execute(
            connection,
            f"CREATE OR REPLACE USER {account} IDENTIFIED BY 'reader'",
            f"GRANT SELECT ON `{name}`.* TO {account}",
        )
    except OperationalError as error:
        if error.args[0] != ER.SPECIFIC_ACCESS_DENIED_ERROR:
            raise
        # The tests' account has only the rights of its databases, so its own session must not write.
        with databases.replaced(alias, OPTIONS={"init_command": "SET SESSION TRANSACTION READ ONLY"}) as reader:
            yield reader
        return
    try:
        with databases.replaced(alias, USER=user, PASSWORD="reader") as reader:
            yield reader
    finally:
        databases.execute(connection, f"DROP USER {account}")


def state(connection):
    """Return the statement that creates each table, and a checksum of its rows."""
    if connection.vendor == "sqlite":
        return hashlib.sha256(Path(connection.settings_dict["NAME"]).read_bytes()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute("SHOW TABLES")
        tables = sorted(table for (table,) in cursor.fetchall())
        found = {}
        for table in tables:
            cursor.execute(f"SHOW CREATE TABLE `{table}`")
            created = cursor.fetchone()[1]
            cursor.execute(f"CHECKSUM TABLE `{table}` EXTENDED")
            found[table] = (created, cursor.fetchone()[1])
    return found


def shapes_for(connection):
    return [shape for shape in SHAPES if shape.vendor == connection.vendor]
