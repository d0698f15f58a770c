"""The settings modules, each in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from analyticsdataserver.settings.test import for_tests

ROOT = Path(__file__).resolve().parents[2]

TELL = """
import json
from django.conf import settings
databases = {alias: [config["ENGINE"], str(config["NAME"])] for alias, config in settings.DATABASES.items()}
print(json.dumps({
    "databases": databases,
    "secret_key": settings.SECRET_KEY,
    "hosts": settings.ALLOWED_HOSTS,
    "debug": settings.DEBUG,
    "page_sizes": [settings.DEFAULT_PAGE_SIZE, settings.MAX_PAGE_SIZE],
    "accounts": settings.LMS_USER_ACCOUNT_BASE_URL,
}))
"""


def run(module, **environment):
    return subprocess.run(
        [sys.executable, "-c", TELL],
        cwd=ROOT,
        env={"DJANGO_SETTINGS_MODULE": f"analyticsdataserver.settings.{module}", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def told(module, **environment):
    process = run(module, **environment)
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout)


PRODUCTION = {
    "DATABASE_URL": "mysql://u:p@h/users",
    "ANALYTICS_DATABASE_URL": "mysql://u:p@h/figures",
    "SECRET_KEY": "a long secret",
    "ALLOWED_HOSTS": "data.example.com",
}
MYSQL, SQLITE = "analyticsdataserver.db.mysql", "django.db.backends.sqlite3"


class TestLocal:
    def test_needs_nothing(self):
        settings = told("local")
        assert settings["databases"] == {
            "default": [SQLITE, str(ROOT / "default.sqlite3")],
            "analytics": [SQLITE, str(ROOT / "analytics.sqlite3")],
            "analytics_v1": [SQLITE, str(ROOT / "analytics.sqlite3")],
        }
        # A random one, since none stands in the repository.
        assert len(set(settings["secret_key"])) > 10 and told("local")["secret_key"] != settings["secret_key"]
        assert settings["hosts"] == ["localhost", "127.0.0.1", "[::1]"]
        assert (settings["debug"], settings["page_sizes"], settings["accounts"]) == (False, [25, 100], None)

    def test_reads_the_environment(self):
        settings = told(
            "local",
            DATABASE_URL="sqlite:////tmp/users.db",
            ANALYTICS_DATABASE_URL="mysql://u:p@h/figures",
            SECRET_KEY="key",
            DEBUG="true",
            DEFAULT_PAGE_SIZE="5",
            MAX_PAGE_SIZE="50",
            LMS_USER_ACCOUNT_BASE_URL="https://lms.example.com/u",
        )
        assert settings["databases"] == {
            "default": [SQLITE, "/tmp/users.db"],
            "analytics": [MYSQL, "figures"],
            "analytics_v1": [MYSQL, "figures"],
        }
        assert (settings["secret_key"], settings["debug"], settings["page_sizes"]) == ("key", True, [5, 50])
        assert settings["accounts"] == "https://lms.example.com/u"


class TestProduction:
    def test_says_all_that_is_missing_at_once(self):
        process = run("production")
        assert process.returncode != 0
        line = process.stderr.splitlines()[-1]
        assert "ImproperlyConfigured" in line
        assert all(name in line for name in PRODUCTION)

    @pytest.mark.parametrize("name", PRODUCTION)
    def test_needs_each(self, name):
        process = run("production", **{**PRODUCTION, name: " "})
        assert process.returncode != 0
        line = process.stderr.splitlines()[-1]
        assert "ImproperlyConfigured" in line
        assert [known for known in PRODUCTION if re_word(known, line)] == [name]

    def test_is_never_in_debug(self):
        settings = told("production", **PRODUCTION, DEBUG="true")
        assert settings["debug"] is False
        assert settings["hosts"] == ["data.example.com"]
        assert settings["secret_key"] == "a long secret"

    def test_version_1_may_have_a_database_of_its_own(self):
        databases = told("production", **PRODUCTION, ANALYTICS_DATABASE_URL_V1="mysql://u:p@h/new")["databases"]
        assert databases == {
            "default": [MYSQL, "users"],
            "analytics": [MYSQL, "figures"],
            "analytics_v1": [MYSQL, "new"],
        }


def re_word(name, line):
    return name in line.replace(",", " ").split()


class TestTest:
    def test_each_alias_has_a_database_of_its_own(self):
        config = {"ENGINE": MYSQL, "NAME": "one", "HOST": "127.0.0.1"}
        taken = set()
        names = [for_tests(alias, config, taken)["TEST"]["NAME"] for alias in ("default", "analytics", "analytics_v1")]
        assert names == ["test_one", "test_one_analytics", "test_one_analytics_v1"]

    def test_leaves_no_files(self):
        config = for_tests("default", {"ENGINE": SQLITE, "NAME": "/users.db"}, set())
        assert "mode=memory" in config["NAME"]
