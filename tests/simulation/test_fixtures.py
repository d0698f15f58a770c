"""The script writes the committed fixtures, and the endpoints return what the API's documents print."""

from collections import Counter
from datetime import date
from urllib.parse import quote

import pytest
from django.core.management import call_command
from django.db.models import Min, Sum

from analytics_data_api.simulation.documented import FIXTURE_PATHS
from analytics_data_api.simulation.documented.write import FIRST_KEY, fixture_texts
from analytics_data_api.v0 import models
from analytics_data_api.v0.checks import KEYS
from tests.support.factories import DEMO_COURSE, VideoFactory

COUNTRIES = "i4x://edX/DemoX/Demo_Course/problem/268b43628e6d45f79c52453a590f9829"
COUNTRIES_PART = "i4x-edX-DemoX-Demo_Course-problem-268b43628e6d45f79c52453a590f9829_2_1"
GRADED = "i4x://edX/DemoX/Demo_Course/problem/97fd93e33a18495488578e9e74fa4cae"
SEQUENTIAL = "i4x://edX/DemoX/Demo_Course/sequential/5c6c207e16dd47208c29bd8d3e68861e"
FIRST_VIDEO = "UniversityX/UX.3.01x/1T2015|i4x-UniversityX-UX_3_01x-video-02874e0ae0c74ae7b16faa5d6fdc8085"
SECOND_VIDEO = "UniversityX/UX.3.01x/1T2015|i4x-UniversityX-UX_3_01x-video-03454e0ae0c72ae7b16fab3d6fdc2143"

OF_DAY = {"course_id": DEMO_COURSE, "date": "2014-12-10", "created": "2014-12-10T193146"}
OF_CHOICES = {
    "course_id": DEMO_COURSE,
    "module_id": COUNTRIES,
    "part_id": COUNTRIES_PART,
    "problem_display_name": "Multiple Choice Problem",
    "question_text": "Which of the following countries has the largest population?",
    "variant": None,
    "created": "2014-12-05T225026",
}
OF_GRADES = {"module_id": GRADED, "course_id": DEMO_COURSE, "max_grade": 2, "created": "2014-09-12T114957"}

# By kind, id and endpoint: the keys and values that the documents print.
DOCUMENTED = {
    ("courses", DEMO_COURSE, "activity"): [
        {
            "interval_start": "2014-12-08T000000",
            "interval_end": "2014-12-15T000000",
            "course_id": DEMO_COURSE,
            "any": 3013,
            "attempted_problem": 206,
            "played_video": 1049,
            "created": "2014-12-10T193104",
        }
    ],
    ("courses", DEMO_COURSE, "recent_activity"): {
        "interval_start": "2014-12-08T00:00:00Z",
        "interval_end": "2014-12-15T00:00:00Z",
        "activity_type": "any",
        "count": 3013,
        "course_id": DEMO_COURSE,
    },
    ("courses", DEMO_COURSE, "enrollment"): [{**OF_DAY, "count": 1892}],
    ("courses", DEMO_COURSE, "enrollment/mode"): [
        {**OF_DAY, "count": 1890, "cumulative_count": 1931, "honor": 945, "professional": 189, "verified": 756}
    ],
    ("courses", DEMO_COURSE, "enrollment/birth_year"): [
        {**OF_DAY, "birth_year": 1960, "count": 11},
        {**OF_DAY, "birth_year": 1961, "count": 58},
    ],
    ("courses", DEMO_COURSE, "enrollment/education"): [
        {**OF_DAY, "education_level": "bachelors", "count": 634},
        {**OF_DAY, "education_level": "doctorate", "count": 88},
    ],
    ("courses", DEMO_COURSE, "enrollment/gender"): [
        {**OF_DAY, "female": 732, "male": 1155, "other": 435, "unknown": 0},
    ],
    ("courses", DEMO_COURSE, "enrollment/location"): [
        {**OF_DAY, "country": {"alpha2": "CA", "alpha3": "CAN", "name": "Canada"}, "count": 264},
        {**OF_DAY, "country": {"alpha2": "CN", "alpha3": "CHN", "name": "China"}, "count": 416},
    ],
    ("courses", DEMO_COURSE, "videos"): [
        {
            "pipeline_video_id": FIRST_VIDEO,
            "encoded_module_id": "i4x-UX-UT_3_01x-video-02874e0ae0c74ae7b16faa5d6fdc8085",
            "duration": 142,
            "segment_length": 5,
            "users_at_start": 2,
            "users_at_end": 0,
            "created": "2015-04-15T214158",
        },
        {
            "pipeline_video_id": SECOND_VIDEO,
            "encoded_module_id": "i4x-UX-UT_3_01x-video-03454e0ae0c72ae7b16fab3d6fdc2143",
            "duration": 66,
            "segment_length": 5,
            "users_at_start": 1044,
            "users_at_end": 0,
            "created": "2015-04-15T214158",
        },
    ],
    ("problems", COUNTRIES, "answer_distribution"): [
        {**OF_CHOICES, "correct": False, "count": 9, "value_id": "choice_0", "answer_value": "Russia"},
        {**OF_CHOICES, "correct": True, "count": 15, "value_id": "choice_1", "answer_value": "Indonesia"},
    ],
    ("problems", GRADED, "grade_distribution"): [
        {**OF_GRADES, "grade": 1, "count": 5},
        {**OF_GRADES, "grade": 2, "count": 256},
    ],
    ("problems", SEQUENTIAL, "sequential_open_distribution"): [
        {"module_id": SEQUENTIAL, "course_id": DEMO_COURSE, "count": 23, "created": "2014-09-12T114838"}
    ],
    ("videos", FIRST_VIDEO, "timeline"): [
        {"segment": 0, "num_users": 472, "num_views": 539, "created": "2015-05-13T050419"},
        {"segment": 1, "num_users": 450, "num_views": 510, "created": "2015-05-13T050419"},
        {"segment": 2, "num_users": 438, "num_views": 493, "created": "2015-05-13T050419"},
    ],
}


ANALYTICS = pytest.mark.django_db(databases=["analytics"])


def load():
    call_command("loaddata", *map(str, FIXTURE_PATHS), database="analytics", verbosity=0)


def test_files_are_what_the_script_writes():
    committed = {path.name: path.read_text(encoding="utf-8") for path in FIXTURE_PATHS}
    assert committed == fixture_texts(), "run: make fixtures"
    assert sorted(path.name for path in FIXTURE_PATHS[0].parent.glob("*.json")) == sorted(committed)


@ANALYTICS
def test_every_table_has_rows_and_a_second_load_adds_none():
    own_row = VideoFactory()
    load()
    counts = {model: model.objects.count() for model in KEYS}
    assert all(counts.values()), counts
    load()
    assert counts == {model: model.objects.count() for model in KEYS}
    assert models.Video.objects.filter(pk=own_row.pk, pipeline_video_id=own_row.pipeline_video_id).exists()
    assert VideoFactory().pk > FIRST_KEY


@pytest.mark.django_db(databases=["default", "analytics"])
@pytest.mark.parametrize("place", DOCUMENTED, ids="/".join)
def test_answers_are_the_documented_ones(api, place):
    load()
    kind, id_in_url, endpoint = place
    for safe in ("/", ""):
        rows = api.rows(f"/api/v0/{kind}/{quote(id_in_url, safe=safe)}/{endpoint}/")
        assert printed_keys(rows, DOCUMENTED[place]) == DOCUMENTED[place]


def printed_keys(answer, documented):
    """Return all rows of a response, with only the keys that the documents print."""
    if isinstance(documented, dict):
        return {key: answer.get(key, "absent") for key in documented}
    printed = list(documented[0])
    return [{key: row.get(key, "absent") for key in printed} for row in answer]


@ANALYTICS
def test_documented_week_of_the_learner():
    load()
    week = models.ModuleEngagement.objects.filter(
        course_id="my/cool/course", username="dan-friedman", date__gte="2015-10-19", date__lt="2015-10-26"
    )
    assert metrics_of(week) == {"contributed": 24, "attempted": 138, "completed": 76, "viewed": 26, "attempts": 342}
    days = {day: metrics_of(week.filter(date=day)) for day in sorted(set(week.values_list("date", flat=True)))}
    assert days[date(2015, 10, 19)].items() >= {"contributed": 1, "attempted": 5, "completed": 2, "viewed": 7}.items()
    assert days[date(2015, 10, 20)].items() >= {"contributed": 5, "attempted": 0, "completed": 0, "viewed": 1}.items()
    assert sum(map(Counter, days.values()), Counter()) == Counter(metrics_of(week))
    everything = models.ModuleEngagement.objects.filter(course_id="my/cool/course")
    assert everything.aggregate(first=Min("date"))["first"] == date(2015, 10, 19)


def metrics_of(rows):
    """Return the numbers of distinct problems and videos, and the sums of contributions and attempts."""
    distinct = {
        event: rows.filter(event=event).values("entity_id").distinct().count()
        for event in ("attempted", "completed", "viewed")
    }
    sums = {
        name: rows.filter(event=event).aggregate(sum=Sum("count"))["sum"] or 0
        for name, event in {"contributed": "contributed", "attempts": "attempted"}.items()
    }
    return distinct | sums


@ANALYTICS
def test_documented_metric_ranges():
    load()
    ranges = {
        (row.metric, row.range_type): (row.low_value, row.high_value)
        for row in models.ModuleEngagementMetricRanges.objects.all()
    }
    documented = {
        ("problems_attempted", "low"): (0, 5),
        ("problems_attempted", "normal"): (5, 15.2),
        ("problems_attempted", "high"): (15.2, None),
        ("problems_completed", "low"): (0, 5),
        ("problems_completed", "normal"): (5, 15.2),
        ("problem_attempts_per_completed", "normal"): (0, None),
    }
    known = {metric for metric, _ in documented}
    assert {key: value for key, value in ranges.items() if key[0] in known} == documented
    assert {"discussion_contributions", "videos_viewed"} <= {metric for metric, _ in ranges}
    dates = set(models.ModuleEngagementMetricRanges.objects.values_list("course_id", "start_date", "end_date"))
    assert dates == {
        (course_id, date(2015, 10, 19), date(2015, 10, 26)) for course_id in ("my/cool/course", "my/course/id")
    }
