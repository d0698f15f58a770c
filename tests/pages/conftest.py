"""A server with both demo courses, and a browser whose reader is logged in."""

import pytest

from tests.support.browser import chromium
from tests.support.pages_browser import PageInBrowser
from tests.support.pages_server import demo_site
from tests.support.running import free_port, gunicorn


@pytest.fixture(scope="session")
def demo_environment(tmp_path_factory):
    return demo_site(tmp_path_factory.mktemp("pages"))


def serving(environment, **more):
    """Return a context with a server of its own on the same databases."""
    return gunicorn({**environment, "PORT": str(free_port()), **more})


@pytest.fixture(scope="session")
def pages_server(demo_environment):
    environment = {**demo_environment, "PORT": str(free_port())}
    with gunicorn(environment):
        yield f"http://127.0.0.1:{environment['PORT']}"


@pytest.fixture(scope="module")
def shared_browser(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("browser")) as driver:
        yield driver


@pytest.fixture
def open_page(shared_browser, pages_server):
    """Return the page of a reader who has logged in as edx. The tests of a module share its browser."""
    page = PageInBrowser(shared_browser, pages_server)
    page.reset()
    page.log_in("edx", "edx")
    page.forget()
    yield page
    page.reset()
