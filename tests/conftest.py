"""Fixtures of all tests: clients with a key, the demo data, a counter of queries."""

from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from analytics_data_api.sql.character_sets import kind_of_text
from analytics_data_api.v0.queries.problems import answer_model
from tests.support.browser import OpenPage, chromium
from tests.support.client import ApiClient
from tests.support.demo_data import insert_demo_data
from tests.support.description import write_description
from tests.support.factories import KeyAccessFactory, TokenFactory


def pytest_addoption(parser):
    parser.addoption(
        "--rewrite",
        action="store_true",
        help="rewrite the committed samples, query counts and API description instead of comparing with them",
    )
    parser.addoption("--seconds", type=float, default=60, help="duration of the load in tests/faults/test_chaos.py")


def pytest_sessionstart(session):
    if session.config.getoption("rewrite"):
        # The sample of a new endpoint can be made only after its description.
        write_description()


def pytest_collection_modifyitems(config, items):
    if config.getoption("rewrite"):
        items[:] = [item for item in items if "rewrite" in item.fixturenames]


@pytest.fixture
def rewrite(request):
    """Return True if the run rewrites committed files."""
    return request.config.getoption("rewrite")


@pytest.fixture
def api():
    """Return a client with the key of a user. It checks each response against the API's description."""
    return signed_client()


@pytest.fixture
def restricted():
    """Return a function that makes a client with a restricted key."""

    def client(*, courses=(), orgs=(), sees_personal_data=True):
        courses, orgs = "\n".join(courses), "\n".join(orgs)
        return signed_client(is_restricted=True, courses=courses, orgs=orgs, sees_personal_data=sees_personal_data)

    return client


def signed_client(**access):
    token = TokenFactory()
    # Most keys have been used today already, so that a request need not record it.
    KeyAccessFactory(user=token.user, last_used=datetime.now(UTC).date(), **access)
    client = ApiClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token.key}")
    return client


@pytest.fixture
def anonymous():
    """Return a client without a key."""
    return ApiClient()


@pytest.fixture
def browser(tmp_path):
    """Return a headless browser that reaches only servers of the test."""
    with chromium(tmp_path) as driver:
        yield driver


@pytest.fixture
def page(browser):
    """Return what a person does with the page that the browser shows."""
    return OpenPage(browser)


@pytest.fixture
def demo_data():
    """Insert the demo data, without the large roster, into the database of version 0."""
    insert_demo_data()


@pytest.fixture
def query_counter():
    """Return a context manager that collects the SQL of all databases in a list."""

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
    """Forget the shapes of tables that a process remembers, because tests change the tables."""
    for remembered in (answer_model, kind_of_text):
        remembered.cache_clear()
    yield
    for remembered in (answer_model, kind_of_text):
        remembered.cache_clear()
