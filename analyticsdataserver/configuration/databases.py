"""DATABASES of the file, and which of its aliases the versions of the API read."""

from typing import Any

from analyticsdataserver.configuration.values import WrongValue, filled_text, flag, mapping, text, wrong_type
from analyticsdataserver.env import CONNECTION_DEFAULTS, MYSQL_ENGINE, SQLITE_ENGINE

ENGINES = {
    "django.db.backends.mysql": MYSQL_ENGINE,
    MYSQL_ENGINE: MYSQL_ENGINE,
    "django.db.backends.sqlite3": SQLITE_ENGINE,
    SQLITE_ENGINE: SQLITE_ENGINE,
}


def port(key: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise wrong_type(key, "a port", value)
    if str(value).strip() and not str(value).strip().isdigit():
        raise WrongValue(key, "expected a port, which is a whole number")
    return str(value).strip()


def seconds(key: str, value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise WrongValue(key, "expected seconds, a whole number of at least 0")
    return value


def engine(key: str, value: Any) -> str:
    if text(key, value) not in ENGINES:
        raise WrongValue(key, f"expected one of {', '.join(ENGINES)}")
    return ENGINES[value]


PARTS = {
    "ENGINE": engine,
    "NAME": filled_text,
    "USER": text,
    "PASSWORD": text,
    "HOST": text,
    "PORT": port,
    "OPTIONS": mapping,
    "CONN_MAX_AGE": seconds,
    "CONN_HEALTH_CHECKS": flag,
    "ATOMIC_REQUESTS": flag,
    "AUTOCOMMIT": flag,
    "TEST": mapping,
}


def databases(key: str, value: Any) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """The databases by alias, and the names of the parts that are not known."""
    found = {}
    unknown = []
    for alias, parts in mapping(key, value).items():
        at = f"{key}.{alias}"
        known = {name: part for name, part in mapping(at, parts).items() if name in PARTS and part is not None}
        unknown += [f"{at}.{name}" for name in parts if name not in PARTS]
        for name in ("ENGINE", "NAME"):
            if name not in known:
                raise WrongValue(f"{at}.{name}", "is missing")
        found[alias] = CONNECTION_DEFAULTS | {name: PARTS[name](f"{at}.{name}", part) for name, part in known.items()}
    return found, unknown
