"""A course that a key has access to, and other courses that share as many ids with it as possible.

``insert_mine`` and then ``insert_theirs`` fill every table. The rows of ``insert_theirs`` have numbers and names of their
own, so that a response shows if it depends on them.
"""

from datetime import UTC, date, datetime, timedelta

from django.db import connections

from analytics_data_api.data_sets.declarations import DATA_SETS
from analytics_data_api.v0 import models
from tests.support import factories, record_factories
from tests.support.rosters import load_learners

MINE = "edX/DemoX/Run"
ORG = "edX"
# Courses of an org with the same prefix, courses equal to mine without case or accents, and courses of the other style.
THEIRS = (
    "edXtra/DemoX/Run",
    "EDX/DEMOX/RUN",
    "édX/DemoX/Run",
    "course-v1:edXtra+DemoX+Run",
    "ccx-v1:edXtra+DemoX+Run+ccx@1",
)
# A course of the same organization, for a key restricted to courses.
NEIGHBOUR = "edX/DemoX/Run2"
UNKNOWN = "edX_/DemoX/Unknown"

SHARED_PROBLEM, MY_PROBLEM, THEIR_PROBLEM = "i4x://DemoX/problem/shared", "i4x://DemoX/mine", "i4x://DemoX/theirs"
SHARED_VIDEO, MY_VIDEO, THEIR_VIDEO = "shared|video", "mine|video", "theirs|video"
SHARED_PROGRAM, THEIR_PROGRAM = "shared-program", "their-program"
LEARNER, THEIR_LEARNER = "ada", "eve"

DAY = date(2014, 12, 10)
CREATED = datetime(2014, 12, 10, 12, tzinfo=UTC)


def insert_mine(using):
    insert_course(
        MINE, number=1, created=CREATED, problems=(SHARED_PROBLEM, MY_PROBLEM), learners=(LEARNER,), using=using
    )
    for video in (SHARED_VIDEO, MY_VIDEO):
        factories.VideoFactory(course_id=MINE, pipeline_video_id=video, created=CREATED, using=using)
    # Rows of the shared video could belong to either course, so they count as theirs.
    factories.VideoTimelineFactory(pipeline_video_id=MY_VIDEO, segment=0, created=CREATED, using=using)


def insert_theirs(courses, using):
    for number, course in enumerate(courses, start=2):
        # Some courses sort before mine and some after it.
        created = CREATED + timedelta(hours=number if number % 2 else -number)
        problems, learners = (SHARED_PROBLEM, MY_PROBLEM.upper(), THEIR_PROBLEM), (LEARNER, THEIR_LEARNER)
        insert_course(course, number=number * 1000, created=created, problems=problems, learners=learners, using=using)
        for video in (SHARED_VIDEO, THEIR_VIDEO, MY_VIDEO.upper()):
            factories.VideoFactory(course_id=course, pipeline_video_id=video, created=created, using=using)
        for video in (SHARED_VIDEO, THEIR_VIDEO, MY_VIDEO.upper()):
            factories.VideoTimelineFactory(pipeline_video_id=video, segment=number, created=created, using=using)


def insert_course(course_id, *, number, created, problems, learners, using):
    """Insert a row of the course into each table. Its counts are the number, and its names contain it."""
    common = {"course_id": course_id, "created": created, "using": using}
    for label in ("ACTIVE", "PLAYED_VIDEO"):
        factories.CourseActivityWeeklyFactory(**common, label=label, count=number)
    factories.CourseEnrollmentDailyFactory(**common, date=DAY, count=number)
    factories.CourseEnrollmentModeDailyFactory(**common, date=DAY, mode=f"mode-{number}", count=number)
    factories.CourseEnrollmentByBirthYearFactory(**common, date=DAY, birth_year=1000 + number, count=number)
    factories.CourseEnrollmentByEducationFactory(**common, date=DAY, education_level=f"level-{number}", count=number)
    factories.CourseEnrollmentByGenderFactory(**common, date=DAY, count=number)
    factories.CourseEnrollmentByCountryFactory(**common, date=DAY, count=number)
    for mode in ("honor", f"mode-{number}"):
        factories.CourseMetaSummaryEnrollmentFactory(
            **common, catalog_course_title=f"Title {number}", enrollment_mode=mode, count=number
        )
    programs = [SHARED_PROGRAM] if course_id == MINE else [SHARED_PROGRAM, THEIR_PROGRAM]
    for program in programs:
        factories.CourseProgramMetadataFactory(**common, program_id=program, program_title=f"Program {number}")
    for problem in problems:
        factories.ProblemFirstLastResponseAnswerDistributionFactory(
            **common,
            module_id=problem,
            part_id=f"{problem}_1",
            answer_value=f"answer {number}",
            last_response_count=number,
        )
        factories.GradeDistributionFactory(**common, module_id=problem, grade=number, count=number)
        factories.SequentialOpenDistributionFactory(**common, module_id=problem, count=number)
        factories.ProblemsAndTagsFactory(**common, module_id=problem, tag_value=f"value {number}")
    for learner in learners:
        factories.ModuleEngagementFactory(**common, username=learner, date=DAY, count=number)
    factories.ModuleEngagementMetricRangesFactory(**common, low_value=number)
    insert_records(common, number)
    roster = [
        {"username": learner, "name": f"Name {number}", "cohort": f"cohort-{number}", "segments": [f"segment-{number}"]}
        for learner in learners
    ]
    load_learners(course_id, roster, using=using)
    models.Roster.objects.using(using).filter(course_id=course_id).update(touched=created)


def insert_records(common, number):
    """Insert a record of the course into each table, and one of the site into those that have no courses."""
    record_factories.CourseRunRecordFactory(**common, title=f"Title {number}")
    record_factories.EnrollmentRecordFactory(**common, user_id=number)
    record_factories.CourseBlockRecordFactory(**common, title=f"Title {number}")
    record_factories.LearnerActivityRecordFactory(**common, user_id=number)
    record_factories.ProblemResponseRecordFactory(**common, user_id=number)
    record_factories.PageViewRecordFactory(**common, user_id=number)
    of_site = {name: value for name, value in common.items() if name != "course_id"}
    record_factories.UserRecordFactory(**of_site, user_id=number)
    record_factories.OrganizationRoleRecordFactory(**of_site, user_id=number)


def ignore_case(alias):
    """Make all tables of the pipeline compare texts without case, and without accents if the database can."""
    connection = connections[alias]
    tables = [data_set.table for data_set in DATA_SETS.values() if data_set.name != "roster"]
    with connection.cursor() as cursor:
        for table in dict.fromkeys([*tables, "answer_distribution"]):
            if connection.vendor == "mysql":
                cursor.execute(f"ALTER TABLE {table} CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
                continue
            cursor.execute("SELECT sql FROM sqlite_master WHERE tbl_name = %s AND sql IS NOT NULL", [table])
            [create, *indexes] = sorted((sql for (sql,) in cursor.fetchall()), reverse=True)
            assert create.startswith("CREATE TABLE")
            cursor.execute(f"DROP TABLE {table}")
            for sql in (create.replace("varchar(255)", "varchar(255) COLLATE NOCASE"), *indexes):
                cursor.execute(sql)
