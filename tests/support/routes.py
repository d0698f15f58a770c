"""The table of the API's routes. test_routes.py fails for an endpoint that is missing here.

Each entry has the request of the endpoint's sample in docs/samples/, and the rows for the tests of its cost.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import Model
from django.urls import get_resolver
from rest_framework.views import APIView

from analytics_data_api.v0 import models
from analytics_data_api.web.schema import route_slug
from tests.support.description import described_path
from tests.support.rosters import load_learners

DEMO_COURSE = "edX/DemoX/Demo_Course"
DEMO_PROBLEM = "i4x://edX/DemoX/Demo_Course/problem/268b43628e6d45f79c52453a590f9829"
DEMO_GRADED_PROBLEM = "i4x://edX/DemoX/Demo_Course/problem/97fd93e33a18495488578e9e74fa4cae"
DEMO_SEQUENTIAL = "i4x://edX/DemoX/Demo_Course/sequential/5c6c207e16dd47208c29bd8d3e68861e"
COOL_COURSE = "my/cool/course"
DEMO_VIDEO = "UniversityX/UX.3.01x/1T2015|i4x-UniversityX-UX_3_01x-video-02874e0ae0c74ae7b16faa5d6fdc8085"

# The course and the module with many rows.
LARGE_COURSE = "course-v1:edX+Large+2014"
LARGE_MODULE = "block-v1:edX+Large+2014+type@problem+block@large"
CREATED = datetime(2014, 12, 10, 19, 31, 46, tzinfo=UTC)


def nth_day(number):
    return date(1990, 1, 1) + timedelta(days=number)


def nth_week(number):
    return datetime(1900, 1, 1, tzinfo=UTC) + timedelta(weeks=number)


@dataclass(frozen=True)
class Route:
    """An endpoint under /api/v0/ (and /api/v1/)."""

    path: str
    # The request of the sample, below the root of the version, and the format of the sample beside CSV.
    sample: str
    # One of many rows, by its number, and the request that answers with all of them.
    row: Callable[[int], Model]
    large: str
    # The code of the 404 where the database is empty; None: the answer is zeros.
    nothing_found: str | None = "not_found"
    # The methods that it answers to.
    allow: str = "GET, HEAD, OPTIONS"

    @property
    def slug(self):
        return route_slug(f"/api/v0/{self.path}")

    def insert(self, numbers, *, using="analytics"):
        """Insert the rows of these numbers into a database."""
        rows = [self.row(number) for number in numbers]
        type(rows[0])._default_manager.using(using).bulk_create(rows, batch_size=2000)


class LearnerRoute(Route):
    """An endpoint about learners. Its rows are days of engagement, or learners if ``row`` is None."""

    def insert(self, numbers, *, using="analytics"):
        if self.row:
            super().insert(numbers, using=using)
        # A load replaces the whole roster.
        size = 1 if self.row else numbers.stop
        load_learners(LARGE_COURSE, [{"username": f"learner-{number}"} for number in range(size)], using=using)


def course_route(path, row, *, query=""):
    """Return a route below a course."""
    return Route(
        path=f"courses/{{course_id}}/{path}",
        sample=f"courses/{DEMO_COURSE}/{path}",
        row=lambda number: row(number, {"course_id": LARGE_COURSE, "created": CREATED}),
        large=f"courses/{LARGE_COURSE}/{path}{query}",
    )


def postable_route(path, row, *, query="", nothing_found="not_found"):
    """Return a route about all courses, which accepts POST too."""
    return Route(
        path=path,
        sample=f"{path}{query}",
        row=row,
        large=f"{path}{query}",
        nothing_found=nothing_found,
        allow="GET, POST, HEAD, OPTIONS",
    )


def days_route(path, model, **columns):
    """Return a route with one row per day that has these columns."""
    return course_route(
        path,
        lambda number, common: model(date=nth_day(number), count=number, **columns, **common),
        query="?start_date=1900-01-01",
    )


def module_route(path, sample, row):
    """Return a route below a problem or a subsection."""
    name = path.partition("{")[2].partition("}")[0]
    return Route(
        path=path,
        sample=path.replace(f"{{{name}}}", sample),
        row=lambda number: row(
            number, {"course_id": LARGE_COURSE, "module_id": LARGE_MODULE, "created": CREATED, "count": number}
        ),
        large=path.replace(f"{{{name}}}", LARGE_MODULE),
    )


def activity_of_week(number, common):
    return models.CourseActivityWeekly(
        interval_start=nth_week(number), interval_end=nth_week(number + 1), label="ACTIVE", count=number, **common
    )


def learner_route(path, sample, *, of_days=False, query="", large_query=""):
    return LearnerRoute(
        path=path,
        sample=f"{sample}{query}",
        row=engagement_of_day if of_days else None,
        large=path.format(username="learner-0", course_id=LARGE_COURSE) + large_query,
        nothing_found="course_not_found",
    )


def engagement_of_day(number):
    return models.ModuleEngagement(
        course_id=LARGE_COURSE,
        username="learner-0",
        date=nth_day(number % 3000),
        entity_type="problem",
        entity_id=f"problem-{number}",
        event="attempted",
        count=1,
        created=CREATED,
    )


def summary_row(number):
    return models.CourseMetaSummaryEnrollment(
        course_id=f"course-v1:edX+Course{number // 2}+2014",
        enrollment_mode=("honor", "verified")[number % 2],
        count=number,
        created=CREATED,
    )


def answer_row(number, common, part="part"):
    counts = {"first_response_count": number, "last_response_count": common.pop("count")}
    return models.ProblemFirstLastResponseAnswerDistribution(
        part_id=part, value_id=f"choice_{number}", answer_value=f"Answer {number}", **counts, **common
    )


ROUTES = (
    course_route("activity/", activity_of_week, query="?start_date=1900-01-01"),
    course_route("recent_activity/", activity_of_week),
    days_route("enrollment/", models.CourseEnrollmentDaily),
    days_route("enrollment/mode/", models.CourseEnrollmentModeDaily, mode="honor", cumulative_count=1),
    days_route("enrollment/birth_year/", models.CourseEnrollmentByBirthYear, birth_year=1960),
    days_route("enrollment/education/", models.CourseEnrollmentByEducation, education_level="bachelors"),
    days_route("enrollment/gender/", models.CourseEnrollmentByGender, gender="f"),
    days_route("enrollment/location/", models.CourseEnrollmentByCountry, country_code="CA"),
    course_route(
        "problems/",
        lambda number, common: answer_row(
            number, {"module_id": f"problem-{number // 3}", "count": number, **common}, part=f"part-{number}"
        ),
    ),
    course_route(
        "problems_and_tags/",
        lambda number, common: models.ProblemsAndTags(
            module_id=f"problem-{number // 3}",
            tag_name=f"tag-{number % 3}",
            tag_value=f"value-{number}",
            total_submissions=number,
            correct_submissions=0,
            **common,
        ),
    ),
    course_route(
        "user_engagement/",
        lambda number, common: models.ModuleEngagement(
            username=f"learner-{number // 2}",
            date=nth_day(number % 2),
            entity_type="problem",
            entity_id=f"problem-{number}",
            event="attempted",
            count=1,
            **common,
        ),
    ),
    course_route(
        "videos/",
        lambda number, common: models.Video(
            pipeline_video_id=f"video-{number}",
            encoded_module_id=f"module-{number}",
            segment_length=5,
            users_at_start=number,
            **common,
        ),
    ),
    module_route("problems/{problem_id}/answer_distribution/", DEMO_PROBLEM, answer_row),
    module_route(
        "problems/{problem_id}/grade_distribution/",
        DEMO_GRADED_PROBLEM,
        lambda number, common: models.GradeDistribution(grade=number / 2, max_grade=10_000, **common),
    ),
    module_route(
        "problems/{module_id}/sequential_open_distribution/",
        DEMO_SEQUENTIAL,
        lambda number, common: models.SequentialOpenDistribution(**common),
    ),
    Route(
        path="videos/{video_id}/timeline/",
        sample=f"videos/{DEMO_VIDEO}/timeline/",
        row=lambda number: models.VideoTimeline(
            pipeline_video_id=LARGE_MODULE, segment=number, num_users=number, created=CREATED
        ),
        large=f"videos/{LARGE_MODULE}/timeline/",
    ),
    postable_route("course_summaries/", summary_row, query="?programs=true&recent_date=2014-12-10"),
    postable_route("course_totals/", summary_row, nothing_found=None),
    postable_route(
        "programs/",
        lambda number: models.CourseProgramMetadata(
            course_id=f"course-v1:edX+Course{number}+2014",
            program_id=f"program-{number // 3}",
            program_type="MicroMasters",
            program_title="Demonstrations",
            created=CREATED,
        ),
    ),
    learner_route(
        "learners/",
        "learners/",
        query=f"?course_id={COOL_COURSE}&page_size=2",
        large_query=f"?course_id={LARGE_COURSE}",
    ),
    learner_route(
        "learners/{username}/",
        "learners/dan-friedman/",
        of_days=True,
        query=f"?course_id={COOL_COURSE}",
        large_query=f"?course_id={LARGE_COURSE}&start_date=1990-01-01",
    ),
    *(
        learner_route(
            f"{path}{{username}}/",
            f"{path}dan-friedman/",
            of_days=True,
            query=f"?course_id={COOL_COURSE}",
            large_query=f"?course_id={LARGE_COURSE}",
        )
        for path in ("engagement_timelines/", "learners/engagement_timelines/")
    ),
    *(
        learner_route(f"{path}{{course_id}}/", f"{path}{COOL_COURSE}/")
        for path in ("course_learner_metadata/", "learners/courses/")
    ),
)


# The routes of whole data sets with the request of each sample. Their tests are apart, because they are not series of a
# course.
DATA_SETS = {
    "data_sets/": "data_sets/",
    "data_sets/{data_set}/": "data_sets/enrollment/",
    "data_sets/{data_set}/rows/": "data_sets/enrollment/rows/?limit=3",
    "data_sets/{data_set}/partitions/": "data_sets/enrollment/partitions/",
}


def all_endpoints(patterns=None, prefix=""):
    """Yield the path of every route as the description writes it, with the class or function of its view.

    Pages for people are not among them: tests/pages/ checks those.
    """
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if getattr(pattern, "namespace", None) == "pages":
            continue
        path = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from all_endpoints(pattern.url_patterns, path)
        else:
            callback = pattern.callback
            view = getattr(callback, "cls", None) or getattr(callback, "view_class", None) or callback
            yield described_path(path), view


def api_endpoints():
    """Return the routes of REST views, without those of the documentation."""
    return [
        (path, view)
        for path, view in all_endpoints()
        if isinstance(view, type) and issubclass(view, APIView) and not path.startswith("/docs/")
    ]
