"""The tables that are data sets. Each is declared once, and its columns come from the fields of its model.

The endpoints, the JSON Schema of the rows, the export and the data dictionary are made from these declarations.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from django.db import models

from analytics_data_api.v0 import models as tables

DATE_TIME_FORMAT = "YYYY-MM-DDTHHMMSS"

# The type and the format of a column by the kind of its field.
TYPES: Mapping[str, tuple[str, str | None]] = {
    **dict.fromkeys(("BigAutoField", "BigIntegerField", "IntegerField"), ("integer", None)),
    **dict.fromkeys(("CharField", "TextField"), ("string", None)),
    "BooleanField": ("boolean", None),
    "DateField": ("string", "date"),
    "DateTimeField": ("string", DATE_TIME_FORMAT),
    "FloatField": ("number", None),
    "JSONField": ("array", None),
}

# The columns of each unit. A data set may have another unit for a column.
COLUMNS_OF_UNITS = {
    "answers": "correct_submissions total_submissions",
    "attempts": "attempts problem_attempts",
    "attempts per problem": "problem_attempts_per_completed",
    "blocks": "completed_blocks",
    "contributions": "discussion_contributions",
    "learners": "count count_change_7_days cumulative_count first_response_count last_response_count num_users "
    "passing_users users_at_end users_at_start",
    "points": "grade max_grade max_score score",
    "problems": "problems_attempted problems_completed",
    "seconds": "duration seconds_watched segment_length",
    "share": "completion percent_grade",
    "videos": "videos_viewed",
    "views": "num_views",
    "year": "birth_year year_of_birth",
}
UNITS = {column: unit for unit, columns in COLUMNS_OF_UNITS.items() for column in columns.split()}

# Columns that identify a learner, and texts that learners wrote about themselves.
PERSONAL = frozenset(
    (
        *("city", "country", "email", "gender", "goals", "language", "level_of_education", "location"),
        *("mailing_address", "name", "response", "user_id", "username", "year_of_birth"),
    )
)


@dataclass(frozen=True)
class Column:
    """A column of a data set. ``path`` leads from the data set's model to the field."""

    name: str
    path: str
    type: str
    format: str | None
    unit: str | None
    nullable: bool
    personal: bool
    description: str

    @property
    def is_date(self) -> bool:
        return self.format == "date"

    @property
    def is_date_time(self) -> bool:
        return self.format == DATE_TIME_FORMAT


@dataclass(frozen=True)
class DataSet:
    """A table as a data set. If several rows agree in ``unique_key``, the one created last counts."""

    name: str
    model: type[models.Model]
    columns: tuple[Column, ...]
    unique_key: tuple[str, ...]

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def description(self) -> str:
        return " ".join((self.model.__doc__ or "").split())

    @property
    def personal(self) -> bool:
        return any(column.personal for column in self.columns)

    @property
    def has_course_id(self) -> bool:
        return any(column.name == "course_id" for column in self.columns)

    @property
    def has_courses(self) -> bool:
        """True if a row belongs to a course. Only keys that see all courses see a data set without them."""
        return self.has_course_id or self.model is tables.VideoTimeline

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)


def column_of(field: models.Field, *, path: str = "", name: str = "", is_personal: bool = False) -> Column:
    kind, pattern = TYPES[field.get_internal_type()]
    name = name or field.name
    return Column(
        name=name,
        path=path or name,
        type=kind,
        format=pattern,
        unit=UNITS.get(name) if kind in ("integer", "number") else None,
        nullable=field.null,
        personal=is_personal and name in PERSONAL,
        description=str(field.help_text),
    )


def of_table(
    name: str,
    model: type[models.Model],
    *unique_key: str,
    is_personal: bool = False,
    count: str = "",
    may_be_null: Collection[str] = (),
) -> DataSet:
    """Return the data set of a pipeline's table.

    ``count`` is the unit of its column count. ``may_be_null`` are columns that a table of an older shape lacks.
    """
    columns = [column_of(field, is_personal=is_personal) for field in model._meta.concrete_fields]
    columns = [replace(c, unit=count) if count and c.name == "count" else c for c in columns]
    columns = [replace(c, nullable=True) if c.name in may_be_null else c for c in columns]
    # The id comes first and the time of the row last, in whatever order the classes of a model declare them.
    columns.sort(key=lambda column: (column.name != "id", column.name == "created"))
    return DataSet(name, model, tuple(columns), unique_key)


# Columns of learners that only serve sorting, or that the data set takes from another table.
NO_ROSTER_COLUMNS = ("roster", "facet", "created", "email_key", "attempts_per_completed_key", "attempt_ratio_key")


def of_roster() -> DataSet:
    """Return the data set of the current rosters of all courses. A row's time is when its roster became current."""
    fields = [f for f in tables.RosterLearner._meta.concrete_fields if f.name not in NO_ROSTER_COLUMNS]
    id_column, *columns = (column_of(field, is_personal=True) for field in fields)
    course_id = column_of(tables.Roster._meta.get_field("course_id"), path="roster__course_id")
    facet = [
        column_of(tables.RosterFacet._meta.get_field(name), path=f"facet__{name}")
        for name in ("enrollment_mode", "cohort", "segments")
    ]
    created = replace(
        column_of(tables.Roster._meta.get_field("touched"), path="roster__touched", name="created"),
        description="When the roster became the one that is read, UTC.",
    )
    columns = [id_column, course_id, *columns, *facet, created]
    return DataSet("roster", tables.RosterLearner, tuple(columns), ("course_id", "username"))


def of_records(name: str, model: type[tables.Record], *unique_key: str, is_personal: bool = True) -> DataSet:
    """Return the data set of a table of records. Its time is the record's last change."""
    fields = [field for field in model._meta.concrete_fields if field.name not in ("created", "record_key")]
    columns = [column_of(field, is_personal=is_personal) for field in fields]
    columns.sort(key=lambda column: (column.name != "id", column.name == "record_deleted"))
    updated = column_of(model._meta.get_field("created"), path="created", name="record_updated")
    return DataSet(name, model, (*columns, updated), unique_key)


DATA_SETS: Mapping[str, DataSet] = {
    data_set.name: data_set
    for data_set in (
        of_table("course_activity", tables.CourseActivityWeekly, "course_id", "interval_start", "label"),
        of_table("enrollment", tables.CourseEnrollmentDaily, "course_id", "date"),
        of_table("enrollment_by_mode", tables.CourseEnrollmentModeDaily, "course_id", "date", "mode"),
        of_table("enrollment_by_birth_year", tables.CourseEnrollmentByBirthYear, "course_id", "date", "birth_year"),
        of_table("enrollment_by_education", tables.CourseEnrollmentByEducation, "course_id", "date", "education_level"),
        of_table("enrollment_by_gender", tables.CourseEnrollmentByGender, "course_id", "date", "gender"),
        of_table("enrollment_by_country", tables.CourseEnrollmentByCountry, "course_id", "date", "country_code"),
        of_table("course_summaries", tables.CourseMetaSummaryEnrollment, "course_id", "enrollment_mode"),
        of_table("course_programs", tables.CourseProgramMetadata, "course_id", "program_id"),
        of_table(
            "problem_answers",
            tables.ProblemFirstLastResponseAnswerDistribution,
            *("course_id", "module_id", "part_id", "value_id", "answer_value", "variant"),
            may_be_null=["first_response_count"],
        ),
        of_table("problem_grades", tables.GradeDistribution, "course_id", "module_id", "grade", "max_grade"),
        of_table("problem_tags", tables.ProblemsAndTags, "course_id", "module_id", "tag_name", "tag_value"),
        of_table("subsection_views", tables.SequentialOpenDistribution, "course_id", "module_id", count="views"),
        of_table("videos", tables.Video, "course_id", "pipeline_video_id"),
        of_table("video_timelines", tables.VideoTimeline, "pipeline_video_id", "segment"),
        of_table(
            "learner_engagement",
            tables.ModuleEngagement,
            *("course_id", "username", "date", "entity_type", "entity_id", "event"),
            is_personal=True,
            count="times",
        ),
        of_table(
            "engagement_ranges", tables.ModuleEngagementMetricRanges, "course_id", "start_date", "metric", "range_type"
        ),
        of_roster(),
        of_records("users", tables.UserRecord, "user_id"),
        of_records("courses", tables.CourseRunRecord, "course_id", is_personal=False),
        of_records("enrollments", tables.EnrollmentRecord, "course_id", "user_id"),
        of_records("course_blocks", tables.CourseBlockRecord, "course_id", "block_id", is_personal=False),
        of_records("learner_activity", tables.LearnerActivityRecord, "course_id", "user_id", "block_id"),
        of_records("problem_responses", tables.ProblemResponseRecord, "course_id", "user_id", "block_id", "part_id"),
        of_records("page_views", tables.PageViewRecord, "course_id", "user_id", "block_id"),
        of_records("organization_roles", tables.OrganizationRoleRecord, "user_id", "org"),
    )
}
