"""Reads the file and takes each of its keys."""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml
from django.conf import global_settings
from django.core.exceptions import ImproperlyConfigured

from analyticsdataserver.configuration.values import WrongValue
from analyticsdataserver.env import PARSERS, VARIABLES, is_unset, missing

DEFAULT, ANALYTICS, ANALYTICS_V1 = "default", "analytics", "analytics_v1"
DATABASE_URLS = {
    DEFAULT: "DATABASE_URL",
    ANALYTICS: "ANALYTICS_DATABASE_URL",
    ANALYTICS_V1: "ANALYTICS_DATABASE_URL_V1",
}


@dataclass
class Configuration:
    """What a file says."""

    path: str | None = None
    # Values of environment variables that the environment does not have.
    variables: dict[str, Any] = field(default_factory=dict)
    # Settings that take the place of those of analyticsdataserver.settings.base.
    settings: dict[str, Any] = field(default_factory=dict)
    databases: dict[str, dict[str, Any]] = field(default_factory=dict)
    # Which aliases of the databases are read by /api/v0/ and /api/v1/.
    aliases: dict[str, str] = field(default_factory=dict)
    # A line for each key that has no effect.
    ignored: list[str] = field(default_factory=list)

    def ignore(self, key: str, reason: str) -> None:
        self.ignored.append(f"{self.path}: {key} is ignored: {reason}")

    def take_variable(self, name: str, value: Any) -> None:
        """A key that an environment variable stands for as well."""
        variable = VARIABLES[name]
        if variable.type == "text":
            if not isinstance(value, str):
                raise WrongValue(name, "expected text; quotes make text of a number")
            words = value
        elif isinstance(value, list) and all(isinstance(item, str) for item in value):
            words = ",".join(value)
        elif isinstance(value, str | int | float):
            words = str(value)
        else:
            raise WrongValue(name, f"expected a value of the type {variable.type}")
        try:
            self.variables[name] = PARSERS[variable.type](words) if words.strip() else variable.default
        except ValueError as error:
            raise WrongValue(name, str(error)) from error

    def close(self) -> None:
        """Finds the database of each version, once all keys are known. One that the environment has need not be here."""
        if not self.databases and not self.aliases:
            return
        v0 = self.aliases.setdefault("ANALYTICS_DATABASE", ANALYTICS)
        v1 = self.aliases.setdefault("ANALYTICS_DATABASE_V1", ANALYTICS_V1 if ANALYTICS_V1 in self.databases else v0)
        wanted = {f"DATABASES.{DEFAULT}": (DEFAULT, DEFAULT), "ANALYTICS_DATABASE": (ANALYTICS, v0)}
        if v1 != v0:
            wanted["ANALYTICS_DATABASE_V1"] = (ANALYTICS_V1, v1)
        for key, (ours, alias) in wanted.items():
            url = DATABASE_URLS[ours]
            if alias in self.databases:
                self.variables[url] = self.databases[alias]
            elif missing(url):
                known = ", ".join(self.databases) or "none"
                raise WrongValue(key, f"there is no {alias} in DATABASES, which has {known}")

    def over(self, base: dict[str, Any]) -> dict[str, Any]:
        """The settings that the file puts in the place of those of the base, or beside them.

        ``base`` has read the file's values of environment variables already, and of these the environment's own where it
        has them.
        """
        # Of what is a variable, too, the environment's value wins.
        settings = {name: value for name, value in self.settings.items() if name not in VARIABLES or is_unset(name)}
        if not is_unset("DEFAULT_FILE_STORAGE"):
            settings.pop("STORAGES", None)
        if not is_unset("CACHE_URL"):
            settings.pop("CACHES", None)
        if "STORAGES" in settings:
            settings["STORAGES"] = global_settings.STORAGES | base.get("STORAGES", {}) | settings["STORAGES"]
        if "LOGGING" in settings and not missing("LOG_LEVEL"):
            root = settings["LOGGING"].get("root") or {}
            settings["LOGGING"] = settings["LOGGING"] | {"root": root | {"level": base["LOGGING"]["root"]["level"]}}
        if self.aliases:
            v0, v1 = self.aliases["ANALYTICS_DATABASE"], self.aliases["ANALYTICS_DATABASE_V1"]
            ours = base["DATABASES"]
            if v1 == v0 and ours[ANALYTICS_V1] != ours[ANALYTICS]:
                # The environment has a database for version 1, the file does not.
                v1 = ANALYTICS_V1
            # Commands that name our aliases work as well as those that name the file's.
            named = {DEFAULT: ours[DEFAULT], v1: ours[ANALYTICS_V1], v0: ours[ANALYTICS]}
            settings["DATABASES"] = ours | self.databases | named
            settings |= {"ANALYTICS_DATABASE": v0, "ANALYTICS_DATABASE_V1": v1}
        return settings


def read(path: str | None) -> Configuration:
    """What the file says; nothing where there is none. A broken file is one line that names what is wrong with it."""
    from analyticsdataserver.configuration.keys import take

    configuration = Configuration(path)
    if not path:
        return configuration
    try:
        for name, value in load(path).items():
            # Null is what a template leaves where nothing was filled in.
            if value is not None:
                take(configuration, name, value)
        configuration.close()
    except WrongValue as error:
        raise ImproperlyConfigured(f"{path}: {error}") from error
    return configuration


def load(path: str) -> dict[str, Any]:
    try:
        with open(path, encoding="utf-8") as file:
            content = yaml.safe_load(file)
    except OSError as error:
        raise ImproperlyConfigured(f"ANALYTICS_API_CFG names {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ImproperlyConfigured(f"{path} is not UTF-8: {error.reason}") from error
    except yaml.YAMLError as error:
        raise ImproperlyConfigured(f"{path} is not YAML: {where(error)}") from error
    if content is None:
        return {}
    if not isinstance(content, dict) or not all(isinstance(name, str) for name in content):
        raise ImproperlyConfigured(f"{path}: expected a mapping of names to values")
    return content


def where(error: yaml.YAMLError) -> str:
    """The place of a fault. What stands there may be a password, so that only single characters are repeated."""
    mark = getattr(error, "problem_mark", None)
    problem = re.sub(r"'..+'", "…", getattr(error, "problem", None) or "unreadable")
    return f"line {mark.line + 1}: {problem}" if mark else problem
