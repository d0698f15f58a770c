"""For the tests: SQLite in memory, or the databases that the environment names."""

from django.core.management.utils import get_random_secret_key

from analyticsdataserver.env import SQLITE_ENGINE
from analyticsdataserver.settings.base import *  # noqa: F403
from analyticsdataserver.settings.base import DATABASES

SECRET_KEY = get_random_secret_key()
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
LMS_USER_ACCOUNT_BASE_URL = "https://openedx-platform-instance.org/api/user/v1/accounts"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def for_tests(alias, config, taken):
    """Return the test database of an alias: SQLite in memory, or one named after the configured database."""
    if config["ENGINE"] == SQLITE_ENGINE:
        name = f"file:{alias}?mode=memory&cache=shared"
        # pytest-django recognizes only Django's own SQLite engine; without TEST it would create a file for each process.
        return {"ENGINE": SQLITE_ENGINE, "NAME": name, "CONN_MAX_AGE": 0, "TEST": {"NAME": ":memory:"}}
    name = f"test_{config['NAME']}"
    # Each alias has its own database, so that a test can tell which one was read.
    name = f"{name}_{alias}" if name in taken else name
    taken.add(name)
    return {**config, "CONN_MAX_AGE": 0, "TEST": {"NAME": name, "CHARSET": "utf8mb4", "COLLATION": "utf8mb4_bin"}}


names: set[str] = set()
DATABASES = {alias: for_tests(alias, config, names) for alias, config in DATABASES.items()}
COMPARE_COMPILED_STATEMENTS = True
