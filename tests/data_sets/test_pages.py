"""A client follows the links of a data set while another process writes."""

import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from analytics_data_api.v0.models import CourseEnrollmentDaily
from tests.support import databases
from tests.support.client import ApiClient, pull
from tests.support.factories import CourseEnrollmentDailyFactory, TokenFactory

pytestmark = pytest.mark.django_db(databases="__all__")

SIZE = 10_000
SHARED = datetime(2020, 1, 1, 12, tzinfo=UTC)
WRITTEN = "edX/Written/1"

# Inserts rows with the current time and rows with the time that most rows share, each in its own transaction, until it is
# killed.
WRITER = """
import sys, time
from datetime import datetime, timezone
vendor, name, host, port, user, password = sys.argv[1:]
if vendor == "sqlite":
    import sqlite3
    connection, mark = sqlite3.connect(name, timeout=30), "?"
else:
    import MySQLdb
    connection = MySQLdb.connect(db=name, host=host, port=int(port or 3306), user=user, password=password)
    mark = "%s"
insert = f"INSERT INTO course_enrollment_daily (course_id, date, count, created) VALUES ({mark}, {mark}, {mark}, {mark})"
for number in range(100_000):
    now = datetime.now(timezone.utc).replace(tzinfo=None).isoformat(sep=" ")
    cursor = connection.cursor()
    cursor.executemany(insert, [("edX/Written/1", "2020-01-01", number, t) for t in (now, now, "2020-01-01 12:00:00")])
    connection.commit()
    print(number, flush=True)
    time.sleep(0.005)
"""


@pytest.fixture
def shared_database(tmp_path):
    """Yield a connection to a database that other processes can see, with the table of enrollment."""
    with databases.empty("analytics", tmp_path) as connection:
        with connection.schema_editor() as editor:
            editor.create_model(CourseEnrollmentDaily)
        yield connection


@contextmanager
def writing(connection):
    """Run another process that writes into a database without a pause."""
    settings = [str(connection.settings_dict[key] or "") for key in ("NAME", "HOST", "PORT", "USER", "PASSWORD")]
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, connection.vendor, *settings], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout.readline() == "0\n"
        yield
        assert process.poll() is None, "the writer has died"
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_each_row_once_and_in_order(shared_database):
    """9,000 of 10,000 rows share one time."""
    rows = [
        CourseEnrollmentDailyFactory.build(
            count=number, created=SHARED if number % 10 else SHARED + timedelta(seconds=number - SIZE // 2)
        )
        for number in range(SIZE)
    ]
    CourseEnrollmentDaily.objects.using("analytics").bulk_create(rows, batch_size=1000)
    expected = [row.count for row in sorted(rows, key=lambda row: (row.created, row.count))]
    # Comparing hundreds of pages with the description would take longer than the rest of the test.
    api = ApiClient(described=False)
    api.credentials(HTTP_AUTHORIZATION=f"Token {TokenFactory().key}")
    with writing(shared_database):
        found, cursor = pull(api, "enrollment", limit=7)
        written = CourseEnrollmentDaily.objects.using("analytics").filter(course_id=WRITTEN).count()
    assert written > 10
    assert [row["count"] for row in found if row["course_id"] != WRITTEN] == expected
    assert len({row["id"] for row in found}) == len(found)
    # Rows that were written in the meantime are no longer too recent.
    later, _cursor = pull(api, "enrollment", limit=7, cursor=cursor, updated_before="2100-01-01")
    everything = [row["id"] for row in found + later]
    assert len(set(everything)) == len(everything)
    now = CourseEnrollmentDaily.objects.using("analytics").filter(
        course_id=WRITTEN, created__gt=SHARED + timedelta(days=1)
    )
    assert {row.id for row in now} <= set(everything)


@pytest.mark.servers
def test_resuming_while_others_write(shared_database):
    """Many short pulls together return the same rows as one pull at the end."""
    api = ApiClient(described=False)
    api.credentials(HTTP_AUTHORIZATION=f"Token {TokenFactory().key}")
    recent = {"updated_after": SHARED.isoformat()}
    found, cursor = [], None
    with writing(shared_database):
        for _pull in range(20):
            # The writer commits within the second.
            settled = datetime.now(UTC) - timedelta(seconds=1)
            rows, cursor = pull(
                api,
                "enrollment",
                limit=50,
                updated_before=max(settled, SHARED).isoformat(),
                **(recent if cursor is None else {"cursor": cursor}),
            )
            found += rows
            time.sleep(0.1)
    rows, _cursor = pull(api, "enrollment", updated_before="2100-01-01", cursor=cursor)
    found += rows
    everything, _cursor = pull(api, "enrollment", updated_before="2100-01-01", limit="all", **recent)
    assert found == everything and len(found) > 100
