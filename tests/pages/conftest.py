"""A server with both demo courses, and a browser whose reader is logged in."""

import os
import subprocess

import pytest

from tests.support.browser import chromium
from tests.support.pages_browser import PageInBrowser
from tests.support.running import ROOT, free_port, gunicorn, manage


@pytest.fixture(scope="session")
def demo_environment(tmp_path_factory):
    """Return the environment of a server whose databases hold what `make demo` loads."""
    folder = tmp_path_factory.mktemp("pages")
    demo = folder / "demo"
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder}/default.sqlite3",
        "ANALYTICS_DATABASE_URL": f"sqlite:///{folder}/analytics.sqlite3",
        "ANALYTICS_DATABASE_URL_V1": "",
        "DJANGO_SETTINGS_MODULE": "analyticsdataserver.settings.local",
        "EVENTS_DIR": str(demo / "events"),
        "GEOIP_DATABASE": str(demo / "countries.mmdb"),
        "LMS_URL": "https://lms.example.org",
        "STUDIO_URL": "https://studio.example.org",
        "REQUEST_LOG": "off",
        "HOST": "127.0.0.1",
        "WORKERS": "1",
    }
    fixtures = sorted(map(str, (ROOT / "fixtures").glob("*.json")))
    rosters = sorted(map(str, (ROOT / "fixtures").glob("*.jsonl*")))
    for arguments in (
        ["migrate", "--database", "default"],
        ["migrate", "--database", "analytics"],
        ["loaddata", "--database", "analytics", *fixtures],
        ["load_roster", *rosters],
        ["generate_fake_course_data", "--logs", str(demo)],
        ["load_events", str(demo / "logs")],
        ["load_lms", "--database", f"sqlite:///{demo}/lms.sqlite3"],
        ["compute_tables"],
        ["set_demo_key"],
    ):
        manage(environment, *arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return environment


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
