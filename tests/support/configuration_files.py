"""Configuration files of existing sites."""

import pytest
import yaml

from analyticsdataserver.configuration import read
from analyticsdataserver.env import SQLITE_ENGINE

MYSQL = {"ENGINE": "django.db.backends.mysql", "NAME": "reports", "USER": "reader", "PASSWORD": "geheim", "PORT": 3306}
SQLITE = {"ENGINE": SQLITE_ENGINE, "NAME": "/tmp/default.sqlite3"}
DATABASES = {"default": SQLITE, "reports": MYSQL, "other": {**SQLITE, "NAME": "/tmp/other.sqlite3"}}
# The file of a site that ran an older server.
OLDER = {
    "ALLOWED_HOSTS": ["analytics.example.com"],
    "ANALYTICS_DATABASE": "reports",
    "ANALYTICS_DATABASE_V1": "other",
    "API_AUTH_TOKEN": "put-your-api-token-here",
    "COURSE_REPORT_DOWNLOAD_EXPIRY_TIME": 120,
    "DATABASES": DATABASES,
    "DATETIME_FORMAT": "%Y-%m-%dT%H%M%S",
    "DATE_FORMAT": "%Y-%m-%d",
    "ELASTICSEARCH_LEARNERS_HOST": "http://localhost:9200/",
    "ELASTICSEARCH_LEARNERS_INDEX": "roster",
    "EMAIL_HOST": "localhost",
    "EMAIL_HOST_PASSWORD": None,
    "EMAIL_PORT": 25,
    "ENABLED_REPORT_IDENTIFIERS": ["problem_response"],
    "LANGUAGE_CODE": "en-us",
    "LMS_USER_ACCOUNT_BASE_URL": "http://lms.example.com/u",
    "REPORT_DOWNLOAD_BACKEND": {
        "DEFAULT_FILE_STORAGE": "django.core.files.storage.FileSystemStorage",
        "MEDIA_ROOT": "/srv/reports",
        "COURSE_REPORT_FILE_LOCATION_TEMPLATE": "{course_id}_{report_name}.csv",
    },
    "REST_FRAMEWORK": {
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle", "no.such.Throttle"],
        "DEFAULT_THROTTLE_RATES": {"user": "60/minute"},
    },
    "SECRET_KEY": "Kx8-of-a-deployment-and-of-nobody-else-0123456789abcdef",
    "STATICFILES_DIRS": ["static"],
    "STATIC_ROOT": "/srv/static",
    "TIME_ZONE": "UTC",
}


def ignored_keys(path):
    """Return the keys of a file that have no effect."""
    return {line.removeprefix(f"{path}: ").partition(" is ignored: ")[0] for line in read(path).ignored}


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a configuration file, from a dictionary or text, and returns its path."""

    def written(content):
        path = tmp_path / "analytics_api.yml"
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
        return str(path)

    return written
