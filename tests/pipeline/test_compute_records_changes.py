"""Records in later runs: unchanged ones stay as they are, and those that vanished are marked, then removed."""

from datetime import UTC, datetime
from time import sleep

import pytest
from django.db import connections

from analytics_data_api.pipeline import records as module
from tests.pipeline.computed import USING, rows, run
from tests.pipeline.stores import COURSE, OTHER_COURSE, add, enroll, store_of, visit, write_lms

pytestmark = pytest.mark.django_db(databases="__all__")

LONG_AGO = "2020-01-01 00:00:00"
STATE = ("user_id", "mode", "record_deleted")


def enrollments(*columns):
    return rows("record_enrollments", *columns)


def make_old():
    """Give all enrollments a time long ago. Return their ids by user."""
    with connections[USING].cursor() as cursor:
        cursor.execute("UPDATE record_enrollments SET created = %s", [LONG_AGO])
    return dict(enrollments("user_id", "id"))


def changed():
    """Return the users whose enrollments have changed since ``make_old``."""
    return [user for user, created in enrollments("user_id", "created") if str(created) != LONG_AGO]


def write_enrollments(store, *users, mode="audit", course_id=COURSE):
    write_lms(
        store,
        "student_courseenrollment",
        *(
            {"user_id": user, "course_id": course_id, "created": "2024-01-01", "is_active": True, "mode": mode}
            for user in users
        ),
    )


def compute(store, end="2024-02-01", **options):
    return run(store, end, tables=["record_enrollments"], **options).tables["record_enrollments"].rows


@pytest.fixture
def store(tmp_path):
    return store_of(tmp_path, visit("2024-01-02", 1), enroll("2024-01-02", 9, of=OTHER_COURSE))


def test_unchanged_records_keep_their_time(store):
    write_enrollments(store, 1, 2)
    assert compute(store) == 3
    ids = make_old()
    assert compute(store, "2024-02-02") == 0
    assert changed() == []
    # An event of the first learner changes the last activity.
    add(store, visit("2024-01-05", 1))
    assert compute(store, "2024-02-02") == 1
    assert changed() == [1]
    assert dict(enrollments("user_id", "id")) == ids


def test_a_record_that_vanishes_is_marked_and_can_come_back(store):
    write_enrollments(store, 1, 2)
    compute(store)
    ids = make_old()
    write_enrollments(store, 1)
    assert compute(store) == 1
    assert enrollments(*STATE) == [(1, "audit", False), (2, "audit", True), (9, "audit", False)]
    assert changed() == [2]
    make_old()
    write_enrollments(store, 1, 2, mode="honor")
    compute(store)
    assert enrollments(*STATE) == [(1, "honor", False), (2, "honor", False), (9, "audit", False)]
    assert dict(enrollments("user_id", "id")) == ids


def test_a_deleted_record_is_removed_after_its_days(store, settings):
    settings.DELETED_RECORDS_DAYS = 30
    write_enrollments(store, 1, 2)
    compute(store)
    write_enrollments(store, 1)
    compute(store)
    assert compute(store, "2024-02-02") == 0
    assert enrollments(*STATE) == [(1, "audit", False), (2, "audit", True), (9, "audit", False)]
    make_old()
    compute(store, "2024-02-03")
    assert enrollments(*STATE) == [(1, "audit", False), (9, "audit", False)]
    assert changed() == []


def test_more_records_than_a_batch(store, monkeypatch):
    """Rows come and go at any place among those that stand."""
    monkeypatch.setattr(module, "BATCH_SIZE", 4)
    present = set()
    for users in ({*range(0, 40, 2)}, {*range(0, 40, 3)}, set(), {*range(25)}, {*range(40)}):
        write_enrollments(store, 1000, *users)
        compute(store)
        present |= users
        found = {user: is_deleted for user, _mode, is_deleted in enrollments(*STATE) if user < 1000 and user != 9}
        assert {user for user, is_deleted in found.items() if not is_deleted} == users - {9}
        assert found.keys() == present - {9}


class Killed(Exception):
    pass


def test_a_run_that_is_killed_leaves_each_course_old_or_new(store, monkeypatch):
    write_enrollments(store, 1, 2)
    compute(store)
    write_enrollments(store, 2, 3, mode="honor")
    real = module.Records.flush

    def killed_after_writing(self, changes):
        real(self, changes)
        raise Killed

    monkeypatch.setattr(module.Records, "flush", killed_after_writing)
    with pytest.raises(Killed):
        compute(store)
    assert enrollments(*STATE) == [(1, "audit", False), (2, "audit", False), (9, "audit", False)]
    monkeypatch.undo()
    compute(store)
    assert enrollments(*STATE) == [(1, "audit", True), (2, "honor", False), (3, "honor", False), (9, "audit", False)]


def test_a_long_transaction_has_a_time_after_its_end(store, settings, monkeypatch):
    """A pull that ended while it ran has not passed it."""
    settings.DATA_SETS_DELAY = 1
    write_enrollments(store, 1)
    compute(store)
    make_old()
    write_enrollments(store, 1, 2)
    real, ends = module.Records.flush, []

    def slow(self, changes):
        written = real(self, changes)
        sleep(0.6)
        ends.append(datetime.now(UTC).replace(tzinfo=None, microsecond=0))
        return written

    monkeypatch.setattr(module.Records, "flush", slow)
    compute(store)
    assert changed() == [2]
    (time,) = [created for user, created in enrollments("user_id", "created") if user == 2]
    assert datetime.fromisoformat(str(time)) >= ends[0]


def test_texts_that_are_too_long_are_cut_and_stay_unchanged(store):
    write_enrollments(store, 1, mode="m" * 300)
    compute(store)
    assert ("m" * 255,) in enrollments("mode")
    make_old()
    assert compute(store, "2024-02-02") == 0
