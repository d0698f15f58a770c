"""System checks of the analytics databases: ``./manage.py check --database analytics``.

They look at what stands in a database and change nothing. What is missing there is a warning and no error: the endpoints
of other tables answer all the same.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import checks
from django.db import Error, connections
from django.db.models import Index, Model

from analytics_data_api.sql.models import PipelineTable
from analytics_data_api.v0 import models

# Checks of this tag are left out where migrate is about to create what they would miss.
TAG = "analytics"

# By which columns the endpoints look for the rows of each table. An index that begins with these, in any order, makes a
# request cost what its own rows cost; without one the whole table is read.
KEYS: dict[type[Model], Sequence[tuple[str, ...]]] = {
    models.CourseActivityWeekly: [("course_id",)],
    models.CourseEnrollmentDaily: [("course_id",)],
    models.CourseEnrollmentModeDaily: [("course_id",)],
    models.CourseEnrollmentByBirthYear: [("course_id",)],
    models.CourseEnrollmentByEducation: [("course_id",)],
    models.CourseEnrollmentByGender: [("course_id",)],
    models.CourseEnrollmentByCountry: [("course_id",)],
    models.CourseMetaSummaryEnrollment: [("course_id",)],
    models.CourseProgramMetadata: [("course_id",), ("program_id",)],
    models.ProblemFirstLastResponseAnswerDistribution: [("module_id",), ("course_id",)],
    models.GradeDistribution: [("module_id",)],
    models.SequentialOpenDistribution: [("module_id",)],
    models.ProblemsAndTags: [("course_id",)],
    models.Video: [("course_id",), ("pipeline_video_id",)],
    models.VideoTimeline: [("pipeline_video_id",)],
    models.ModuleEngagement: [("course_id", "username")],
    models.ModuleEngagementMetricRanges: [("course_id",)],
}
# Kinds of indexes that lead to no row by its id.
OTHER_INDEXES = ("fulltext", "spatial")


def silent_databases(aliases: Iterable[str]) -> list[str]:
    """A line for each database that does not answer.

    The commands ask before the checks run, since some of Django's own checks fail where a database does not answer.
    """
    found = []
    for alias in aliases:
        try:
            connections[alias].ensure_connection()
        except Error as error:
            reason = " ".join(str(error).split())
            found.append(f"?: (analytics.E001) the database {alias!r} does not answer: {reason}")
    return found


@checks.register(TAG)
def check_analytics_databases(app_configs: Any, databases: Iterable[str] | None = None, **kwargs: Any) -> list:
    """What is missing in each of the databases that the command names."""
    aliases = [alias for alias in databases or () if alias in analytics_aliases()]
    return [message for alias in aliases for message in check_tables(connections[alias])]


def analytics_aliases() -> set[str]:
    """Our aliases, and whatever the settings name instead."""
    ours = {"analytics", "analytics_v1", settings.ANALYTICS_DATABASE, settings.ANALYTICS_DATABASE_V1}
    return ours.intersection(settings.DATABASES)


def check_tables(connection: Any) -> Iterator[checks.CheckMessage]:
    """What is missing in a database: tables, then columns and indexes of those that are there."""
    with connection.cursor() as cursor:
        standing = {info.name: info.type for info in connection.introspection.get_table_list(cursor)}
        for model in sorted(managed_models(), key=lambda model: model._meta.db_table):
            table = model._meta.db_table
            if table not in standing:
                yield missing_table(model, connection)
            elif issubclass(model, PipelineTable):
                yield from missing_columns(model, connection, cursor)
                # A view has none of its own.
                if standing[table] == "t":
                    yield from missing_indexes(model, connection, cursor)


def managed_models() -> list[type[Model]]:
    return [model for model in apps.get_app_config("v0").get_models() if model._meta.managed]


def missing_table(model: type[Model], connection: Any) -> checks.Warning:
    return checks.Warning(
        f"the database {connection.alias!r} has no table {model._meta.db_table}: its endpoints answer 503",
        hint=f"./manage.py migrate --database {connection.alias} creates it, or:\n{table_sql(model, connection)}",
        id="analytics.W001",
    )


def missing_columns(model: type[Model], connection: Any, cursor: Any) -> Iterator[checks.Warning]:
    table = model._meta.db_table
    standing = {info.name for info in connection.introspection.get_table_description(cursor, table)}
    wanted = {field.column for field in model._meta.local_concrete_fields}
    if model is models.ProblemFirstLastResponseAnswerDistribution and "last_response_count" not in standing:
        # The older shape of the table.
        wanted = {field.column for field in models.ProblemResponseAnswerDistribution._meta.local_concrete_fields}
    for column in sorted(wanted - standing):
        yield checks.Warning(
            f"the table {table} of the database {connection.alias!r} has no column {column}: its endpoints answer 503",
            hint="The pipeline that fills the table has to give it this column.",
            id="analytics.W003",
        )


def missing_indexes(model: type[Model], connection: Any, cursor: Any) -> Iterator[checks.Warning]:
    table = model._meta.db_table
    standing = [
        constraint["columns"]
        for constraint in connection.introspection.get_constraints(cursor, table).values()
        if constraint["index"] and constraint.get("type") not in OTHER_INDEXES
    ]
    for key in KEYS[model]:
        if not any(set(columns[: len(key)]) == set(key) for columns in standing):
            yield checks.Warning(
                f"the table {table} of the database {connection.alias!r} has no index that begins with "
                f"{', '.join(key)}: each request reads the whole table",
                hint=index_sql(model, key, connection),
                id="analytics.W002",
            )
    if not any(columns[:1] == ["created"] for columns in standing):
        yield checks.Warning(
            f"the table {table} of the database {connection.alias!r} has no index of created: each page of a pull of its "
            "data set reads the whole table",
            hint=index_sql(model, ("created",), connection),
            id="analytics.W004",
        )


def table_sql(model: type[Model], connection: Any) -> str:
    """What creates a table with its indexes."""
    # Not entered as a context, which would change the state of the connection.
    editor = connection.SchemaEditorClass(connection, collect_sql=True, atomic=False)
    editor.deferred_sql = []
    editor.create_model(model)
    return "\n".join([*editor.collected_sql, *(f"{statement};" for statement in editor.deferred_sql)])


def index_sql(model: type[Model], key: tuple[str, ...], connection: Any) -> str:
    """What adds an index: the model's own one of this key."""
    index = own_index(model, key)
    editor = connection.SchemaEditorClass(connection, collect_sql=True, atomic=False)
    return f"{index.create_sql(model, editor)};"


def own_index(model: type[Model], key: tuple[str, ...]) -> Index:
    return next(index for index in model._meta.indexes if tuple(index.fields[: len(key)]) == key)
