"""The rules by which JSON Web Tokens are accepted: the issuer's keys and claims, checked at the start."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

KEY_SET = "JWT_PUBLIC_SIGNING_JWK_SET"
CLAIMS = ("JWT_ISSUER", "JWT_AUDIENCE")
# Every algorithm that a token may use: HS with a secret, the others with public keys. "none" must never be one of them.
ALGORITHMS = (*(f"{family}{bits}" for family in ("HS", "RS", "PS", "ES") for bits in (256, 384, 512)), "EdDSA")
# The algorithms of the learning platform.
ALGORITHM_OF_SECRETS, ALGORITHM_OF_KEYS = "HS256", "RS512"


@dataclass(frozen=True)
class Rules:
    """The tokens that are accepted. ``leeway`` is in seconds, for clocks that differ."""

    issuer: str
    audience: str
    algorithms: tuple[str, ...]
    leeway: int
    # PyJWT binds each key to one algorithm, so that a public key never serves as a secret.
    keys: tuple[Any, ...] = field(repr=False)

    def keys_for(self, algorithm: str, key_id: str | None) -> list[Any]:
        """Return the keys that may have signed a token with this header."""
        named = [key for key in self.keys if key_id is None or key.key_id in (None, key_id)]
        return [key for key in named if key.algorithm_name == algorithm]


def rules(value_of: Callable[[str], Any]) -> Rules | None:
    """Return the rules that the environment variables make, or None if they name no keys."""
    secret, text, issuer, audience, chosen = map(value_of, ("JWT_SECRET_KEY", KEY_SET, *CLAIMS, "JWT_ALGORITHMS"))
    if not secret and not text:
        if named := [name for name in (*CLAIMS, "JWT_ALGORITHMS") if value_of(name)]:
            raise ImproperlyConfigured(f"{', '.join(named)}: set JWT_SECRET_KEY or {KEY_SET} as well")
        return None
    if missing := [name for name in CLAIMS if not value_of(name)]:
        raise ImproperlyConfigured(f"JSON Web Tokens need {' and '.join(missing)} as well")
    key_set = parse_key_set(text) if text else []
    defaults = [*([ALGORITHM_OF_SECRETS] if secret else []), *([ALGORITHM_OF_KEYS] if text else [])]
    algorithms = tuple(chosen or defaults)
    keys = [key for algorithm in algorithms for key in keys_of(algorithm, secret, key_set)]
    return Rules(issuer, audience, algorithms, value_of("JWT_LEEWAY"), tuple(keys))


def keys_of(algorithm: str, secret: str | None, key_set: list[dict[str, Any]]) -> list[Any]:
    """Return the keys that fit an algorithm. Raise ImproperlyConfigured if none does, or if one is too short."""
    import jwt

    if algorithm not in ALGORITHMS:
        raise ImproperlyConfigured(f"JWT_ALGORITHMS {algorithm!r}: expected some of {', '.join(ALGORITHMS)}")
    name, lacks = KEY_SET, f"{KEY_SET} has no key for it"
    if algorithm.startswith("HS"):
        name, lacks = "JWT_SECRET_KEY", "JWT_SECRET_KEY is not set, or not a secret"
        encoded = urlsafe_b64encode((secret or "").encode()).decode().rstrip("=")
        # PyJWT refuses a public key as a secret, but recognizes only a well-formed one.
        key_set = [{"kty": "oct", "k": encoded}] if secret and "-----BEGIN" not in secret else []
    keys = []
    for parameters in key_set:
        try:
            key = jwt.PyJWK(parameters, algorithm)
            key.Algorithm.prepare_key(key.key)
        except jwt.InvalidKeyError:
            # The key is for another algorithm.
            continue
        if problem := key.Algorithm.check_key_length(key.key):
            raise ImproperlyConfigured(f"{name}: {problem}")
        keys.append(key)
    if not keys:
        raise ImproperlyConfigured(f"JWT_ALGORITHMS {algorithm}: {lacks}")
    return keys


def parse_key_set(text: str) -> list[dict[str, Any]]:
    """Return the keys of a JWK set, which is JSON or the name of a file. No error message repeats a part of them."""
    if not text.lstrip().startswith("{"):
        try:
            text = Path(text.strip()).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise ImproperlyConfigured(f"{KEY_SET} is neither JSON nor a file that can be read") from error
    try:
        content = json.loads(text)
    except ValueError as error:
        raise ImproperlyConfigured(f"{KEY_SET} is not JSON: line {getattr(error, 'lineno', 1)}") from error
    keys = content.get("keys") if isinstance(content, Mapping) else None
    if not isinstance(keys, list) or not keys or not all(isinstance(key, dict) for key in keys):
        raise ImproperlyConfigured(f'{KEY_SET}: expected {{"keys": [...]}} with at least one key')
    for place, key in enumerate(keys):
        check_key(f"{KEY_SET}.keys[{place}]", key)
    return keys


def check_key(where: str, key: dict[str, Any]) -> None:
    """Raise ImproperlyConfigured unless this is a public key. PyJWT's own key set would skip it silently."""
    import jwt

    if key.get("kty") not in ("RSA", "EC", "OKP"):
        raise ImproperlyConfigured(f"{where}: expected a public key, of the type RSA, EC or OKP")
    if "d" in key:
        raise ImproperlyConfigured(
            f"{where} is a private key, which only the issuer may have: remove its private parts"
        )
    try:
        jwt.PyJWK({name: value for name, value in key.items() if name != "alg"})
    except Exception as error:  # PyJWT raises many kinds for malformed parameters
        raise ImproperlyConfigured(f"{where} is malformed") from error
