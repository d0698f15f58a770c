"""The configuration file of an existing site: used, ignored and refused keys."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from analyticsdataserver.configuration import KEYS, key_of, read
from analyticsdataserver.env import MYSQL_ENGINE, SQLITE_ENGINE, VARIABLES, env
from analyticsdataserver.settings import base
from tests.support.configuration_files import DATABASES, OLDER, SQLITE, ignored_keys


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def settings_of(write, monkeypatch):
    """Return a function that writes a file and returns the settings it leads to."""

    def settings(content):
        configuration = read(write(content))
        monkeypatch.setattr("analyticsdataserver.env.configured", configuration.variables)
        return base_settings() | configuration.over(base_settings())

    return settings


def base_settings():
    """Return what analyticsdataserver.settings.base reads from the environment and a file."""
    databases = {"default": env("DATABASE_URL"), "analytics": env("ANALYTICS_DATABASE_URL")}
    databases["analytics_v1"] = env("ANALYTICS_DATABASE_URL_V1") or databases["analytics"]
    names = {"REST_FRAMEWORK": base.REST_FRAMEWORK, "LOGGING": base.LOGGING}
    return {**names, "DATABASES": databases, **{name: env(name) for name in ("SECRET_KEY", "MAX_PAGE_SIZE")}}


def test_no_file():
    assert read(None).over({}) == {}


def test_empty_file(write):
    assert read(write("")).over({}) == {}


class TestFileOfAnOlderServer:
    def test_databases(self, settings_of):
        settings = settings_of(OLDER)
        assert (settings["ANALYTICS_DATABASE"], settings["ANALYTICS_DATABASE_V1"]) == ("reports", "other")
        reports = settings["DATABASES"]["reports"]
        assert (reports["ENGINE"], reports["PORT"], reports["CONN_HEALTH_CHECKS"]) == (MYSQL_ENGINE, "3306", True)
        # Commands accept the aliases of this server too.
        assert settings["DATABASES"]["analytics"] == reports
        assert settings["DATABASES"]["analytics_v1"] == settings["DATABASES"]["other"]

    def test_settings(self, write):
        configuration = read(write(OLDER))
        assert configuration.variables["ALLOWED_HOSTS"] == ["analytics.example.com"]
        assert configuration.variables["LMS_USER_ACCOUNT_BASE_URL"] == "http://lms.example.com/u"
        settings = configuration.over(
            {
                "REST_FRAMEWORK": base.REST_FRAMEWORK,
                "DATABASES": configuration.databases
                | dict.fromkeys(("analytics", "analytics_v1"), configuration.databases["reports"]),
            }
        )
        assert settings["COURSE_REPORT_DOWNLOAD_EXPIRY_TIME"] == 120
        assert settings["COURSE_REPORT_FILE_LOCATION_TEMPLATE"] == "{course_id}_{report_name}.csv"
        assert settings["MEDIA_ROOT"] == "/srv/reports"
        assert settings["STORAGES"]["default"] == {"BACKEND": "django.core.files.storage.FileSystemStorage"}
        assert settings["EMAIL_PORT"] == 25 and "EMAIL_HOST_PASSWORD" not in settings

    def test_rest_framework(self, settings_of):
        settings = settings_of(OLDER)
        assert settings["REST_FRAMEWORK"] == base.REST_FRAMEWORK
        assert env("THROTTLE_RATE_USER") == (60, 60)

    @pytest.mark.parametrize(
        ("rest_framework", "others", "rates"),
        [
            ({"DEFAULT_THROTTLE_RATES": {"user": "5/sec", "service_user": "9/hour"}}, {}, [(5, 1), (9, 3600)]),
            ({"DEFAULT_THROTTLE_RATES": {"user": "5/s"}}, {"THROTTLE_RATE_USER": "7/day"}, [(7, 86400), None]),
            ({"DEFAULT_THROTTLE_RATES": {"user": "5/s"}, "DEFAULT_THROTTLE_CLASSES": []}, {}, [None, None]),
            ({"DEFAULT_THROTTLE_RATES": {"user": None}}, {}, [None, None]),
        ],
    )
    def test_rates(self, settings_of, rest_framework, others, rates):
        for content in ({"REST_FRAMEWORK": rest_framework, **others}, {**others, "REST_FRAMEWORK": rest_framework}):
            settings_of(content)
            assert [env("THROTTLE_RATE_USER"), env("THROTTLE_RATE_SERVICE_USER")] == rates

    def test_caches(self, settings_of, monkeypatch):
        redis = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:6379"}
        file = {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": "/tmp"}
        content = {"CACHES": {"default": redis, "other": file}}
        expected = {"default": {**redis, "BACKEND": "analyticsdataserver.cache.RedisCache"}, "other": file}
        assert settings_of(content)["CACHES"] == expected
        monkeypatch.setenv("CACHE_URL", "redis://127.0.0.1:6380/1")
        assert "CACHES" not in settings_of(content)

    def test_says_what_it_ignores(self, write):
        assert ignored_keys(write(OLDER)) == {
            "API_AUTH_TOKEN",
            "DATETIME_FORMAT",
            "DATE_FORMAT",
            "ELASTICSEARCH_LEARNERS_HOST",
            "ELASTICSEARCH_LEARNERS_INDEX",
            "LANGUAGE_CODE",
            "REST_FRAMEWORK.DEFAULT_RENDERER_CLASSES",
            "REST_FRAMEWORK.DEFAULT_THROTTLE_CLASSES",
            "STATICFILES_DIRS",
        }


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ({"NO_SUCH_SETTING": 1}, "NO_SUCH_SETTING"),
        ({"no_such_setting": 1}, "no_such_setting"),
        ({"PORT": 80}, "PORT"),
        ({"FORWARDED_ALLOW_IPS": "127.0.0.2"}, "FORWARDED_ALLOW_IPS"),
        ({"TIME_ZONE": "Europe/Berlin"}, "TIME_ZONE"),
        ({"DATABASES": {"default": {**SQLITE, "COLOUR": "red"}, "analytics": SQLITE}}, "DATABASES.default.COLOUR"),
        ({"REPORT_DOWNLOAD_BACKEND": {"SECRET_KEY": "x"}}, "REPORT_DOWNLOAD_BACKEND.SECRET_KEY"),
        ({"REST_FRAMEWORK": {"EXCEPTION_HANDLER": "a.b"}}, "REST_FRAMEWORK.EXCEPTION_HANDLER"),
        ({"REST_FRAMEWORK": {"NUM_PROXIES": 1}}, "REST_FRAMEWORK.NUM_PROXIES"),
        ({"REST_FRAMEWORK": {"DEFAULT_THROTTLE_RATES": {"anon": "5/m"}}}, "REST_FRAMEWORK.DEFAULT_THROTTLE_RATES.anon"),
    ],
)
def test_ignored(write, content, key):
    assert ignored_keys(write(content)) == {key}
    [line] = read(write(content)).ignored
    assert "\n" not in line


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ({"SECRET_KEY": 12345}, "SECRET_KEY"),
        ({"DEBUG": True}, "DEBUG"),
        ({"DEBUG": "geheim"}, "DEBUG"),
        ({"SECRET_KEY": ["geheim"]}, "SECRET_KEY"),
        ({"ALLOWED_HOSTS": {"geheim": 1}}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": [1]}, "ALLOWED_HOSTS[0]"),
        ({"MAX_PAGE_SIZE": 0}, "MAX_PAGE_SIZE"),
        ({"MAX_PAGE_SIZE": "geheim"}, "MAX_PAGE_SIZE"),
        ({"DATABASES": []}, "DATABASES"),
        ({"DATABASES": {}, "ANALYTICS_DATABASE": "reports"}, "DATABASES.default"),
        ({"DATABASES": {"analytics": SQLITE}}, "DATABASES.default"),
        ({"DATABASES": {"default": SQLITE}}, "ANALYTICS_DATABASE"),
        ({"DATABASES": {"default": "geheim"}}, "DATABASES.default"),
        ({"DATABASES": {"default": {"NAME": "x"}}}, "DATABASES.default.ENGINE"),
        ({"DATABASES": {"default": {"ENGINE": SQLITE_ENGINE}}}, "DATABASES.default.NAME"),
        ({"DATABASES": {"default": {**SQLITE, "ENGINE": "django.db.backends.oracle"}}}, "DATABASES.default.ENGINE"),
        ({"DATABASES": {"default": {**SQLITE, "PORT": "geheim"}}}, "DATABASES.default.PORT"),
        ({"DATABASES": {"default": {**SQLITE, "PASSWORD": 1234}}}, "DATABASES.default.PASSWORD"),
        ({"DATABASES": {"default": {**SQLITE, "CONN_MAX_AGE": -1}}}, "DATABASES.default.CONN_MAX_AGE"),
        ({"DATABASES": {"default": {**SQLITE, "OPTIONS": "geheim"}}}, "DATABASES.default.OPTIONS"),
        ({"DATABASES": DATABASES, "ANALYTICS_DATABASE": "geheim"}, "ANALYTICS_DATABASE"),
        ({"DATABASES": DATABASES, "ANALYTICS_DATABASE": 1}, "ANALYTICS_DATABASE"),
        ({**OLDER, "ANALYTICS_DATABASE_V1": "none"}, "ANALYTICS_DATABASE_V1"),
        ({"REST_FRAMEWORK": "geheim"}, "REST_FRAMEWORK"),
        ({"REST_FRAMEWORK": {"DEFAULT_THROTTLE_CLASSES": "geheim"}}, "REST_FRAMEWORK.DEFAULT_THROTTLE_CLASSES"),
        ({"REST_FRAMEWORK": {"DEFAULT_THROTTLE_RATES": {"user": 5}}}, "REST_FRAMEWORK.DEFAULT_THROTTLE_RATES.user"),
        ({"THROTTLE_RATE_USER": "geheim"}, "THROTTLE_RATE_USER"),
        ({"CACHE_URL": "redis://:geheim@host:port"}, "CACHE_URL"),
        ({"CACHES": {"default": "geheim"}}, "CACHES.default"),
        (
            {"REST_FRAMEWORK": {"DEFAULT_THROTTLE_RATES": {"user": "often"}}},
            "REST_FRAMEWORK.DEFAULT_THROTTLE_RATES.user",
        ),
        ({"EMAIL_PORT": "geheim"}, "EMAIL_PORT"),
        ({"CSRF_COOKIE_SECURE": "yes"}, "CSRF_COOKIE_SECURE"),
        ({"ENABLED_REPORT_IDENTIFIERS": "problem_response"}, "ENABLED_REPORT_IDENTIFIERS"),
        ({"ENABLED_REPORT_IDENTIFIERS": [1]}, "ENABLED_REPORT_IDENTIFIERS[0]"),
        ({"COURSE_REPORT_DOWNLOAD_EXPIRY_TIME": 0}, "COURSE_REPORT_DOWNLOAD_EXPIRY_TIME"),
        (
            {"REPORT_DOWNLOAD_BACKEND": {"COURSE_REPORT_DOWNLOAD_EXPIRY_TIME": True}},
            "REPORT_DOWNLOAD_BACKEND.COURSE_REPORT_DOWNLOAD_EXPIRY_TIME",
        ),
        ({"LOGGING": {"handlers": {}}}, "LOGGING.version"),
        ({"LOGGING": {"version": 1, "handlers": {"file": "geheim"}}}, "LOGGING.handlers.file"),
        ("SECRET_KEY: 2014-01-01", "SECRET_KEY"),
    ],
)
def test_refused(write, content, key):
    path = write(content)
    with pytest.raises(ImproperlyConfigured) as refused:
        read(path)
    message = str(refused.value)
    assert message.startswith(f"{path}: {key}: ")
    # An invalid value may be a password.
    assert "\n" not in message and "geheim" not in message.replace("no geheim in DATABASES", "")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("- a\n- b\n", "expected a mapping"),
        ("only text", "expected a mapping"),
        ("1: 2", "expected a mapping"),
        ("SECRET_KEY: 'geheim\n", "is not YAML: line 2"),
        ("a: b\nPASSWORD: *geheim\n", "is not YAML: line 2"),
        ("SECRET_KEY: !!python/object/apply:os.system ['geheim']", "is not YAML: line 1"),
    ],
)
def test_unreadable(write, content, problem):
    with pytest.raises(ImproperlyConfigured) as refused:
        read(write(content))
    message = str(refused.value)
    assert problem in message and "\n" not in message and "geheim" not in message


def test_no_such_file(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="ANALYTICS_API_CFG names .*no such: No such file"):
        read(str(tmp_path / "no such"))


class TestEnvironmentWins:
    def test_variables(self, settings_of, monkeypatch):
        monkeypatch.setenv("SECRET_KEY", "of the environment")
        settings = settings_of({**OLDER, "MAX_PAGE_SIZE": 50})
        assert (settings["SECRET_KEY"], settings["MAX_PAGE_SIZE"]) == ("of the environment", 50)

    @pytest.mark.parametrize(
        ("variable", "alias", "ours"),
        [
            ("DATABASE_URL", "default", "default"),
            ("ANALYTICS_DATABASE_URL", "reports", "analytics"),
            ("ANALYTICS_DATABASE_URL_V1", "other", "analytics_v1"),
        ],
    )
    def test_databases(self, settings_of, monkeypatch, variable, alias, ours):
        monkeypatch.setenv(variable, "sqlite:////tmp/of-the-environment.sqlite3")
        databases = settings_of(OLDER)["DATABASES"]
        of_environment = {name for name, config in databases.items() if config["NAME"].endswith("environment.sqlite3")}
        assert of_environment == {alias, ours}

    def test_a_database_of_version_1_beside_a_file_without_one(self, settings_of, monkeypatch):
        monkeypatch.setenv("ANALYTICS_DATABASE_URL_V1", "sqlite:////tmp/v1.sqlite3")
        settings = settings_of({key: value for key, value in OLDER.items() if key != "ANALYTICS_DATABASE_V1"})
        assert (settings["ANALYTICS_DATABASE"], settings["ANALYTICS_DATABASE_V1"]) == ("reports", "analytics_v1")
        assert settings["DATABASES"]["reports"]["NAME"] == "reports"
        assert settings["DATABASES"]["analytics_v1"]["NAME"] == "/tmp/v1.sqlite3"

    def test_a_database_that_the_file_lacks(self, settings_of, monkeypatch):
        monkeypatch.setenv("ANALYTICS_DATABASE_URL", "sqlite:////tmp/of-the-environment.sqlite3")
        settings = settings_of({"DATABASES": {"default": SQLITE}, "ANALYTICS_DATABASE": "reports"})
        assert settings["DATABASES"]["reports"]["NAME"] == "/tmp/of-the-environment.sqlite3"

    def test_log_level(self, settings_of, monkeypatch):
        logging = {"version": 1, "root": {"level": "DEBUG"}}
        assert settings_of({"LOGGING": logging})["LOGGING"]["root"]["level"] == "DEBUG"
        monkeypatch.setenv("LOG_LEVEL", "error")
        assert settings_of({"LOGGING": logging})["LOGGING"]["root"]["level"] == base.LOGGING["root"]["level"]


def test_every_variable_is_a_key():
    assert [name for name in VARIABLES if not key_of(name).help] == []


def test_patterns_are_reached():
    """No pattern hides a later key."""
    assert [key.pattern for key in KEYS if key_of(key.pattern.replace("*", "X")) is not key] == []
