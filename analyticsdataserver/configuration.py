"""Read the YAML file of an existing site, which ``ANALYTICS_API_CFG`` names.

``KEYS`` lists every key that the file may have and what becomes of it; the documentation prints this table. An unknown key
is ignored with a line in the log. An invalid value is refused, and since it may be secret, no message repeats it.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import partial
from logging.config import dictConfig
from typing import Any, NamedTuple

import yaml
from django.conf import global_settings
from django.core.exceptions import ImproperlyConfigured

from analytics_data_api.auth.web_token_keys import ALGORITHM_OF_KEYS, KEY_SET, rules
from analyticsdataserver import env
from analyticsdataserver.configured_values import TYPES, list_of_texts, mappings, of_type, parsed_variable

V0, V1 = "ANALYTICS_DATABASE", "ANALYTICS_DATABASE_V1"
RATES = {"user": "THROTTLE_RATE_USER", "service_user": "THROTTLE_RATE_SERVICE_USER"}
TOKENS = ("JWT_ISSUER", "JWT_AUDIENCE", "JWT_SECRET_KEY", KEY_SET, "JWT_LEEWAY")
# The names of classes in old files, and the classes that do their work here. Django's own caches cannot count in one step.
RENAMED = {
    "django.db.backends.mysql": env.MYSQL_ENGINE,
    "django.db.backends.sqlite3": env.SQLITE_ENGINE,
    "django.core.cache.backends.redis.RedisCache": "analyticsdataserver.cache.RedisCache",
    "django.core.cache.backends.locmem.LocMemCache": "analyticsdataserver.cache.LocalCache",
    "storages.backends.s3boto.S3BotoStorage": "storages.backends.s3.S3Storage",
    "storages.backends.s3boto3.S3Boto3Storage": "storages.backends.s3.S3Storage",
}
DATABASE_PARTS: dict[str, type] = {
    **dict.fromkeys(("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT"), str),
    **dict.fromkeys(("CONN_HEALTH_CHECKS", "ATOMIC_REQUESTS", "AUTOCOMMIT"), bool),
    **{"CONN_MAX_AGE": int, "OPTIONS": dict, "TEST": dict},
}


@dataclass
class Configuration:
    """The content of a file: values of environment variables, settings, databases, and a line for each ignored key."""

    path: str | None = None
    variables: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    databases: dict[str, dict[str, Any]] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)

    def ignore(self, key: str, _value: Any = None, *, reason: str) -> None:
        self.ignored.append(f"{self.path}: {key} is ignored: {reason}")

    def take_parts(self, key: str, value: Any) -> None:
        """Take each part by a key of its own, such as ``JWT_AUTH.JWT_ISSUER``. Null is what a template leaves empty."""
        for name, part in sorted(of_type(key or "the file", value, dict).items()):
            if part is not None:
                inner = f"{key}.{name}" if key else name
                key_of(inner).take(self, inner, part)

    def take_variable(self, key: str, value: Any, *, name: str = "") -> None:
        """Take the value of an environment variable. A key with another ``name`` yields to the variable's own key."""
        variable = env.VARIABLES[name or key]
        value = json.dumps(value) if name == KEY_SET and isinstance(value, dict) else value
        is_blank = isinstance(value, str) and not value.strip()
        result = variable.default if is_blank else parsed_variable(key, value, variable)
        self.variables[variable.name] = self.variables.get(name, result)

    def take_setting(self, key: str, value: Any) -> None:
        """Take a setting. The environment variable of its name, or Django's default, tells its type."""
        name = key.rpartition(".")[2]
        if variable := env.VARIABLES.get(name):
            of_type(key, value, {"list": list, "integer": int}.get(variable.type, str))
            value = parsed_variable(key, value, variable)
        elif (default := getattr(global_settings, name, "" if name in (V0, V1) else None)) is not None:
            type_ = list if isinstance(default, tuple) else type(default)
            value = of_type(key, value, type_) if type_ in TYPES else value
        self.settings[name] = value

    def take_storage(self, key: str, value: Any) -> None:
        self.settings["STORAGES"] = {"default": {"BACKEND": RENAMED.get(of_type(key, value, str), value)}}

    def take_caches(self, key: str, value: Any) -> None:
        caches = mappings(key, value).items()
        self.settings[key] = {
            alias: {**c, "BACKEND": RENAMED.get(c.get("BACKEND"), c.get("BACKEND"))} for alias, c in caches
        }

    def take_databases(self, key: str, value: Any) -> None:
        for alias, parts in mappings(key, value).items():
            database: dict[str, Any] = {"ENGINE": "", "NAME": "", "PORT": "", **env.CONNECTION_DEFAULTS}
            for name, part in parts.items():
                part = str(part).strip() if name == "PORT" and type(part) in (int, str) else part
                if name not in DATABASE_PARTS:
                    self.ignore(f"{key}.{alias}.{name}", reason="this server does not know this part of a database")
                elif part is not None:
                    database[name] = of_type(f"{key}.{alias}.{name}", part, DATABASE_PARTS[name])
            database["ENGINE"] = RENAMED.get(database["ENGINE"], database["ENGINE"])
            for name, is_valid, expected in (
                ("ENGINE", database["ENGINE"] in (env.MYSQL_ENGINE, env.SQLITE_ENGINE), "MySQL or SQLite"),
                ("NAME", database["NAME"].strip(), "the name of a database or a file"),
                ("PORT", database["PORT"].isdigit() or not database["PORT"], "a port, which is a whole number"),
                ("CONN_MAX_AGE", database["CONN_MAX_AGE"] >= 0, "seconds, a whole number of at least 0"),
            ):
                if not is_valid:
                    raise ImproperlyConfigured(f"{key}.{alias}.{name}: expected {expected}")
            self.databases[alias] = database

    def take_throttle_classes(self, key: str, value: Any) -> None:
        if list_of_texts(key, value):
            self.ignore(key, reason="this server counts the requests of each user itself")
        else:
            # The rates come later in the alphabet and do not replace what is there.
            self.variables = dict.fromkeys(RATES.values()) | self.variables

    def take_web_tokens(self, key: str, value: Any) -> None:
        """Take the rules of web tokens. Old files have parts that never took effect, so incomplete rules are ignored."""
        value = {name: part for name, part in of_type(key, value, dict).items() if part not in (None, "")}
        for place, issuer in enumerate(of_type(f"{key}.JWT_ISSUERS", value.pop("JWT_ISSUERS", []), list)):
            if place:
                self.ignore(f"{key}.JWT_ISSUERS[{place}]", reason="this server accepts the tokens of one issuer")
            else:
                value = {f"JWT_{name}": part for name, part in of_type(key, issuer, dict).items()} | value
        own = Configuration(self.path, ignored=self.ignored)
        own.take_parts(key, value)
        found = own.variables
        if found.get(KEY_SET) and found.get("JWT_ALGORITHMS"):
            # In these files JWT_ALGORITHM belongs to the secret alone.
            found["JWT_ALGORITHMS"] = [*dict.fromkeys((*found["JWT_ALGORITHMS"], ALGORITHM_OF_KEYS))]
        try:
            if rules(lambda name: found.get(name, env.VARIABLES[name].default)):
                self.variables = found | self.variables
            else:
                self.ignore(key, reason="it names no keys")
        except ImproperlyConfigured as error:
            self.ignore(key, reason=str(error))

    def take_debug(self, key: str, value: Any) -> None:
        if of_type(key, value, bool):
            raise ImproperlyConfigured(f"{key}: expected false, since debug pages show settings and data to everybody")

    def take_time_zone(self, key: str, value: Any) -> None:
        if of_type(key, value, str).upper() not in ("UTC", "ETC/UTC"):
            self.ignore(key, reason="all times are UTC, in the databases and in the responses")

    def take_logging(self, key: str, value: Any) -> None:
        if of_type(key, value, dict).get("version") != 1:
            raise ImproperlyConfigured(f"{key}.version: expected 1")
        for part in ("formatters", "filters", "handlers", "loggers"):
            mappings(f"{key}.{part}", value.get(part) or {})
        # Python's default would silence gunicorn.
        self.settings[key] = {"disable_existing_loggers": False, **value}
        self.settings["LOGGING_CONFIG"] = "analyticsdataserver.configuration.configure_logging"

    def choose_databases(self) -> None:
        """Give each database URL the file's database. Without one, the environment must have it."""
        if not (self.databases or V0 in self.settings or V1 in self.settings):
            return
        v0 = self.settings.setdefault(V0, "analytics")
        v1 = self.settings.setdefault(V1, "analytics_v1" if "analytics_v1" in self.databases else v0)
        wanted = [("DATABASES.default", "DATABASE_URL", "default"), (V0, "ANALYTICS_DATABASE_URL", v0)]
        wanted += [(V1, "ANALYTICS_DATABASE_URL_V1", v1)] if v1 != v0 else []
        for key, url, alias in wanted:
            if alias in self.databases:
                self.variables[url] = self.databases[alias]
            elif env.missing(url):
                known = ", ".join(self.databases) or "none"
                raise ImproperlyConfigured(f"{key}: there is no {alias} in DATABASES, which has {known}")

    def over(self, base: dict[str, Any]) -> dict[str, Any]:
        """Return the settings that replace or extend those of ``base``, which has read ``variables`` already.

        If a setting also has an environment variable, the environment wins.
        """
        stands_for = {"STORAGES": "DEFAULT_FILE_STORAGE", "CACHES": "CACHE_URL"}
        settings = {name: v for name, v in self.settings.items() if not env.is_set(stands_for.get(name, name))}
        if "STORAGES" in settings:
            settings["STORAGES"] = global_settings.STORAGES | base.get("STORAGES", {}) | settings["STORAGES"]
        if "LOGGING" in settings and not env.missing("LOG_LEVEL"):
            root = (settings["LOGGING"].get("root") or {}) | {"level": base["LOGGING"]["root"]["level"]}
            settings["LOGGING"] = settings["LOGGING"] | {"root": root}
        if V0 in settings:
            ours = base["DATABASES"]
            if settings[V1] == settings[V0] and ours["analytics_v1"] != ours["analytics"]:
                # The environment has a database for version 1; the file does not.
                settings[V1] = "analytics_v1"
            # Commands accept both the aliases of this server and those of the file.
            of_versions = {settings[V1]: ours["analytics_v1"], settings[V0]: ours["analytics"]}
            settings["DATABASES"] = ours | self.databases | {"default": ours["default"]} | of_versions
        return settings


class Key(NamedTuple):
    """A key of the file, or all keys that match a pattern, and what becomes of it."""

    pattern: str
    take: Callable[[Configuration, str, Any], None]
    help: str


def keys(patterns: str, take: Callable[..., None], help: str) -> list[Key]:
    return [Key(pattern, take, help) for pattern in patterns.split()]


def renamed_variable(pattern: str, variable: str) -> Key:
    return Key(pattern, partial(Configuration.take_variable, name=variable), f"As {variable}, which wins.")


def ignored(patterns: str, reason: str) -> list[Key]:
    return keys(patterns, partial(Configuration.ignore, reason=reason), f"Ignored: {reason}.")


# fmt: off
STORAGE_KEYS = [
    Key("DEFAULT_FILE_STORAGE", Configuration.take_storage, "Class of the storage of report files."),
    *keys("COURSE_REPORT_FILE_LOCATION_TEMPLATE COURSE_REPORT_DOWNLOAD_EXPIRY_TIME MEDIA_ROOT MEDIA_URL AWS_*",
          Configuration.take_setting, "Settings of report files. The environment variable of the same name wins."),
]
# The first match counts.
SPECIAL_KEYS = [
    Key("DEBUG", Configuration.take_debug, "Must be false: production refuses to start with debug pages."),
    Key("DATABASES", Configuration.take_databases, "As in Django, for MySQL and SQLite. `default` is required."),
    *keys(f"{V0} {V1}", Configuration.take_setting, "Alias of the database of this version."),
    Key("REPORT_DOWNLOAD_BACKEND", Configuration.take_parts, "A mapping of settings of report files."),
    *STORAGE_KEYS, *(key._replace(pattern=f"REPORT_DOWNLOAD_BACKEND.{key.pattern}") for key in STORAGE_KEYS),
    Key("ENABLED_REPORT_IDENTIFIERS", Configuration.take_setting, "Names of the reports that are served."),
    Key("LOGGING", Configuration.take_logging, "Replaces this server's logging. LOG_LEVEL replaces the root's level."),
    Key("TIME_ZONE", Configuration.take_time_zone, "Must be UTC; any other time zone is ignored."),
    Key("CACHES", Configuration.take_caches, "As in Django, with caches that can count. CACHE_URL replaces it."),
    *keys("STORAGES CSRF_* SESSION_* SECURE_* X_FRAME_OPTIONS USE_X_FORWARDED_HOST USE_X_FORWARDED_PORT FORCE_SCRIPT_NAME "
          "DATA_UPLOAD_MAX_* STATIC_ROOT STATIC_URL EMAIL_* DEFAULT_FROM_EMAIL SERVER_EMAIL ADMINS MANAGERS",
          Configuration.take_setting, "As in Django."),
    *keys("REST_FRAMEWORK REST_FRAMEWORK.DEFAULT_THROTTLE_RATES", Configuration.take_parts, "A mapping with the next keys."),
    *(renamed_variable(f"REST_FRAMEWORK.DEFAULT_THROTTLE_RATES.{scope}", name) for scope, name in RATES.items()),
    Key("REST_FRAMEWORK.DEFAULT_THROTTLE_CLASSES", Configuration.take_throttle_classes, "Empty, it turns the rates off."),
    Key("JWT_AUTH", Configuration.take_web_tokens,
        "A mapping with the next keys. ISSUER, AUDIENCE and SECRET_KEY of the first of JWT_ISSUERS are used, too. If these "
        "are incomplete, all are ignored and no token is accepted."),
    *(renamed_variable(f"JWT_AUTH.{name}", name) for name in TOKENS),
    renamed_variable("JWT_AUTH.JWT_ALGORITHM", "JWT_ALGORITHMS"),
    *ignored("REST_FRAMEWORK.* REST_FRAMEWORK.DEFAULT_THROTTLE_RATES.* JWT_AUTH.*", "the code of this server decides"),
    *ignored("HOST PORT WORKERS THREADS FORWARDED_ALLOW_IPS ANALYTICS_API_CFG", "only the environment sets it"),
    *ignored("ELASTICSEARCH_* HAYSTACK_*", "there is no search server; manage.py load_roster loads rosters"),
    *ignored("SOCIAL_AUTH_* OAUTH* EDX_DRF_EXTENSIONS", "clients authenticate with keys and JSON Web Tokens"),
    *ignored("API_AUTH_TOKEN", "manage.py set_api_key gives a user a key"),
    *ignored("LMS_BASE_URL BACKEND_SERVICE_EDX_OAUTH2_*", "this server sends no requests to the learning platform"),
    *ignored("DATE_FORMAT DATETIME_FORMAT", "the formats of the responses are part of the API"),
    *ignored("INSTALLED_APPS EXTRA_APPS MIDDLEWARE ROOT_URLCONF WSGI_APPLICATION TEMPLATES DATABASE_ROUTERS AUTH_USER_MODEL "
             "DEFAULT_AUTO_FIELD STATICFILES_* LOGGING_CONFIG LANGUAGE_CODE USE_TZ USE_I18N USE_L10N SITE_ID "
             "AUTHENTICATION_BACKENDS SILENCED_SYSTEM_CHECKS SWAGGER_* WHITENOISE_*", "the code of this server decides"),
]
# fmt: on
OTHERS = " ".join(name for name in env.VARIABLES if not any(fnmatchcase(name, key.pattern) for key in SPECIAL_KEYS))
KEYS = [
    *SPECIAL_KEYS,
    *keys(OTHERS, Configuration.take_variable, "As the environment variable of this name, which wins."),
]
UNKNOWN = ignored("*", "this server has no such setting")[0]


def key_of(name: str) -> Key:
    """Return the first key whose pattern matches. The dots of both divide them into the same number of parts."""
    matching = (k for k in KEYS if k.pattern.count(".") == name.count(".") and fnmatchcase(name, k.pattern))
    return next(matching, UNKNOWN)


def read(path: str | None) -> Configuration:
    """Return the content of the file. A fault is one line that names the key."""
    configuration, content = Configuration(path), parsed_file(path) if path else {}
    try:
        configuration.take_parts("", content)
        configuration.choose_databases()
    except ImproperlyConfigured as error:
        raise ImproperlyConfigured(f"{path}: {error}") from error
    return configuration


def parsed_file(path: str) -> Any:
    try:
        with open(path, "rb") as file:
            content = yaml.safe_load(file)
    except OSError as error:
        raise ImproperlyConfigured(f"ANALYTICS_API_CFG names {path}: {error.strerror}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        # A quoted part of the file may be a password; a single character is not.
        problem = re.sub(r"'..+'", "…", getattr(error, "problem", None) or "it is not UTF-8")
        place = f"line {mark.line + 1}: " if mark else ""
        raise ImproperlyConfigured(f"{path} is not YAML: {place}{problem}") from error
    return {} if content is None else content


def configure_logging(config: dict[str, Any]) -> None:
    """Apply LOGGING for Django. Raise ImproperlyConfigured if a handler cannot be made."""
    try:
        dictConfig(config)
    except (ValueError, TypeError, AttributeError, ImportError) as error:
        reason = f" ({error.__cause__})" if error.__cause__ else ""
        raise ImproperlyConfigured(f"LOGGING: {error}{reason}") from error
