"""Checks of settings with which production refuses to start."""

from collections.abc import Sequence

from django.core.checks.security.base import (
    SECRET_KEY_INSECURE_PREFIX,
    SECRET_KEY_MIN_LENGTH,
    SECRET_KEY_MIN_UNIQUE_CHARACTERS,
)

# Placeholders for a key in documents and templates.
PLACEHOLDERS = ("...", "changeme", "change-me", "set-me-please", "your secret key here", "insecure-secret-key")
NEW_KEY = "python3 -c 'import secrets; print(secrets.token_urlsafe(50))' makes one"


def faults(*, secret_key: str, hosts: Sequence[str], debug: bool) -> list[str]:
    """Return a sentence for each unsafe setting. It repeats no secret."""
    of_debug = ["DEBUG is on: turn it off, since its pages show settings and data to everybody"] if debug else []
    return [*faults_of_key(secret_key), *faults_of_hosts(hosts), *of_debug]


def faults_of_key(key: str) -> list[str]:
    if key.startswith(SECRET_KEY_INSECURE_PREFIX) or key.strip().lower() in PLACEHOLDERS:
        return [f"SECRET_KEY is a placeholder: generate a key of your own ({NEW_KEY})"]
    if len(key) < SECRET_KEY_MIN_LENGTH or len(set(key)) < SECRET_KEY_MIN_UNIQUE_CHARACTERS:
        return [
            f"SECRET_KEY can be guessed: expected at least {SECRET_KEY_MIN_LENGTH} characters, at least "
            f"{SECRET_KEY_MIN_UNIQUE_CHARACTERS} of them different ({NEW_KEY})"
        ]
    return []


def faults_of_hosts(hosts: Sequence[str]) -> list[str]:
    return [
        f"ALLOWED_HOSTS {host!r} is not allowed: expected names of hosts, such as data.example.com or .example.com, since "
        "links in a response name the host of the request"
        for host in hosts
        if "*" in host or not host.strip(". ")
    ]
