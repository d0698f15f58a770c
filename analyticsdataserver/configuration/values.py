"""Checks of single values of the file. Each returns the value, or says what it expects instead.

A value is never repeated: many of them are secret.
"""

import datetime
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from analyticsdataserver.env import parse_file_template

TYPE_NAMES = {
    dict: "a mapping",
    list: "a list",
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    type(None): "nothing",
    datetime.date: "a date",
    datetime.datetime: "a date-time",
}


class WrongValue(ImproperlyConfigured):
    """The value of a key makes no sense."""

    def __init__(self, key: str, problem: str) -> None:
        self.key = key
        self.problem = problem
        super().__init__(f"{key}: {problem}")


def wrong_type(key: str, expected: str, value: Any) -> WrongValue:
    return WrongValue(key, f"expected {expected}, found {TYPE_NAMES.get(type(value), type(value).__name__)}")


def text(key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise wrong_type(key, "text", value)
    return value


def filled_text(key: str, value: Any) -> str:
    if not text(key, value).strip():
        raise WrongValue(key, "expected text, found none")
    return value


def file_template(key: str, value: Any) -> str:
    try:
        return parse_file_template(text(key, value))
    except ValueError as error:
        raise WrongValue(key, str(error)) from error


def flag(key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise wrong_type(key, "true or false", value)
    return value


def whole_number(key: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong_type(key, "a whole number", value)
    return value


def positive_number(key: str, value: Any) -> int:
    if whole_number(key, value) < 1:
        raise WrongValue(key, "expected a whole number of at least 1")
    return value


def items(key: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise wrong_type(key, "a list", value)
    return value


def texts(key: str, value: Any) -> list[str]:
    return [text(f"{key}[{place}]", item) for place, item in enumerate(items(key, value))]


def mapping(key: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise wrong_type(key, "a mapping", value)
    for name in value:
        if not isinstance(name, str):
            raise WrongValue(key, f"expected names, found {name!r}")
    return value


def mapping_of_mappings(key: str, value: Any) -> dict[str, dict[str, Any]]:
    return {name: mapping(f"{key}.{name}", inner) for name, inner in mapping(key, value).items()}


def like(key: str, value: Any, default: Any) -> Any:
    """A value of the type of Django's own default."""
    checks = {bool: flag, int: whole_number, str: text, list: items, tuple: items, dict: mapping}
    check = checks.get(type(default))
    return value if check is None else check(key, value)
