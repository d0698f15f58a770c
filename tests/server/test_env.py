"""The environment: a table of variables, each with a type, a default and a line of help."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from analytics_data_api.auth import web_token_keys
from analyticsdataserver.env import MYSQL_ENGINE, PARSERS, SQLITE_ENGINE, VARIABLES, env, missing, misspelled

ROOT = Path(__file__).resolve().parents[2]


def database(**expected):
    """Return a check of some keys of a parsed database URL."""
    return lambda config: {key: config[key] for key in expected} == expected


GOOD = [
    ("SECRET_KEY", "  a b ", "  a b "),
    ("DEBUG", "true", True),
    ("DEBUG", " Yes ", True),
    ("DEBUG", "1", True),
    ("DEBUG", "off", False),
    ("DEBUG", "FALSE", False),
    ("DEFAULT_PAGE_SIZE", "7", 7),
    ("DEFAULT_PAGE_SIZE", " 7 ", 7),
    ("ALLOWED_HOSTS", "a.example.com, .b.example.com,,", ["a.example.com", ".b.example.com"]),
    ("DATABASE_URL", "sqlite:////abs/path.db", database(ENGINE=SQLITE_ENGINE, NAME="/abs/path.db")),
    (
        "DATABASE_URL",
        "mysql://user:password@host:3307/name",
        database(ENGINE=MYSQL_ENGINE, NAME="name", USER="user", PASSWORD="password", HOST="host", PORT=3307),
    ),
    (
        "DATABASE_URL",
        "mysql://us%40er:p%2Fa%23s%3A@[::1]/na%20me",
        database(USER="us@er", PASSWORD="p/a#s:", HOST="::1", NAME="na me"),
    ),
    ("DATABASE_URL", "mysql://root@127.0.0.1/name", database(USER="root", PASSWORD="", HOST="127.0.0.1", PORT="")),
    ("THROTTLE_RATE_USER", "600/minute", (600, 60)),
    ("THROTTLE_RATE_USER", " 5/S ", (5, 1)),
    ("THROTTLE_RATE_SERVICE_USER", "1/day", (1, 86400)),
    (
        "CACHE_URL",
        "redis://:p%2Fs@cache.example.com:6380/2",
        database(LOCATION=["redis://:p%2Fs@cache.example.com:6380/2"]),
    ),
    ("CACHE_URL", "rediss://127.0.0.1", database(BACKEND="analyticsdataserver.cache.RedisCache")),
    ("DATABASE_URL", "mysql://u:p@h/n", database(CONN_HEALTH_CHECKS=True, CONN_MAX_AGE=600)),
]


@pytest.mark.parametrize("name, text, expected", GOOD)
def test_good(name, text, expected):
    value = env(name, {name: text})
    assert expected(value) if callable(expected) else value == expected


MALFORMED = [
    ("DEBUG", "maybe", "true"),
    ("DEFAULT_PAGE_SIZE", "0", "at least 1"),
    ("DEFAULT_PAGE_SIZE", "-5", "at least 1"),
    ("DEFAULT_PAGE_SIZE", "many", "whole number"),
    ("DEFAULT_PAGE_SIZE", "2.5", "whole number"),
    ("DATABASE_URL", "postgres://user:secret@host/name", "mysql://"),
    ("DATABASE_URL", "/path/to.db", "sqlite:////"),
    ("DATABASE_URL", "mysql://", "name"),
    ("DATABASE_URL", "mysql://user:secret@host", "name"),
    ("DATABASE_URL", "mysql://user:secret@host:port/name", "port"),
    ("DATABASE_URL", "mysql://user:secret/password@host/name", "percent-encoded"),
    ("DATABASE_URL", "mysql://user:sec[ret@host/name", "percent-encoded"),
    ("DATABASE_URL", "mysql:user", "mysql://"),
    ("THROTTLE_RATE_USER", "600", "600/minute"),
    ("THROTTLE_RATE_USER", "0/minute", "600/minute"),
    ("THROTTLE_RATE_USER", "-1/minute", "600/minute"),
    ("THROTTLE_RATE_USER", "1.5/minute", "600/minute"),
    ("THROTTLE_RATE_USER", "600/fortnight", "hour or day"),
    ("THROTTLE_RATE_SERVICE_USER", "many/day", "600/minute"),
    ("CACHE_URL", "memcached://sec:11211", "redis://"),
    ("CACHE_URL", "redis://", "redis://"),
    ("CACHE_URL", "redis://:secret@host:port", "redis://"),
    ("CACHE_URL", "redis://:sec[ret@host/1", "redis://"),
    ("CACHE_URL", "redis://host/secret", "redis://"),
    ("CACHE_URL", "127.0.0.1:6379", "redis://"),
]


@pytest.mark.parametrize("name, text, words", MALFORMED)
def test_malformed(name, text, words):
    with pytest.raises(ImproperlyConfigured) as refusal:
        env(name, {name: text})
    assert name in str(refusal.value) and words in str(refusal.value)
    assert "sec" not in str(refusal.value).replace("and second,", ""), "a password has no place in a log"


@pytest.mark.parametrize("name", VARIABLES)
@pytest.mark.parametrize("environ", [{}, {"": "x"}])
def test_default(name, environ):
    assert env(name, environ) == VARIABLES[name].default
    assert env(name, {**environ, name: " "}) == VARIABLES[name].default


def test_a_variable_without_a_line_in_the_table_is_refused():
    with pytest.raises(KeyError):
        env("UNHEARD_OF", {"UNHEARD_OF": "x"})


def test_missing():
    environ = {"DATABASE_URL": "x", "SECRET_KEY": " "}
    assert missing("DATABASE_URL", "SECRET_KEY", "ALLOWED_HOSTS", environ=environ) == ["SECRET_KEY", "ALLOWED_HOSTS"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("DATABSE_URL", "DATABASE_URL"),
        ("ANALYTICS_DATABASE_URl", "ANALYTICS_DATABASE_URL"),
        ("analytics_database_url", "ANALYTICS_DATABASE_URL"),
        ("ALLOWED_HOST", "ALLOWED_HOSTS"),
        ("SECRETKEY", "SECRET_KEY"),
        ("WORKER", "WORKERS"),
        ("THROTTLE_RATE_USERS", "THROTTLE_RATE_USER"),
        ("ANALYTICS_API_CONF", "ANALYTICS_API_CFG"),
        ("AWS_ACCESS_KEY_ID", None),
        ("AWS_SECRET_ACCESS_KEY", None),
        ("HOSTNAME", None),
        ("MYSQL_PORT", None),
        ("DJANGO_SETTINGS_MODULE", None),
        ("EMAIL_HOST", None),
    ],
)
def test_variable_that_resembles_one_of_the_table(name, meant):
    lines = misspelled({name: "secret", "PATH": "/bin"})
    assert lines == ([f"the environment variable {name} is ignored: is it meant to be {meant}?"] if meant else [])


def test_variables_of_the_table_resemble_no_other():
    assert misspelled(dict.fromkeys(VARIABLES, "x")) == []


@pytest.mark.parametrize("variable", VARIABLES.values(), ids=list(VARIABLES))
class TestTable:
    def test_is_complete(self, variable):
        assert variable.type in PARSERS
        assert variable.help.endswith(".") and "\n" not in variable.help

    def test_is_used(self, variable):
        """Some code reads each variable."""
        readers = [
            path.read_text(encoding="utf-8")
            for path in (ROOT / "analyticsdataserver").rglob("*.py")
            if path.name != "env.py"
        ]
        is_read = any(re.search(rf"""(env|env_or_exit)\(\s*["']{variable.name}["']""", text) for text in readers)
        # The rules of web tokens read theirs by a function that the settings hand them.
        assert is_read or f'"{variable.name}"' in Path(web_token_keys.__file__).read_text(encoding="utf-8")


def test_nothing_else_reads_the_environment():
    """Only ``wsgi.py`` and ``gunicorn.py``, which choose the settings module, may read the environment too.

    ``metrics.py`` reads the directory that ``gunicorn.py`` makes for the metrics of all processes, and ``restarts.py`` the
    settings module that a reload reads again. ``spark.py`` looks for Java as Spark does.
    """
    allowed = {"env.py", "wsgi.py", "gunicorn.py", "metrics.py", "restarts.py", "spark.py"}
    for package in ("analyticsdataserver", "analytics_data_api"):
        for path in (ROOT / package).rglob("*.py"):
            if path.name not in allowed and "tests" not in path.parts:
                assert not re.search(r"os\.environ|getenv", path.read_text(encoding="utf-8")), path
