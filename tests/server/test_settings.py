"""The settings modules, each in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from analyticsdataserver.settings.test import for_tests

pytestmark = pytest.mark.servers

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
    "signing": list(settings.SWAGGER_SETTINGS["SECURITY_DEFINITIONS"]),
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


SECRET = "a-long-secret-of-nobody-else-0123456789abcdefghijklm"
PRODUCTION = {
    "DATABASE_URL": "mysql://u:p@h/users",
    "ANALYTICS_DATABASE_URL": "mysql://u:p@h/figures",
    "SECRET_KEY": SECRET,
    "ALLOWED_HOSTS": "data.example.com",
}
MYSQL, SQLITE = "analyticsdataserver.db.mysql", "analyticsdataserver.db.sqlite"


class TestLocal:
    def test_needs_nothing(self):
        settings = told("local")
        assert settings["databases"] == {
            "default": [SQLITE, str(ROOT / "default.sqlite3")],
            "analytics": [SQLITE, str(ROOT / "analytics.sqlite3")],
            "analytics_v1": [SQLITE, str(ROOT / "analytics.sqlite3")],
        }
        # It is random, since the repository contains no key.
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

    def test_web_tokens_are_described_where_they_are_believed(self):
        tokens = {"JWT_SECRET_KEY": SECRET, "JWT_ISSUER": "lms", "JWT_AUDIENCE": "openedx"}
        assert (told("local")["signing"], told("local", **tokens)["signing"]) == (["Token"], ["Token", "JWT"])

    def test_web_tokens_that_make_no_whole(self):
        process = run("local", JWT_SECRET_KEY=SECRET)
        assert process.returncode != 0
        assert "need JWT_ISSUER and JWT_AUDIENCE as well" in process.stderr and SECRET not in process.stderr


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

    def test_reads_the_environment(self):
        settings = told("production", **PRODUCTION, DEBUG="false")
        assert settings["debug"] is False
        assert settings["hosts"] == ["data.example.com"]
        assert settings["secret_key"] == SECRET

    @pytest.mark.parametrize(
        ("name", "value", "words"),
        [
            ("DEBUG", "true", "DEBUG is on"),
            ("SECRET_KEY", "short", "SECRET_KEY can be guessed: expected at least 50 characters"),
            ("SECRET_KEY", "x" * 60, "SECRET_KEY can be guessed"),
            ("SECRET_KEY", "django-insecure-" + SECRET, "SECRET_KEY is a placeholder"),
            ("SECRET_KEY", "changeme", "SECRET_KEY is a placeholder"),
            ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS '*' is not allowed"),
            ("ALLOWED_HOSTS", "data.example.com,.", "ALLOWED_HOSTS '.' is not allowed"),
            ("ALLOWED_HOSTS", "*.example.com", "such as data.example.com or .example.com"),
        ],
    )
    def test_refuses_to_start(self, name, value, words):
        process = run("production", **{**PRODUCTION, name: value})
        assert process.returncode != 0
        line = process.stderr.splitlines()[-1]
        assert "ImproperlyConfigured" in line and words in line
        assert name != "SECRET_KEY" or value not in line

    def test_says_all_that_is_unsafe_at_once(self):
        process = run("production", **{**PRODUCTION, "DEBUG": "1", "ALLOWED_HOSTS": "*", "SECRET_KEY": "short"})
        line = process.stderr.splitlines()[-1]
        assert all(f"{name} " in line for name in ("DEBUG", "ALLOWED_HOSTS", "SECRET_KEY"))

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
