"""The only reader of the process environment.

``VARIABLES`` lists every environment variable with its name, type, default and one line of help. The documentation prints
this table. ``env()`` raises KeyError for any other name, so that no setting is undocumented.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from string import Formatter
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from analytics_data_api.auth.rates import Rate, parse_rate
from analyticsdataserver.cache import parse_cache_url

MYSQL_ENGINE = "analyticsdataserver.db.mysql"
SQLITE_ENGINE = "analyticsdataserver.db.sqlite"

# Connections persist for these seconds. If the database has closed one, it is replaced without an error.
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
    """Return the dictionary for Django's DATABASES that a database URL describes."""
    scheme = text.partition("://")[0]
    if scheme not in ("sqlite", "mysql") or "://" not in text:
        raise ValueError("expected sqlite:////absolute/path.db or mysql://user:password@host:port/name")
    try:
        config = dict(dj_database_url.parse(text))
    except Exception as error:  # The URL parser raises many kinds, whose messages may repeat a part of the password.
        raise ValueError(
            "expected a database URL whose port is a number and whose password is percent-encoded"
        ) from error
    if not config["NAME"]:
        raise ValueError("expected a database name at the end of the URL")
    config["ENGINE"] = SQLITE_ENGINE if scheme == "sqlite" else MYSQL_ENGINE
    return config | CONNECTION_DEFAULTS


def parse_file_template(text: str) -> str:
    """Return the template if it has a place for the course and one for the report."""
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
# Messages do not repeat these values, since they may contain passwords.
SECRET_TYPES = ("database URL", "cache URL")
SECRET_NAMES = (
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "LMS_DATABASE_URL",
    "LMS_LOGIN_CLIENT_SECRET",
    "LMS_CLIENT_SECRET",
    "JWT_SECRET_KEY",
    "JWT_PUBLIC_SIGNING_JWK_SET",
)


@dataclass(frozen=True)
class Variable:
    """An environment variable. ``env()`` returns ``default`` if it is unset or empty."""

    name: str
    type: str
    default: Any
    help: str


# fmt: off
TABLE = (
    Variable("DATABASE_URL", "database URL", None,
             "Users, keys and sessions. Unset: default.sqlite3 beside manage.py; required in production."),
    Variable("ANALYTICS_DATABASE_URL", "database URL", None,
             "The pipeline's tables for /api/v0/. Unset: analytics.sqlite3 beside manage.py; required in production."),
    Variable("ANALYTICS_DATABASE_URL_V1", "database URL", None,
             "The pipeline's tables for /api/v1/. Unset: the same as ANALYTICS_DATABASE_URL."),
    Variable("DATABASE_STATEMENT_TIMEOUT", "integer", 10,
             "Seconds that MySQL or MariaDB may take for a statement of a request. After that the response is 503."),
    Variable("SECRET_KEY", "text", None,
             "Signs sessions. Unset: a random key at each start; required in production, with at least 50 characters."),
    Variable("SECRET_KEY_FALLBACKS", "list", [],
             "Earlier values of SECRET_KEY, separated by commas: what they have signed stays valid."),
    Variable("ALLOWED_HOSTS", "list", None,
             "Host names of this server, separated by commas. Unset: the loopback names; required in production."),
    Variable("DEBUG", "boolean", False, "Turns on Django's debug pages. Production refuses to start with them."),
    Variable("PERSONAL_DATA", "boolean", True,
             "If false, the server has no rosters, no endpoints about single learners and no data sets with usernames."),
    Variable("PAGES", "boolean", True, "If false, the server has no pages for people, only the API and /docs/."),
    Variable("STUDIO_URL", "text", None, "URL of Studio, to which a course's page links. Unset: no link."),
    Variable("LMS_LOGIN_CLIENT_ID", "text", None,
             "OAuth application of LMS_URL (authorization code) for logins to the pages. Unset: no such login."),
    Variable("LMS_LOGIN_CLIENT_SECRET", "text", None, "Secret of that application."),
    Variable("LMS_USER_ACCOUNT_BASE_URL", "text", None,
             "Start of a learner's account_url; the username follows. Unset: account_url is null."),
    Variable("DEFAULT_PAGE_SIZE", "integer", 25, "Rows of a page if the request has no page_size."),
    Variable("MAX_PAGE_SIZE", "integer", 100, "Maximum of page_size."),
    Variable("MAX_IDS", "integer", 10_000, "Maximum number of ids or names in one list, such as course_ids."),
    Variable("MAX_BODY_SIZE", "integer", 2 * 1024 * 1024, "Maximum size of a request's body in bytes."),
    Variable("STRICT_PARAMETERS", "boolean", False,
             "If true, an unknown parameter is 400; if false, the header X-Ignored-Parameters names it."),
    Variable("KEY_CACHE_SECONDS", "integer", None,
             "Seconds for which a process trusts a key that was valid. Unset: each request asks the database."),
    Variable("THROTTLE_RATE_USER", "rate", None, "Requests that a user may send, such as 600/minute. Unset: no limit."),
    Variable("THROTTLE_RATE_SERVICE_USER", "rate", None,
             "Requests that each of THROTTLE_SERVICE_USERS may send, instead of THROTTLE_RATE_USER. Unset: no limit."),
    Variable("THROTTLE_SERVICE_USERS", "list", [],
             "Usernames, separated by commas, of programs that send requests for many people, such as a dashboard."),
    Variable("LOGIN_FAILURES_PER_ADDRESS", "rate", Rate(100, 60),
             "Wrong passwords from one address. After that, logins from there are refused."),
    Variable("LOGIN_FAILURES_PER_NAME", "rate", Rate(20, 60),
             "Wrong passwords for a username from one address. After that, logins by this name from there are refused."),
    Variable("JWT_PUBLIC_SIGNING_JWK_SET", "text", None,
             "Public keys of the learning platform's JSON Web Tokens: a JWK set or a file with one. Unset: no such tokens."),
    Variable("JWT_SECRET_KEY", "text", None, "Secret of these tokens, if the platform signs them with a shared one."),
    Variable("JWT_ISSUER", "text", None, "Issuer of the tokens: their claim iss."),
    Variable("JWT_AUDIENCE", "text", None, "Audience of the tokens: their claim aud, or one entry of it."),
    Variable("JWT_ALGORITHMS", "list", [],
             "Algorithms that are accepted. Unset: RS512 with a JWK set, HS256 with a secret."),
    Variable("JWT_LEEWAY", "integer", 10, "Seconds by which the clocks of issuer and server may differ."),
    Variable("CACHE_URL", "cache URL", None,
             "Redis that counts requests: redis://host:port/number. Unset: each process counts on its own."),
    Variable("DATA_SETS_DELAY", "integer", 30,
             "Seconds by which a data set lags behind the clock, so that a load in progress is not half visible."),
    Variable("DELETED_RECORDS_DAYS", "integer", 90,
             "Days for which a deleted record stays in its data set, marked as deleted, so that copies learn of it."),
    Variable("ENABLED_REPORT_IDENTIFIERS", "list", ["problem_response"], "Names of the reports that are served."),
    Variable("COURSE_REPORT_FILE_LOCATION_TEMPLATE", "file name", "{course_id}_{report_name}.csv",
             "Name of a report file. {course_id} is the org, course and run, joined by underscores."),
    Variable("COURSE_REPORT_DOWNLOAD_EXPIRY_TIME", "integer", 120, "Seconds for which a link to a report file is valid."),
    Variable("EVENTS_DIR", "text", None, "Directory of the event store. Unset: events beside manage.py."),
    Variable("ANALYTICS_WRITE_URL", "database URL", None,
             "Database of compute_tables, with an account that may write. Unset: ANALYTICS_DATABASE_URL."),
    Variable("GEOIP_DATABASE", "text", None,
             "Country database in MaxMind's .mmdb format, such as GeoLite2 Country. Unset: countries are unknown."),
    Variable("SPARK_MASTER", "text", "local[*]",
             "Master of compute_tables --engine spark. Unset: this machine with all cores. A cluster: spark://host:7077."),
    Variable("LMS_DATABASE_URL", "text", None,
             "Database of the LMS for load_lms: mysql://user:password@host:port/name or sqlite:///FILE."),
    Variable("LMS_URL", "text", None,
             "The LMS that load_lms reads by its REST API, that course pages link to and that readers log in with: "
             "https://lms.example.org."),
    Variable("LMS_CLIENT_ID", "text", None, "OAuth application of that LMS (client credentials) for load_lms."),
    Variable("LMS_CLIENT_SECRET", "text", None, "Secret of that application."),
    Variable("DISCOVERY_URL", "text", None,
             "Catalog service (Discovery) for load_lms: https://discovery.example.org. Needs LMS_URL and the application."),
    Variable("MEDIA_ROOT", "text", None, "Directory of report files. Unset: reports beside manage.py."),
    Variable("MEDIA_URL", "text", None,
             "URL at which a web server serves that directory. Unset: this server, by expiring links."),
    Variable("DEFAULT_FILE_STORAGE", "text", "django.core.files.storage.FileSystemStorage",
             "Class of the storage of report files. For S3: storages.backends.s3.S3Storage (make serve installs it)."),
    Variable("AWS_STORAGE_BUCKET_NAME", "text", None, "Bucket of report files in S3."),
    Variable("AWS_LOCATION", "text", None, "Prefix of report files in that bucket."),
    Variable("AWS_S3_REGION_NAME", "text", None, "Region of that bucket."),
    Variable("AWS_S3_ENDPOINT_URL", "text", None, "URL of a service that is compatible with S3. Unset: Amazon's."),
    Variable("HOST", "text", "127.0.0.1", "Address that the server listens on."),
    Variable("PORT", "integer", 8000, "Port that the server listens on."),
    Variable("WORKERS", "integer", None, "Number of worker processes. Unset: one for each processor."),
    Variable("THREADS", "integer", 4, "Number of threads in a worker process."),
    Variable("METRICS_PORT", "integer", None,
             "Port on which /metrics answers Prometheus, without a key. Unset: no metrics."),
    Variable("METRICS_HOST", "text", "127.0.0.1", "Address of that port."),
    Variable("FORWARDED_ALLOW_IPS", "text", "127.0.0.1,::1",
             "Addresses, separated by commas, of the reverse proxies whose X-Forwarded-Proto is believed."),
    Variable("PUBLIC_URL", "text", None,
             "URL at which browsers reach this server: the base of links in responses. Unset: the host of the request."),
    Variable("HTTPS_ONLY", "boolean", False,
             "True if a proxy terminates HTTPS in front of this server. HTTP is then redirected and cookies are secure."),
    Variable("HSTS_SECONDS", "integer", 30 * 24 * 3600,
             "Seconds for which a browser may use only HTTPS for this host. Needs HTTPS_ONLY."),
    Variable("ANALYTICS_API_CFG", "text", None,
             "YAML file of settings, which only the production settings read. Environment variables win over it."),
    Variable("REQUEST_LOG", "boolean", True, "If true, the log has a line of JSON for each request."),
    Variable("LOG_LEVEL", "text", "INFO", "Least severe level that is written to the log (standard error)."),
)
# fmt: on
VARIABLES = {variable.name: variable for variable in TABLE}

# Names must agree in this share of their characters to resemble each other. Lower values find names of other programs.
RESEMBLANCE = 0.88


def misspelled(environ: Mapping[str, str] | None = None) -> list[str]:
    """Return a line for each variable that is not in the table, but resembles one that is."""
    lines = []
    for name in sorted(os.environ if environ is None else environ):
        similar = get_close_matches(name.upper(), VARIABLES, n=1, cutoff=RESEMBLANCE)
        if similar and name not in VARIABLES:
            lines.append(f"the environment variable {name} is ignored: is it meant to be {similar[0]}?")
    return lines


# Values of variables from a configuration file. The environment wins over them.
configured: dict[str, Any] = {}


def env(name: str, environ: Mapping[str, str] | None = None) -> Any:
    """Return the parsed value of a variable, or its default if it is unset or empty."""
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
    """Return those of the variables that neither the environment nor a configuration file sets."""
    environ = os.environ if environ is None else environ
    return [name for name in names if not environ.get(name, "").strip() and configured.get(name) is None]


def is_set(name: str) -> bool:
    """Return True if this is a variable of the table and the environment has a value for it."""
    return name in VARIABLES and bool(os.environ.get(name, "").strip())
