"""``Authorization: JWT …``: a JSON Web Token of the learning platform authenticates the user whom it names.

The user must exist here. The token may see what the user's key may see.
"""

from typing import Any

from django.conf import settings
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from analytics_data_api.auth.keys import user_with_access
from analytics_data_api.auth.web_token_keys import Rules

SCHEME = b"jwt"
# The claim in which the learning platform puts the username.
USERNAME = "preferred_username"
OPTIONS: Any = {"require": ["exp", "iat", "iss", "aud", USERNAME], "enforce_minimum_key_length": True}


class WebTokenAuthentication(BaseAuthentication):
    def authenticate_header(self, request: Any) -> str:
        # A 401 carries the challenge of the first authentication class.
        return "Token, JWT" if settings.WEB_TOKENS else "Token"

    def authenticate(self, request: Any) -> tuple[Any, dict[str, Any]] | None:
        if settings.WEB_TOKENS is None:
            return None
        scheme, *tokens = get_authorization_header(request).split() or [b""]
        if scheme.lower() != SCHEME:
            return None
        if len(tokens) != 1:
            raise AuthenticationFailed("The token is malformed: expected JWT, a space and one token.")
        claims = claims_of(tokens[0], settings.WEB_TOKENS)
        return user_of(claims[USERNAME]), claims


def claims_of(token: bytes, rules: Rules) -> dict[str, Any]:
    """Return the claims of a token. Raise AuthenticationFailed if the rules do not accept it."""
    import jwt

    try:
        header = jwt.get_unverified_header(token)
    # Deeply nested brackets exceed the parser's recursion limit.
    except (jwt.InvalidTokenError, RecursionError) as error:
        raise AuthenticationFailed("The token is malformed.") from error
    if header.get("alg") not in rules.algorithms:
        raise AuthenticationFailed("The token is unsigned, or signed with an algorithm that is not accepted.")
    for key in rules.keys_for(header["alg"], header.get("kid")):
        try:
            wanted = {"audience": rules.audience, "issuer": rules.issuer, "leeway": rules.leeway, "options": OPTIONS}
            claims = jwt.decode(token, key, algorithms=[key.algorithm_name], **wanted)
            break
        except (jwt.InvalidSignatureError, jwt.InvalidKeyError):
            continue
        except jwt.PyJWTError as error:
            raise AuthenticationFailed(refusal(error)) from error
    else:
        raise AuthenticationFailed("The token is not signed with a key of the issuer.")
    if claims.get("is_restricted"):
        # Such a token is only valid for scopes of the learning platform.
        raise AuthenticationFailed("The token is restricted to scopes, of which this server has none.")
    if not isinstance(claims[USERNAME], str) or not claims[USERNAME].strip():
        raise AuthenticationFailed(f"The token has no text as {USERNAME}.")
    return claims


def refusal(error: Exception) -> str:
    """Return the reason why a token is refused. It repeats nothing of the token."""
    import jwt

    if isinstance(error, jwt.MissingRequiredClaimError):
        return f"The token has no {error.claim}."
    reasons = (
        (jwt.ExpiredSignatureError, "The token has expired."),
        (jwt.ImmatureSignatureError, "The token is not valid yet."),
        (jwt.InvalidAudienceError, "The token is for another audience."),
        (jwt.InvalidIssuerError, "The token is from another issuer."),
    )
    return next((text for kind, text in reasons if isinstance(error, kind)), "The token is malformed.")


def user_of(username: str) -> Any:
    try:
        # JSON can contain half a character, which no database can store, nor can every database store NUL.
        is_storable = b"\0" not in username.encode()
    except UnicodeEncodeError:
        is_storable = False
    user = user_with_access(username=username) if is_storable else None
    # Some databases ignore case.
    if user is None or user.get_username() != username:
        raise AuthenticationFailed("The token names a user who is not known here.")
    if not user.is_active or user.access is None:
        raise AuthenticationFailed("The token names a user who is not active, or whose key has expired.")
    return user
