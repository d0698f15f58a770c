"""Rows for the attack: courses that share the ids of their problems, videos and learners, and hostile texts."""

from tests.attack.request import OPEN, OPEN_COURSE, SECRET
from tests.attack.texts import FORMULAS, MARKUP, STORABLE
from tests.support import factories, rosters

PROBLEM, SEQUENTIAL = "i4x://Shared/Course/problem/shared", "i4x://Shared/Course/sequential/shared"
VIDEO = "Shared|i4x-Shared-Course-video-shared"
HOSTILE_PROBLEM = "i4x://Shared/Course/problem/hostile"
# Rows of each course: the factory, the field that has the count, and the other fields.
ROWS = (
    (factories.CourseActivityWeeklyFactory, "count", {}),
    (factories.CourseActivityWeeklyFactory, "count", {"label": "PLAYED_VIDEO"}),
    (factories.CourseEnrollmentDailyFactory, "count", {}),
    (factories.CourseEnrollmentModeDailyFactory, "count", {}),
    (factories.CourseEnrollmentModeDailyFactory, "count", {"mode": FORMULAS[2]}),
    (factories.CourseEnrollmentByBirthYearFactory, "count", {}),
    (factories.CourseEnrollmentByEducationFactory, "count", {}),
    (factories.CourseEnrollmentByEducationFactory, "count", {"education_level": FORMULAS[0]}),
    (factories.CourseEnrollmentByGenderFactory, "count", {}),
    (factories.CourseEnrollmentByCountryFactory, "count", {}),
    (factories.CourseEnrollmentByCountryFactory, "count", {"country_code": None}),
    (factories.CourseMetaSummaryEnrollmentFactory, "count", {}),
    (
        factories.CourseMetaSummaryEnrollmentFactory,
        "count",
        {"enrollment_mode": FORMULAS[0], "catalog_course_title": MARKUP[0], "catalog_course": FORMULAS[1]}
        | dict.fromkeys(("pacing_type", "availability", "start_time")),
    ),
    (factories.ProblemFirstLastResponseAnswerDistributionFactory, "last_response_count", {"module_id": PROBLEM}),
    (factories.GradeDistributionFactory, "count", {"module_id": PROBLEM}),
    (factories.SequentialOpenDistributionFactory, "count", {"module_id": SEQUENTIAL}),
    (factories.ProblemsAndTagsFactory, "total_submissions", {"module_id": PROBLEM}),
    (factories.VideoFactory, "users_at_start", {"pipeline_video_id": VIDEO}),
    (factories.VideoFactory, "users_at_start", {"pipeline_video_id": "{course_id}|own"}),
)


def insert_rows(using, *, more=0):
    """Insert the rows into a database. Each count is larger by ``more``, so that a response shows its database."""
    for number, course_id in enumerate((*OPEN, *SECRET)):
        insert_course(using, course_id, 100 * (number + 1) + more)
    for number, text in enumerate(text for text in STORABLE if len(text) <= 255):
        common = {"course_id": OPEN[number % 2], "module_id": HOSTILE_PROBLEM, "using": using}
        factories.ProblemsAndTagsFactory(tag_name=text, tag_value=text, **common)
        factories.ProblemFirstLastResponseAnswerDistributionFactory(
            part_id=f"part-{number % 3}",
            value_id=None if number % 2 else text,
            last_response_count=number + more,
            **dict.fromkeys(("answer_value", "question_text", "problem_display_name"), text),
            **common,
        )


def insert_course(using, course_id, count):
    for factory, counted, fields in ROWS:
        fields = {name: value and value.format(course_id=course_id) for name, value in fields.items()}
        factory(course_id=course_id, using=using, **{counted: count}, **fields)
    factories.CourseProgramMetadataFactory(
        program_id="shared-program", program_title=FORMULAS[3], course_id=course_id, using=using
    )
    factories.ModuleEngagementMetricRangesFactory(course_id=course_id, using=using)
    for video in (VIDEO, f"{course_id}|own"):
        factories.VideoTimelineFactory(pipeline_video_id=video, segment=0, num_users=count, using=using)
    # A username cannot contain NUL.
    names = ("shared", *(text for text in STORABLE if "\x00" not in text)) if course_id == OPEN_COURSE else ("shared",)
    for username in names[:20]:
        factories.ModuleEngagementFactory(username=username, course_id=course_id, count=count, using=using)
    rosters.load(course_id, [learner(count + number, name) for number, name in enumerate(names)], using=using)


def learner(number, username):
    return {
        "username": username,
        "user_id": number,
        "name": STORABLE[number % len(STORABLE)],
        "email": f"{username[:50]}@example.com",
        "cohort": FORMULAS[number % 7],
        "segments": ["highly_engaged", MARKUP[number % 3], FORMULAS[number % 5]] if number % 3 else [],
        "enrollment_mode": ("audit", "verified", FORMULAS[0])[number % 3],
        "city": STORABLE[-number % len(STORABLE)],
        "country": "CA",
        "goals": STORABLE[number * 7 % len(STORABLE)],
        "problems_attempted": number,
        "videos_viewed": number % 5,
    }
