"""The records of users, courses, enrollments and activities: their rows, and what a later run does to them."""

import pytest

from tests.pipeline import computed
from tests.pipeline.computed import run
from tests.pipeline.stores import (
    COURSE,
    OTHER_COURSE,
    change_mode,
    check,
    enroll,
    event,
    pause,
    play,
    store_of,
    unenroll,
    visit,
    write_lms,
)

pytestmark = pytest.mark.django_db(databases="__all__")

NOT_COMPARED = ("id", "created", "record_key", "record_deleted")


def records(name, *columns):
    """Return the records of a table as tuples of these columns."""
    return computed.rows(f"record_{name}", *columns)


def computed_records(path, name, *events, lms=(), end="2024-02-01", columns):
    store = store_of(path, *events)
    for table, rows in dict(lms).items():
        write_lms(store, table, *rows)
    run(store, end, tables=[f"record_{name}"])
    return records(name, *columns)


EVENTS = [
    enroll("2024-01-01", 1, "audit"),
    enroll("2024-01-01", 2),
    visit("2024-01-02 10:00", 1, username="ann"),
    visit("2024-01-02 10:00", 2, username="ben"),
    change_mode("2024-01-03", 1, "verified"),
    visit("2024-01-04 10:00", 1, username="ann"),
    unenroll("2024-01-05", 2),
]


class TestUsers:
    COLUMNS = ("user_id", "username", "email", "name", "is_active", "joined", "last_active")

    def test_of_the_log(self, events_dir):
        assert computed_records(events_dir, "users", *EVENTS, columns=self.COLUMNS) == [
            (1, "ann", None, None, None, None, "2024-01-04 10:00:00"),
            (2, "ben", None, None, None, None, "2024-01-02 10:00:00"),
        ]

    def test_of_the_lms(self, events_dir):
        users = [
            {"id": 1, "username": "ann", "email": "a@example.com", "date_joined": "2020-01-01", "is_active": True},
            {"id": 3, "username": "retired__user_c3", "email": "", "is_active": False},
            {"id": 4, "username": "dan", "email": "", "is_active": False},
        ]
        profiles = [{"user_id": 1, "name": "Ann A.", "country": ""}, {"user_id": 9, "name": "Nobody"}]
        lms = {"auth_user": users, "auth_userprofile": profiles}
        assert computed_records(events_dir, "users", *EVENTS, lms=lms, columns=self.COLUMNS) == [
            (1, "ann", "a@example.com", "Ann A.", True, "2020-01-01 00:00:00", "2024-01-04 10:00:00"),
            (4, "dan", None, None, False, None, None),
        ]


def course_row(course_id=COURSE, **fields):
    return {"id": course_id, "org": "edX", "display_name": "Demo", "display_number_with_default": "DemoX"} | fields


class TestCourses:
    COLUMNS = ("course_id", "org", "title", "catalog_course", "start_time", "end_time", "pacing_type", "enrollment_end")

    def test_of_the_log(self, events_dir):
        events = [enroll("2024-01-01", 1), enroll("2024-01-01", 1, of=OTHER_COURSE)]
        assert computed_records(events_dir, "courses", *events, columns=self.COLUMNS) == [
            (COURSE, "edX", None, None, None, None, None, None),
            (OTHER_COURSE, "edX", None, None, None, None, None, None),
        ]

    def test_of_the_lms_and_the_catalog(self, events_dir):
        overview = course_row(start="2024-01-01", end="2024-06-01", self_paced=True, enrollment_end="2024-02-01")
        catalog = {"key": COURSE, "course": "edX+Demo", "title": "In the catalog", "end": "2024-07-01"}
        lms = {"course_overviews_courseoverview": [overview], "catalog_course_runs": [catalog]}
        assert computed_records(events_dir, "courses", enroll("2024-01-01", 1), lms=lms, columns=self.COLUMNS) == [
            (
                *(COURSE, "edX", "In the catalog", "edX+Demo", "2024-01-01 00:00:00", "2024-07-01 00:00:00"),
                *("self_paced", "2024-02-01 00:00:00"),
            )
        ]


class TestEnrollments:
    COLUMNS = ("user_id", "mode", "status", "enrolled", "unenrolled", "first_active", "last_active")

    def test_of_the_log(self, events_dir):
        assert computed_records(events_dir, "enrollments", *EVENTS, columns=self.COLUMNS) == [
            (1, "verified", "enrolled", "2024-01-01 12:00:00", None, "2024-01-02 10:00:00", "2024-01-04 10:00:00"),
            (
                *(2, "audit", "unenrolled", "2024-01-01 12:00:00", "2024-01-05 12:00:00"),
                *("2024-01-02 10:00:00", "2024-01-02 10:00:00"),
            ),
        ]

    def test_the_lms_decides_where_it_knows_the_course(self, events_dir):
        rows = [
            {"user_id": 1, "course_id": COURSE, "created": "2023-12-01", "is_active": False, "mode": "honor"},
            {"user_id": 3, "course_id": COURSE, "created": "2023-12-02", "is_active": True, "mode": "audit"},
        ]
        history = [
            {"user_id": 1, "course_id": COURSE, "is_active": is_active, "history_date": day}
            for is_active, day in (
                (True, "2023-12-01"),
                (False, "2023-12-05"),
                (True, "2023-12-06"),
                (False, "2023-12-09"),
            )
        ]
        events = [*EVENTS, enroll("2024-01-06", 5, of=OTHER_COURSE)]
        lms = {"student_courseenrollment": rows, "student_courseenrollment_history": history}
        assert computed_records(events_dir, "enrollments", *events, lms=lms, columns=self.COLUMNS) == [
            (
                *(1, "honor", "unenrolled", "2023-12-01 00:00:00", "2023-12-09 00:00:00"),
                *("2024-01-02 10:00:00", "2024-01-04 10:00:00"),
            ),
            (3, "audit", "enrolled", "2023-12-02 00:00:00", None, None, None),
            (5, "audit", "enrolled", "2024-01-06 12:00:00", None, None, None),
        ]

    def test_completion_grades_and_roles(self, events_dir):
        blocks = [
            ("course", "course", None),
            ("unit", "vertical", "course"),
            ("a", "html", "unit"),
            ("b", "problem", "unit"),
        ]
        lms = {
            "completion_blockcompletion": [
                {"user_id": 1, "context_key": COURSE, "block_key": "a", "block_type": "html", "completion": 1.0},
                {"user_id": 1, "context_key": COURSE, "block_key": "b", "block_type": "problem", "completion": 0.5},
            ],
            "course_blocks": [
                {"course_id": COURSE, "block_id": block, "type": kind, "parent_id": parent, "position": place}
                for place, (block, kind, parent) in enumerate(blocks)
            ],
            "grades_persistentcoursegrade": [
                {
                    **{"user_id": 1, "course_id": COURSE, "letter_grade": "A", "percent_grade": 0.9},
                    **{"passed_timestamp": "2024-01-05 08:00:00", "modified": "2024-01-06"},
                }
            ],
            "student_courseaccessrole": [
                {"user_id": 1, "org": "edX", "course_id": COURSE, "role": role} for role in ("staff", "beta_testers")
            ],
        }
        columns = ("user_id", "completed_blocks", "completion", "passed", "passed_time", "percent_grade", "roles")
        assert computed_records(events_dir, "enrollments", *EVENTS, lms=lms, columns=columns) == [
            (1, 1, 0.5, True, "2024-01-05 08:00:00", 0.9, "beta_testers,staff"),
            (2, 0, 0, False, None, None, None),
        ]

    def test_unknown_without_the_lms(self, events_dir):
        columns = ("completed_blocks", "completion", "passed", "percent_grade", "roles")
        assert set(computed_records(events_dir, "enrollments", *EVENTS, columns=columns)) == {(None,) * 5}

    def test_users_without_a_number_are_left_out(self, events_dir):
        events = [enroll("2024-01-01", "nobody"), enroll("2024-01-01", 1)]
        assert computed_records(events_dir, "enrollments", *events, columns=["user_id"]) == [(1,)]


OUTLINE = (
    ("course", "Course"),
    ("chapter", "Week 1"),
    ("sequential", "Lesson"),
    ("vertical", "Page"),
    ("problem", "Quiz"),
    ("sequential", "Empty"),
    ("chapter", "Week 2"),
)


class TestCourseBlocks:
    COLUMNS = ("position", "type", "title", "section", "subsection", "unit", "unit_id", "graded")

    def test_of_the_lms(self, events_dir):
        blocks = [
            {
                "course_id": COURSE,
                "block_id": f"b{place}",
                "type": kind,
                "display_name": name,
                "position": place,
                "graded": place > 3,
            }
            for place, (kind, name) in enumerate(OUTLINE)
        ]
        lms = {"course_blocks": blocks}
        assert computed_records(
            events_dir, "course_blocks", enroll("2024-01-01", 1), lms=lms, columns=self.COLUMNS
        ) == [
            (1, "chapter", "Week 1", "Week 1", None, None, None, False),
            (2, "sequential", "Lesson", "Week 1", "Lesson", None, None, False),
            (3, "vertical", "Page", "Week 1", "Lesson", "Page", "b3", False),
            (4, "problem", "Quiz", "Week 1", "Lesson", "Page", "b3", True),
            (5, "sequential", "Empty", "Week 1", "Empty", None, None, True),
            (6, "chapter", "Week 2", "Week 2", None, None, None, True),
        ]

    def test_of_the_log(self, events_dir):
        events = [
            check("2024-01-01 10:00", "ann", user_id=1, problem="p1", name="Old"),
            check("2024-01-01 11:00", "ann", user_id=1, problem="p1", name="New"),
            play("2024-01-02 10:00", 0),
            pause("2024-01-02 10:01", 60),
        ]
        assert computed_records(
            events_dir, "course_blocks", *events, columns=("block_id", "type", "title", "position")
        ) == [
            ("block-v1:edX+DemoX+T1+type@video+block@v", "video", None, None),
            ("p1", "problem", "New", None),
        ]


class TestLearnerActivity:
    COLUMNS = (
        *("user_id", "block_id", "type", "attempts", "score", "max_score", "first_active", "last_active", "completed"),
        "seconds_watched",
    )
    EVENTS = [
        check("2024-01-01 10:00", "ann", user_id=1, problem="p", grade=0, max_grade=2),
        check("2024-01-02 10:00", "ann", user_id=1, problem="p", grade=2, max_grade=2, success="correct"),
        # The check does not tell the learner's id, but another event does.
        visit("2024-01-01", 2, username="ben"),
        check("2024-01-03 10:00", "ben", problem="p", grade=1, max_grade=2),
        check("2024-01-03 10:00", "who is that", problem="p"),
        play("2024-01-04 10:00", 0),
        pause("2024-01-04 10:01", 60),
        play("2024-01-04 10:02", 50),
        pause("2024-01-04 10:03", 60),
    ]
    VIDEO = "block-v1:edX+DemoX+T1+type@video+block@v"

    def test_of_the_log(self, events_dir):
        odd = check("2024-01-05 10:00", "eve", user_id=3, problem="p", grade="NaN", max_grade="Infinity")
        assert computed_records(events_dir, "learner_activity", *self.EVENTS, odd, columns=self.COLUMNS) == [
            (1, self.VIDEO, "video", None, None, None, "2024-01-04 10:00:00", "2024-01-04 10:02:00", None, 70.0),
            (1, "p", "problem", 2, 2.0, 2.0, "2024-01-01 10:00:00", "2024-01-02 10:00:00", True, None),
            (2, "p", "problem", 1, 1.0, 2.0, "2024-01-03 10:00:00", "2024-01-03 10:00:00", False, None),
            (3, "p", "problem", 1, None, None, "2024-01-05 10:00:00", "2024-01-05 10:00:00", False, None),
        ]

    def test_learners_without_an_id_are_counted(self, events_dir):
        summary = run(store_of(events_dir, *self.EVENTS), "2024-02-01", tables=["record_learner_activity"])
        assert summary.idless_learners == 1
        assert "1 learners who responded to problems have no records" in "\n".join(summary.lines())

    def test_with_the_lms(self, events_dir):
        state = {"course_id": COURSE, "student_id": 1, "created": "2023-12-01", "modified": "2024-01-09"}
        lms = {
            "courseware_studentmodule": [
                state | {"module_id": "p", "module_type": "problem", "grade": 1.5, "max_grade": 3.0},
                state | {"module_id": "s", "module_type": "sequential"},
            ],
            "completion_blockcompletion": [
                {
                    **{"user_id": 1, "context_key": COURSE, "block_key": "h", "block_type": "html", "completion": 1.0},
                    **{"created": "2024-01-05", "modified": "2024-01-05"},
                }
            ],
        }
        assert computed_records(events_dir, "learner_activity", *self.EVENTS, lms=lms, columns=self.COLUMNS) == [
            (1, self.VIDEO, "video", None, None, None, "2024-01-04 10:00:00", "2024-01-04 10:02:00", False, 70.0),
            (1, "h", "html", None, None, None, "2024-01-05 00:00:00", "2024-01-05 00:00:00", True, None),
            (1, "p", "problem", 2, 1.5, 3.0, "2023-12-01 00:00:00", "2024-01-09 00:00:00", True, None),
            (2, "p", "problem", 1, 1.0, 2.0, "2024-01-03 10:00:00", "2024-01-03 10:00:00", False, None),
        ]


def answered(time, learner, text, *, correct=False, **answer):
    part = {"answer": text, "correct": correct, "response_type": "stringresponse", "question": "?", "variant": ""}
    return check(
        time,
        f"user{learner}",
        user_id=learner,
        answers={"p_2_1": answer.get("value", text)},
        submission={"p_2_1": part},
    )


def test_problem_responses(events_dir):
    events = [
        answered("2024-01-01 10:00", 1, "wrong"),
        answered("2024-01-02 10:00", 1, " right ", correct=True),
        answered("2024-01-03 10:00", 2, "<b>Blue</b> sky", value="choice_1"),
        answered("2024-01-03 11:00", 3, ""),
    ]
    columns = ("user_id", "block_id", "part_id", "response", "correct", "attempts", "first_time", "last_time")
    assert computed_records(events_dir, "problem_responses", *events, columns=columns) == [
        (1, "p", "p_2_1", "right", True, 2, "2024-01-01 10:00:00", "2024-01-02 10:00:00"),
        (2, "p", "p_2_1", "Blue sky", False, 1, "2024-01-03 10:00:00", "2024-01-03 10:00:00"),
        (3, "p", "p_2_1", None, False, 1, "2024-01-03 11:00:00", "2024-01-03 11:00:00"),
    ]


def page(time, user_id, path, *, source="server", **fields):
    types = {"event_type": path} if source == "server" else {"event_type": "page_close"}
    return event(time, "other", types["event_type"], user_id=user_id, source=source, page=path, **fields)


def test_page_views(events_dir):
    unit, lesson = (f"block-v1:edX+DemoX+T1+type@{kind}+block@x" for kind in ("vertical", "sequential"))
    events = [
        page("2024-01-01 10:00", 1, f"/xblock/{unit}?show_title=0"),
        page("2024-01-03 10:00", 1, f"/xblock/{unit.replace('@', '%40').replace('+', '%2B').replace(':', '%3A')}"),
        page("2024-01-02 10:00", 1, f"https://apps/learning/course/{COURSE}/{lesson}/{unit}", source="browser"),
        page("2024-01-02 11:00", 2, f"/courses/{COURSE}/courseware/week1/x/1"),
        page("2024-01-02 11:00", 2, f"/courses/{OTHER_COURSE}/courseware/week1/y/", course=OTHER_COURSE),
        page("2024-01-02 12:00", 2, f"/courses/{COURSE}/xblock/{lesson.replace('sequential', 'problem')}/handler/x"),
        page("2024-01-02 12:00", 2, f"/courses/{COURSE}/info"),
        page("2024-01-02 12:00", None, f"/xblock/{unit}"),
    ]
    opened = {"course_id": COURSE, "module_id": lesson, "module_type": "sequential", "created": "2023-12-01"}
    lms = {"courseware_studentmodule": [opened | {"student_id": 2, "modified": "2024-01-01"}]}
    columns = ("user_id", "block_id", "type", "first_view", "last_view")
    assert computed_records(events_dir, "page_views", *events, lms=lms, columns=columns) == [
        (1, unit, "vertical", "2024-01-01 10:00:00", "2024-01-03 10:00:00"),
        (2, lesson, "sequential", "2023-12-01 00:00:00", "2024-01-02 11:00:00"),
        (2, "i4x://edX/DemoX/sequential/y", "sequential", "2024-01-02 11:00:00", "2024-01-02 11:00:00"),
    ]


def test_organization_roles(events_dir):
    rows = [
        {"user_id": 1, "org": "edX", "course_id": course_id, "role": role}
        for course_id, role in (("", "staff"), (None, "data_researcher"), (COURSE, "instructor"))
    ]
    summary = run(store_of(events_dir, enroll("2024-01-01", 1)), "2024-01-02", tables=["record_organization_roles"])
    assert records("organization_roles") == []
    assert "record_organization_roles is empty" in "\n".join(summary.unknown)
    lms = {"student_courseaccessrole": rows}
    columns = ("user_id", "org", "roles")
    assert computed_records(events_dir, "organization_roles", enroll("2024-01-01", 1), lms=lms, columns=columns) == [
        (1, "edX", "data_researcher,staff")
    ]
