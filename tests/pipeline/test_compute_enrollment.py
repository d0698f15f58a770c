"""Enrollment states and the daily tables that count them."""

import pytest

from tests.pipeline.computed import computed, rows, run
from tests.pipeline.stores import COURSE, OTHER_COURSE, change_mode, enroll, store_of, unenroll, visit, write_lms

pytestmark = pytest.mark.django_db(databases=["default", "analytics"])

# A learner's events on 1 and 2 January, and the (count, mode) of the days from 1 to 3 January.
LIVES = {
    "an activation enrolls": ([enroll("2024-01-01", 1)], [(1, "audit")] * 3),
    "a deactivation unenrolls, and the record stays": (
        [enroll("2024-01-01", 1), unenroll("2024-01-02", 1)],
        [(1, "audit"), (0, "audit"), (0, "audit")],
    ),
    "before the first event nothing is known": ([enroll("2024-01-02", 1)], [None, (1, "audit"), (1, "audit")]),
    "a stream may begin with a deactivation": ([unenroll("2024-01-01", 1)], [(0, "audit")] * 3),
    "a mode change alone does not enroll": ([change_mode("2024-01-01", 1, "verified")], [(0, "verified")] * 3),
    "a mode change keeps the state": (
        [enroll("2024-01-01", 1), change_mode("2024-01-02", 1, "verified")],
        [(1, "audit"), (1, "verified"), (1, "verified")],
    ),
    "every event sets the mode, a deactivation too": (
        [enroll("2024-01-01", 1), unenroll("2024-01-02", 1, "verified")],
        [(1, "audit"), (0, "verified"), (0, "verified")],
    ),
    "so does an activation of one who is enrolled": (
        [enroll("2024-01-01", 1), enroll("2024-01-02", 1, "honor")],
        [(1, "audit"), (1, "honor"), (1, "honor")],
    ),
    "the last event of a day counts": (
        [enroll("2024-01-01 10:00", 1), unenroll("2024-01-01 11:00", 1), enroll("2024-01-01 12:00", 1, "honor")],
        [(1, "honor")] * 3,
    ),
    "at one instant a deactivation follows an activation": (
        [unenroll("2024-01-01 10:00", 1), enroll("2024-01-01 10:00", 1)],
        [(0, "audit")] * 3,
    ),
    "and a mode change follows both": (
        [change_mode("2024-01-01 10:00", 1, "verified"), enroll("2024-01-01 10:00", 1, "audit")],
        [(1, "verified")] * 3,
    ),
    "ids are numbers or texts": (
        [enroll("2024-01-01", 7), unenroll("2024-01-02", "7")],
        [(1, "audit"), (0, "audit"), (0, "audit")],
    ),
    "without user or mode there is no event": (
        [enroll("2024-01-01", None), enroll("2024-01-01", 2, None), enroll("2024-01-03", 3)],
        [None, None, (1, "audit")],
    ),
    "the actor does not matter": (
        [enroll("2024-01-01", 1, user_id=99, username="staff", course=OTHER_COURSE)],
        [(1, "audit")] * 3,
    ),
}


@pytest.mark.parametrize(("events", "expected"), LIVES.values(), ids=LIVES)
def test_state_of_a_learner(tmp_path, events, expected):
    # The store's first day is known, so that days without rows are days without learners.
    run(
        store_of(tmp_path, visit("2024-01-01", 99), *events),
        "2024-01-04",
        tables=["course_enrollment_daily", "course_enrollment_mode_daily"],
    )

    days = ["2024-01-01", "2024-01-02", "2024-01-03"]
    found = {date: (count, mode) for date, mode, count in rows("course_enrollment_mode_daily", "date", "mode", "count")}
    assert [found.get(day) for day in days] == expected
    totals = dict(rows("course_enrollment_daily", "date", "count"))
    assert [totals.get(day) for day in days] == [state and state[0] for state in expected]


def test_modes_of_learners_can_shrink_and_vanish(tmp_path):
    found = computed(
        tmp_path,
        "2024-01-03",
        *(
            enroll("2024-01-01", 1),
            enroll("2024-01-01", 2),
            enroll("2024-01-01", 3, "honor"),
            unenroll("2024-01-01", 2),
        ),
        *(change_mode("2024-01-02", 1, "verified"), change_mode("2024-01-02", 3, "verified")),
        table="course_enrollment_mode_daily",
    )
    assert found == [
        (COURSE, "2024-01-01", "audit", 1, 2),
        (COURSE, "2024-01-01", "honor", 1, 1),
        (COURSE, "2024-01-02", "audit", 0, 1),
        (COURSE, "2024-01-02", "verified", 2, 2),
    ]


def test_genders_of_all_days_and_the_rest_of_the_last_day(tmp_path):
    store = store_of(tmp_path, *(enroll("2024-01-01", user_id) for user_id in range(1, 5)), unenroll("2024-01-02", 3))
    write_lms(
        store,
        "auth_userprofile",
        {"user_id": 1, "gender": "f", "year_of_birth": 1990, "level_of_education": "p_se"},
        {"user_id": 2, "gender": "", "level_of_education": "nonsense"},
        {"user_id": 3, "gender": "o", "year_of_birth": 1990, "level_of_education": "jhs"},
    )

    run(store, "2024-01-03")

    assert rows("course_enrollment_gender_daily", "date", "gender", "count") == [
        ("2024-01-01", "f", 1),
        ("2024-01-01", "o", 1),
        ("2024-01-01", None, 2),
        ("2024-01-02", "f", 1),
        ("2024-01-02", "o", 0),
        ("2024-01-02", None, 2),
    ]
    assert rows("course_enrollment_birth_year_daily", "date", "birth_year", "count") == [
        ("2024-01-02", 1990, 1),
        ("2024-01-02", None, 2),
    ]
    assert rows("course_enrollment_education_level_daily", "date", "education_level", "count") == [
        ("2024-01-02", "doctorate", 1),
        ("2024-01-02", "junior_secondary", 0),
        ("2024-01-02", None, 2),
    ]


def test_without_profiles_everybody_is_unreported(tmp_path):
    store = store_of(tmp_path, enroll("2024-01-01", 1))

    summary = run(store, "2024-01-02")

    assert rows("course_enrollment_gender_daily") == [(COURSE, "2024-01-01", None, 1)]
    assert any("auth_userprofile" in sentence for sentence in summary.unknown)


SUMMARY = ("enrollment_mode", "count", "cumulative_count", "count_change_7_days", "passing_users")


def test_summary_of_a_course(tmp_path):
    """Two learners at first, and eight days later one more in audit; the one in verified mode has left."""
    store = store_of(
        tmp_path,
        *(enroll("2024-01-01", 1), enroll("2024-01-01", 2, "verified")),
        *(enroll("2024-01-09", 3), unenroll("2024-01-09", 2, "verified"), enroll("2024-01-09", 4, "honor")),
    )

    run(store, "2024-01-10")

    assert rows("course_meta_summary_enrollment", *SUMMARY) == [
        ("audit", 2, 2, 1, None),
        ("honor", 1, 1, 1, None),
        ("verified", 0, 1, -1, None),
    ]


def test_change_since_a_day_before_the_store_is_unknown(tmp_path):
    run(store_of(tmp_path, enroll("2024-01-01", 1)), "2024-01-08")
    assert rows("course_meta_summary_enrollment", *SUMMARY) == [("audit", 1, 1, None, None)]


def test_passing_learners_count_for_their_mode_at_the_time(tmp_path):
    store = store_of(
        tmp_path,
        *(enroll("2024-01-01", user_id) for user_id in (1, 2, 3)),
        enroll("2024-01-05", 4),
        change_mode("2024-01-03", 1, "verified"),
        unenroll("2024-01-03", 2),
    )
    passed = {"course_id": COURSE, "letter_grade": "Pass", "passed_timestamp": "2024-01-02 08:00"}
    write_lms(
        store,
        "grades_persistentcoursegrade",
        passed | {"user_id": 1, "modified": "2024-01-02 08:00"},  # was in audit mode then
        passed | {"user_id": 2, "modified": "2024-01-04 08:00"},  # unenrolled learners count
        passed | {"user_id": 3, "modified": "2024-01-02 08:00", "letter_grade": ""},  # has fallen back
        passed | {"user_id": 4, "modified": "2024-01-02 08:00"},  # had no event yet
    )

    run(store, "2024-01-10")

    assert rows("course_meta_summary_enrollment", "enrollment_mode", "passing_users") == [
        ("audit", 2),
        ("verified", 0),
    ]


def test_catalog_of_the_lms(tmp_path):
    store = store_of(tmp_path, enroll("2024-01-01", 1))
    course = {"id": COURSE, "org": "edX", "display_number_with_default": "DemoX", "display_name": "Demo"}
    write_lms(store, "course_overviews_courseoverview", course | {"start": "2024-01-20", "self_paced": True})

    run(store, "2024-01-10")

    columns = ("catalog_course_title", "catalog_course", "start_time", "end_time", "pacing_type", "availability")
    assert rows("course_meta_summary_enrollment", *columns) == [
        ("Demo", "edX+DemoX", "2024-01-20 00:00:00", None, "self_paced", "Starting Soon")
    ]
