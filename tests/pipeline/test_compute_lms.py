"""The LMS and its catalog service complete the figures of the log."""

import pytest

from analytics_data_api.v0.models import CourseProgramMetadata
from tests.pipeline.computed import everything, roster, rows, run
from tests.pipeline.stores import (
    COURSE,
    add,
    change_mode,
    check,
    enroll,
    pause,
    play,
    store_of,
    unenroll,
    visit,
    write_lms,
)

pytestmark = pytest.mark.django_db(databases=["default", "analytics"])

DAYS = ["2024-01-10", "2024-01-11", "2024-01-12"]


def row(created, is_active=True, mode="audit", user_id=1):
    return {"user_id": user_id, "course_id": COURSE, "created": created, "is_active": is_active, "mode": mode}


def change(time, is_active=True, mode="audit", kind="~", user_id=1):
    created = {"history_date": time, "history_type": kind}
    return row(time, is_active, mode, user_id) | created


# The LMS's row, its history and the learner's events; the (count, mode) of the days. The store begins on 10 January.
STARTS = {
    "enrolled before, no event": (row("2023-05-01"), [], [], [(1, "audit")] * 3),
    "left before, no event": (row("2023-05-01", False), [], [], [(0, "audit")] * 3),
    "a first event that unenrolls": (
        row("2023-05-01", False),
        [],
        [unenroll("2024-01-11", 1, "honor")],
        [(1, "honor"), (0, "honor"), (0, "honor")],
    ),
    "a first event that enrolls, long after the row was created": (
        row("2023-05-01"),
        [],
        [enroll("2024-01-11", 1)],
        [(0, "audit"), (1, "audit"), (1, "audit")],
    ),
    "a first event that changes the mode": (
        row("2023-05-01", mode="verified"),
        [],
        [change_mode("2024-01-12", 1, "verified")],
        [(1, "verified")] * 3,
    ),
    "the row of a first event": (
        row("2024-01-11 11:59:59.9"),
        [],
        [enroll("2024-01-11", 1)],
        [None, (1, "audit"), (1, "audit")],
    ),
    "created within the days of the log, which has no event": (
        row("2024-01-11"),
        [],
        [],
        [None, (1, "audit"), (1, "audit")],
    ),
    "created after the last day": (row("2024-01-13"), [], [], [None] * 3),
    "created at an unknown time": (row(None), [], [], [None] * 3),
    "history": (
        row("2023-05-01", mode="verified"),
        [change("2023-05-01", kind="+"), change("2023-06-01", mode="verified")],
        [],
        [(1, "verified")] * 3,
    ),
    "history that the log continues": (
        row("2023-05-01", False),
        [change("2023-05-01", kind="+"), change("2024-01-12 11:59", False, "honor")],
        [unenroll("2024-01-12", 1)],
        [(1, "audit"), (1, "audit"), (0, "audit")],
    ),
    "history of changes that the log lacks": (
        row("2023-05-01", False),
        [change("2023-05-01", kind="+"), change("2024-01-11", False)],
        [],
        [(1, "audit"), (0, "audit"), (0, "audit")],
    ),
    "history that begins after the row": (
        row("2023-05-01", False),
        [change("2024-01-11", False)],
        [],
        [(1, "audit"), (0, "audit"), (0, "audit")],
    ),
    "deleted": (
        None,
        [change("2023-05-01", kind="+"), change("2024-01-11", kind="-")],
        [],
        [(1, "audit"), (0, "audit"), (0, "audit")],
    ),
    "history without a row": (None, [change("2023-05-01", kind="+")], [], [(1, "audit")] * 3),
    "history of another time than the log's days": (None, [change("2024-01-13", kind="+")], [], [None] * 3),
}


def write_enrollments(store, enrollment, history):
    if enrollment:
        write_lms(store, "student_courseenrollment", enrollment)
    if history:
        write_lms(store, "student_courseenrollment_history", *history)


@pytest.mark.parametrize(("enrollment", "history", "events", "expected"), STARTS.values(), ids=STARTS)
def test_learners_start_from_the_lms(tmp_path, enrollment, history, events, expected):
    store = store_of(tmp_path, visit("2024-01-10", 99), *events)
    write_enrollments(store, enrollment, history)
    run(store, "2024-01-13", tables=["course_enrollment_daily", "course_enrollment_mode_daily"])
    found = {date: (count, mode) for date, mode, count in rows("course_enrollment_mode_daily", "date", "mode", "count")}
    assert [found.get(day) for day in DAYS] == expected
    assert set(found) <= set(DAYS)


def test_daily_runs_and_one_of_all_days_agree(tmp_path):
    """Also where an event comes after a run that had to do without it."""
    first = store_of(tmp_path / "daily", visit("2024-01-10", 99))
    history = [
        change("2023-05-01", kind="+", user_id=3),
        change("2024-01-11 08:00", False, user_id=3),
        change("2024-01-12 08:00", True, "honor", user_id=3),
    ]
    enrollments = [row("2023-05-01"), row("2023-06-01", False, user_id=2), row("2024-01-11", user_id=4)]
    later = {
        "2024-01-11": [unenroll("2024-01-11", 1, "verified"), enroll("2024-01-11 10:00", 5)],
        "2024-01-12": [enroll("2024-01-12", 2), enroll("2024-01-12", 6)],
        "2024-01-13": [change_mode("2024-01-13", 3, "verified"), unenroll("2024-01-13", 4)],
    }
    for store in (first, store_of(tmp_path / "once", visit("2024-01-10", 99))):
        write_lms(store, "student_courseenrollment", *enrollments)
        write_lms(store, "student_courseenrollment_history", *history)
    run(first, "2024-01-11")
    for day, end in zip(later, ["2024-01-12", "2024-01-13", "2024-01-14"], strict=True):
        add(first, *later[day])
        run(first, end)
    daily = everything()
    assert not run(first, "2024-01-14").tables
    run(first, "2024-01-14", start="2000-01-01")
    assert everything() == daily
    assert ("course-v1:edX+DemoX+T1", "2024-01-10", 2) in rows("course_enrollment_daily", "course_id", "date", "count")


def test_only_the_months_that_the_lms_knows_better_are_computed_again(tmp_path):
    store = store_of(tmp_path, visit("2024-01-10", 99), visit("2024-02-28", 99))
    write_lms(store, "student_courseenrollment", row("2024-01-11"))
    run(store, "2024-03-01")
    write_lms(store, "student_courseenrollment", row("2024-01-11"), row("2024-02-02", user_id=2))
    assert run(store, "2024-03-01").tables["course_enrollment_daily"].days == 29
    write_lms(store, "student_courseenrollment", row("2024-01-12"), row("2024-02-02", user_id=2))
    assert run(store, "2024-03-01").tables["course_enrollment_daily"].days == 51


def test_the_roster_has_the_lms_date_of_enrollment(tmp_path):
    store = store_of(tmp_path, visit("2024-01-10", 1, username="ann"))
    write_lms(store, "student_courseenrollment", row("2023-05-01"))
    run(store, "2024-01-13", tables=["roster"])
    assert str(roster()[COURSE, "ann"][0].enrollment_date) == "2023-05-01"


PROGRAM = {"course_id": COURSE, "program_id": "p-1", "program_type": "XSeries", "program_title": "A"}


def test_programs(tmp_path):
    CourseProgramMetadata.objects.using("analytics").create(**PROGRAM | {"program_title": "old"})
    store = store_of(tmp_path, enroll("2024-01-10", 1))
    assert "course_program_metadata" not in run(store, "2024-01-13").tables
    assert rows("course_program_metadata", "program_title") == [("old",)]
    write_lms(store, "catalog_programs", PROGRAM, PROGRAM | {"course_id": "edX/another/1"})
    run(store, "2024-01-13")
    assert rows("course_program_metadata") == [tuple(PROGRAM.values())]


def test_the_catalog_wins_over_the_lms(tmp_path):
    store = store_of(tmp_path, enroll("2024-01-10", 1), enroll("2024-01-10", 1, of="edX/b/1"))
    overview = {"org": "edX", "display_number_with_default": "X", "display_name": "LMS", "start": "2024-01-01"}
    write_lms(store, "course_overviews_courseoverview", overview | {"id": COURSE}, overview | {"id": "edX/b/1"})
    run_of_course = {"key": COURSE, "course": "edX+DemoX", "title": "Catalog", "pacing_type": "self_paced"}
    write_lms(store, "catalog_course_runs", run_of_course | {"availability": "Archived"})
    run(store, "2024-01-13", tables=["course_meta_summary_enrollment"])
    columns = ("catalog_course_title", "catalog_course", "pacing_type", "availability")
    assert rows("course_meta_summary_enrollment", *columns) == [
        ("Catalog", "edX+DemoX", "self_paced", "Archived"),
        ("LMS", "edX+X", None, "Current"),
    ]


def test_passing_learners_of_the_api(tmp_path):
    """The API tells no time, so that the mode of the last day counts."""
    store = store_of(
        tmp_path, *(enroll("2024-01-10", user_id) for user_id in (1, 2)), change_mode("2024-01-11", 1, "verified")
    )
    grade = {"course_id": COURSE, "letter_grade": "Pass", "passed": True}
    write_lms(
        store,
        "grades_persistentcoursegrade",
        grade | {"user_id": 1},
        grade | {"user_id": 2, "letter_grade": "", "passed": False},
    )
    run(store, "2024-01-13", tables=["course_meta_summary_enrollment"])
    found = rows("course_meta_summary_enrollment", "enrollment_mode", "passing_users")
    assert found == [("audit", 0), ("verified", 1)]


def submission(problem, part, name=None):
    details = {"answer": "4", "response_type": "numericalresponse", "variant": "", "question": "2+2", "correct": True}
    return check("2024-01-10", "ann", problem=problem, name=name, answers={part: "4"}, submission={part: details})


BLOCK = "block-v1:edX+DemoX+T1+type@{}+block@{}"


def test_names_of_problems(tmp_path):
    nameless, named = BLOCK.format("problem", "p"), BLOCK.format("problem", "q")
    store = store_of(tmp_path, submission(nameless, "p_2_1"), submission(named, "q_2_1", name="of the log"))
    blocks = {"course_id": COURSE, "type": "problem", "display_name": "of the LMS"}
    write_lms(store, "course_blocks", blocks | {"block_id": nameless}, blocks | {"block_id": named})
    run(store, "2024-01-13", tables=["answer_distribution"])
    found = rows("answer_distribution", "part_id", "problem_display_name")
    assert found == [("p_2_1", "of the LMS"), ("q_2_1", "of the log")]


@pytest.mark.parametrize(
    ("block_id", "video"),
    [(BLOCK.format("video", "a1b2"), "a1b2"), ("i4x://edX/Demo.X/video/a.b", "i4x-edX-Demo_X-video-a_b")],
)
def test_lengths_of_videos(tmp_path, block_id, video):
    """The log's length wins if every viewing knows it."""
    other = video.replace("b", "c")
    viewing = {"module": video}, {"module": other}
    store = store_of(
        tmp_path,
        *(play("2024-01-10 10:00", 0, length, **of) for of, length in zip(viewing, (None, 40), strict=True)),
        *(pause("2024-01-10 10:01", 12, **of) for of in viewing),
    )
    blocks = {"course_id": COURSE, "type": "video", "duration": 61.5}
    others = blocks | {"block_id": block_id.replace("b2", "c2").replace("a.b", "a.c")}
    write_lms(store, "course_blocks", blocks | {"block_id": block_id}, others)
    run(store, "2024-01-13", tables=["video"])
    assert rows("video", "encoded_module_id", "duration") == [(video, 61), (other, 40)]


def test_each_figure_tells_its_sources(tmp_path, settings):
    store = store_of(tmp_path, enroll("2024-01-10", 1))
    write_lms(store, "auth_userprofile", {"user_id": 1, "gender": "f"})
    write_lms(store, "student_courseenrollment", row("2024-01-10"))
    source = '{"kind": "API", "name": "https://lms.example.org", "day": "2024-01-12", "missing": ["city"]}'
    (tmp_path / "lms" / "sources.json").write_text(f'{{"auth_userprofile": {source}}}')
    summary = run(store, "2024-01-13")
    told = summary.as_json()
    assert told["tables"]["course_enrollment_gender_daily"]["sources"] == [
        "logs",
        "auth_userprofile",
        "student_courseenrollment",
    ]
    assert told["sources"]["logs"] == {"first_day": "2024-01-10", "end": "2024-01-13"}
    assert told["sources"]["auth_userprofile"]["day"] == "2024-01-12"
    text = "\n".join(summary.lines())
    assert "auth_userprofile: API https://lms.example.org, 2024-01-12" in text
    assert "gave auth_userprofile without city" in text
    assert "count by what the LMS knows of them" in text
