"""Check the values of a site's YAML file. An error names the key and never repeats the value, which may be secret."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from analyticsdataserver import env

TYPES = {dict: "a mapping", list: "a list", str: "text", bool: "true or false", int: "a whole number"}


def of_type(key: str, value: Any, type_: type) -> Any:
    """Return the value if it has the type."""
    if type(value) is not type_:
        raise ImproperlyConfigured(
            f"{key}: expected {TYPES[type_]}, found {TYPES.get(type(value), type(value).__name__)}"
        )
    if isinstance(value, dict) and not all(isinstance(name, str) for name in value):
        raise ImproperlyConfigured(f"{key}: expected a mapping of names to values")
    return value


def list_of_texts(key: str, value: Any) -> list[str]:
    return [of_type(f"{key}[{place}]", item, str) for place, item in enumerate(of_type(key, value, list))]


def mappings(key: str, value: Any) -> dict[str, dict[str, Any]]:
    return {name: of_type(f"{key}.{name}", inner, dict) for name, inner in of_type(key, value, dict).items()}


def parsed_variable(key: str, value: Any, variable: env.Variable) -> Any:
    """Return the value that the environment variable of the same text has."""
    if variable.type == "text":
        of_type(key, value, str)
    elif not isinstance(value, str | int | float | list):
        raise ImproperlyConfigured(f"{key}: expected a value of the type {variable.type}")
    text = ",".join(list_of_texts(key, value)) if isinstance(value, list) else str(value)
    try:
        return env.PARSERS[variable.type](text)
    except ValueError as error:
        raise ImproperlyConfigured(f"{key}: {error}") from error
