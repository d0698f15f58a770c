"""JWT_AUTH of the file: which JSON Web Tokens are believed.

Files of older servers have parts of it that meant nothing to them. What does not make a whole is no reason not to start: it
is ignored, and no token is believed.
"""

import json
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from analytics_data_api.auth.web_token_keys import ALGORITHM_OF_KEYS, rules
from analyticsdataserver.configuration.values import filled_text, items, mapping, positive_number, wrong_type
from analyticsdataserver.env import VARIABLES

# Parts of an issuer, and the variable that each stands for.
ISSUER_PARTS = {"ISSUER": "JWT_ISSUER", "AUDIENCE": "JWT_AUDIENCE", "SECRET_KEY": "JWT_SECRET_KEY"}


def key_set(key: str, value: Any) -> str:
    """A JWK set: as text, or written out in YAML."""
    if isinstance(value, dict):
        return json.dumps(value)
    return filled_text(key, value)


def algorithms(key: str, value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise wrong_type(key, "text or a list", value)
    return value


PARTS = {
    "JWT_ISSUER": ("JWT_ISSUER", filled_text),
    "JWT_AUDIENCE": ("JWT_AUDIENCE", filled_text),
    "JWT_SECRET_KEY": ("JWT_SECRET_KEY", filled_text),
    "JWT_PUBLIC_SIGNING_JWK_SET": ("JWT_PUBLIC_SIGNING_JWK_SET", key_set),
    "JWT_ALGORITHM": ("JWT_ALGORITHMS", algorithms),
    "JWT_LEEWAY": ("JWT_LEEWAY", positive_number),
}


def web_tokens(key: str, value: Any) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Values of variables, and each part that is not used with the reason."""
    found: dict[str, Any] = {}
    ignored = []
    parts = {name: part for name, part in mapping(key, value).items() if part not in (None, "")}
    for place, issuer in enumerate(items(f"{key}.JWT_ISSUERS", parts.pop("JWT_ISSUERS", []))):
        at = f"{key}.JWT_ISSUERS[{place}]"
        if place:
            ignored.append((at, "tokens are of one issuer"))
            continue
        for name, part in mapping(at, issuer).items():
            if name in ISSUER_PARTS and part:
                found[ISSUER_PARTS[name]] = filled_text(f"{at}.{name}", part)
    for name, part in parts.items():
        if name in PARTS:
            variable, check = PARTS[name]
            found[variable] = check(f"{key}.{name}", part)
        else:
            ignored.append((f"{key}.{name}", "what a token has to say is fixed by this server"))
    if "JWT_PUBLIC_SIGNING_JWK_SET" in found and "JWT_ALGORITHMS" in found:
        # There JWT_ALGORITHM is that of the secret alone.
        found["JWT_ALGORITHMS"] = [*dict.fromkeys((*found["JWT_ALGORITHMS"], ALGORITHM_OF_KEYS))]
    problem = incomplete(found)
    return ({}, [*ignored, (key, problem)]) if problem else (found, ignored)


def incomplete(found: dict[str, Any]) -> str | None:
    """Why these values make no rules; None if they do."""
    names = (
        "JWT_ISSUER",
        "JWT_AUDIENCE",
        "JWT_ALGORITHMS",
        "JWT_SECRET_KEY",
        "JWT_PUBLIC_SIGNING_JWK_SET",
        "JWT_LEEWAY",
    )
    issuer, audience, chosen, secret, keys, leeway = (found.get(name, VARIABLES[name].default) for name in names)
    try:
        made = rules(issuer=issuer, audience=audience, algorithms=chosen, secret=secret, key_set=keys, leeway=leeway)
    except ImproperlyConfigured as error:
        return str(error)
    return None if made else "it names no keys"
