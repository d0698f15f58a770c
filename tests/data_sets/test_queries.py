"""Pages of a data set have each row once and in order, even if rows share a time and others are written meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from analytics_data_api.data_sets import keyset
from analytics_data_api.data_sets import queries as data_sets
from analytics_data_api.data_sets import sources as data_set_sources
from analytics_data_api.data_sets.declarations import DATA_SETS
from analytics_data_api.data_sets.params import Courses, Cursor, RowsParameters
from analytics_data_api.data_sets.streams import WRITERS
from analytics_data_api.sql.conditions import Scope
from analytics_data_api.v0.models import CourseEnrollmentDaily
from tests.support.factories import CourseEnrollmentDailyFactory

ENROLLMENT = DATA_SETS["enrollment"]
START = datetime(2020, 1, 1, tzinfo=UTC)
SHARED = START + timedelta(hours=5)


def create(number, *, start=0):
    """Create rows. Nine in ten share one time, and the others are earlier or later."""
    rows = [
        CourseEnrollmentDailyFactory.build(
            count=start + index,
            created=SHARED if index % 10 else START + timedelta(seconds=index, microseconds=index % 3),
        )
        for index in range(number)
    ]
    CourseEnrollmentDaily.objects.using("analytics").bulk_create(rows, batch_size=2000)


def pulled(*, now=None, allowed=None, **query):
    """Return the ids of all pages of a pull, and the cursor to resume from."""
    ids, cursor = [], query.pop("cursor", "")
    columns = ENROLLMENT.columns.index(ENROLLMENT.column("id"))
    pull = RowsParameters.read({**query, "cursor": cursor}).of(ENROLLMENT, now or datetime.now(UTC))
    while True:
        page = data_sets.page(data_set=ENROLLMENT, pull=pull, scope=Scope("analytics", allowed))
        found = [row[columns] for batch in page.batches for row in batch]
        assert pull.limit is None or len(found) <= pull.limit
        ids += found
        cursor = Cursor(ENROLLMENT.name, page.end).text()
        if not page.has_more:
            return ids, cursor
        values = {**query, "cursor": cursor, "updated_before": pull.updated_before.isoformat()}
        pull = RowsParameters.read(values).of(ENROLLMENT, datetime.now(UTC))


def cursor_after(number):
    """Return the cursor after the first page of this many rows."""
    pull = RowsParameters.read({"limit": str(number)}).of(ENROLLMENT, datetime.now(UTC))
    return Cursor(ENROLLMENT.name, data_sets.page(data_set=ENROLLMENT, pull=pull, scope=Scope("analytics")).end).text()


def in_order(**conditions):
    rows = CourseEnrollmentDaily.objects.using("analytics").filter(**conditions)
    return list(rows.order_by("created", "id").values_list("id", flat=True))


def plan(connection, sql):
    """Return the query plan of a statement in lower case."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{'EXPLAIN QUERY PLAN' if connection.vendor == 'sqlite' else 'EXPLAIN'} {sql}".replace("%", "%%")
        )
        return str(cursor.fetchall()).lower()


def rows_read(connection):
    """Return the number of rows and index entries that MariaDB has read for this connection, or 0 for SQLite."""
    if connection.vendor == "sqlite":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SHOW SESSION STATUS WHERE Variable_name IN ('Handler_read_next', 'Handler_read_prev',"
            " 'Handler_read_key', 'Handler_read_rnd_next', 'Handler_icp_attempts')"
        )
        return sum(int(value) for _name, value in cursor.fetchall())


@pytest.mark.django_db(databases="__all__")
class TestPages:
    @pytest.mark.parametrize("limit", ["1", "2", "9", "10", "11", "100", "20200", "all"])
    def test_every_page_size(self, limit, monkeypatch):
        monkeypatch.setattr(keyset, "BATCH_SIZE", 7)
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
        CourseEnrollmentDailyFactory(created=SHARED)  # committed late, after the client's place
        CourseEnrollmentDailyFactory(created=SHARED + timedelta(microseconds=1))
        ids += pulled(limit="1", cursor=cursor)[0]
        assert ids == in_order()

    def test_a_row_that_goes_while_its_page_is_read(self, monkeypatch):
        monkeypatch.setattr(keyset, "BATCH_SIZE", 2)
        create(20)
        expected = in_order()
        pull = RowsParameters.read({"limit": "10"}).of(ENROLLMENT, datetime.now(UTC))
        page = data_sets.page(data_set=ENROLLMENT, pull=pull, scope=Scope("analytics"))
        CourseEnrollmentDaily.objects.using("analytics").filter(id=expected[9]).delete()
        assert [row[0] for batch in page.batches for row in batch] == expected[:9]

    def test_rows_that_go_do_not_end_a_stream(self, monkeypatch):
        monkeypatch.setattr(keyset, "BATCH_SIZE", 2)
        create(40)
        expected = in_order()
        pull = RowsParameters.read({"limit": "all"}).of(ENROLLMENT, datetime.now(UTC))
        page = data_sets.page(data_set=ENROLLMENT, pull=pull, scope=Scope("analytics"))
        # A pipeline that recomputes a part of a table deletes whole batches.
        CourseEnrollmentDaily.objects.using("analytics").filter(id__in=expected[2:15]).delete()
        CourseEnrollmentDaily.objects.using("analytics").filter(id=expected[16]).update(
            created=START.replace(year=2021)
        )
        assert [row[0] for batch in page.batches for row in batch] == expected[:2] + [expected[15]] + expected[17:]

    def test_statements_read_what_they_return(self, monkeypatch):
        """A database reads about as many rows as it returns, even if many rows share a time."""
        # A database sorts all rows of a table that is hardly larger than a batch.
        monkeypatch.setattr(keyset, "BATCH_SIZE", 50)
        create(5000)
        connection = connections["analytics"]
        for query in ({"limit": "50"}, {"limit": "all"}, {"limit": "all", "course_id": "edX/DemoX/Demo_Course"}):
            before = rows_read(connection)
            with CaptureQueriesContext(connection) as statements:
                assert len(pulled(**query)[0]) == 5000
            assert rows_read(connection) - before < 5 * 5000, query
            for statement in statements:
                steps = plan(connection, statement["sql"])
                assert "temp b-tree" not in steps and "'all'" not in steps, (statement, steps)

    @pytest.mark.parametrize("query", [{}, {"course_id": "edX/DemoX/Demo_Course"}, {"org": "edX"}])
    @pytest.mark.parametrize("limit", ["1", "20", "all"])
    def test_a_cursor_that_is_ahead_of_the_pull(self, query, limit):
        """The pull returns no rows, and the cursor stays the same."""
        create(30)
        cursor = cursor_after(10)
        before = (SHARED - timedelta(seconds=1)).isoformat()
        assert pulled(limit=limit, cursor=cursor, updated_before=before, **query) == ([], cursor)
        assert pulled(limit=limit, cursor=cursor, **query)[0] == in_order()[10:]

    @pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 40])
    def test_runs_of_ids(self, monkeypatch, size):
        """Ids of a load may be consecutive, have gaps, and alternate with the ids of another load."""
        monkeypatch.setattr(keyset, "BATCH_SIZE", size)
        times = [SHARED] * 60 + [START, SHARED + timedelta(hours=1)] * 30 + [SHARED] * 20 + [START] * 20
        CourseEnrollmentDaily.objects.using("analytics").bulk_create(
            CourseEnrollmentDailyFactory.build(created=time) for time in times
        )
        CourseEnrollmentDaily.objects.using("analytics").filter(id__in=in_order()[70:90:2]).delete()
        expected = in_order()
        assert pulled(limit="all")[0] == expected
        for number in range(1, len(expected), 17):
            assert pulled(limit="all", cursor=cursor_after(number))[0] == expected[number:]

    def test_one_statement_for_each_batch_of_a_load(self, monkeypatch):
        monkeypatch.setattr(keyset, "BATCH_SIZE", 50)
        CourseEnrollmentDaily.objects.using("analytics").bulk_create(
            CourseEnrollmentDailyFactory.build(created=SHARED) for _number in range(5000)
        )
        with CaptureQueriesContext(connections["analytics"]) as statements:
            assert len(pulled(limit="all")[0]) == 5000
        assert len(statements) < 1.2 * 5000 / 50

    def test_no_courses_cost_nothing(self):
        create(3000)
        connection = connections["analytics"]
        before = rows_read(connection)
        with CaptureQueriesContext(connection) as statements:
            assert pulled(org="Nobody", limit="7")[0] == pulled(course_id="Nobody/a/1")[0] == []
        for statement in statements:
            assert "scan" not in plan(connection, statement["sql"])
        assert rows_read(connection) - before < 100

    @pytest.mark.parametrize("few", [0, 1000])
    @pytest.mark.parametrize("limit", ["1", "7", "all"])
    def test_several_courses(self, monkeypatch, limit, few):
        """The courses of an organization, among them sparse ones, by both ways of finding them."""
        monkeypatch.setattr(keyset, "WINDOW", 5)
        monkeypatch.setattr(keyset, "FEW_ROWS", few)
        monkeypatch.setattr(keyset, "BATCH_SIZE", 3)
        create(150)
        rows = CourseEnrollmentDaily.objects.using("analytics")
        for number, id in enumerate(in_order()):
            course_id = "A/a/1" if number % 50 == 3 else "A/a/2" if number > 120 else f"B/b/{number % 5}"
            rows.filter(id=id).update(course_id=course_id)
        assert pulled(limit=limit, org="A")[0] == in_order(course_id__startswith="A/")
        assert pulled(limit=limit, org="B")[0] == in_order(course_id__startswith="B/")
        some = Courses(ids=frozenset(["A/a/1", "B/b/3", "C/c/1"]), orgs=frozenset(["C"]))
        assert pulled(limit=limit, allowed=some)[0] == in_order(course_id__in=["A/a/1", "B/b/3"])
        assert pulled(limit=limit, allowed=some, org="B")[0] == in_order(course_id="B/b/3")
        assert pulled(limit=limit, allowed=some, course_id="A/a/2")[0] == []
        one = Courses(ids=frozenset(["B/b/3"]))
        assert pulled(limit=limit, allowed=one)[0] == in_order(course_id="B/b/3")
        assert pulled(limit=limit, allowed=some, course_id="B/b/3")[0] == in_order(course_id="B/b/3")
        assert pulled(limit=limit, allowed=Courses())[0] == []
        monkeypatch.setattr(data_set_sources, "FEW_COURSES", 2)
        assert pulled(limit=limit, org="B")[0] == in_order(course_id__startswith="B/")

    def test_stream_is_made_as_it_is_read(self):
        create(20)
        page = data_sets.page(
            data_set=ENROLLMENT,
            pull=RowsParameters.read({}).of(ENROLLMENT, datetime.now(UTC)),
            scope=Scope("analytics"),
        )
        chunks = WRITERS["csv"](page.columns, page.batches)
        assert next(chunks) == b"id,course_id,date,count,created\r\n"
        chunks.close()
