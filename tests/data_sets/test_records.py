"""Records as data sets: pulls by cursor follow changes and deletions, and some data sets have no courses."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from analytics_data_api.v0 import models
from tests.support.client import objects_of
from tests.support.record_factories import EnrollmentRecordFactory, UserRecordFactory

pytestmark = pytest.mark.django_db(databases="__all__")

ROOT = "/api/v0/data_sets/"
FIRST, SECOND, THIRD = (datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3))


def pull(api, cursor=""):
    response = api.get(f"{ROOT}enrollments/rows/", {"format": "ndjson", "limit": "all", "cursor": cursor})
    return objects_of(response), response["Resume-Cursor"]


def test_a_pull_by_cursor_gets_what_changed(api):
    same, changed, deleted = (EnrollmentRecordFactory(user_id=user, created=FIRST) for user in (1, 2, 3))
    rows, cursor = pull(api)
    assert [row["id"] for row in rows] == [same.id, changed.id, deleted.id]
    records = models.EnrollmentRecord.objects.using("analytics")
    records.filter(id=changed.id).update(mode="verified", created=SECOND)
    records.filter(id=deleted.id).update(record_deleted=True, created=THIRD)
    rows, cursor = pull(api, cursor)
    assert [(row["id"], row["mode"], row["record_deleted"], row["record_updated"]) for row in rows] == [
        (changed.id, "verified", False, "2026-01-02T000000"),
        (deleted.id, "audit", True, "2026-01-03T000000"),
    ]
    assert pull(api, cursor)[0] == []


@pytest.mark.parametrize("name", ["users", "organization_roles"])
@pytest.mark.parametrize("path", ["rows/", "partitions/"])
def test_records_without_courses_cannot_be_chosen_by_course(api, name, path):
    for query in ({"course_id": "edX/DemoX/Demo_Course"}, {"org": "edX"}):
        response = api.get(f"{ROOT}{name}/{path}", query)
        assert (response.status_code, response.json()["error_code"]) == (400, "illegal_parameter_values")
        assert f"rows of {name} belong to no course" in response.json()["developer_message"]


def test_records_without_courses_are_one_part(api):
    assert api.rows(f"{ROOT}users/partitions/") == []
    for created in (FIRST, SECOND):
        UserRecordFactory(created=created)
    part = {"course_id": None, "rows": 2, "first_created": "2026-01-01T000000", "last_created": "2026-01-02T000000"}
    assert api.rows(f"{ROOT}users/partitions/") == [part]


def test_a_record_is_there_once():
    EnrollmentRecordFactory(record_key="k")
    EnrollmentRecordFactory(record_key="k", course_id="edX/DemoX/Other")
    with pytest.raises(IntegrityError), transaction.atomic(using="analytics"):
        EnrollmentRecordFactory(record_key="k")
