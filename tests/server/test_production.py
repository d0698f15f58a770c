"""The production settings, each in its own process."""

import json
import os
import re
import subprocess
import sys

import pytest

from analyticsdataserver.env import VARIABLES
from tests.support.configuration_files import OLDER, SQLITE, ignored_keys
from tests.support.running import GUNICORN, ROOT

pytestmark = pytest.mark.servers

COMMANDS = [GUNICORN, ("manage.py", "check"), ("manage.py", "load_roster", "x")]


def lines(ran):
    """Return the lines on standard error, without gunicorn's first line."""
    return [line for line in ran.stderr.splitlines() if "Starting gunicorn" not in line]


@pytest.fixture
def run(tmp_path):
    def ran(*arguments, **variables):
        environ = {name: value for name, value in os.environ.items() if name not in VARIABLES}
        environ |= {"DJANGO_SETTINGS_MODULE": "analyticsdataserver.settings.production", **variables}
        # An empty value means that the variable is unset.
        environ = {name: value for name, value in environ.items() if value or name != "DJANGO_SETTINGS_MODULE"}
        return subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60
        )

    return ran


def test_settings(run, write):
    content = {**OLDER, "DEBUG": False}
    shown = "DEBUG SECRET_KEY ALLOWED_HOSTS ANALYTICS_DATABASE ANALYTICS_DATABASE_V1 STATIC_ROOT MAX_PAGE_SIZE"
    code = (
        "import json; from django.conf import settings; "
        f"print(json.dumps([getattr(settings, name) for name in {shown!r}.split()]))"
    )
    ran = run("-c", code, ANALYTICS_API_CFG=write(content), MAX_PAGE_SIZE="7")
    key = content["SECRET_KEY"]
    expected = [False, key, content["ALLOWED_HOSTS"], "reports", "other", content["STATIC_ROOT"], 7]
    assert json.loads(ran.stdout) == expected
    # One line for each ignored key, and nothing else.
    assert len(ran.stderr.splitlines()) == len(ignored_keys(write(content))), ran.stderr


@pytest.mark.parametrize("command", COMMANDS[1:], ids=" ".join)
def test_commands_take_the_databases_of_the_file(run, write, command):
    path = write({**OLDER, "EMAIL_PORT": "geheim"})
    ran = run(*command, ANALYTICS_API_CFG=path, DJANGO_SETTINGS_MODULE="")
    assert (ran.returncode, lines(ran)) == (1, [f"error: {path}: EMAIL_PORT: expected a whole number, found text"])


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_broken_file(run, write, command):
    path = write({**OLDER, "EMAIL_PORT": "geheim"})
    ran = run(*command, ANALYTICS_API_CFG=path)
    assert ran.returncode == 1
    assert lines(ran) == [f"error: {path}: EMAIL_PORT: expected a whole number, found text"]


@pytest.mark.parametrize("command", COMMANDS[:2], ids=" ".join)
def test_log_handler_that_cannot_be_made(run, write, command):
    handler = {"class": "logging.FileHandler", "filename": "/no/such/folder/log"}
    minimal = {key: OLDER[key] for key in ("SECRET_KEY", "ALLOWED_HOSTS")}
    databases = {"default": SQLITE, "analytics": SQLITE}
    path = write({**minimal, "DATABASES": databases, "LOGGING": {"version": 1, "handlers": {"file": handler}}})
    ran = run(*command, ANALYTICS_API_CFG=path)
    assert ran.returncode == 1
    [line] = lines(ran)
    assert line.startswith("error: LOGGING: Unable to configure handler 'file'")


def test_all_that_is_missing_is_one_error(run, write):
    path = write({"ALLOWED_HOSTS": ["*"]})
    ran = run("manage.py", "check", ANALYTICS_API_CFG=path)
    assert ran.stderr == (
        "error: production settings need these environment variables: "
        f"DATABASE_URL, ANALYTICS_DATABASE_URL, SECRET_KEY (or DATABASES, SECRET_KEY in {path})\n"
    )


@pytest.mark.parametrize("key", ["django-insecure-x8jk", "Your secret key here", "changeme"])
def test_placeholder_of_a_secret_key(run, write, key):
    ran = run("manage.py", "check", ANALYTICS_API_CFG=write({**OLDER, "SECRET_KEY": key}))
    assert (ran.returncode, ran.stderr.count("\n")) == (1, 1)
    assert ran.stderr.startswith("error: SECRET_KEY is a placeholder")


def test_debug_in_the_file(run, write):
    ran = run("manage.py", "check", ANALYTICS_API_CFG=write({**OLDER, "DEBUG": True}))
    assert (ran.returncode, ran.stderr.count("\n")) == (1, 1)
    assert "DEBUG: expected false" in ran.stderr


DOCUMENTED = {
    "DATABASE_URL": "sqlite:////tmp/none.sqlite3",
    "ANALYTICS_DATABASE_URL": "sqlite:////tmp/none.sqlite3",
    "SECRET_KEY": OLDER["SECRET_KEY"],
    "ALLOWED_HOSTS": "analytics.example.com",
}


def test_checks_of_a_deployment(run):
    ran = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **DOCUMENTED, HTTPS_ONLY="true")
    assert (ran.returncode, ran.stderr) == (0, "")


def test_no_demo_key(run):
    ran = run("manage.py", "set_demo_key", "--force", **DOCUMENTED)
    assert (ran.returncode, ran.stderr.count("\n")) == (1, 1)
    assert ran.stderr.startswith("CommandError: the production settings have no demo key")


def test_checks_say_what_plain_http_lacks(run):
    ran = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **DOCUMENTED)
    assert ran.returncode == 1
    assert sorted(re.findall(r"security\.W\d+", ran.stderr)) == [f"security.W{n:03}" for n in (4, 8, 10)]


def test_other_settings_read_no_file(run, write):
    ran = run(
        "manage.py",
        "check",
        ANALYTICS_API_CFG=write("- broken"),
        DJANGO_SETTINGS_MODULE="analyticsdataserver.settings.local",
    )
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("name, value", [("PORT", "abc"), ("WORKERS", "many"), ("THREADS", "0")])
def test_a_wrong_variable_of_the_server_is_one_line(run, name, value):
    ran = run(*GUNICORN, **{name: value})
    assert ran.returncode != 0
    [line] = lines(ran)
    assert line.startswith(f"error: environment variable {name} {value!r}: ")


def test_a_command_without_the_libraries_says_what_to_do():
    ran = subprocess.run(
        [sys.executable, "-S", "manage.py", "check"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 1
    [line] = ran.stderr.splitlines()
    assert line.startswith("error: django is not installed") and "make develop" in line
