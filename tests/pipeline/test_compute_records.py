"""The records of users, courses, enrollments and activities: their rows, and what a later run does to them."""

from datetime import date, timedelta

import pytest
from django.db import connections

from tests.pipeline import computed
from tests.pipeline.computed import run
from tests.pipeline.stores import (
    COURSE,
    OTHER_COURSE,
    add,
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
