"""REST_FRAMEWORK of the file: how much a client may ask. How answers look is this server's own."""

import importlib.util
import re
from typing import Any

from analyticsdataserver.configuration.values import WrongValue, mapping, text, texts, whole_number

RATE = re.compile(r"\d+/(s|sec|second|m|min|minute|h|hour|d|day)")


def rates(key: str, value: Any) -> dict[str, str | None]:
    found = {}
    for scope, rate in mapping(key, value).items():
        at = f"{key}.{scope}"
        if rate is not None and not RATE.fullmatch(text(at, rate)):
            raise WrongValue(at, "expected a rate, such as 60/minute")
        found[scope] = rate
    return found


PARTS = {
    "DEFAULT_THROTTLE_CLASSES": texts,
    "DEFAULT_THROTTLE_RATES": rates,
    "NUM_PROXIES": whole_number,
}


def rest_framework(key: str, value: Any) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """What is used of it, and each other part with the reason why it is not."""
    found = {}
    ignored = []
    for name, part in mapping(key, value).items():
        at = f"{key}.{name}"
        if name not in PARTS:
            ignored.append((at, "who may ask for what in which form is fixed by this server"))
        elif part is not None:
            found[name] = PARTS[name](at, part)
    classes = found.get("DEFAULT_THROTTLE_CLASSES", [])
    for path in [path for path in classes if not exists(path)]:
        classes.remove(path)
        ignored.append((f"{key}.DEFAULT_THROTTLE_CLASSES", f"there is no {path}"))
    return found, ignored


def exists(path: str) -> bool:
    """Whether there is a module of a class. The class itself cannot be asked for while the settings are read."""
    module = path.rpartition(".")[0]
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False
