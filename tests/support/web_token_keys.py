"""An issuer of JSON Web Tokens, with real keys."""

import json
import time
from functools import cache

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from analytics_data_api.auth import web_token_keys

ISSUER, AUDIENCE, SECRET = (
    "https://lms.example.com/oauth2",
    "openedx",
    "a-shared-secret-of-more-than-64-characters-" * 2,
)


@cache
def rsa_key(number=0):
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def ec_key():
    return ec.generate_private_key(ec.SECP256R1())


def jwk(key, **more):
    algorithm = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm
    return {**json.loads(algorithm.to_jwk(key.public_key())), **more}


def private_jwk(key):
    return json.loads(RSAAlgorithm.to_jwk(key))


def key_set(*keys):
    return json.dumps({"keys": list(keys)})


def token_rules(*, issuer=None, audience=None, algorithms=(), secret=None, key_set=None, leeway=10):
    """Return the rules that the environment variables make."""
    names = {
        "JWT_ISSUER": issuer,
        "JWT_AUDIENCE": audience,
        "JWT_ALGORITHMS": algorithms,
        "JWT_SECRET_KEY": secret,
        "JWT_PUBLIC_SIGNING_JWK_SET": key_set,
        "JWT_LEEWAY": leeway,
    }
    return web_token_keys.rules(names.__getitem__)


def claims(**changes):
    """Return the claims of the learning platform about a user, without those that are None."""
    now = int(time.time())
    said = {
        "aud": AUDIENCE,
        "exp": now + 300,
        "iat": now,
        "iss": ISSUER,
        "preferred_username": "ada",
        "scopes": ["user_id", "email"],
        "version": "1.2.0",
        "sub": "0123456789abcdef",
        "filters": ["user:me"],
        "is_restricted": False,
        **changes,
    }
    return {name: value for name, value in said.items() if value is not None}


def token(key=None, algorithm="RS512", headers=None, **changes):
    return jwt.encode(claims(**changes), key or rsa_key(), algorithm=algorithm, headers=headers)
