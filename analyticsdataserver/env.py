"""The only reader of the process environment.

``VARIABLES`` is the table of every environment variable that the server knows: its name, type, default and one line of
help. The documentation prints this table, and ``env()`` refuses a name that is not in it, so that no undocumented
setting can creep in.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from analyticsdataserver.cache import parse_cache_url
from analyticsdataserver.rates import parse_rate

MYSQL_ENGINE = "analyticsdataserver.db.mysql"
SQLITE_ENGINE = "analyticsdataserver.db.sqlite"

# Connections persist for some seconds. One that its database has closed is replaced, not reported as an error.
CONNECTION_DEFAULTS = {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}

TRUE_WORDS = ("1", "true", "yes", "on")
FALSE_WORDS = ("0", "false", "no", "off")


def parse_text(text: str) -> str:
    return text


def parse_bool(text: str) -> bool:
    word = text.strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ValueError(f"expected one of {', '.join(TRUE_WORDS + FALSE_WORDS)}")


def parse_positive_integer(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise ValueError("expected a whole number of at least 1")
    return number


def parse_list(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


def parse_database_url(text: str) -> dict[str, Any]:
    """A database URL as the dictionary that Django's DATABASES takes."""
    scheme = text.partition("://")[0]
    if scheme not in ("sqlite", "mysql") or "://" not in text:
        raise ValueError("expected sqlite:////absolute/path.db or mysql://user:password@host:port/name")
    try:
        config = dict(dj_database_url.parse(text))
    except Exception as error:  # whatever the URL parser stumbles over, the reader wants the variable's name
        # What it says may repeat a part of the password.
        raise ValueError(
            "expected a database URL whose port is a number and whose password is percent-encoded"
        ) from error
    if not config["NAME"]:
        raise ValueError("expected a database name at the end of the URL")
    config["ENGINE"] = SQLITE_ENGINE if scheme == "sqlite" else MYSQL_ENGINE
    return config | CONNECTION_DEFAULTS


def parse_file_template(text: str) -> str:
    """A name of a report file with a place for the course and one for the report."""
    try:
        fields = {field for _text, field, _spec, _conversion in Formatter().parse(text) if field is not None}
        text.format(course_id="", report_name="")
    except (ValueError, LookupError, AttributeError):
        fields = set()
    if fields != {"course_id", "report_name"}:
        raise ValueError("expected the name of a file with {course_id} and {report_name}")
    return text


PARSERS: dict[str, Callable[[str], Any]] = {
    "text": parse_text,
    "boolean": parse_bool,
    "integer": parse_positive_integer,
    "list": parse_list,
    "file name": parse_file_template,
    "database URL": parse_database_url,
    "rate": parse_rate,
    "cache URL": parse_cache_url,
}
# Their values may hold passwords, and are not repeated where they are refused.
SECRET_TYPES = ("database URL", "cache URL")
SECRET_NAMES = ("SECRET_KEY", "JWT_SECRET_KEY", "JWT_PUBLIC_SIGNING_JWK_SET")


@dataclass(frozen=True)
class Variable:
    """One environment variable. ``default`` is what ``env()`` gives where the variable is unset or empty."""

    name: str
    type: str
    default: Any
    help: str


VARIABLES = {
    variable.name: variable
    for variable in (
        Variable(
            "DATABASE_URL",
            "database URL",
            None,
            "Users, keys and sessions. Unset: default.sqlite3 beside manage.py; required in production.",
        ),
        Variable(
            "ANALYTICS_DATABASE_URL",
            "database URL",
            None,
            "The pipeline's tables, read by /api/v0/. Unset: analytics.sqlite3 beside manage.py; required in production.",
        ),
        Variable(
            "ANALYTICS_DATABASE_URL_V1",
            "database URL",
            None,
            "The pipeline's tables, read by /api/v1/. Unset: the same as ANALYTICS_DATABASE_URL.",
        ),
        Variable(
            "DATABASE_STATEMENT_TIMEOUT",
            "integer",
            10,
            "Seconds that MySQL or MariaDB may take for a statement of a request; then the answer is 503.",
        ),
        Variable(
            "SECRET_KEY",
            "text",
            None,
            "Signs sessions. Unset: a random one at each start; required in production, with at least 50 characters.",
        ),
        Variable(
            "ALLOWED_HOSTS",
            "list",
            None,
            "Host names served, separated by commas. Unset: this machine's loopback names; required in production.",
        ),
        Variable("DEBUG", "boolean", False, "Django's debug pages. Production refuses to start with them."),
        Variable(
            "PERSONAL_DATA",
            "boolean",
            True,
            "Whether rosters, single learners and data sets with usernames are served; off takes them off the server.",
        ),
        Variable(
            "LMS_USER_ACCOUNT_BASE_URL",
            "text",
            None,
            "Start of a learner's account_url; the username follows. Unset: account_url is null.",
        ),
        Variable("DEFAULT_PAGE_SIZE", "integer", 25, "Rows of a page where page_size is absent."),
        Variable("MAX_PAGE_SIZE", "integer", 100, "The most rows that page_size can ask for."),
        Variable("MAX_IDS", "integer", 10_000, "The most ids or names in one list of a request, such as course_ids."),
        Variable("MAX_BODY_SIZE", "integer", 16 * 1024 * 1024, "The most bytes of a request's body."),
        Variable(
            "THROTTLE_RATE_USER", "rate", None, "Requests that a user may send, such as 600/minute. Unset: any number."
        ),
        Variable(
            "THROTTLE_RATE_SERVICE_USER",
            "rate",
            None,
            "The same for each of THROTTLE_SERVICE_USERS, in place of THROTTLE_RATE_USER. Unset: any number.",
        ),
        Variable(
            "THROTTLE_SERVICE_USERS",
            "list",
            [],
            "Usernames of programs that ask on behalf of many, such as a dashboard, separated by commas.",
        ),
        Variable(
            "JWT_PUBLIC_SIGNING_JWK_SET",
            "text",
            None,
            "Public keys of the learning platform's JSON Web Tokens: a JWK set, or a file with one. Unset: no such tokens.",
        ),
        Variable(
            "JWT_SECRET_KEY",
            "text",
            None,
            "The secret of such tokens, where the platform signs them with a shared one.",
        ),
        Variable("JWT_ISSUER", "text", None, "Who has issued the tokens: their claim iss."),
        Variable("JWT_AUDIENCE", "text", None, "For whom the tokens are: their claim aud, or one of it."),
        Variable(
            "JWT_ALGORITHMS",
            "list",
            [],
            "Algorithms that are accepted. Unset: RS512 with a JWK set, HS256 with a secret.",
        ),
        Variable("JWT_LEEWAY", "integer", 10, "Seconds by which the clocks of issuer and server may differ."),
        Variable(
            "CACHE_URL",
            "cache URL",
            None,
            "Where requests are counted: redis://host:port/number. Unset: each process counts for itself.",
        ),
        Variable(
            "DATA_SETS_DELAY",
            "integer",
            30,
            "Seconds for which a load is waited for: a pull of a data set goes up to so long ago where it names no time.",
        ),
        Variable("ENABLED_REPORT_IDENTIFIERS", "list", ["problem_response"], "Names of the reports that are served."),
        Variable(
            "COURSE_REPORT_FILE_LOCATION_TEMPLATE",
            "file name",
            "{course_id}_{report_name}.csv",
            "Name of a report file. The course is its org, course and run, joined by underscores.",
        ),
        Variable(
            "COURSE_REPORT_DOWNLOAD_EXPIRY_TIME", "integer", 120, "Seconds for which a link to a report file is good."
        ),
        Variable("EVENTS_DIR", "text", None, "Directory of the event store. Unset: events beside manage.py."),
        Variable(
            "ANALYTICS_WRITE_URL",
            "database URL",
            None,
            "Where compute_tables writes, with an account that may write. Unset: ANALYTICS_DATABASE_URL.",
        ),
        Variable(
            "GEOIP_DATABASE",
            "text",
            None,
            "A country database in MaxMind's .mmdb format, such as GeoLite2 Country. Unset: countries are unknown.",
        ),
        Variable("MEDIA_ROOT", "text", None, "Directory of report files. Unset: reports beside manage.py."),
        Variable(
            "MEDIA_URL", "text", None, "Where a web server serves that directory. Unset: this one, by expiring links."
        ),
        Variable(
            "DEFAULT_FILE_STORAGE",
            "text",
            "django.core.files.storage.FileSystemStorage",
            "Class of the storage of report files; for S3 storages.backends.s3.S3Storage (make serve installs it).",
        ),
        Variable("AWS_STORAGE_BUCKET_NAME", "text", None, "Bucket of report files in S3."),
        Variable("AWS_LOCATION", "text", None, "Prefix of report files in that bucket."),
        Variable("AWS_S3_REGION_NAME", "text", None, "Region of that bucket."),
        Variable("AWS_S3_ENDPOINT_URL", "text", None, "URL of a service that is compatible with S3. Unset: Amazon's."),
        Variable("HOST", "text", "127.0.0.1", "Address that the server listens on."),
        Variable("PORT", "integer", 8000, "Port that the server listens on."),
        Variable("WORKERS", "integer", None, "Server processes. Unset: one for each processor."),
        Variable("THREADS", "integer", 4, "Threads of a server process."),
        Variable(
            "FORWARDED_ALLOW_IPS",
            "text",
            "127.0.0.1,::1",
            "Addresses of the proxies whose X-Forwarded-Proto is believed, separated by commas.",
        ),
        Variable(
            "HTTPS_ONLY",
            "boolean",
            False,
            "Whether clients come by https, which a proxy in front ends: http is redirected, and cookies are for https.",
        ),
        Variable(
            "HSTS_SECONDS",
            "integer",
            30 * 24 * 3600,
            "With HTTPS_ONLY: for how long a browser shall use nothing but https for this host.",
        ),
        Variable(
            "ANALYTICS_API_CFG",
            "text",
            None,
            "A YAML file with settings, for the production settings alone; a variable wins over it.",
        ),
        Variable("REQUEST_LOG", "boolean", True, "Whether each request is a line of JSON in the log (standard error)."),
        Variable("LOG_LEVEL", "text", "INFO", "Least severe level written to the log (standard error)."),
    )
}


# What a configuration file says of these variables. The environment wins over it.
configured: dict[str, Any] = {}


def env(name: str, environ: Mapping[str, str] | None = None) -> Any:
    """The parsed value of one variable of the table, or its default where it is unset or empty."""
    variable = VARIABLES[name]
    text = (os.environ if environ is None else environ).get(name, "")
    if not text.strip():
        return configured.get(name, variable.default)
    try:
        return PARSERS[variable.type](text)
    except ValueError as error:
        shown = "" if variable.type in SECRET_TYPES or name in SECRET_NAMES else f" {text!r}"
        raise ImproperlyConfigured(f"environment variable {name}{shown}: {error}") from error


def missing(*names: str, environ: Mapping[str, str] | None = None) -> list[str]:
    """Those of the named variables that are unset or empty, and in no configuration file either."""
    environ = os.environ if environ is None else environ
    return [name for name in names if not environ.get(name, "").strip() and configured.get(name) is None]


def is_unset(name: str) -> bool:
    """Whether the environment does not have a variable, or has it empty."""
    return not os.environ.get(name, "").strip()
