"""Every key that the file may have, and what becomes of it. The documentation prints this table."""

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from typing import Any

from django.conf import global_settings

from analyticsdataserver.configuration import values
from analyticsdataserver.configuration.databases import databases
from analyticsdataserver.configuration.logs import logging
from analyticsdataserver.configuration.reading import Configuration
from analyticsdataserver.configuration.rest_framework import rest_framework
from analyticsdataserver.configuration.web_tokens import web_tokens
from analyticsdataserver.env import VARIABLES

Take = Callable[[Configuration, str, Any], None]


@dataclass(frozen=True)
class Key:
    """A key of the file, or all keys that match a pattern."""

    pattern: str
    take: Take
    help: str
    is_used: bool = True


def take_variable(configuration: Configuration, name: str, value: Any) -> None:
    configuration.take_variable(name, value)


def take_debug(configuration: Configuration, name: str, value: Any) -> None:
    if values.flag(name, value):
        raise values.WrongValue(name, "expected false, since debug pages show settings and data to everybody")


def take_setting(
    configuration: Configuration, name: str, value: Any, *, check: Callable[[str, Any], Any] | None = None
) -> None:
    """A setting of Django's, or of an application's. Django's defaults tell their types."""
    checked = check(name, value) if check else values.like(name, value, getattr(global_settings, name, None))
    configuration.settings[name] = checked


def take_databases(configuration: Configuration, name: str, value: Any) -> None:
    configuration.databases, unknown = databases(name, value)
    for part in unknown:
        configuration.ignore(part, "it is no part of a database that this server knows")


def take_alias(configuration: Configuration, name: str, value: Any) -> None:
    configuration.aliases[name] = values.filled_text(name, value)


def take_rest_framework(configuration: Configuration, name: str, value: Any) -> None:
    rates, ignored = rest_framework(name, value)
    for variable, rate in rates.items():
        configuration.variables.setdefault(variable, rate)
    for part, reason in ignored:
        configuration.ignore(part, reason)


def take_web_tokens(configuration: Configuration, name: str, value: Any) -> None:
    tokens, ignored = web_tokens(name, value)
    for variable, found in tokens.items():
        configuration.variables.setdefault(variable, found)
    for part, reason in ignored:
        configuration.ignore(part, reason)


def take_caches(configuration: Configuration, name: str, value: Any) -> None:
    caches = values.mapping_of_mappings(name, value)
    configuration.settings[name] = {
        alias: {**cache, "BACKEND": CACHES.get(cache.get("BACKEND"), cache.get("BACKEND"))}
        for alias, cache in caches.items()
    }


# Those of Django's that cannot count in one step.
CACHES = {
    "django.core.cache.backends.redis.RedisCache": "analyticsdataserver.cache.RedisCache",
    "django.core.cache.backends.locmem.LocMemCache": "analyticsdataserver.cache.LocalCache",
}


def take_logging(configuration: Configuration, name: str, value: Any) -> None:
    configuration.settings[name] = logging(name, value)
    configuration.settings["LOGGING_CONFIG"] = "analyticsdataserver.configuration.logs.configure"


def take_report_backend(configuration: Configuration, name: str, value: Any) -> None:
    """The settings of the storage of report files, which stand below a key of their own."""
    for inner, inner_value in values.mapping(name, value).items():
        if inner_value is None:
            continue
        if any(fnmatchcase(inner, pattern) for pattern in STORAGE_KEYS):
            try:
                take(configuration, inner, inner_value)
            except values.WrongValue as error:
                raise values.WrongValue(f"{name}.{error.key}", error.problem) from error
        else:
            configuration.ignore(f"{name}.{inner}", "it is no setting of a storage of report files")


STORAGE_KEYS = ("DEFAULT_FILE_STORAGE", "COURSE_REPORT_*", "AWS_*", "MEDIA_ROOT", "MEDIA_URL")
# Former names of the storage in S3.
S3_STORAGE = "storages.backends.s3.S3Storage"
STORAGES = {
    "storages.backends.s3boto.S3BotoStorage": S3_STORAGE,
    "storages.backends.s3boto3.S3Boto3Storage": S3_STORAGE,
}


def take_storage(configuration: Configuration, name: str, value: Any) -> None:
    backend = values.filled_text(name, value)
    configuration.settings["STORAGES"] = {"default": {"BACKEND": STORAGES.get(backend, backend)}}


def take_time_zone(configuration: Configuration, name: str, value: Any) -> None:
    if values.text(name, value).upper() not in ("UTC", "ETC/UTC"):
        configuration.ignore(name, "every time is UTC, in the databases and in the answers")


def ignored(reason: str) -> Take:
    return lambda configuration, name, _value: configuration.ignore(name, reason)


def used(pattern: str, take: Take, help: str) -> Key:
    return Key(pattern, take, help)


def unused(patterns: str, reason: str) -> list[Key]:
    return [Key(pattern, ignored(reason), f"Ignored: {reason}.", is_used=False) for pattern in patterns.split()]


def settings(patterns: str, help: str) -> list[Key]:
    return [Key(pattern, take_setting, help) for pattern in patterns.split()]


checked = partial(partial, take_setting)
FIXED = "the code of this server decides"

# The first that matches counts.
KEYS = (
    used("DEBUG", take_debug, "Only false: production refuses to start with debug pages."),
    used(
        "DATABASES",
        take_databases,
        "The databases by alias; `default` has to be there. `django.db.backends.mysql` stands for this server's own MySQL "
        "back end. DATABASE_URL wins over `default`, ANALYTICS_DATABASE_URL and ANALYTICS_DATABASE_URL_V1 over the two "
        "that the next keys name.",
    ),
    used("ANALYTICS_DATABASE", take_alias, "Alias of the database of /api/v0/. Default: `analytics`."),
    used(
        "ANALYTICS_DATABASE_V1",
        take_alias,
        "Alias of the database of /api/v1/. Default: `analytics_v1` if there is one, otherwise that of /api/v0/.",
    ),
    used(
        "REST_FRAMEWORK",
        take_rest_framework,
        "Of DEFAULT_THROTTLE_RATES `user` and `service_user` are used, as THROTTLE_RATE_USER and "
        "THROTTLE_RATE_SERVICE_USER, which win over them; an empty list as DEFAULT_THROTTLE_CLASSES switches them off. "
        "Other parts are ignored: who may ask for what in which form is fixed.",
    ),
    used(
        "REPORT_DOWNLOAD_BACKEND",
        take_report_backend,
        "A mapping of the keys of the storage of report files: DEFAULT_FILE_STORAGE, COURSE_REPORT_\\*, AWS_\\*, "
        "MEDIA_ROOT and MEDIA_URL, each as if it stood outside.",
    ),
    used(
        "DEFAULT_FILE_STORAGE",
        take_storage,
        "Class of the storage of report files: the default one of Django's STORAGES. Former names of the S3 storage of "
        "django-storages are known.",
    ),
    used("LOGGING", take_logging, "Takes the place of this server's logging. LOG_LEVEL wins over the root's level."),
    used("TIME_ZONE", take_time_zone, "Only UTC makes sense; another one is ignored."),
    used("ENABLED_REPORT_IDENTIFIERS", checked(check=values.texts), "Names of the reports that are served."),
    used(
        "COURSE_REPORT_FILE_LOCATION_TEMPLATE",
        checked(check=values.file_template),
        "Name of a report file, with `{course_id}` and `{report_name}`.",
    ),
    used(
        "COURSE_REPORT_DOWNLOAD_EXPIRY_TIME",
        checked(check=values.positive_number),
        "Seconds for which a link to a report file is good.",
    ),
    used("AWS_*", take_setting, "Settings of the S3 storage of django-storages."),
    used("MEDIA_ROOT", take_setting, "Directory of report files, where they are local."),
    used("MEDIA_URL", take_setting, "Where a web server serves that directory."),
    *settings("STATIC_ROOT STATIC_URL", "As in Django; `collectstatic` is not needed."),
    used(
        "CACHES",
        take_caches,
        "As in Django; `default` is where requests are counted. This server's own caches stand for Django's for Redis and "
        "for local memory. CACHE_URL wins over it.",
    ),
    *settings("STORAGES", "As in Django."),
    *settings(
        "EMAIL_* DEFAULT_FROM_EMAIL SERVER_EMAIL ADMINS MANAGERS", "As in Django, for log handlers that send mail."
    ),
    *settings("CSRF_* SESSION_* SECURE_* X_FRAME_OPTIONS", "As in Django."),
    *settings("USE_X_FORWARDED_HOST USE_X_FORWARDED_PORT FORCE_SCRIPT_NAME", "As in Django, for a proxy in front."),
    *settings("DATA_UPLOAD_MAX_*", "As in Django: the most that a request may hold."),
    *unused(
        "HOST PORT WORKERS THREADS FORWARDED_ALLOW_IPS ANALYTICS_API_CFG",
        "it is read before this file, from the environment",
    ),
    *unused("ELASTICSEARCH_* HAYSTACK_*", "there is no search server; rosters come by manage.py load_roster"),
    used(
        "JWT_AUTH",
        take_web_tokens,
        "JWT_ISSUER, JWT_AUDIENCE, JWT_SECRET_KEY, JWT_PUBLIC_SIGNING_JWK_SET, JWT_ALGORITHM and JWT_LEEWAY are used, the "
        "first three also from the first of JWT_ISSUERS, as the environment variables of these names, which win over them. "
        "Where they do not make a whole, all are ignored, and no token is believed.",
    ),
    *unused("SOCIAL_AUTH_* OAUTH* EDX_DRF_EXTENSIONS", "keys and JSON Web Tokens are the ways to sign a request"),
    *unused("API_AUTH_TOKEN", "manage.py set_api_key gives a user a key"),
    *unused("LMS_BASE_URL BACKEND_SERVICE_EDX_OAUTH2_*", "the learning platform is not asked for anything"),
    *unused("DATE_FORMAT DATETIME_FORMAT", "the formats of the answers are part of the API"),
    *unused(
        "INSTALLED_APPS EXTRA_APPS MIDDLEWARE ROOT_URLCONF WSGI_APPLICATION TEMPLATES DATABASE_ROUTERS AUTH_USER_MODEL "
        "DEFAULT_AUTO_FIELD STATICFILES_* LOGGING_CONFIG LANGUAGE_CODE USE_TZ USE_I18N USE_L10N SITE_ID "
        "AUTHENTICATION_BACKENDS SILENCED_SYSTEM_CHECKS SWAGGER_* WHITENOISE_*",
        FIXED,
    ),
)
VARIABLE = Key("", take_variable, "As the environment variable of this name, which wins over it.")
UNKNOWN = Key(
    "", ignored("this server has no such setting"), "Ignored: this server has no such setting.", is_used=False
)
# Each is a database's, and given by DATABASES.
DATABASE_VARIABLES = tuple(name for name, variable in VARIABLES.items() if variable.type == "database URL")


def key_of(name: str) -> Key:
    for key in KEYS:
        if fnmatchcase(name, key.pattern):
            return key
    return VARIABLE if name in VARIABLES else UNKNOWN


def take(configuration: Configuration, name: str, value: Any) -> None:
    key_of(name).take(configuration, name, value)


def table() -> list[tuple[str, str]]:
    """The keys and what becomes of each, for people."""
    patterns = {key.pattern for key in KEYS}
    variables = [name for name in VARIABLES if name not in patterns and name not in DATABASE_VARIABLES]
    rows: dict[str, list[str]] = {}
    for pattern, help in [
        *((key.pattern, key.help) for key in KEYS if key.is_used),
        *((name, VARIABLE.help) for name in variables),
        *((key.pattern, key.help) for key in KEYS if not key.is_used),
    ]:
        rows.setdefault(help, []).append(pattern)
    return [(", ".join(patterns), help) for help, patterns in rows.items()] + [("any other", UNKNOWN.help)]
