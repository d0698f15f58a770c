"""Rows to attack: two courses that share the ids of their problems, videos and learners, and texts that do harm."""

from tests.attack.texts import FORMULAS, LETTERS, MARKUP, STATEMENTS
from tests.support import factories, rosters

OPEN_COURSE, SECRET_COURSE = "course-v1:Open+Shared+2026", "course-v1:Secret+Shared+2026"
# Old-style ids name no run: a problem can stand in several courses.
OLD_OPEN_COURSE, OLD_SECRET_COURSE = "Shared/Course/Open", "Shared/Course/Secret"
OPEN, SECRET = (OPEN_COURSE, OLD_OPEN_COURSE), (OLD_SECRET_COURSE, SECRET_COURSE)
PROBLEM, SEQUENTIAL = "i4x://Shared/Course/problem/shared", "i4x://Shared/Course/sequential/shared"
VIDEO = "Shared|i4x-Shared-Course-video-shared"
FORMULA_PROBLEM = "i4x://Shared/Course/problem/formulas"

# What a column of text can hold: MariaDB's utf8mb4 and SQLite both have all of these.
STORED = tuple(text for text in (*FORMULAS, *MARKUP, *STATEMENTS, *LETTERS) if text and len(text) <= 255)


def usernames():
    """Names that a roster takes."""
    return tuple(text for text in STORED if "\x00" not in text)


def learner(number, username):
    return {
        "username": username,
        "user_id": number,
        "name": STORED[number % len(STORED)],
        "email": f"{username[:50]}@example.com",
        "cohort": FORMULAS[number % 7],
        "segments": ["highly_engaged", MARKUP[number % 3], FORMULAS[number % 5]] if number % 3 else [],
        "enrollment_mode": ("audit", "verified", FORMULAS[0])[number % 3],
        "city": STORED[-number % len(STORED)],
        "country": "CA",
        "goals": STORED[number * 7 % len(STORED)],
        "problems_attempted": number,
        "videos_viewed": number % 5,
    }


def fill(using, *, more=0):
    """Inserts the rows into a database; every count is larger by ``more``, so that an answer tells where it is from."""
    for number, course_id in enumerate((*OPEN, *SECRET)):
        fill_course(using, course_id, count=100 * (number + 1) + more)
    for number, text in enumerate(STORED):
        common = {"course_id": OPEN[number % 2], "module_id": FORMULA_PROBLEM, "using": using}
        factories.ProblemFirstLastResponseAnswerDistributionFactory(
            part_id=f"part-{number % 3}",
            value_id=None if number % 2 else text,
            answer_value=text,
            question_text=text,
            problem_display_name=text,
            last_response_count=number + more,
            **common,
        )
        factories.ProblemsAndTagsFactory(tag_name=text, tag_value=text, **common)


def fill_course(using, course_id, *, count):
    common = {"course_id": course_id, "using": using}
    counted = {**common, "count": count}
    factories.CourseActivityWeeklyFactory(**counted)
    factories.CourseActivityWeeklyFactory(label="PLAYED_VIDEO", **counted)
    for factory in (
        factories.CourseEnrollmentDailyFactory,
        factories.CourseEnrollmentModeDailyFactory,
        factories.CourseEnrollmentByBirthYearFactory,
        factories.CourseEnrollmentByEducationFactory,
        factories.CourseEnrollmentByGenderFactory,
        factories.CourseEnrollmentByCountryFactory,
        factories.CourseMetaSummaryEnrollmentFactory,
    ):
        factory(**counted)
    factories.CourseMetaSummaryEnrollmentFactory(
        enrollment_mode=FORMULAS[0],
        catalog_course_title=MARKUP[0],
        catalog_course=FORMULAS[1],
        pacing_type=None,
        availability=None,
        start_time=None,
        **counted,
    )
    factories.CourseEnrollmentModeDailyFactory(mode=FORMULAS[2], **counted)
    factories.CourseEnrollmentByCountryFactory(country_code=None, **counted)
    factories.CourseEnrollmentByEducationFactory(education_level=FORMULAS[0], **counted)
    factories.CourseProgramMetadataFactory(program_id="shared-program", program_title=FORMULAS[3], **common)
    factories.ProblemFirstLastResponseAnswerDistributionFactory(module_id=PROBLEM, last_response_count=count, **common)
    factories.GradeDistributionFactory(module_id=PROBLEM, **counted)
    factories.SequentialOpenDistributionFactory(module_id=SEQUENTIAL, **counted)
    factories.ProblemsAndTagsFactory(module_id=PROBLEM, total_submissions=count, **common)
    factories.VideoFactory(pipeline_video_id=VIDEO, users_at_start=count, **common)
    factories.ModuleEngagementMetricRangesFactory(**common)
    own_video = f"{course_id}|own"
    factories.VideoFactory(pipeline_video_id=own_video, users_at_start=count, **common)
    for video in (VIDEO, own_video):
        factories.VideoTimelineFactory(pipeline_video_id=video, segment=0, num_users=count, using=using)
    names = ("shared", *usernames()) if course_id == OPEN_COURSE else ("shared", FORMULAS[0])
    for username in names[:20]:
        factories.ModuleEngagementFactory(username=username, **counted)
    rosters.load_learners(course_id, [learner(count + number, name) for number, name in enumerate(names)], using=using)
