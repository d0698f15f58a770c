"""A run computes only what has changed, and its rows do not depend on when and in which order the events came."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.pipeline.computed import emptied, everything, rows, run
from tests.pipeline.stores import (
    COURSE,
    OTHER_COURSE,
    add,
    change_mode,
    check,
    enroll,
    pause,
    play,
    post,
    seek,
    store_of,
    unenroll,
    visit,
    write_lms,
)

pytestmark = pytest.mark.django_db(databases=["default", "analytics"])

FIRST_DAY = date(2024, 1, 1)


def day(number):
    return (FIRST_DAY + timedelta(days=number)).isoformat()


def ids(table):
    """Return the keys of a table's rows by day: rows that were written again have new ones."""
    found = {}
    for key, value in rows(table, "id", "date"):
        found.setdefault(value, set()).add(key)
    return found


def test_a_second_run_does_nothing(tmp_path):
    store = store_of(tmp_path, enroll(day(0), 1), check(day(0), "ann"))
    run(store, day(3))
    summary = run(store, day(3))
    assert summary.tables == {}
    assert "Nothing has changed since the last computation." in list(summary.lines())


def test_a_day_without_events_is_a_day(tmp_path):
    store = store_of(tmp_path, enroll(day(0), 1), check(day(0), "ann"))
    run(store, day(1))
    summary = run(store, day(2))
    assert rows("course_enrollment_daily", "date", "count") == [(day(0), 1), (day(1), 1)]
    # No event has come, and so nothing that all events are counted for has changed.
    assert not summary.tables.keys() & {"answer_distribution", "tags_distribution", "video"}


def test_a_late_event_counts_on_its_day_and_enrollments_on_all_later_ones(tmp_path):
    store = store_of(tmp_path, *(enroll(day(n), n) for n in range(4)), *(check(day(n), "ann") for n in range(4)))
    run(store, day(4))
    enrollments, engagement = ids("course_enrollment_daily"), ids("module_engagement")

    add(store, enroll(day(2), 9), check(day(2), "bob"))
    run(store, day(4))

    assert rows("course_enrollment_daily", "date", "count") == [(day(0), 1), (day(1), 2), (day(2), 4), (day(3), 5)]
    assert rows("module_engagement", "date", "username")[2:4] == [(day(2), "ann"), (day(2), "bob")]
    again = {number for number in range(4) if ids("course_enrollment_daily")[day(number)] != enrollments[day(number)]}
    assert again == {2, 3}
    again = {number for number in range(4) if ids("module_engagement")[day(number)] != engagement[day(number)]}
    assert again == {2}


def test_a_late_event_changes_its_week_alone(tmp_path):
    store = store_of(tmp_path, *(visit(day(7 * n), 1) for n in range(4)))
    run(store, day(28))
    before = dict(rows("course_activity", "interval_start", "id"))
    add(store, visit(day(9), 2))
    run(store, day(28))
    after = dict(rows("course_activity", "interval_start", "id"))
    assert [start[:10] for start in before if before[start] != after[start]] == [day(7)]
    assert dict(rows("course_activity", "interval_start", "count"))[f"{day(7)} 00:00:00"] == 2


def test_days_that_are_asked_for_are_computed_again(tmp_path):
    store = store_of(tmp_path, *(enroll(day(n), n) for n in range(4)))
    run(store, day(4))
    before = ids("course_enrollment_daily")
    run(store, day(3), start=day(1), tables=["course_enrollment_daily"])
    assert [number for number in range(4) if ids("course_enrollment_daily")[day(number)] != before[day(number)]] == [
        1,
        2,
    ]
    assert run(store, day(4)).tables == {}


def test_new_data_of_the_lms_counts_for_all_days(tmp_path):
    store = store_of(tmp_path, enroll(day(0), 1))
    run(store, day(2))
    write_lms(store, "auth_userprofile", {"user_id": 1, "gender": "f"})
    summary = run(store, day(2))
    assert rows("course_enrollment_gender_daily", "date", "gender") == [(day(0), "f"), (day(1), "f")]
    assert "course_enrollment_daily" not in summary.tables


def test_a_dry_run_writes_nothing(tmp_path):
    store = store_of(tmp_path, enroll(day(0), 1))
    summary = run(store, day(2), is_dry_run=True)
    assert summary.tables["course_enrollment_daily"].days == 2
    assert rows("course_enrollment_daily") == []
    assert run(store, day(2)).tables


def test_tables_that_are_asked_for(tmp_path):
    store = store_of(tmp_path, enroll(day(0), 1), play(day(0), 0), pause(day(0), 9))
    # Timelines name no course, and so are written with the videos.
    assert set(run(store, day(1), tables=["video_timeline"]).tables) == {"video", "video_timeline"}
    assert rows("course_enrollment_daily") == []


MOMENTS = st.integers(0, 6 * 24 - 1).map(lambda hour: f"{day(hour // 24)} {hour % 24:02}:00")
USERS = st.integers(1, 3)
COURSES = st.sampled_from([COURSE, OTHER_COURSE])
MODES = st.sampled_from(["audit", "verified"])
OFFSETS = st.integers(0, 40)


def answers(text):
    submission = {"answer": text, "correct": text == "a", "response_type": "stringresponse", "variant": ""}
    return {"answers": {"p_2_1": text}, "submission": {"p_2_1": submission}}


EVENTS = st.one_of(
    st.builds(lambda t, u, m, c: enroll(t, u, m, c), MOMENTS, USERS, MODES, COURSES),
    st.builds(lambda t, u, m, c: unenroll(t, u, m, c), MOMENTS, USERS, MODES, COURSES),
    st.builds(lambda t, u, m, c: change_mode(t, u, m, c), MOMENTS, USERS, MODES, COURSES),
    st.builds(lambda t, u: visit(t, u, username=f"user{u}", ip=f"192.0.2.{u}"), MOMENTS, USERS),
    st.builds(
        lambda t, u, text, c: check(
            t, f"user{u}", user_id=u, course=c, tags={"difficulty": text}, success="correct", **answers(text)
        ),
        *(MOMENTS, USERS, st.sampled_from("abc"), COURSES),
    ),
    st.builds(lambda t, u: post(t, f"user{u}", user_id=u), MOMENTS, USERS),
    st.builds(lambda t, u, at: play(t, at, user_id=u, username=f"user{u}"), MOMENTS, USERS, OFFSETS),
    st.builds(lambda t, u, at: pause(t, at, user_id=u, username=f"user{u}"), MOMENTS, USERS, OFFSETS),
    st.builds(
        lambda t, u, old, new: seek(t, old, new, user_id=u, username=f"user{u}"), MOMENTS, USERS, OFFSETS, OFFSETS
    ),
)
END = day(7)


@given(logged=st.lists(EVENTS, min_size=1, max_size=40), data=st.data())
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_one_pass_equals_any_other_way(tmp_path_factory, logged, data):
    """The events at once; day by day; in another order, some of them late; with all of them twice."""
    emptied()
    run(store_of(tmp_path_factory.mktemp("once"), *logged), END)
    expected = everything()

    emptied()
    late = data.draw(st.sets(st.sampled_from(range(len(logged))), max_size=5))
    shuffled = data.draw(st.permutations(list(enumerate(logged))))
    store = store_of(tmp_path_factory.mktemp("daily"))
    for number in range(8):
        arrived = [row for place, row in shuffled if place not in late and row["date"] == day(number)]
        add(store, *arrived, *arrived)
        run(store, day(number + 1)) if number < 7 else None
    add(store, *(row for place, row in shuffled if place in late))
    run(store, END)

    assert everything() == expected
