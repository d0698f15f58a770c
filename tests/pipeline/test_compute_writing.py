"""The rows that a run may touch in the database, and those that it leaves when it is killed."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from analytics_data_api.pipeline import writers
from analytics_data_api.pipeline.computing import StoreBusy
from analytics_data_api.v0.models import (
    CourseActivityWeekly,
    CourseEnrollmentDaily,
    CourseMetaSummaryEnrollment,
    ModuleEngagement,
    Video,
    VideoTimeline,
)
from tests.pipeline.computed import USING, rows, run
from tests.pipeline.stores import COURSE, OTHER_COURSE, check, enroll, pause, play, store_of, visit
from tests.support import databases

pytestmark = pytest.mark.django_db(databases=["default", "analytics"])

DAILY = "course_enrollment_daily"


def stored(model, **values):
    return model.objects.using(USING).create(**values)


def test_courses_that_are_not_in_the_store_stay(tmp_path):
    stored(CourseEnrollmentDaily, course_id=OTHER_COURSE, date="2024-01-01", count=5)
    run(store_of(tmp_path, enroll("2024-01-01", 1)), "2024-01-02")
    assert rows(DAILY) == [(COURSE, "2024-01-01", 1), (OTHER_COURSE, "2024-01-01", 5)]


@pytest.fixture
def archive():
    """Rows of an older pipeline, from before the store's first day, 10 January 2024, and from after it."""
    for day in (8, 9, 10, 11):
        stored(CourseEnrollmentDaily, course_id=COURSE, date=f"2024-01-{day:02}", count=day)
    for start in (1, 8):
        stored(
            CourseActivityWeekly,
            course_id=COURSE,
            interval_start=f"2024-01-{start:02}T00:00Z",
            interval_end=f"2024-01-{start + 7:02}T00:00Z",
            label="ACTIVE",
            count=99,
        )


def test_courses_of_another_pipeline_are_adopted_only_on_demand(tmp_path, archive):
    store = store_of(tmp_path, *(enroll("2024-01-10", user_id) for user_id in (1, 2)), visit("2024-01-12", 1))

    summary = run(store, "2024-01-16")

    assert summary.skipped_courses == [COURSE]
    assert any("--adopt" in line for line in summary.lines())
    assert [count for _course, _day, count in rows(DAILY)] == [8, 9, 10, 11]

    run(store, "2024-01-16", adopts=True)

    assert rows(DAILY, "date", "count") == [
        *(("2024-01-08", 8), ("2024-01-09", 9)),
        *((f"2024-01-{day}", 2) for day in range(10, 16)),
    ]
    # The store knows only a part of the week from 8 January on.
    assert rows("course_activity", "count") == [(99,), (99,)]
    # From now on they are ours.
    assert run(store, "2024-01-17").tables
    assert len(rows(DAILY)) == 9


def test_a_run_knows_its_own_rows_after_it_was_killed(tmp_path, monkeypatch):
    """Killed between two days: the first is new, the second is old, and the next run writes both."""
    store = store_of(tmp_path, *(enroll(f"2024-01-0{day}", day) for day in (1, 2, 3)))
    run(store, "2024-01-03")
    monkeypatch.setattr(writers, "TRANSACTION_SIZE", 1)
    replace = writers.DayStream.replace

    def killed(stream, day):
        if day == date(2024, 1, 2):
            raise KeyboardInterrupt
        return replace(stream, day)

    monkeypatch.setattr(writers.DayStream, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        run(store, "2024-01-04", start="2024-01-01")
    assert rows(DAILY, "date", "count") == [("2024-01-01", 1), ("2024-01-02", 2)]

    monkeypatch.setattr(writers.DayStream, "replace", replace)
    assert run(store, "2024-01-04").skipped_courses == []
    assert rows(DAILY, "date", "count") == [("2024-01-01", 1), ("2024-01-02", 2), ("2024-01-03", 3)]
    assert not (store.state / "work").exists()


def test_one_run_at_a_time(tmp_path):
    store = store_of(tmp_path, enroll("2024-01-01", 1))
    with store.lock(), pytest.raises(StoreBusy, match="in use by process"):
        run(store_of(tmp_path), "2024-01-02")


def test_timelines_of_a_course_are_replaced(tmp_path):
    """The ids of videos that are gone are found by the videos of the course."""
    store = store_of(tmp_path, enroll("2024-01-01", 1), play("2024-01-01 10:00", 0), pause("2024-01-01 11:00", 4))
    run(store, "2024-01-02")
    stored(Video, course_id=COURSE, pipeline_video_id=f"{COURSE}|gone", encoded_module_id="gone", **VIDEO_FIGURES)
    stored(Video, course_id="other", pipeline_video_id="other|v", encoded_module_id="v", **VIDEO_FIGURES)
    for video_id in (f"{COURSE}|gone", "other|v"):
        stored(VideoTimeline, pipeline_video_id=video_id, segment=0, num_users=1, num_views=1)
    run(store, "2024-01-02", start="2024-01-01")
    assert rows("video_timeline", "pipeline_video_id") == [(f"{COURSE}|v",), ("other|v",)]


VIDEO_FIGURES = {"segment_length": 5, "users_at_start": 1}


def test_catalog_columns_stay_where_the_lms_is_silent(tmp_path):
    store = store_of(tmp_path, enroll("2024-01-01", 1))
    run(store, "2024-01-02")
    known = {"catalog_course_title": "Demo", "availability": "Current", "passing_users": 7}
    CourseMetaSummaryEnrollment.objects.using(USING).filter(course_id=COURSE).update(**known)
    run(store, "2024-01-03")
    assert rows("course_meta_summary_enrollment", *known) == [("Demo", "Current", 7)]


def test_texts_are_cut_at_the_length_of_their_column(tmp_path):
    """By code points: these have four bytes each."""
    store = store_of(tmp_path, check("2024-01-01", "ann", problem="\N{DUCK}" * 300))
    summary = run(store, "2024-01-02")
    assert rows("module_engagement", "entity_id") == [("\N{DUCK}" * 255,)]
    assert summary.cut_texts == {"module_engagement": 1, "record_course_blocks": 1}
    assert any("1 texts were cut" in line for line in summary.lines())


def test_a_course_with_too_long_an_id_is_left_out(tmp_path):
    long = f"course-v1:edX+{'x' * 250}+T1"
    summary = run(store_of(tmp_path, enroll("2024-01-01", 1), visit("2024-01-01", 1, course=long)), "2024-01-08")
    assert summary.long_courses == [long]
    assert {row[0] for row in rows("course_activity")} == set()


def test_columns_of_an_older_pipeline_are_filled(tmp_path):
    with databases.empty(USING, tmp_path) as connection:
        databases.migrate(USING)
        databases.execute(connection, f"ALTER TABLE {DAILY} ADD COLUMN cumulative_count integer")
        run(store_of(tmp_path, enroll("2024-01-01", 1)), "2024-01-02")
        assert rows(DAILY, "count", "cumulative_count") == [(1, 1)]


def test_rows_have_the_time_of_their_run(tmp_path):
    run(store_of(tmp_path, check("2024-01-01", "ann")), "2024-01-02")
    row = ModuleEngagement.objects.using(USING).get()
    assert row.created.tzinfo is not None and row.date == date(2024, 1, 1)


@pytest.fixture
def command(tmp_path, settings):
    settings.EVENTS_DIR = str(tmp_path)

    def call(*arguments):
        written = StringIO()
        call_command("compute_tables", "--no-progress", *arguments, stdout=written)
        return written.getvalue()

    return call


def test_command_speaks_to_people_and_to_programs(tmp_path, command):
    store_of(tmp_path, enroll("2024-01-01", 1))
    text = command("--end", "2024-01-03")
    assert "Enrollments are known since 2024-01-01" in text
    summary = json.loads(command("--end", "2024-01-03", "--json"))
    assert (summary["end"], summary["tables"], summary["enrollments_since"]) == ("2024-01-03", {}, "2024-01-01")


def test_command_on_an_empty_store(command):
    assert "nothing to compute" in command()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--end", "2999-01-01"], "has not been reached"),
        (["--start", "2024-01-02", "--end", "2024-01-02"], "is not before"),
        (["--start", "yesterday"], "invalid"),
        (["--table", "nonsense"], "invalid choice"),
        (["--engine", "hadoop"], "invalid choice"),
    ],
)
def test_command_refuses_what_it_cannot_do(command, arguments, message):
    with pytest.raises(CommandError, match=message):
        command(*arguments)


def test_command_tells_by_its_exit_code_that_the_store_is_busy(tmp_path, command):
    with store_of(tmp_path).lock(), pytest.raises(CommandError) as raised:
        command()
    assert raised.value.returncode == 75
