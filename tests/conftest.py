"""What all tests share: clients with a key, the demo data, a counter of queries."""

from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import pytest
from django.core import serializers
from django.db import connections, transaction
from django.db.models.sql import InsertQuery
from django.test.utils import CaptureQueriesContext

from analytics_data_api.rosters.load import load_roster
from analytics_data_api.simulation.documented import SMALL_ROSTERS, fixture_paths
from analytics_data_api.sql.character_sets import kind_of_text
from analytics_data_api.v0 import models
from analytics_data_api.v0.queries.problems import answer_model
from tests.support.client import ApiClient
from tests.support.description import write_description
from tests.support.factories import KeyAccessFactory, TokenFactory

ROOT = Path(__file__).resolve().parents[1]


def pytest_addoption(parser):
    parser.addoption(
        "--rewrite",
        action="store_true",
        help="rewrite the committed samples, query counts and API description instead of comparing with them",
    )
    parser.addoption("--seconds", type=float, default=60, help="duration of the load in tests/faults/test_chaos.py")


def pytest_sessionstart(session):
    if session.config.getoption("rewrite"):
        # An endpoint that is new has to be described before its sample can be made.
        write_description()


def pytest_collection_modifyitems(config, items):
    if config.getoption("rewrite"):
        items[:] = [item for item in items if "rewrite" in item.fixturenames]


@pytest.fixture
def rewrite(request):
    """Whether committed files are to be made anew."""
    return request.config.getoption("rewrite")


@pytest.fixture
def api():
    """A client with the key of a user. Each of its answers is held to the API's description."""
    return signed_client()


@pytest.fixture
def restricted():
    """A function that makes a client with a key that may see what it is told."""

    def client(*, courses=(), orgs=(), sees_personal_data=True):
        return signed_client(
            is_restricted=True,
            courses="\n".join(courses),
            orgs="\n".join(orgs),
            sees_personal_data=sees_personal_data,
        )

    return client


def signed_client(**access):
    token = TokenFactory()
    # Used today, as most keys are, so that a request does not have to note it.
    KeyAccessFactory(user=token.user, last_used=datetime.now(UTC).date(), **access)
    client = ApiClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token.key}")
    return client


@pytest.fixture
def anonymous():
    """A client without a key."""
    return ApiClient()


@pytest.fixture
def demo_data():
    """The demo data in the database of version 0, without the large roster."""
    if not demo_inserts:
        demo_inserts.extend(make_demo_inserts())
    with connections["analytics"].cursor() as cursor:
        for statement, values in demo_inserts:
            cursor.execute(statement, values)


# Made once in a process, since making them costs more than running them.
demo_inserts: list[tuple] = []
ROSTER_TABLES = [models.Roster, models.RosterFacet, models.RosterLearner, models.RosterTerm]


def make_demo_inserts():
    """The statements that insert the rows of the fixtures, and those that a load of the small rosters writes."""
    paths = fixture_paths()
    rows = [row.object for path in paths for row in serializers.deserialize("json", path.read_text(encoding="utf-8"))]
    with transaction.atomic(using="analytics"):
        load_roster([str(SMALL_ROSTERS)], using="analytics")
        for model in ROSTER_TABLES:
            rows.extend(model.objects.using("analytics"))
        transaction.set_rollback(True, using="analytics")
    rows.sort(key=lambda row: row._meta.label)
    for model, group in groupby(rows, key=type):
        query = InsertQuery(model)
        query.insert_values(model._meta.local_concrete_fields, list(group))
        yield from query.get_compiler(using="analytics").as_sql()


@pytest.fixture
def query_counter():
    """``with query_counter() as queries`` collects the SQL that is sent to any of the databases."""

    @contextmanager
    def counter():
        queries = []
        with ExitStack() as stack:
            captured = {alias: stack.enter_context(CaptureQueriesContext(connections[alias])) for alias in connections}
            yield queries
        for alias, context in captured.items():
            queries.extend(f"{alias}: {query['sql']}" for query in context.captured_queries)

    return counter


@pytest.fixture(autouse=True)
def forgotten_table_shapes():
    """Which shape the table of answers has is remembered for a process; tests change the table."""
    answer_model.cache_clear()
    kind_of_text.cache_clear()
    yield
    answer_model.cache_clear()
    kind_of_text.cache_clear()
