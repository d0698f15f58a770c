"""LOGGING of the file."""

from logging.config import dictConfig
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from analyticsdataserver.configuration.values import WrongValue, mapping, mapping_of_mappings


def logging(key: str, value: Any) -> dict[str, Any]:
    config = mapping(key, value)
    if config.get("version") != 1:
        raise WrongValue(f"{key}.version", "expected 1")
    for part in ("formatters", "filters", "handlers", "loggers"):
        mapping_of_mappings(f"{key}.{part}", config.get(part) or {})
    # Otherwise a configuration that says nothing of it silences gunicorn.
    return {"disable_existing_loggers": False, **config}


def configure(config: dict[str, Any]) -> None:
    """What Django calls with the setting LOGGING: a handler that cannot be made is an error of the configuration."""
    try:
        dictConfig(config)
    except (ValueError, TypeError, AttributeError, ImportError) as error:
        reason = f" ({error.__cause__})" if error.__cause__ else ""
        raise ImproperlyConfigured(f"LOGGING: {error}{reason}") from error
