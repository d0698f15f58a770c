"""A copy of the records that follows them by cursor, while learners come, change and go on three days."""

import sqlite3
from contextlib import closing

import pytest

from analytics_data_api.data_sets.declarations import DATA_SETS
from tests.pipeline import stores
from tests.pipeline.computed import run
from tests.pipeline.stores import COURSE, OTHER_COURSE
from tests.support import databases
from tests.support.running import KEY, ROOT

pytestmark = pytest.mark.servers

NAMES = ("users", "courses", "enrollments", "course_blocks", "learner_activity", "problem_responses", "page_views")
NAMES = (*NAMES, "organization_roles")
LESSON = "block-v1:edX+DemoX+T1+type@sequential+block@x"
# The LMS's rows on each day: user and mode of the enrollments in the first course, and the titles of its blocks.
DAYS = (
    ({1: "audit", 2: "audit", 3: "honor"}, {"b1": "Week 1", "b2": "Quiz"}),
    # A mode changes, a learner is forgotten, another one comes; a block gets a name, and one goes.
    ({1: "verified", 3: "honor", 4: "audit"}, {"b1": "Week one"}),
    # The forgotten one comes back, and all others stay.
    ({1: "verified", 2: "audit", 3: "honor", 4: "audit"}, {"b1": "Week one", "b3": "Exam"}),
)


def write_day(store, enrollments, blocks):
    users = [{"id": user, "username": f"user{user}", "email": f"{mode}@x.org"} for user, mode in enrollments.items()]
    stores.write_lms(store, "auth_user", *users)
    of_course = {"course_id": COURSE, "created": "2024-01-01", "modified": "2024-01-01"}
    stores.write_lms(
        store,
        "student_courseenrollment",
        *(
            of_course | {"user_id": user, "is_active": mode != "honor", "mode": mode}
            for user, mode in enrollments.items()
        ),
    )
    module = {"module_id": LESSON, "module_type": "sequential"}
    stores.write_lms(
        store, "courseware_studentmodule", *(of_course | module | {"student_id": user} for user in enrollments)
    )
    rows = [
        of_course | {"block_id": block, "type": "chapter", "display_name": title, "position": place}
        for place, (block, title) in enumerate(blocks.items())
    ]
    stores.write_lms(store, "course_blocks", *rows)
    roles = [{"user_id": user, "org": "edX", "role": mode} for user, mode in enrollments.items()]
    stores.write_lms(store, "student_courseaccessrole", *roles)


def answer(time, user):
    part = {"p_2_1": {"answer": time, "correct": True, "response_type": "stringresponse", "variant": ""}}
    return stores.check(time, f"user{user}", user_id=user, answers={"p_2_1": time}, submission=part)


@pytest.fixture
def analytics(server):
    with server.unblock():
        databases.migrate("analytics")
        yield server
        for name in NAMES:
            server.execute(f"DELETE FROM {DATA_SETS[name].table}")


def rows_of(copy, name, columns):
    with closing(sqlite3.connect(copy)) as connection:
        return connection.execute(f"SELECT {columns} FROM {name} ORDER BY 1").fetchall()


def wire(value):
    """Return a value of the database as it is sent."""
    return f"{value:%Y-%m-%dT%H%M%S}" if hasattr(value, "hour") else value


def test_a_copy_is_what_the_source_is(analytics, tmp_path):
    store, copy = stores.store_of(tmp_path / "events"), tmp_path / "copy.db"
    for number, (enrollments, blocks) in enumerate(DAYS, start=1):
        day = f"2024-01-0{number}"
        write_day(store, enrollments, blocks)
        learners = [user for user in enrollments if user >= number]
        events = [answer(f"{day} 10:0{user}", user) for user in learners]
        stores.add(store, *events, stores.enroll(f"{day} 09:00", 7, of=OTHER_COURSE))
        run(store, f"2024-01-0{number + 1}", tables=[DATA_SETS[name].table for name in NAMES])
        # Each run is as of its day, so that the copy need not wait for loads in progress.
        for name in NAMES:
            analytics.execute(
                f"UPDATE {DATA_SETS[name].table} SET created = '{day} 23:00:00' WHERE created > '2025-01-01'"
            )
        analytics.run(ROOT / "docs" / "sync.py", analytics.url, KEY, copy, *NAMES)

        assert rows_of(copy, "enrollments", "user_id, mode, status, course_id") == [
            *((u, m, "unenrolled" if m == "honor" else "enrolled", COURSE) for u, m in sorted(enrollments.items())),
            (7, "audit", "enrolled", OTHER_COURSE),
        ]
        assert rows_of(copy, "users", "user_id, email") == [(u, f"{m}@x.org") for u, m in sorted(enrollments.items())]
        assert rows_of(copy, "course_blocks", "block_id, title, position")[: len(blocks)] == [
            (block, title, place) for place, (block, title) in enumerate(blocks.items())
        ]
        assert rows_of(copy, "organization_roles", "user_id, roles") == sorted(enrollments.items())
        assert rows_of(copy, "page_views", "user_id, block_id") == [(user, LESSON) for user in sorted(enrollments)]
        for name in NAMES:
            of_table = [column.path for column in DATA_SETS[name].columns]
            quoted = ", ".join(f"`{column}`" for column in of_table)
            source = analytics.rows(f"SELECT {quoted} FROM {DATA_SETS[name].table} WHERE record_deleted = 0 ORDER BY 1")
            assert rows_of(copy, name, "*") == [tuple(map(wire, row)) for row in source], name
            assert source, name
    # On the last day only what changed was sent.
    updated = dict(rows_of(copy, "enrollments", "user_id, substr(record_updated, 1, 10)"))
    assert updated == {1: "2024-01-02", 2: "2024-01-03", 3: "2024-01-03", 4: "2024-01-03", 7: "2024-01-01"}
