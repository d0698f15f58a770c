"""Which JSON Web Tokens are believed: the issuer's keys, and what a token has to say. Checked at the start."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

# The type of key that each algorithm takes, of elliptic curves with the curve. "none" is not among them, and never will be.
KEY_TYPES = {
    **dict.fromkeys(("HS256", "HS384", "HS512"), "oct"),
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), "RSA"),
    "ES256": "EC P-256",
    "ES384": "EC P-384",
    "ES512": "EC P-521",
    "EdDSA": "OKP",
}
# What the learning platform signs with.
ALGORITHM_OF_SECRETS, ALGORITHM_OF_KEYS = "HS256", "RS512"
# RFC 7518: a secret is as long as the hash, or longer.
SHORTEST_SECRET = {"HS256": 32, "HS384": 48, "HS512": 64}


@dataclass(frozen=True)
class PublicKey:
    id: str | None
    type: str
    key: Any = field(repr=False)


@dataclass(frozen=True)
class Rules:
    """The tokens that are believed. ``leeway`` is in seconds, for clocks that differ."""

    issuer: str
    audience: str
    algorithms: tuple[str, ...]
    leeway: int
    secret: str | None = field(default=None, repr=False)
    public_keys: tuple[PublicKey, ...] = ()

    def keys(self, algorithm: str, key_id: str | None) -> list[Any]:
        """The keys with which a token of this algorithm can be signed: a public key is never a secret."""
        if algorithm not in self.algorithms:
            return []
        if KEY_TYPES[algorithm] == "oct":
            return [self.secret]
        named = [key for key in self.public_keys if key.type == KEY_TYPES[algorithm]]
        return [key.key for key in named if key_id is None or key.id is None or key.id == key_id]


def rules(
    *,
    issuer: str | None,
    audience: str | None,
    algorithms: Sequence[str],
    secret: str | None,
    key_set: str | None,
    leeway: int,
) -> Rules | None:
    """The rules of the settings; None where there are no keys, and so no tokens."""
    given = {"JWT_ISSUER": issuer, "JWT_AUDIENCE": audience}
    if not secret and not key_set:
        named = [name for name, value in {**given, "JWT_ALGORITHMS": algorithms}.items() if value]
        if named:
            raise ImproperlyConfigured(
                f"{', '.join(named)}: without JWT_SECRET_KEY or JWT_PUBLIC_SIGNING_JWK_SET no token can be believed"
            )
        return None
    missing = [name for name, value in given.items() if not value]
    if missing:
        raise ImproperlyConfigured(f"JSON Web Tokens need {' and '.join(missing)} as well")
    public_keys = tuple(parse_key_set(key_set)) if key_set else ()
    defaults = [*([ALGORITHM_OF_SECRETS] if secret else []), *([ALGORITHM_OF_KEYS] if key_set else [])]
    chosen = tuple(algorithms or defaults)
    check_algorithms(chosen, secret, {key.type for key in public_keys})
    return Rules(
        issuer=issuer or "",
        audience=audience or "",
        algorithms=chosen,
        leeway=leeway,
        secret=secret,
        public_keys=public_keys,
    )


def check_algorithms(algorithms: Sequence[str], secret: str | None, key_types: set[str]) -> None:
    for algorithm in algorithms:
        if algorithm not in KEY_TYPES:
            raise ImproperlyConfigured(f"JWT_ALGORITHMS {algorithm!r}: expected some of {', '.join(KEY_TYPES)}")
        if KEY_TYPES[algorithm] == "oct":
            check_secret(secret, algorithm)
        elif KEY_TYPES[algorithm] not in key_types:
            raise ImproperlyConfigured(
                f"JWT_ALGORITHMS {algorithm}: JWT_PUBLIC_SIGNING_JWK_SET has no key of the type {KEY_TYPES[algorithm]}"
            )


def check_secret(secret: str | None, algorithm: str) -> None:
    if not secret:
        raise ImproperlyConfigured(f"JWT_ALGORITHMS {algorithm}: there is no JWT_SECRET_KEY")
    if "-----BEGIN" in secret:
        raise ImproperlyConfigured("JWT_SECRET_KEY is a public or private key: expected a secret")
    if len(secret.encode()) < SHORTEST_SECRET[algorithm]:
        raise ImproperlyConfigured(
            f"JWT_SECRET_KEY is too short for {algorithm}: expected at least {SHORTEST_SECRET[algorithm]} characters"
        )


def parse_key_set(text: str) -> list[PublicKey]:
    """The keys of a JWK set, which is JSON or the name of a file with it. A refusal repeats nothing of them."""
    where = "JWT_PUBLIC_SIGNING_JWK_SET"
    if not text.lstrip().startswith("{"):
        try:
            text = Path(text.strip()).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise ImproperlyConfigured(f"{where} is neither JSON nor a file that can be read") from error
    try:
        content = json.loads(text)
    except ValueError as error:
        raise ImproperlyConfigured(f"{where} is not JSON: line {getattr(error, 'lineno', 1)}") from error
    keys = content.get("keys") if isinstance(content, Mapping) else None
    if not isinstance(keys, list) or not keys or not all(isinstance(key, Mapping) for key in keys):
        raise ImproperlyConfigured(f'{where}: expected {{"keys": [...]}} with at least one key')
    return [parse_key(f"{where}.keys[{place}]", key) for place, key in enumerate(keys)]


def parse_key(where: str, key: Mapping[str, Any]) -> PublicKey:
    import jwt

    if key.get("kty") not in ("RSA", "EC", "OKP"):
        raise ImproperlyConfigured(f"{where}: expected a public key, of the type RSA, EC or OKP")
    if "d" in key:
        raise ImproperlyConfigured(
            f"{where} is a private key, which belongs to the issuer alone: leave out its private parts"
        )
    try:
        parsed = jwt.PyJWK.from_dict(dict(key)).key
    except Exception as error:  # whatever the library stumbles over in a key
        raise ImproperlyConfigured(f"{where} is malformed") from error
    kind = f"EC {key['crv']}" if key["kty"] == "EC" else key["kty"]
    return PublicKey(id=key.get("kid"), type=kind, key=parsed)
