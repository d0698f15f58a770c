"""The invented course's logs and LMS data give the tables that are counted from the same learners directly."""

import gzip
import sqlite3
from datetime import date
from io import StringIO
from urllib.parse import quote

import pytest
from django.core.management import call_command

from analytics_data_api.simulation.actions import invented_actions
from analytics_data_api.simulation.course import FakeCourse
from analytics_data_api.simulation.courses import active_weeks
from analytics_data_api.simulation.learners import invented_learners
from analytics_data_api.simulation.replace import replace_course
from analytics_data_api.simulation.site import write_site
from analytics_data_api.simulation.tables import course_tables
from analytics_data_api.v0 import models

pytestmark = pytest.mark.django_db(databases=["default", "analytics"])

END = date(2026, 3, 3)
NEW_STYLE = FakeCourse("course-v1:edX+DemoX+Demo_Course", seed=1, end=END, num_weeks=10)
OLD_STYLE = FakeCourse("edX/Demo.X/2014", seed=7, end=END, num_weeks=2)
EVER = {"start_date": "2000-01-01", "end_date": "2100-01-01"}


def compute(course, folder, settings):
    """Load what ``write_site`` has written, and compute the tables of the course."""
    settings.EVENTS_DIR = str(folder / "events")
    settings.GEOIP_DATABASE = str(folder / "countries.mmdb")
    call_command("load_events", str(folder / "logs"), jobs=1, stdout=StringIO())
    call_command("load_lms", database=f"sqlite:///{folder}/lms.sqlite3", verbosity=0)
    call_command("compute_tables", end=course.end, verbosity=0)


def responses(api, course):
    """Return everything that the endpoints tell of the course, by path."""
    of_course = f"courses/{quote(course.course_id)}"
    learners = f"learners/?course_id={quote(course.course_id)}&page_size=100"
    paths = {
        **{f"{of_course}/{name}/": EVER for name in ("activity", "enrollment")},
        **{
            f"{of_course}/enrollment/{name}/": EVER
            for name in ("mode", "gender", "birth_year", "education", "location")
        },
        **{
            f"{of_course}/{name}/": {}
            for name in ("recent_activity", "problems", "problems_and_tags", "videos", "user_engagement")
        },
        **{
            f"problems/{quote(problem.module_id)}/{name}_distribution/": {}
            for problem in course.problems
            for name in ("answer", "grade")
        },
        **{
            f"problems/{quote(sequential.module_id)}/sequential_open_distribution/": {}
            for sequential in course.sequentials
        },
        **{f"videos/{quote(course.pipeline_video_id(video))}/timeline/": {} for video in course.videos},
        "course_summaries/": {"programs": "true", "recent_date": "2026-02-01"},
        "course_totals/": {},
        "programs/": {},
        f"course_learner_metadata/{quote(course.course_id)}/": {},
        **{f"{learners}&page={page}": {} for page in range(1, 8)},
        **{
            f"engagement_timelines/{learner.username}/?course_id={quote(course.course_id)}": {}
            for learner in invented_learners(course)[:20]
        },
    }
    found = {}
    for path, parameters in paths.items():
        response = api.get(f"/api/v0/{path}", parameters)
        found[path] = without_created(response.json())
        # Only timelines of learners who did nothing are missing.
        assert response.status_code == 200 or path.startswith("engagement_timelines"), path
    return found


def without_created(value):
    if isinstance(value, list):
        return [without_created(inner) for inner in value]
    if isinstance(value, dict):
        return {key: without_created(inner) for key, inner in value.items() if key != "created"}
    return value


@pytest.mark.parametrize("course", [NEW_STYLE, OLD_STYLE], ids=lambda course: course.course_id)
def test_the_computation_agrees_with_the_invention(api, settings, tmp_path, course):
    api.described = False
    replace_course(course, course_tables(course), using="analytics")
    invented = responses(api, course)
    call_command(
        "generate_fake_course_data",
        course_id=course.course_id,
        seed=course.seed,
        end_date=course.end.isoformat(),
        num_weeks=course.num_weeks,
        logs=str(tmp_path),
        force=True,
        verbosity=0,
    )
    assert not models.CourseEnrollmentDaily.objects.exists()
    compute(course, tmp_path, settings)
    computed = responses(api, course)
    assert [path for path, rows in invented.items() if computed[path] != rows] == []
    # A second load and computation changes nothing.
    write_site(course, tmp_path)
    compute(course, tmp_path, settings)
    assert models.CourseEnrollmentDaily.objects.count() == len(course.days)


def test_logs_are_of_every_kind(settings, tmp_path):
    lines = write_site(NEW_STYLE, tmp_path)
    suffixes = {path.suffix for path in (tmp_path / "logs").iterdir()}
    assert suffixes == {".log", ".gz", ".zst"}
    out = StringIO()
    settings.EVENTS_DIR = str(tmp_path / "events")
    call_command("load_events", str(tmp_path / "logs"), jobs=1, stdout=out)
    figures = dict(line.rsplit(": ", 1) for line in out.getvalue().splitlines())
    assert figures["Lines"] == f"{lines:,}"
    assert int(figures["Rejected"]) == 5 * NEW_STYLE.num_weeks
    assert int(figures["Duplicates"]) == 20 * (NEW_STYLE.num_weeks - 1)
    assert {"Events, enrollment", "Events, problem", "Events, video", "Events, forum", "Events, other"} <= set(figures)


def test_same_seed_and_day_give_the_same_files(tmp_path):
    def contents():
        write_site(OLD_STYLE, tmp_path)
        with sqlite3.connect(tmp_path / "lms.sqlite3") as connection:
            tables = list(connection.iterdump())
        files = sorted((tmp_path / "logs").iterdir())
        return tables, {
            path.name: gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            for path in files
        }

    assert contents() == contents()


@pytest.mark.parametrize("course", [NEW_STYLE, OLD_STYLE], ids=lambda course: course.course_id)
def test_learners_act_while_they_are_enrolled(course):
    learners = invented_learners(course)
    for action in invented_actions(course, active_weeks(course, learners)).all():
        assert action.learner.enrolled_on(action.time.date())
