"""The computed tables: what a change of the event store, of the LMS's data or of the day asks of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Recompute(Enum):
    """How much of a table a change asks for."""

    LATER_DAYS = "the day of the change and all later ones"
    DAYS = "the day of the change"
    WEEKS = "the complete week of the change"
    CONTENT = "the whole table, if any event has come"
    STATE = "the whole table, which describes the last day"
    LMS = "the whole table, if the LMS's data has changed"


@dataclass(frozen=True)
class Table:
    name: str
    recompute: Recompute
    # Tables of the LMS that are used where they are there.
    lms: tuple[str, ...] = ()
    # Tables that are written together.
    group: str = ""
    # The column that tells the day or week of a row; None if rows have none.
    day_column: str | None = None
    uses_addresses: bool = False
    # True if the rows are records, which are compared with those that stand.
    is_record: bool = False
    # True if the rows depend on who was enrolled when, which the LMS knows of the time before the log.
    uses_enrollments: bool = False
    # Columns of the LMS's tables without which nothing can be computed.
    needs: tuple[str, ...] = ()

    @property
    def unit(self) -> str:
        return self.group or self.name

    @property
    def is_by_day(self) -> bool:
        return self.recompute in (Recompute.LATER_DAYS, Recompute.DAYS, Recompute.WEEKS)


ROSTER = "roster"
PROGRAMS = "course_program_metadata"
PROFILES = "auth_userprofile"
OVERVIEWS = "course_overviews_courseoverview"
BLOCKS = "course_blocks"
MODULES = "courseware_studentmodule"
# The tables of the LMS from which starting_enrollments is made.
ENROLLMENTS = ("student_courseenrollment", "student_courseenrollment_history")


def record(name: str, *lms: str) -> Table:
    """Return a table of records. A day that has ended can change any of them, and removes old ones."""
    return Table(f"record_{name}", Recompute.STATE, lms=lms, is_record=True)


TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        Table(
            "course_enrollment_daily",
            Recompute.LATER_DAYS,
            group="enrollment",
            day_column="date",
            uses_enrollments=True,
        ),
        Table(
            "course_enrollment_mode_daily",
            Recompute.LATER_DAYS,
            group="enrollment",
            day_column="date",
            uses_enrollments=True,
        ),
        Table(
            "course_enrollment_gender_daily",
            Recompute.LATER_DAYS,
            lms=(PROFILES,),
            group="enrollment",
            day_column="date",
            uses_enrollments=True,
        ),
        Table(
            "course_enrollment_birth_year_daily",
            Recompute.STATE,
            lms=(PROFILES,),
            day_column="date",
            uses_enrollments=True,
        ),
        Table(
            "course_enrollment_education_level_daily",
            Recompute.STATE,
            lms=(PROFILES,),
            day_column="date",
            uses_enrollments=True,
        ),
        Table(
            "course_enrollment_location_current",
            Recompute.STATE,
            lms=("student_courseenrollment",),
            day_column="date",
            uses_addresses=True,
        ),
        Table(
            "course_meta_summary_enrollment",
            Recompute.STATE,
            lms=("grades_persistentcoursegrade", "catalog_course_runs", OVERVIEWS),
            uses_enrollments=True,
        ),
        Table("course_activity", Recompute.WEEKS, day_column="interval_start"),
        Table("module_engagement", Recompute.DAYS, day_column="date"),
        Table("module_engagement_metric_ranges", Recompute.STATE),
        Table(
            ROSTER,
            Recompute.STATE,
            lms=(
                "auth_user",
                PROFILES,
                "course_groups_courseusergroup",
                "course_groups_courseusergroup_users",
            ),
            uses_enrollments=True,
        ),
        Table("tags_distribution", Recompute.CONTENT),
        Table("answer_distribution", Recompute.CONTENT, lms=(BLOCKS,)),
        Table("video", Recompute.CONTENT, lms=(BLOCKS,), group="videos"),
        Table("video_timeline", Recompute.CONTENT, lms=(BLOCKS,), group="videos"),
        Table("grade_distribution", Recompute.LMS, lms=(MODULES,), needs=("course_id", "module_id", "grade")),
        Table(
            "sequential_open_distribution",
            Recompute.LMS,
            lms=(MODULES,),
            needs=("course_id", "module_id", "module_type"),
        ),
        Table(PROGRAMS, Recompute.LMS, lms=("catalog_programs",)),
        record("users", "auth_user", PROFILES),
        record("courses", OVERVIEWS, "catalog_course_runs"),
        record(
            "enrollments",
            *("student_courseenrollment", "student_courseenrollment_history", "completion_blockcompletion"),
            *("course_blocks", "grades_persistentcoursegrade", "student_courseaccessrole", OVERVIEWS),
        ),
        record("course_blocks", "course_blocks"),
        record("learner_activity", "auth_user", "courseware_studentmodule", "completion_blockcompletion"),
        record("problem_responses", "auth_user"),
        record("page_views", "courseware_studentmodule"),
        record("organization_roles", "student_courseaccessrole"),
    )
}
