"""Which tables are data sets, and what is said of their columns: a data set is declared once, from its model's fields.

The endpoint, the JSON Schema of the rows, the export and the data dictionary of the documentation are made from here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.db import models

from analytics_data_api.rosters.models import Roster, RosterFacet, RosterLearner
from analytics_data_api.v0.models.courses import CourseActivityWeekly
from analytics_data_api.v0.models.enrollment import (
    CourseEnrollmentByBirthYear,
    CourseEnrollmentByCountry,
    CourseEnrollmentByEducation,
    CourseEnrollmentByGender,
    CourseEnrollmentDaily,
    CourseEnrollmentModeDaily,
)
from analytics_data_api.v0.models.learners import ModuleEngagement, ModuleEngagementMetricRanges
from analytics_data_api.v0.models.problems import (
    GradeDistribution,
    ProblemFirstLastResponseAnswerDistribution,
    ProblemsAndTags,
    SequentialOpenDistribution,
)
from analytics_data_api.v0.models.summaries import CourseMetaSummaryEnrollment, CourseProgramMetadata
from analytics_data_api.v0.models.videos import Video, VideoTimeline

DATE_TIME_FORMAT = "YYYY-MM-DDTHHMMSS"

# The type and the format of a column by the kind of its field.
TYPES: Mapping[str, tuple[str, str | None]] = {
    "BigAutoField": ("integer", None),
    "BigIntegerField": ("integer", None),
    "BooleanField": ("boolean", None),
    "CharField": ("string", None),
    "DateField": ("string", "date"),
    "DateTimeField": ("string", DATE_TIME_FORMAT),
    "FloatField": ("number", None),
    "IntegerField": ("integer", None),
    "JSONField": ("array", None),
    "TextField": ("string", None),
}

# What the figures count, by column; a data set may say otherwise.
UNITS = {
    "attempt_ratio_order": None,
    "birth_year": "year",
    "correct_submissions": "answers",
    "count": "learners",
    "count_change_7_days": "learners",
    "cumulative_count": "learners",
    "discussion_contributions": "contributions",
    "duration": "seconds",
    "first_response_count": "learners",
    "grade": "points",
    "id": None,
    "last_response_count": "learners",
    "max_grade": "points",
    "num_users": "learners",
    "num_views": "views",
    "passing_users": "learners",
    "problem_attempts": "attempts",
    "problem_attempts_per_completed": "attempts per problem",
    "problems_attempted": "problems",
    "problems_completed": "problems",
    "segment": None,
    "segment_length": "seconds",
    "total_submissions": "answers",
    "user_id": None,
    "users_at_end": "learners",
    "users_at_start": "learners",
    "variant": None,
    "videos_viewed": "videos",
    "year_of_birth": "year",
}

# What identifies a person or was said by one of oneself.
PERSONAL = frozenset(
    (
        "city",
        "country",
        "email",
        "gender",
        "goals",
        "language",
        "level_of_education",
        "location",
        "mailing_address",
        "name",
        "user_id",
        "username",
        "year_of_birth",
    )
)


@dataclass(frozen=True)
class Column:
    """A column of a data set. ``path`` is where its value stands, from the model of the data set on."""

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
    """A table as a data set. The rows that agree in ``unique_key`` are about the same; the latest created counts."""

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

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)


def column_of(field: models.Field, *, path: str = "", name: str = "", is_personal: bool) -> Column:
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
    units: Mapping[str, str] | None = None,
    may_be_null: Iterable[str] = (),
) -> DataSet:
    """The data set of a table of the pipeline. ``may_be_null`` are columns that a table of an older shape lacks."""
    columns = [column_of(field, is_personal=is_personal) for field in model._meta.concrete_fields]
    columns = [
        replace(
            column,
            unit=(units or {}).get(column.name, column.unit),
            nullable=column.nullable or column.name in may_be_null,
        )
        for column in columns
    ]
    # The id first and the time of the row last, whatever the order in which the classes of a model declare them.
    columns.sort(key=lambda column: (column.name != "id", column.name == "created"))
    return DataSet(name, model, tuple(columns), unique_key)


# Columns of learners that only serve sorting, or that stand elsewhere.
NO_ROSTER_COLUMNS = frozenset(
    ["roster", "facet", "created", "email_key", "attempts_per_completed_key", "attempt_ratio_key"]
)


def of_roster() -> DataSet:
    """The current rosters of all courses. A row's time is when its roster became the one that is read."""
    columns = [
        column_of(field, is_personal=True)
        for field in RosterLearner._meta.concrete_fields
        if field.name not in NO_ROSTER_COLUMNS
    ]
    course_id = column_of(Roster._meta.get_field("course_id"), path="roster__course_id", is_personal=False)
    facet = [
        column_of(RosterFacet._meta.get_field(name), path=f"facet__{name}", is_personal=False)
        for name in ("enrollment_mode", "cohort", "segments")
    ]
    created = replace(
        column_of(Roster._meta.get_field("touched"), path="roster__touched", name="created", is_personal=False),
        description="When the roster became the one that is read, UTC.",
    )
    return DataSet(
        "roster", RosterLearner, (columns[0], course_id, *columns[1:], *facet, created), ("course_id", "username")
    )


DATA_SETS: Mapping[str, DataSet] = {
    data_set.name: data_set
    for data_set in (
        of_table("course_activity", CourseActivityWeekly, "course_id", "interval_start", "label"),
        of_table("enrollment", CourseEnrollmentDaily, "course_id", "date"),
        of_table("enrollment_by_mode", CourseEnrollmentModeDaily, "course_id", "date", "mode"),
        of_table("enrollment_by_birth_year", CourseEnrollmentByBirthYear, "course_id", "date", "birth_year"),
        of_table("enrollment_by_education", CourseEnrollmentByEducation, "course_id", "date", "education_level"),
        of_table("enrollment_by_gender", CourseEnrollmentByGender, "course_id", "date", "gender"),
        of_table("enrollment_by_country", CourseEnrollmentByCountry, "course_id", "date", "country_code"),
        of_table("course_summaries", CourseMetaSummaryEnrollment, "course_id", "enrollment_mode"),
        of_table("course_programs", CourseProgramMetadata, "course_id", "program_id"),
        of_table(
            "problem_answers",
            ProblemFirstLastResponseAnswerDistribution,
            *("course_id", "module_id", "part_id", "value_id", "answer_value", "variant"),
            may_be_null=["first_response_count"],
        ),
        of_table("problem_grades", GradeDistribution, "course_id", "module_id", "grade", "max_grade"),
        of_table("problem_tags", ProblemsAndTags, "course_id", "module_id", "tag_name", "tag_value"),
        of_table("subsection_views", SequentialOpenDistribution, "course_id", "module_id", units={"count": "views"}),
        of_table("videos", Video, "course_id", "pipeline_video_id"),
        of_table("video_timelines", VideoTimeline, "pipeline_video_id", "segment"),
        of_table(
            "learner_engagement",
            ModuleEngagement,
            *("course_id", "username", "date", "entity_type", "entity_id", "event"),
            is_personal=True,
            units={"count": "times"},
        ),
        of_table("engagement_ranges", ModuleEngagementMetricRanges, "course_id", "start_date", "metric", "range_type"),
        of_roster(),
    )
}
