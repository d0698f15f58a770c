"""MariaDB reads an index range for each query: it scans no table, and sorts no more rows than it returns.

So a request costs what it returns, however many rows other courses have, and one shard of a distributed database can answer
it.
"""

from itertools import count

import pytest
from django.contrib.auth import get_user_model
from django.db import connections
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from rest_framework.authtoken.models import Token

from tests.support.client import ApiClient, content
from tests.support.factories import TokenFactory
from tests.support.rosters import TABLES, load_learners
from tests.support.routes import DATA_SETS, LARGE_COURSE, ROUTES

pytestmark = [
    pytest.mark.django_db(databases="__all__"),
    pytest.mark.skipif(connections["analytics"].vendor != "mysql", reason="the plans are those of MariaDB"),
]

# Rows of a course in each table, other courses with as many, and users.
ROWS, OTHERS, USERS = 300, 30, 2_000
# The planner estimates the rows of a range from a sample of the index.
ESTIMATE = 3
SPANS_COURSES = "it spans all courses"
COUNTS_ROWS = "it counts the rows of whole tables"
EXEMPT = {
    "course_summaries": SPANS_COURSES,
    "course_totals": SPANS_COURSES,
    "programs": SPANS_COURSES,
    "data_sets/": COUNTS_ROWS,
    "data_sets/{data_set}/": COUNTS_ROWS,
}
EXTRA_PATHS = {
    **DATA_SETS,
    "data_sets of a course": f"data_sets/enrollment/rows/?limit=100&course_id={LARGE_COURSE.replace('+', '%2B')}",
    "summaries of courses": "course_summaries/?course_ids=course-v1:edX%2BCourse1%2B2014",
    "totals of courses": "course_totals/?course_ids=course-v1:edX%2BCourse1%2B2014",
    "learners by text": f"learners/?course_id={LARGE_COURSE.replace('+', '%2B')}&text_search=learner-7",
    "learners by order": f"learners/?course_id={LARGE_COURSE.replace('+', '%2B')}&order_by=videos_viewed",
}
REQUESTS = {**{route.slug: route.large for route in ROUTES}, **EXTRA_PATHS}


def identity(row):
    return type(row), tuple(sorted((key, str(value)) for key, value in vars(row).items() if key != "_state"))


def insert_rows():
    """Insert the rows of each route once, and copies of them for other courses."""
    known = set()
    for route in ROUTES:
        if route.row is not None and (key := identity(route.row(1))) not in known:
            known.add(key)
            rows = [route.row(number) for number in range(ROWS)]
            type(rows[0]).objects.using("analytics").bulk_create(rows, ignore_conflicts=True)
    for model in {key[0] for key in known}:
        copy(model)
    for course_id in (LARGE_COURSE, *(f"course-v1:edX+Other{number}+2014" for number in range(OTHERS))):
        load_learners(course_id, [{"username": f"learner-{number}"} for number in range(ROWS)])


def copy(model: type[Model]):
    connection = connections["analytics"]
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    copied = [
        f"CONCAT('other', n, '-', {column})" if column in ("course_id", "module_id", "pipeline_video_id") else column
        for column in columns
    ]
    numbers = " UNION ALL ".join(f"SELECT {number} n" for number in range(OTHERS))
    names, table = ", ".join(f"`{column}`" for column in columns), model._meta.db_table
    values = ", ".join(f"`{column}`" if column in columns else column for column in copied)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({names}) SELECT {values} FROM {table}, ({numbers}) numbers")


@pytest.fixture(scope="module")
def client(django_db_setup, django_db_blocker):
    """Commit the rows, because MariaDB has no statistics of others, and delete them afterwards."""
    with django_db_blocker.unblock():
        number = count()
        users = [get_user_model()(username=f"user-{next(number)}") for _user in range(USERS)]
        users = get_user_model().objects.bulk_create(users)
        Token.objects.bulk_create([Token(user=user, key=f"key-of-{user.username}") for user in users])
        insert_rows()
        analyze("default", *TABLES_OF_USERS)
        analyze("analytics", *(table._meta.db_table for table in tables()))
        client = ApiClient(described=False)
        client.credentials(HTTP_AUTHORIZATION=f"Token {TokenFactory().key}")
        yield client
        for model in tables():
            model.objects.using("analytics").all().delete()
        Token.objects.all().delete()
        get_user_model().objects.all().delete()


TABLES_OF_USERS = ("auth_user", "authtoken_token")


def tables():
    return {*reversed(TABLES), *(type(route.row(1)) for route in ROUTES if route.row is not None)}


def analyze(alias, *names):
    with connections[alias].cursor() as cursor:
        cursor.execute(f"ANALYZE TABLE {', '.join(names)}")
        cursor.fetchall()


def queries_of(client, path):
    with (
        CaptureQueriesContext(connections["analytics"]) as figures,
        CaptureQueriesContext(connections["default"]) as users,
    ):
        response = client.get(f"/api/v0/{path}")
        assert response.status_code == 200, content(response)
    yield from (("analytics", query["sql"]) for query in figures.captured_queries)
    yield from (("default", query["sql"]) for query in users.captured_queries)


def faults_of(alias, sql):
    """Yield what is wrong with the plan of a query."""
    with connections[alias].cursor() as cursor:
        cursor.execute(sql)
        returned = len(cursor.fetchall())
        cursor.execute(f"EXPLAIN {sql}")
        names = [column[0] for column in cursor.description]
        plan = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for step in plan:
        is_stored = not str(step["table"]).startswith("<")
        if is_stored and step["type"] in ("ALL", "index") and int(step["rows"] or 0) > 2 * ROWS:
            yield f"{step['table']} is scanned: {step['type']} of {step['rows']} rows for {returned}"
        if "filesort" in str(step["Extra"]) and int(step["rows"]) > max(1, returned) * ESTIMATE:
            yield f"{step['rows']} rows of {step['table']} are sorted for {returned}"


@pytest.mark.parametrize("name", REQUESTS)
def test_plan(client, name):
    client.get(f"/api/v0/{REQUESTS[name]}")  # what a process asks only once
    found = {}
    for alias, sql in queries_of(client, REQUESTS[name]):
        if faults := list(faults_of(alias, sql)):
            found[sql] = faults
    if name in EXEMPT:
        assert found, f"{name} need not be exempt ({EXEMPT[name]})"
    else:
        assert not found, "\n".join(f"{sql}\n  {'; '.join(faults)}" for sql, faults in found.items())
