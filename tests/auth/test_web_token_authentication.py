"""``Authorization: JWT …``: accepted and refused tokens, and the users they authenticate."""

import base64
import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings as django_settings

from analytics_data_api.auth.rates import Rate
from tests.support.factories import CourseEnrollmentDailyFactory, TokenFactory, UserFactory
from tests.support.web_token_keys import (
    AUDIENCE,
    ISSUER,
    SECRET,
    claims,
    ec_key,
    jwk,
    key_set,
    rsa_key,
    token,
    token_rules,
)

pytestmark = pytest.mark.django_db(databases="__all__")

COURSE = "edX/DemoX/Demo_Course"
URL = f"/api/v0/courses/{COURSE}/enrollment/"
NAMES = {"issuer": ISSUER, "audience": AUDIENCE, "leeway": 10}


@pytest.fixture(autouse=True)
def enrollment():
    CourseEnrollmentDailyFactory(course_id=COURSE)


@pytest.fixture
def ada():
    return UserFactory(username="ada")


@pytest.fixture
def believed(settings, ada):
    """Accept tokens of two algorithms, and create the user ada."""
    keys = key_set(jwk(rsa_key(), kid="first"), jwk(rsa_key(1), kid="second"), jwk(ec_key()))
    settings.WEB_TOKENS = token_rules(**NAMES, algorithms=["RS512", "HS256"], secret=SECRET, key_set=keys)


def ask(anonymous, text, scheme="JWT"):
    return anonymous.get(URL, HTTP_AUTHORIZATION=f"{scheme} {text}")


def test_off_unless_configured(anonymous, ada):
    assert django_settings.WEB_TOKENS is None
    response = ask(anonymous, token())
    assert (response.status_code, response.json()["error_code"]) == (401, "not_authenticated")
    assert response["WWW-Authenticate"] == "Token"


GOOD = {
    "public key": token,
    "named key": lambda: token(headers={"kid": "first"}),
    "second key": lambda: token(rsa_key(1), headers={"kid": "second"}),
    "second key without its name": lambda: token(rsa_key(1)),
    "secret": lambda: token(SECRET, "HS256"),
    "several audiences": lambda: token(aud=["other", AUDIENCE]),
    "clock that is late": lambda: token(exp=int(time.time()) - 5),
    "clock that is early": lambda: token(iat=int(time.time()) + 5, nbf=int(time.time()) + 5),
    "without what the platform adds": lambda: token(sub=None, is_restricted=None, scopes=None),
}


@pytest.mark.parametrize("made", GOOD.values(), ids=list(GOOD))
def test_good(anonymous, believed, made):
    assert ask(anonymous, made()).status_code == 200


@pytest.mark.parametrize("scheme", ["jwt", "JWT", "Jwt"])
def test_the_scheme_may_be_in_any_case(anonymous, believed, scheme):
    assert ask(anonymous, token(), scheme).status_code == 200


def unsigned(**changes):
    return jwt.encode(claims(**changes), None, algorithm="none")


def part(content):
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def signed_with_the_public_key():
    """Return a token that a server accepts if it takes the public key for a secret."""
    import hashlib
    import hmac

    from cryptography.hazmat.primitives import serialization

    public = (
        rsa_key().public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    text = f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(claims())}"
    signature = hmac.new(public, text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def forged():
    """Return a token with the signature of another."""
    head, _claims, signature = token().split(".")
    return f"{head}.{part(claims(preferred_username='root'))}.{signature}"


BAD = {
    "expired": (lambda: token(exp=int(time.time()) - 60), "expired"),
    "not valid yet": (lambda: token(nbf=int(time.time()) + 60), "not valid yet"),
    "issued in the future": (lambda: token(iat=int(time.time()) + 60), "not valid yet"),
    "other audience": (lambda: token(aud="other"), "another audience"),
    "other issuer": (lambda: token(iss="https://other.example.com"), "another issuer"),
    "unsigned": (unsigned, "unsigned"),
    "unsigned in capitals": (lambda: f"{part({'alg': 'NONE'})}.{part(claims())}.", "unsigned"),
    "key of somebody else": (lambda: token(rsa_key(2)), "not signed with a key of the issuer"),
    "key under another's name": (lambda: token(rsa_key(1), headers={"kid": "first"}), "not signed with a key"),
    "unknown name of a key": (lambda: token(headers={"kid": "third"}), "not signed with a key"),
    "other secret": (lambda: token("x" * 64, "HS256"), "not signed with a key"),
    "algorithm that is not pinned": (lambda: token(algorithm="RS256"), "algorithm that is not accepted"),
    "curve that is not pinned": (lambda: token(ec_key(), "ES256"), "algorithm that is not accepted"),
    "public key as a secret": (signed_with_the_public_key, "not signed with a key"),
    "forged": (forged, "not signed with a key"),
    "restricted": (lambda: token(is_restricted=True), "restricted to scopes"),
    "no username": (lambda: token(preferred_username=None), "no preferred_username"),
    "no expiry": (lambda: token(exp=None), "no exp"),
    "no time": (lambda: token(iat=None), "no iat"),
    "no audience": (lambda: token(aud=None), "no aud"),
    "no issuer": (lambda: token(iss=None), "no iss"),
    "number as a username": (lambda: token(preferred_username=1), "no text as preferred_username"),
    "empty username": (lambda: token(preferred_username=" "), "no text as preferred_username"),
    "unknown user": (lambda: token(preferred_username="eve"), "not known here"),
    "other case": (lambda: token(preferred_username="Ada"), "not known here"),
    "half a character as a user": (lambda: token(preferred_username="\ud800"), "not known here"),
    "impossible user": (lambda: token(preferred_username="a\0da"), "not known here"),
    "text as a time": (lambda: token(exp="tomorrow"), "malformed"),
    "list as an algorithm": (lambda: f"{part({'alg': ['RS512']})}.{part(claims())}.x", "malformed"),
    "no claims": (lambda: f"{part({'alg': 'RS512'})}.{part([])}.x", "The token"),
    "nothing": (lambda: "", "malformed"),
    "two words": (lambda: f"{token()} {token()}", "malformed"),
    "no token": (lambda: "secret-nonsense", "malformed"),
    "dots": (lambda: "...", "malformed"),
    "letters": (lambda: "é.é.é", "malformed"),
    "long": (lambda: "a" * 8000, "malformed"),
}


@pytest.mark.parametrize("named", [True, False])
def test_keys_of_two_curves(anonymous, ada, settings, named):
    """A key verifies only the algorithm of its curve, whether a token names the key or not."""
    keys = [(ec.generate_private_key(ec.SECP384R1()), "ES384"), (ec_key(), "ES256")]
    public = [jwk(key, kid=algorithm) for key, algorithm in keys]
    settings.WEB_TOKENS = token_rules(**NAMES, algorithms=["ES256", "ES384"], secret=None, key_set=key_set(*public))
    for key, algorithm in keys:
        headers = {"kid": algorithm} if named else {}
        assert ask(anonymous, token(key, algorithm, headers=headers)).status_code == 200
    forged = token(ec.generate_private_key(ec.SECP256R1()), "ES256")
    assert ask(anonymous, forged).status_code == 401


@pytest.mark.parametrize(("made", "words"), BAD.values(), ids=list(BAD))
def test_bad(anonymous, believed, made, words):
    text = made()
    response = ask(anonymous, text)
    assert (response.status_code, response.json()["error_code"]) == (401, "authentication_failed")
    assert response["WWW-Authenticate"] == "Token, JWT"
    message = response.json()["developer_message"]
    assert words in message
    assert not any(piece in message for piece in text.split(".") if len(piece) > 3)


def test_inactive_user(anonymous, believed, ada):
    ada.is_active = False
    ada.save()
    response = ask(anonymous, token())
    assert response.status_code == 401
    assert "not active" in response.json()["developer_message"]


def test_stands_for_its_user(anonymous, believed, ada, settings):
    settings.THROTTLE_SERVICE_USERS = ["ada"]
    settings.THROTTLE_RATE_SERVICE_USER = Rate(7, 86400)
    assert ask(anonymous, token())["RateLimit-Limit"] == "7"


def test_keys_and_sessions_go_on(anonymous, believed):
    assert anonymous.get(URL, HTTP_AUTHORIZATION=f"Token {TokenFactory().key}").status_code == 200
    anonymous.force_login(UserFactory())
    assert anonymous.get(URL).status_code == 200


def test_costs_one_query_more_than_its_rows(anonymous, believed, query_counter):
    with query_counter() as queries:
        ask(anonymous, token())
    assert len(queries) == 2
