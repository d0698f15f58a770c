"""Weekly activity, daily engagement, and the ranges of its metrics."""

from math import inf

import pytest

from tests.pipeline.computed import computed, rows, run
from tests.pipeline.stores import COURSE, OTHER_COURSE, check, enroll, event, pause, play, post, store_of, visit

pytestmark = pytest.mark.django_db(databases=["default", "analytics"])

WEEK = ("2024-01-01 00:00:00", "2024-01-08 00:00:00")
ACTIVE, ATTEMPTED, PLAYED, POSTED = "ACTIVE", "ATTEMPTED_PROBLEM", "PLAYED_VIDEO", "POSTED_FORUM"

ACTIVITIES = {
    "a page request is activity": (visit("2024-01-02", 1), [ACTIVE]),
    "a course in the URL counts": (visit("2024-01-02", 1, course=None, url_course_id=COURSE), [ACTIVE]),
    "without a course nothing counts": (visit("2024-01-02", 1, course=None), []),
    "without a user nothing counts": (visit("2024-01-02", None), []),
    "background tasks are not activity": (visit("2024-01-02", 1, source="task"), []),
    "nor are enrollments": (enroll("2024-01-02", 1, user_id=1, course=COURSE), []),
    "a problem check by the server": (check("2024-01-02", "ann", user_id=1), [ACTIVE, ATTEMPTED]),
    "one by the browser is only activity": (
        check("2024-01-02", "ann", user_id=1, source="browser", kind="other"),
        [ACTIVE],
    ),
    "a play in the browser": (play("2024-01-02", 0), [ACTIVE, PLAYED]),
    "a play in an app": (play("2024-01-02", 0, source="mobile"), [ACTIVE, PLAYED]),
    "a play of the server's is none": (play("2024-01-02", 0, source="server"), [ACTIVE]),
    "a pause is none": (pause("2024-01-02", 0), [ACTIVE]),
    "a new comment": (post("2024-01-02", "ann", user_id=1, what="comment.created"), [ACTIVE, POSTED]),
    "a vote is no contribution": (post("2024-01-02", "ann", user_id=1, what="thread.voted"), [ACTIVE]),
    "a comment of the browser's is none": (post("2024-01-02", "ann", user_id=1, source="browser"), [ACTIVE]),
}


@pytest.mark.parametrize(("logged", "labels"), ACTIVITIES.values(), ids=ACTIVITIES)
def test_labels_of_an_event(tmp_path, logged, labels):
    found = computed(
        tmp_path, "2024-01-08", visit("2024-01-01", 9, course=OTHER_COURSE), logged, table="course_activity"
    )
    assert [row for row in found if row[0] == COURSE] == [(COURSE, *WEEK, label, 1) for label in labels]


def test_learners_of_complete_weeks_count_once(tmp_path):
    store = store_of(
        tmp_path,
        *(visit("2024-01-01 00:00", 1), visit("2024-01-07 23:59", 1), visit("2024-01-03", 2)),
        visit("2024-01-08", 3),
    )
    run(store, "2024-01-14")
    assert rows("course_activity") == [(COURSE, *WEEK, ACTIVE, 2)]
    run(store, "2024-01-15")
    assert len(rows("course_activity")) == 2


ENGAGEMENTS = {
    "a check": (check("2024-01-02", "ann"), [("problem", "p", "attempted", 1)]),
    "a correct check, in any case": (
        check("2024-01-02", "ann", success="CORRECT"),
        [("problem", "p", "attempted", 1), ("problem", "p", "completed", 1)],
    ),
    "a play, whose id is stripped": (play("2024-01-02", 0, module=" v\n"), [("video", "v", "viewed", 1)]),
    "a pause is none": (pause("2024-01-02", 0), []),
    "a new thread, wherever it comes from": (
        post("2024-01-02", "ann", source="browser"),
        [("discussion", "general", "contributed", 1)],
    ),
    "a viewed thread is none": (post("2024-01-02", "ann", what="thread.viewed"), []),
    "a post without a topic is none": (post("2024-01-02", "ann", topic=None), []),
    "a check without a problem is none": (check("2024-01-02", "ann", problem=None), []),
    "a course in the URL counts": (
        check("2024-01-02", "ann", course=None) | {"url_course_id": COURSE},
        [("problem", "p", "attempted", 1)],
    ),
    "nobody": (check("2024-01-02", ""), []),
    "150 characters are a username": (check("2024-01-02", "x" * 150), [("problem", "p", "attempted", 1)]),
    "151 are not": (check("2024-01-02", "x" * 151), []),
    "a retired learner": (check("2024-01-02", "retired__user_5f3"), []),
    "an unusable payload": (check("2024-01-02", "ann") | {"payload": None}, []),
}


@pytest.mark.parametrize(("logged", "expected"), ENGAGEMENTS.values(), ids=ENGAGEMENTS)
def test_engagement_of_an_event(tmp_path, logged, expected):
    run(store_of(tmp_path, enroll("2024-01-01", 1), logged), "2024-01-03", tables=["module_engagement"])
    assert rows("module_engagement", "entity_type", "entity_id", "event", "count") == expected


def test_engagement_is_counted_by_learner_day_and_entity(tmp_path):
    found = computed(
        tmp_path,
        "2024-01-03",
        *(check("2024-01-01 10:00", "ann"), check("2024-01-01 11:00", "ann", success="correct")),
        *(check("2024-01-01", "ann", problem="q"), check("2024-01-02", "ann"), check("2024-01-02", "bob")),
        table="module_engagement",
    )
    assert found == [
        (COURSE, "ann", "2024-01-01", "problem", "p", "attempted", 2),
        (COURSE, "ann", "2024-01-01", "problem", "p", "completed", 1),
        (COURSE, "ann", "2024-01-01", "problem", "q", "attempted", 1),
        (COURSE, "ann", "2024-01-02", "problem", "p", "attempted", 1),
        (COURSE, "bob", "2024-01-02", "problem", "p", "attempted", 1),
    ]


def active(counts):
    """Return events of as many learners as there are counts, each of whom contributes so often (and attends anyway)."""
    for learner, count in enumerate(counts):
        yield play("2024-01-05", 0, username=f"u{learner}")
        for number in range(count):
            yield post(f"2024-01-05 10:{number:02}", f"u{learner}")


def solved(attempts_of_learners):
    """Return checks of one problem by learners who solve it with the last of so many attempts; None: in vain."""
    for learner, attempts in enumerate(attempts_of_learners):
        for number in range(attempts or 1):
            is_last = attempts is not None and number == attempts - 1
            yield check(f"2024-01-05 10:{number:02}", f"u{learner}", success="correct" if is_last else "incorrect")


RANGES = {
    "interpolated between ranks": (
        "discussion_contributions",
        active([1, 0, 0, 0]),
        {"normal": (0, 0.55), "high": (0.55, inf)},
    ),
    "all learners alike": ("discussion_contributions", active([2, 2, 2]), {"low": (0, 2), "normal": (2, inf)}),
    "whoever touches infinity is infinite": (
        "problem_attempts_per_completed",
        solved([1, 2, 3, None, None]),
        {"low": (0, 1.6), "normal": (1.6, inf), "high": (inf, inf)},
    ),
    "low is all that is finite": (
        "problem_attempts_per_completed",
        solved([1, None, None, None]),
        {"low": (0, inf), "normal": (inf, inf)},
    ),
    "a course without attempts": (
        "problem_attempts_per_completed",
        active([1, 2, 3]),
        {"normal": (0, inf)},
    ),
}


@pytest.mark.parametrize(("metric", "events", "expected"), RANGES.values(), ids=RANGES)
def test_ranges_of_a_metric(tmp_path, metric, events, expected):
    run(store_of(tmp_path, *events), "2024-01-08", tables=["module_engagement_metric_ranges"])
    found = {
        range_type: (low, high)
        for name, range_type, low, high in rows(
            "module_engagement_metric_ranges", "metric", "range_type", "low_value", "high_value"
        )
        if name == metric
    }
    # Infinity is null in the table.
    assert found == {
        range_type: tuple(None if bound == inf else pytest.approx(bound) for bound in bounds)
        for range_type, bounds in expected.items()
    }


def test_ranges_are_those_of_the_last_seven_days(tmp_path):
    store = store_of(tmp_path, check("2024-01-01", "ann"), check("2024-01-02", "ann"), visit("2024-01-03", 1))
    run(store, "2024-01-09")
    assert set(rows("module_engagement_metric_ranges", "start_date", "end_date")) == {("2024-01-02", "2024-01-09")}
    assert ("problem_attempts", "low", 0.0, 1.0) in rows(
        "module_engagement_metric_ranges", "metric", "range_type", "low_value", "high_value"
    )
    run(store, "2024-01-10")
    assert rows("module_engagement_metric_ranges") == []


def test_an_event_of_another_kind_does_no_harm(tmp_path):
    odd = event("2024-01-01", "other", "problem_graded", source="browser", user_id="not a number", payload=None)
    run(store_of(tmp_path, odd), "2024-01-08")
    assert rows("course_activity", "label", "count") == [("ACTIVE", 1)]
