"""write_reports writes the report problem_response, and the endpoint serves it."""

import csv
import io
import json
import os
from urllib.parse import quote, urlsplit

import pytest
from django.core.files.storage import InMemoryStorage, storages
from django.core.management import CommandError, call_command

from tests.pipeline.stores import COURSE, add, check, enroll, store_of, write_lms
from tests.support.client import content
from tests.support.factories import CourseEnrollmentDailyFactory

pytestmark = pytest.mark.django_db(databases="__all__")

FILE = "edX_DemoX_T1_problem_response.csv"
PROBLEM = "block-v1:edX+DemoX+T1+type@problem+block@p"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    """Return the folder of report files."""
    settings.MEDIA_ROOT = str(tmp_path / "reports")
    return tmp_path / "reports"


def answered(time, username, value, *, correct=False, course=COURSE, problem=PROBLEM, **fields):
    """Return the check of a problem of one part."""
    choice, answer = value if isinstance(value, tuple) else (value, value)
    submission = {
        "p_2_1": {"answer": answer, "question": "Why?", "response_type": "stringresponse", "correct": correct}
    }
    return check(
        time,
        username,
        problem=problem,
        course=course,
        name="A problem",
        success="correct" if correct else "incorrect",
        answers={"p_2_1": choice},
        submission=submission,
        **{"grade": int(correct), "max_grade": 1, **fields},
    )


def write(*arguments):
    out = io.StringIO()
    call_command("write_reports", *arguments, json=True, stdout=out)
    return json.loads(out.getvalue())


def report_of(api, course_id=COURSE):
    """Return the lines of the report that the endpoint links to."""
    link = api.rows(f"/api/v0/courses/{quote(course_id, safe='/:+')}/reports/problem_response/")["download_url"]
    return list(csv.DictReader(io.StringIO(content(api.get(urlsplit(link).path)).decode(), newline="")))


def test_the_endpoint_serves_what_was_written(api, events_dir):
    store_of(
        events_dir,
        answered("2024-01-02 10:00", "bob", "x"),
        answered("2024-01-02 10:00", "ann", "first"),
        answered("2024-01-03 11:30", "ann", "=1+1", correct=True),
    )
    assert write() == {"files": {FILE: 2}, "ambiguous_courses": [], "courses_without_file": []}
    ann, bob = report_of(api)
    assert ann == {
        "username": "ann",
        "problem_id": PROBLEM,
        "answer_id": "p_2_1",
        "location": "A problem",
        "question": "Why?",
        "score": "1",
        "max_score": "1",
        "correct": "True",
        # A spreadsheet would compute it.
        "answer": "'=1+1",
        "total_attempts": "2",
        "first_attempt": "2024-01-02T10:00:00Z",
        "last_attempt": "2024-01-03T11:30:00Z",
    }
    assert (bob["username"], bob["answer"], bob["correct"], bob["total_attempts"]) == ("bob", "x", "False", "1")


def test_places_in_the_course(api, events_dir):
    other, gone = PROBLEM.replace("@p", "@q"), PROBLEM.replace("@p", "@gone")
    problems = (PROBLEM, other, gone)
    store = store_of(events_dir, *(answered("2024-01-02", "ann", "x", problem=problem) for problem in problems))
    blocks = [
        ("course", "Course"),
        *(("chapter", "One"), ("sequential", "Basics"), ("vertical", "Start"), ("problem", "Second", other)),
        *(("chapter", "Two"), ("sequential", "More"), ("vertical", "End"), ("problem", "First", PROBLEM)),
    ]
    rows = [
        {"course_id": COURSE, "position": place, "type": kind, "display_name": name, "block_id": (*ids, f"b{place}")[0]}
        for place, (kind, name, *ids) in enumerate(blocks)
    ]
    write_lms(store, "course_blocks", *rows)
    write()
    assert [(line["problem_id"], line["location"]) for line in report_of(api)] == [
        (other, "One / Basics / Start / Second"),
        (PROBLEM, "Two / More / End / First"),
        (gone, "(Deleted block :) / A problem"),
    ]


def test_answers_of_every_kind(api, events_dir):
    hint = "<p>Paris</p> <choicehint>The capital.</choicehint>"
    old = {"answers": {"o_2_1": "choice_1", "o_2_1_dynamath": ""}, "correct_map": {"o_2_1": {"correctness": "correct"}}}
    store_of(
        events_dir,
        answered("2024-01-02", "a", ("choice_0", hint)),
        answered("2024-01-02", "b", (["choice_0", "choice_2"], ["<b>x</b>", "y"])),
        answered("2024-01-02", "c", "a < b", correct_map={"p_2_1": {"correctness": "correct"}}),
        check("2024-01-02", "d", problem=PROBLEM, **old),
        check("2024-01-02", "e", problem=PROBLEM),
        answered("2024-01-02", "retired__user_1", "x"),
        answered("2024-01-02", "", "x"),
    )
    write()
    found = [(line["username"], line["answer"], line["correct"]) for line in report_of(api)]
    assert found == [("a", "Paris", "False"), ("b", "x|y", "False"), ("c", "a < b", "True"), ("d", "choice_1", "True")]


def test_only_some_courses(events_dir, folder):
    other = "course-v1:edX+DemoX+T2"
    store_of(events_dir, answered("2024-01-02", "ann", "x"), answered("2024-01-02", "ann", "x", course=other))
    assert list(write("--course", other)["files"]) == ["edX_DemoX_T2_problem_response.csv"]
    assert os.listdir(folder) == ["edX_DemoX_T2_problem_response.csv"]
    with pytest.raises(CommandError, match="has no course 'course-v1:a\\+b\\+c'"):
        write("--course", "course-v1:a+b+c")


def test_two_courses_never_share_a_file(events_dir, folder):
    """An underscore within a part looks like one that joins parts."""
    first, second, third = "a_b/c/d", "a/b_c/d", "x_y/z/1"
    store_of(events_dir, *(answered("2024-01-02", "ann", "x", course=course) for course in (first, second, third)))
    # The store does not have the other course, but the tables have.
    CourseEnrollmentDailyFactory(course_id="x/y_z/1")
    summary = write()
    assert (summary["files"], summary["ambiguous_courses"]) == ({}, [second, first, third])
    assert not folder.exists()


def test_both_forms_of_an_id_are_one_course(api, events_dir):
    old = "edX/DemoX/T1"
    store_of(events_dir, answered("2024-01-02", "ann", "x"), answered("2024-01-02", "bob", "y", course=old))
    assert write("--course", old)["files"] == {FILE: 2}
    assert [line["username"] for line in report_of(api)] == ["ann", "bob"]


def test_courses_without_responses_and_courses_without_a_file(api, events_dir):
    custom = "ccx-v1:edX+DemoX+T1+ccx@1"
    store_of(events_dir, enroll("2024-01-02", 1), answered("2024-01-02", "ann", "x", course=custom))
    summary = write()
    assert (summary["files"], summary["courses_without_file"]) == ({FILE: 0}, [custom])
    assert report_of(api) == []


def test_a_file_is_replaced_as_a_whole(events_dir, folder, monkeypatch):
    store = store_of(events_dir, answered("2024-01-02", "ann", "x"))
    write()
    before = (folder / FILE).read_bytes()
    add(store, answered("2024-01-03", "bob", "y"))
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", lambda *paths: (_ for _ in ()).throw(KeyboardInterrupt()))
        with pytest.raises(CommandError, match="interrupted. Files that were written are whole"):
            write()
    assert (folder / FILE).read_bytes() == before
    assert write()["files"] == {FILE: 2}
    assert os.listdir(folder) == [FILE]


def test_a_storage_that_never_overwrites(api, events_dir, settings):
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": f"{InMemoryStorage.__module__}.InMemoryStorage"}}
    store = store_of(events_dir, answered("2024-01-02", "ann", "x"))
    write()
    add(store, answered("2024-01-03", "bob", "y"))
    write()
    assert storages["default"].listdir("")[1] == [FILE]
    assert storages["default"].open(FILE).read().count(b"\r\n") == 3


def test_a_report_that_is_not_served(events_dir, settings):
    store_of(events_dir, answered("2024-01-02", "ann", "x"))
    settings.ENABLED_REPORT_IDENTIFIERS = ["other"]
    with pytest.raises(CommandError, match="ENABLED_REPORT_IDENTIFIERS does not have 'problem_response'"):
        write()


def test_a_store_in_use(events_dir):
    store = store_of(events_dir, answered("2024-01-02", "ann", "x"))
    with store.lock(), pytest.raises(CommandError, match="is in use by process") as error:
        write()
    assert error.value.returncode == 75
