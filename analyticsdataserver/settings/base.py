"""The settings that all settings modules share."""

import logging
from pathlib import Path

from analytics_data_api.auth import web_token_keys
from analyticsdataserver import cache
from analyticsdataserver.env import CONNECTION_DEFAULTS, SQLITE_ENGINE, env, misspelled

BASE_DIR = Path(__file__).resolve().parents[2]


def sqlite_beside_manage_py(name):
    return {"ENGINE": SQLITE_ENGINE, "NAME": str(BASE_DIR / name), **CONNECTION_DEFAULTS}


# Version 0 reads `analytics`, version 1 reads `analytics_v1`. Users and keys are in `default`.
ANALYTICS_DATABASE = "analytics"
ANALYTICS_DATABASE_V1 = "analytics_v1"
DATABASES = {
    "default": env("DATABASE_URL") or sqlite_beside_manage_py("default.sqlite3"),
    "analytics": env("ANALYTICS_DATABASE_URL") or sqlite_beside_manage_py("analytics.sqlite3"),
}
DATABASES["analytics_v1"] = env("ANALYTICS_DATABASE_URL_V1") or dict(DATABASES["analytics"])
# The computation writes to the database that v0 reads, with an account of its own where one is named.
ANALYTICS_WRITE_DATABASE = ANALYTICS_DATABASE
if write_database := env("ANALYTICS_WRITE_URL"):
    ANALYTICS_WRITE_DATABASE = "analytics_write"
    DATABASES[ANALYTICS_WRITE_DATABASE] = write_database
DATABASE_STATEMENT_TIMEOUT = env("DATABASE_STATEMENT_TIMEOUT")
DATABASE_ROUTERS = ["analyticsdataserver.router.AnalyticsRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = [
    # Two models share the table answer_distribution, which exists in two shapes.
    "models.W035",
    # The outermost middleware sets X-Frame-Options.
    "security.W002",
    # The CSRF middleware has a name of our own, since it skips requests without a session.
    "security.W003",
    # HSTS for subdomains and HSTS preloading would also affect other hosts than this server's.
    "security.W005",
    "security.W021",
]

# False in production, where no user has a key that everybody knows.
ALLOW_DEMO_KEY = True

DEBUG = env("DEBUG")
ALLOWED_HOSTS = env("ALLOWED_HOSTS") or ["localhost", "127.0.0.1", "[::1]"]
SECRET_KEY = env("SECRET_KEY")
SECRET_KEY_FALLBACKS = env("SECRET_KEY_FALLBACKS")

ROOT_URLCONF = "analyticsdataserver.urls"
WSGI_APPLICATION = "analyticsdataserver.wsgi.application"
INSTALLED_APPS = [
    "whitenoise.runserver_nostatic",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    # Before rest_framework, since it replaces one of its templates.
    "analytics_data_api",
    # Only for its names of countries in other languages.
    "django_countries",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_yasg",
    "analytics_data_api.auth",
    "analytics_data_api.v0",
]
MIDDLEWARE = [
    # Outermost, since it adds headers to every response.
    "analyticsdataserver.responses.ResponseHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Before the next one, since compressing a response turns its strong ETag into a weak one.
    "analyticsdataserver.compression.CompressionMiddleware",
    "analyticsdataserver.middleware.ConditionalGetMiddleware",
    "analyticsdataserver.middleware.Utf8Middleware",
    "analyticsdataserver.failures.DatabaseFailuresMiddleware",
    "analyticsdataserver.middleware.SessionsMiddleware",
    "analyticsdataserver.middleware.HostsMiddleware",
    "analyticsdataserver.middleware.SessionCsrfMiddleware",
    "analyticsdataserver.middleware.SessionUsersMiddleware",
    "analyticsdataserver.middleware.SessionMessagesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "libraries": {"pages": "analytics_data_api.pages.tags"},
        },
    },
]

# A form has a field for each course id. In JSON only the size of the body limits their number.
DATA_UPLOAD_MAX_MEMORY_SIZE = env("MAX_BODY_SIZE")
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100_000

# The API answers in English. Pages for people are in the language of their reader.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
# Every stored time is UTC, and so is every response.
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True

STATIC_URL = "/static/"
# Serves the packages' static files from where they are installed, so that no site has to run collectstatic.
WHITENOISE_USE_FINDERS = True
CSRF_FAILURE_VIEW = "analyticsdataserver.failures.csrf_refused"
PAGES = env("PAGES")
LOGIN_REDIRECT_URL = "/courses/" if PAGES else "/docs/"
LOGIN_URL = "/api-auth/login/"
AUTHENTICATION_BACKENDS = ["analytics_data_api.auth.logins.LimitedLogins"]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # A 401 carries the challenge of the first one: WWW-Authenticate: Token.
        "analytics_data_api.auth.web_tokens.WebTokenAuthentication",
        "analytics_data_api.auth.keys.KeyAuthentication",
        "analytics_data_api.auth.keys.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["analytics_data_api.auth.throttling.UserThrottle"],
    "DEFAULT_PARSER_CLASSES": [
        "analytics_data_api.web.parsers.JSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_RENDERER_CLASSES": [
        "analytics_data_api.web.renderers.JSONRenderer",
        "analytics_data_api.web.renderers.CSVRenderer",
        "rest_framework.renderers.BrowsableAPIRenderer",
    ],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "analytics_data_api.web.renderers.ContentNegotiation",
    "EXCEPTION_HANDLER": "analytics_data_api.web.error_responses.exception_handler",
    "UNICODE_JSON": True,
}
SWAGGER_USE_COMPAT_RENDERERS = False
SWAGGER_SETTINGS = {
    "DEFAULT_AUTO_SCHEMA_CLASS": "analytics_data_api.web.schema.EndpointSchema",
    "DEFAULT_INFO": "analytics_data_api.web.schema.API_INFO",
    "SECURITY_DEFINITIONS": {
        "Token": {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token`, a space and your key, for example `Token edx`, or the key alone.",
        },
    },
}

WEB_TOKENS = web_token_keys.rules(env)
if WEB_TOKENS:
    SWAGGER_SETTINGS["SECURITY_DEFINITIONS"]["JWT"] = {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "The word `JWT`, a space and a token of the learning platform.",
    }

PERSONAL_DATA = env("PERSONAL_DATA")
LMS_LOGIN_CLIENT_ID = env("LMS_LOGIN_CLIENT_ID")
LMS_LOGIN_CLIENT_SECRET = env("LMS_LOGIN_CLIENT_SECRET")
LMS_USER_ACCOUNT_BASE_URL = env("LMS_USER_ACCOUNT_BASE_URL")
STUDIO_URL = env("STUDIO_URL")

# Report files are in a directory, unless another storage is set. The storages of django-storages read the AWS_ settings.
ENABLED_REPORT_IDENTIFIERS = env("ENABLED_REPORT_IDENTIFIERS")
COURSE_REPORT_FILE_LOCATION_TEMPLATE = env("COURSE_REPORT_FILE_LOCATION_TEMPLATE")
COURSE_REPORT_DOWNLOAD_EXPIRY_TIME = env("COURSE_REPORT_DOWNLOAD_EXPIRY_TIME")
EVENTS_DIR = env("EVENTS_DIR") or str(BASE_DIR / "events")
GEOIP_DATABASE = env("GEOIP_DATABASE")
SPARK_MASTER = env("SPARK_MASTER")
LMS_DATABASE_URL = env("LMS_DATABASE_URL")
LMS_URL = env("LMS_URL")
LMS_CLIENT_ID = env("LMS_CLIENT_ID")
LMS_CLIENT_SECRET = env("LMS_CLIENT_SECRET")
DISCOVERY_URL = env("DISCOVERY_URL")
MEDIA_ROOT = env("MEDIA_ROOT") or str(BASE_DIR / "reports")
MEDIA_URL = env("MEDIA_URL") or ""
STORAGES = {
    "default": {"BACKEND": env("DEFAULT_FILE_STORAGE")},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
AWS_STORAGE_BUCKET_NAME = env("AWS_STORAGE_BUCKET_NAME")
AWS_LOCATION = env("AWS_LOCATION") or ""
AWS_S3_REGION_NAME = env("AWS_S3_REGION_NAME")
AWS_S3_ENDPOINT_URL = env("AWS_S3_ENDPOINT_URL")

DEFAULT_PAGE_SIZE = env("DEFAULT_PAGE_SIZE")
MAX_PAGE_SIZE = env("MAX_PAGE_SIZE")
MAX_IDS = env("MAX_IDS")
STRICT_PARAMETERS = env("STRICT_PARAMETERS")
PUBLIC_URL = env("PUBLIC_URL")
DATA_SETS_DELAY = env("DATA_SETS_DELAY")
DELETED_RECORDS_DAYS = env("DELETED_RECORDS_DAYS")

CACHES = {"default": env("CACHE_URL") or cache.LOCAL}
KEY_CACHE_SECONDS = env("KEY_CACHE_SECONDS")
THROTTLE_RATE_USER = env("THROTTLE_RATE_USER")
THROTTLE_RATE_SERVICE_USER = env("THROTTLE_RATE_SERVICE_USER")
THROTTLE_SERVICE_USERS = env("THROTTLE_SERVICE_USERS")
LOGIN_FAILURES_PER_ADDRESS = env("LOGIN_FAILURES_PER_ADDRESS")
LOGIN_FAILURES_PER_NAME = env("LOGIN_FAILURES_PER_NAME")
# Threads of a process that stream whole data sets and rosters at a time, and threads that check passwords.
MAX_SLOW_REQUESTS = max(1, env("THREADS") // 2)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"},
        "json": {"format": "%(message)s"},
    },
    "filters": {"request_id": {"()": "analyticsdataserver.request_log.RequestIdFilter"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]},
        "requests": {"class": "logging.StreamHandler", "formatter": "json"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["stderr"], "level": env("LOG_LEVEL").upper()},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        # A refused request is the client's error and not logged here. A crash is.
        "django.request": {"level": "ERROR"},
        # Django would log a suspicious request, such as one with a wrong Host, with what the client sent.
        "django.security": {"handlers": ["nowhere"], "propagate": False},
        # One line of JSON for each request.
        "analyticsdataserver.requests": {
            "handlers": ["requests"],
            "level": "INFO" if env("REQUEST_LOG") else "ERROR",
            "propagate": False,
        },
        # runserver would log query strings, and the database back ends SQL. Both can contain keys.
        "django.server": {"handlers": ["nowhere"], "propagate": False},
        "django.db.backends": {"level": "INFO"},
    },
}

# Django has not configured logging yet, so these lines go to standard error.
for line in misspelled():
    logging.getLogger("analyticsdataserver.env").warning("%s", line)
