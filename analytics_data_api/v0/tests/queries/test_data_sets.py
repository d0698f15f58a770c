"""Pages of a data set: each row once and in order, however many share a time and whoever writes meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from analytics_data_api.bulk import WRITERS
from analytics_data_api.v0.models import CourseEnrollmentDaily
from analytics_data_api.v0.models.data_sets import DATA_SETS
from analytics_data_api.v0.params.data_sets import Cursor, RowsParameters
from analytics_data_api.v0.queries import data_set_sources, data_sets
from analytics_data_api.v0.tests.factories import CourseEnrollmentDailyFactory

ENROLLMENT = DATA_SETS["enrollment"]
START = datetime(2020, 1, 1, tzinfo=UTC)
SHARED = START + timedelta(hours=5)


def create(number, *, start=0):
    """Rows of which nine in ten share one time; the others are spread before and behind it."""
    rows = [
        CourseEnrollmentDailyFactory.build(
            count=start + index,
            created=SHARED if index % 10 else START + timedelta(seconds=index, microseconds=index % 3),
        )
        for index in range(number)
    ]
    CourseEnrollmentDaily.objects.using("analytics").bulk_create(rows, batch_size=2000)


def pulled(*, now=None, **query):
    """The ids of a pull that follows its pages, and the cursor to resume from."""
    ids, cursor = [], query.pop("cursor", "")
    columns = ENROLLMENT.columns.index(ENROLLMENT.column("id"))
    pull = RowsParameters.read({**query, "cursor": cursor}).of(ENROLLMENT, now or datetime.now(UTC))
    while True:
        page = data_sets.page(data_set=ENROLLMENT, pull=pull, using="analytics")
        found = [row[columns] for batch in page.batches for row in batch]
        assert pull.limit is None or len(found) <= pull.limit
        ids += found
        cursor = Cursor(ENROLLMENT.name, page.end).text()
        if not page.has_more:
            return ids, cursor
        values = {**query, "cursor": cursor, "updated_before": pull.updated_before.isoformat()}
        pull = RowsParameters.read(values).of(ENROLLMENT, datetime.now(UTC))


def in_order():
    rows = CourseEnrollmentDaily.objects.using("analytics")
    return list(rows.order_by("created", "id").values_list("id", flat=True))


def plan(connection, sql):
    """How the database finds the rows of a statement, in its own words."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{'EXPLAIN QUERY PLAN' if connection.vendor == 'sqlite' else 'EXPLAIN'} {sql}".replace("%", "%%")
        )
        return str(cursor.fetchall()).lower()


@pytest.mark.django_db(databases="__all__")
class TestPages:
    @pytest.mark.parametrize("limit", ["1", "2", "9", "10", "11", "100", "20200", "all"])
    def test_every_page_size(self, limit, monkeypatch):
        monkeypatch.setattr(data_set_sources, "BATCH_SIZE", 7)
        create(100)
        assert pulled(limit=limit)[0] == in_order()

    def test_days_are_the_whole(self):
        create(1000)
        for hour in range(0, 200, 7):
            CourseEnrollmentDailyFactory(created=START + timedelta(hours=hour, microseconds=hour))
        ids, cursor, day = [], "", START
        for number in range(10):
            found, cursor = pulled(limit="50", cursor=cursor, now=START + timedelta(days=number))
            ids += found
        assert ids == in_order()
        ids = []
        for number in range(10):
            after = {"updated_after": (day + timedelta(days=number - 1)).isoformat()} if number else {}
            ids += pulled(limit="50", updated_before=(day + timedelta(days=number)).isoformat(), **after)[0]
        assert ids == in_order()

    def test_rows_that_come_between_two_pages(self):
        create(30)
        ids, cursor = pulled(limit="all", updated_before=SHARED.isoformat())
        CourseEnrollmentDailyFactory(created=SHARED)  # committed late: behind the place that the client has
        CourseEnrollmentDailyFactory(created=SHARED + timedelta(microseconds=1))
        ids += pulled(limit="1", cursor=cursor)[0]
        assert ids == in_order()

    def test_a_row_that_goes_while_its_page_is_read(self, monkeypatch):
        monkeypatch.setattr(data_set_sources, "BATCH_SIZE", 2)
        create(20)
        expected = in_order()
        pull = RowsParameters.read({"limit": "10"}).of(ENROLLMENT, datetime.now(UTC))
        page = data_sets.page(data_set=ENROLLMENT, pull=pull, using="analytics")
        CourseEnrollmentDaily.objects.using("analytics").filter(id=expected[9]).delete()
        assert [row[-1] for batch in page.batches for row in batch] == expected[:9]

    def test_statements_use_an_index(self, monkeypatch):
        # Of a table that is hardly larger than a batch a database rather sorts all rows.
        monkeypatch.setattr(data_set_sources, "BATCH_SIZE", 50)
        create(5000)
        connection = connections["analytics"]
        with CaptureQueriesContext(connection) as statements:
            pulled(limit="50")
            pulled(limit="all", course_id="edX/DemoX/Demo_Course")
        for statement in statements:
            steps = plan(connection, statement["sql"])
            # MariaDB may take the rows by their ids where few are left.
            assert "temp b-tree" not in steps and "'all'" not in steps, (statement, steps)

    def test_stream_is_made_as_it_is_read(self):
        create(20)
        page = data_sets.page(
            data_set=ENROLLMENT, pull=RowsParameters.read({}).of(ENROLLMENT, datetime.now(UTC)), using="analytics"
        )
        chunks = WRITERS["csv"](page.columns, page.batches)
        assert next(chunks) == b"id,course_id,date,count,created\r\n"
        chunks.close()
