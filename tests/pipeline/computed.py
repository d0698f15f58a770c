"""Running the computation in tests, and reading what it wrote."""

from datetime import date

from django.db import connections

from analytics_data_api.pipeline.computing import Computation, compute
from analytics_data_api.pipeline.tables import TABLES as COMPUTED_TABLES
from analytics_data_api.v0.models import RosterFacet, RosterLearner
from tests.pipeline.stores import store_of

USING = "analytics"
# Columns that differ from run to run.
NOT_COMPARED = ("id", "created")


def run(store, end, **options):
    """Compute up to, not including, ``end``. Return the summary."""
    if "start" in options:
        options["start"] = date.fromisoformat(options["start"])
    return compute(store, Computation(end=date.fromisoformat(end), **options), using=USING)


def computed(path, end, *events, table):
    """Compute from these events. Return the rows of a table without id and time, sorted."""
    run(store_of(path, *events), end, tables=[table])
    return rows(table)


def rows(table, *columns, where="1 = 1"):
    """Return the rows of a table as tuples of texts and numbers, sorted."""
    with connections[USING].cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} WHERE {where}")
        names = [column[0] for column in cursor.description]
        chosen = columns or [name for name in names if name not in NOT_COMPARED]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return sorted((tuple(plain(row[name]) for name in chosen) for row in found), key=repr)


def plain(value):
    if hasattr(value, "isoformat"):
        return value.isoformat(" ") if hasattr(value, "hour") else value.isoformat()
    return value


def roster():
    """Return the learners of the current rosters by course and username."""
    facets = {facet.pk: facet for facet in RosterFacet.objects.using(USING)}
    learners = RosterLearner.objects.using(USING).filter(roster__state="current").select_related("roster")
    return {(learner.roster.course_id, learner.username): (learner, facets[learner.facet_id]) for learner in learners}


TABLES = (
    "answer_distribution",
    "course_activity",
    "course_enrollment_birth_year_daily",
    "course_enrollment_daily",
    "course_enrollment_education_level_daily",
    "course_enrollment_gender_daily",
    "course_enrollment_location_current",
    "course_enrollment_mode_daily",
    "course_meta_summary_enrollment",
    "module_engagement",
    "module_engagement_metric_ranges",
    "tags_distribution",
    "video",
    "video_timeline",
)


RECORDS = tuple(name for name, table in COMPUTED_TABLES.items() if table.is_record)


def everything():
    """Return the rows of all tables, and the rosters. Records that were deleted are left out."""
    found = {table: rows(table) for table in TABLES}
    found |= {table: rows(table, where="record_deleted = 0") for table in RECORDS}
    skipped = {"id", "roster_id", "facet_id", "created", "_state", "_roster_cache"}
    found["roster"] = sorted(
        (
            key,
            facet.enrollment_mode,
            facet.segments,
            sorted(
                (name, str(value)) for name, value in vars(learner).items() if name not in skipped and name[0] != "_"
            ),
        )
        for key, (learner, facet) in roster().items()
    )
    return found


def emptied():
    """Delete all rows of the analytics database."""
    with connections[USING].cursor() as cursor:
        for table in connections[USING].introspection.table_names(cursor):
            if table != "django_migrations":
                cursor.execute(f"DELETE FROM {connections[USING].ops.quote_name(table)}")
