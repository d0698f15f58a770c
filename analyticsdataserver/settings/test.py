"""For the tests: SQLite in memory, or the databases that the environment names."""

from django.core.management.utils import get_random_secret_key

from analyticsdataserver.env import SQLITE_ENGINE, missing
from analyticsdataserver.settings.base import *  # noqa: F403
from analyticsdataserver.settings.base import DATABASES

SECRET_KEY = get_random_secret_key()
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Each alias has a database of its own, so that a test can tell which one answered.
for alias, variable in {
    "default": "DATABASE_URL",
    "analytics": "ANALYTICS_DATABASE_URL",
    "analytics_v1": "ANALYTICS_DATABASE_URL_V1",
}.items():
    if missing(variable) and DATABASES["default"]["ENGINE"] == SQLITE_ENGINE:
        DATABASES[alias] = {"ENGINE": SQLITE_ENGINE, "NAME": f":memory:{alias}"}
    DATABASES[alias] = {**DATABASES[alias], "CONN_MAX_AGE": 0, "TEST": {"NAME": None}}
    if DATABASES[alias]["ENGINE"] != SQLITE_ENGINE:
        DATABASES[alias]["TEST"] = {"NAME": f"test_{alias}", "CHARSET": "utf8mb4", "COLLATION": "utf8mb4_bin"}
