"""System checks of the analytics databases: ``./manage.py check --database analytics``.

The checks only read. A missing table or column is a warning and not an error, because the endpoints of other tables work
without it.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import checks
from django.db import Error, connections
from django.db.migrations import CreateModel
from django.db.migrations.loader import MigrationLoader
from django.db.models import Index, Model

from analytics_data_api.sql.models import PipelineTable
from analytics_data_api.v0 import models

# migrate skips the checks with this tag, because it is about to create the missing tables.
TAG = "analytics"

# The tables that the endpoints read by course_id alone.
BY_COURSE: tuple[type[Model], ...] = (
    *(models.CourseActivityWeekly, models.CourseEnrollmentDaily, models.CourseEnrollmentModeDaily),
    *(models.CourseEnrollmentByBirthYear, models.CourseEnrollmentByEducation, models.CourseEnrollmentByGender),
    *(models.CourseEnrollmentByCountry, models.CourseMetaSummaryEnrollment, models.ProblemsAndTags),
    models.ModuleEngagementMetricRanges,
)
# The columns by which the endpoints look up the rows of each table. With an index that begins with these columns, in any
# order, a request costs what its own rows cost. Without one it reads the whole table.
KEYS: dict[type[Model], Sequence[tuple[str, ...]]] = {
    **dict.fromkeys(BY_COURSE, [("course_id",)]),
    models.CourseProgramMetadata: [("course_id",), ("program_id",)],
    models.ProblemFirstLastResponseAnswerDistribution: [("module_id",), ("course_id",)],
    models.GradeDistribution: [("module_id",)],
    models.SequentialOpenDistribution: [("module_id",)],
    models.Video: [("course_id",), ("pipeline_video_id",)],
    models.VideoTimeline: [("pipeline_video_id",)],
    models.ModuleEngagement: [("course_id", "username")],
}
MANAGED_MODELS = [model for model in apps.get_app_config("v0").get_models() if model._meta.managed]
# Indexes of these types cannot find a row by an id.
OTHER_INDEXES = ("fulltext", "spatial")


def silent_databases(aliases: Iterable[str]) -> list[str]:
    """Return a line for each database that does not respond.

    The commands call this before the checks, because some of Django's own checks crash if a database does not respond.
    """
    found = []
    for alias in aliases:
        try:
            connections[alias].ensure_connection()
        except Error as error:
            reason = " ".join(str(error).split())
            found.append(f"?: (analytics.E001) the database {alias!r} does not respond: {reason}")
    return found


@checks.register(TAG)
def check_analytics_databases(app_configs: Any, databases: Iterable[str] | None = None, **kwargs: Any) -> list:
    """Return a warning for everything that the databases named by the command lack."""
    aliases = [alias for alias in databases or () if alias in analytics_aliases()]
    return [message for alias in aliases for message in check_tables(connections[alias])]


def analytics_aliases() -> set[str]:
    """Return the default aliases and those that the settings name instead."""
    ours = {"analytics", "analytics_v1", settings.ANALYTICS_DATABASE, settings.ANALYTICS_DATABASE_V1}
    return ours.intersection(settings.DATABASES)


def check_tables(connection: Any) -> Iterator[checks.CheckMessage]:
    """Yield a warning for each missing table, and for each missing column and index of the existing tables."""
    with connection.cursor() as cursor:
        existing = {info.name: info.type for info in connection.introspection.get_table_list(cursor)}
        for model in sorted(MANAGED_MODELS, key=lambda model: model._meta.db_table):
            table = model._meta.db_table
            if table not in existing:
                yield missing_table(model, connection)
            elif issubclass(model, PipelineTable):
                yield from missing_columns(model, connection, cursor)
                # A view has no indexes of its own.
                if existing[table] == "t":
                    yield from missing_indexes(model, connection, cursor)


def missing_table(model: type[Model], connection: Any) -> checks.Warning:
    sql = table_sql(model, connection)
    if is_recorded(model, connection):
        # migrate never runs a migration again.
        hint = f"The table has been dropped since ./manage.py migrate created it. This creates it again:\n{sql}"
    else:
        hint = f"./manage.py migrate --database {connection.alias} creates it, or:\n{sql}"
    return checks.Warning(
        f"the database {connection.alias!r} has no table {model._meta.db_table}: its endpoints respond with 503",
        hint=hint,
        id="analytics.W001",
    )


def is_recorded(model: type[Model], connection: Any) -> bool:
    """Return True if the database records that the migration which creates the table has run."""
    loader = MigrationLoader(connection)
    return any(
        isinstance(operation, CreateModel) and operation.name == model.__name__
        for key, migration in loader.disk_migrations.items()
        if key in loader.applied_migrations and key[0] == model._meta.app_label
        for operation in migration.operations
    )


def missing_columns(model: type[Model], connection: Any, cursor: Any) -> Iterator[checks.Warning]:
    table = model._meta.db_table
    existing = {info.name for info in connection.introspection.get_table_description(cursor, table)}
    if model is models.ProblemFirstLastResponseAnswerDistribution and "last_response_count" not in existing:
        # The table has its older shape.
        model = models.ProblemResponseAnswerDistribution
    wanted = {field.column for field in model._meta.local_concrete_fields}
    for column in sorted(wanted - existing):
        yield checks.Warning(
            f"the table {table} of the database {connection.alias!r} has no column {column}: "
            "its endpoints respond with 503",
            hint="Add the column in the pipeline that fills the table.",
            id="analytics.W003",
        )


def missing_indexes(model: type[Model], connection: Any, cursor: Any) -> Iterator[checks.Warning]:
    table = model._meta.db_table
    existing = [
        constraint["columns"]
        for constraint in connection.introspection.get_constraints(cursor, table).values()
        if constraint["index"] and constraint.get("type") not in OTHER_INDEXES
    ]
    for key in KEYS[model]:
        if not any(set(columns[: len(key)]) == set(key) for columns in existing):
            yield checks.Warning(
                f"the table {table} of the database {connection.alias!r} has no index that begins with "
                f"{', '.join(key)}: each request reads the whole table",
                hint=index_sql(model, key, connection),
                id="analytics.W002",
            )
    if not any(columns[:1] == ["created"] for columns in existing):
        yield checks.Warning(
            f"the table {table} of the database {connection.alias!r} has no index on created: each page of its data set "
            "reads the whole table",
            hint=index_sql(model, ("created",), connection),
            id="analytics.W004",
        )


def table_sql(model: type[Model], connection: Any) -> str:
    """Return the SQL that creates a table with its indexes."""
    # As a context manager the editor would change the state of the connection.
    editor = connection.SchemaEditorClass(connection, collect_sql=True, atomic=False)
    editor.deferred_sql = []
    editor.create_model(model)
    return "\n".join([*editor.collected_sql, *(f"{statement};" for statement in editor.deferred_sql)])


def index_sql(model: type[Model], key: tuple[str, ...], connection: Any) -> str:
    """Return the SQL that adds the model's index for a key."""
    editor = connection.SchemaEditorClass(connection, collect_sql=True, atomic=False)
    return f"{own_index(model, key).create_sql(model, editor)};"


def own_index(model: type[Model], key: tuple[str, ...]) -> Index:
    return next(index for index in model._meta.indexes if tuple(index.fields[: len(key)]) == key)
