"""Valid and invalid settings of JSON Web Tokens."""

import json

import pytest
from django.core.exceptions import ImproperlyConfigured

from analyticsdataserver.configuration import read
from tests.support.configuration_files import ignored_keys
from tests.support.web_token_keys import (
    AUDIENCE,
    ISSUER,
    SECRET,
    ec_key,
    jwk,
    key_set,
    private_jwk,
    rsa_key,
    token_rules,
)

NAMED = {"issuer": ISSUER, "audience": AUDIENCE}


def test_none_without_keys():
    assert token_rules() is None


@pytest.mark.parametrize(
    ("more", "algorithms"),
    [
        ({"secret": SECRET}, ("HS256",)),
        ({"key_set": lambda: key_set(jwk(rsa_key()))}, ("RS512",)),
        ({"key_set": lambda: key_set(jwk(rsa_key())), "secret": SECRET}, ("HS256", "RS512")),
        ({"key_set": lambda: key_set(jwk(ec_key())), "algorithms": ["ES256"]}, ("ES256",)),
    ],
)
def test_algorithms_of_the_keys(more, algorithms):
    more = {name: value() if callable(value) else value for name, value in more.items()}
    assert token_rules(**{**NAMED, **more}).algorithms == algorithms


def test_a_file(tmp_path):
    (tmp_path / "keys.json").write_text(key_set(jwk(rsa_key(), kid="a")))
    [key] = token_rules(**NAMED, key_set=str(tmp_path / "keys.json")).keys
    assert (key.key_id, key.key_type) == ("a", "RSA")


def test_a_public_key_is_never_a_secret():
    made = token_rules(**{**NAMED, "secret": SECRET, "key_set": key_set(jwk(rsa_key()))})
    assert [key.key for key in made.keys_for("HS256", None)] == [SECRET.encode()]
    assert [key.key_type for key in made.keys_for("RS512", None)] == ["RSA"]
    assert made.keys_for("none", None) == made.keys_for("HS512", None) == made.keys_for(None, None) == []


REFUSED = [
    ({"issuer": ISSUER}, "JWT_ISSUER: set JWT_SECRET_KEY or JWT_PUBLIC_SIGNING_JWK_SET as well"),
    ({"secret": SECRET}, "need JWT_ISSUER and JWT_AUDIENCE as well"),
    ({"secret": SECRET, "issuer": ISSUER}, "need JWT_AUDIENCE as well"),
    (
        {**NAMED, "secret": "geheim"},
        "JWT_SECRET_KEY: The HMAC key is 6 bytes long, which is below the minimum",
    ),
    ({**NAMED, "secret": "geheim" * 7, "algorithms": ["HS512"]}, "below the minimum recommended length of 64"),
    ({**NAMED, "secret": "-----BEGIN PUBLIC KEY----- geheim" * 3}, "JWT_SECRET_KEY is not set, or not a secret"),
    ({**NAMED, "secret": SECRET, "algorithms": ["none"]}, "JWT_ALGORITHMS 'none': expected some of HS256"),
    ({**NAMED, "secret": SECRET, "algorithms": ["hs256"]}, "JWT_ALGORITHMS 'hs256'"),
    ({**NAMED, "secret": SECRET, "algorithms": ["RS512"]}, "JWT_PUBLIC_SIGNING_JWK_SET has no key for it"),
    ({**NAMED, "key_set": "/no/such/file"}, "neither JSON nor a file"),
    ({**NAMED, "key_set": "{geheim"}, "not JSON: line 1"),
    ({**NAMED, "key_set": "{}"}, 'expected {"keys": [...]}'),
    ({**NAMED, "key_set": '{"keys": []}'}, "at least one key"),
    ({**NAMED, "key_set": key_set({"kty": "oct", "k": "geheim"})}, "keys[0]: expected a public key"),
    ({**NAMED, "key_set": key_set({"kty": "RSA", "n": "geheim", "e": "!"})}, "keys[0] is malformed"),
]


@pytest.mark.parametrize(("values", "words"), REFUSED)
def test_refused(values, words):
    with pytest.raises(ImproperlyConfigured) as refused:
        token_rules(**values)
    assert words in str(refused.value) and "geheim" not in str(refused.value)


def test_a_private_key_is_refused():
    with pytest.raises(ImproperlyConfigured, match="private key"):
        token_rules(**{**NAMED, "key_set": key_set(private_jwk(rsa_key()))})


def test_a_public_key_for_secrets_only_is_refused():
    with pytest.raises(ImproperlyConfigured, match="JWT_SECRET_KEY is not set"):
        token_rules(**{**NAMED, "key_set": key_set(jwk(rsa_key())), "algorithms": ["HS256"]})


def test_shows_no_secret():
    assert SECRET not in repr(token_rules(**{**NAMED, "secret": SECRET}))


class TestFile:
    WHOLE = {"JWT_ISSUER": ISSUER, "JWT_AUDIENCE": AUDIENCE, "JWT_SECRET_KEY": SECRET}

    def variables(self, write, **values):
        found = read(write({"JWT_AUTH": values})).variables
        return {name.removeprefix("JWT_").lower(): value for name, value in found.items()}

    def test_whole(self, write):
        assert self.variables(write, **self.WHOLE) == {"issuer": ISSUER, "audience": AUDIENCE, "secret_key": SECRET}
        assert ignored_keys(write({"JWT_AUTH": self.WHOLE})) == set()

    def test_issuers(self, write):
        issuers = [
            {"ISSUER": ISSUER, "AUDIENCE": AUDIENCE, "SECRET_KEY": SECRET},
            {"ISSUER": "other", "SECRET_KEY": "x"},
        ]
        assert self.variables(write, JWT_ISSUERS=issuers)["issuer"] == ISSUER
        assert ignored_keys(write({"JWT_AUTH": {"JWT_ISSUERS": issuers}})) == {"JWT_AUTH.JWT_ISSUERS[1]"}

    @pytest.mark.parametrize("form", [str, dict])
    def test_key_set(self, write, form):
        keys = {"keys": [jwk(rsa_key())]}
        found = self.variables(
            write,
            **self.WHOLE,
            JWT_ALGORITHM="HS256",
            JWT_PUBLIC_SIGNING_JWK_SET=json.dumps(keys) if form is str else keys,
        )
        assert json.loads(found["public_signing_jwk_set"]) == keys
        assert found["algorithms"] == ["HS256", "RS512"]

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"JWT_AUDIENCE": None}, "need JWT_AUDIENCE as well"),
            ({"JWT_SECRET_KEY": "SET-ME-PLEASE"}, "below the minimum"),
            ({"JWT_SECRET_KEY": None}, "set JWT_SECRET_KEY"),
            ({"JWT_ALGORITHM": "none"}, "JWT_ALGORITHMS 'none'"),
        ],
    )
    def test_no_whole(self, write, changes, words):
        """An old file must not prevent the start."""
        path = write({"JWT_AUTH": {**self.WHOLE, **changes}})
        assert read(path).variables == {}
        [line] = read(path).ignored
        assert line.startswith(f"{path}: JWT_AUTH is ignored: ") and words in line and SECRET not in line

    def test_other_parts(self, write):
        path = write({"JWT_AUTH": {**self.WHOLE, "JWT_VERIFY_AUDIENCE": False}})
        assert ignored_keys(path) == {"JWT_AUTH.JWT_VERIFY_AUDIENCE"}
