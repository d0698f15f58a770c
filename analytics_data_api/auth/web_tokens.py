"""``Authorization: JWT …``: a JSON Web Token of the learning platform stands for the user whom it names.

The user has to be here already. What a user's key may see, the user's token may see, and no more.
"""

from typing import Any

from django.conf import settings
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from analytics_data_api.auth.keys import user_with_access

SCHEME = b"jwt"
# Where the learning platform puts the username.
USERNAME = "preferred_username"
REQUIRED = ("exp", "iat", "iss", "aud", USERNAME)


class WebTokenAuthentication(BaseAuthentication):
    def authenticate_header(self, request: Any) -> str:
        # The first class's challenge is what a 401 carries.
        return "Token, JWT" if settings.WEB_TOKENS else "Token"

    def authenticate(self, request: Any) -> tuple[Any, dict[str, Any]] | None:
        if settings.WEB_TOKENS is None:
            return None
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != SCHEME:
            return None
        if len(words) != 2:
            raise AuthenticationFailed("The token is malformed: expected JWT, a space and one token.")
        claims = claims_of(words[1], settings.WEB_TOKENS)
        return user_of(claims[USERNAME]), claims


def claims_of(token: bytes, rules: Any) -> dict[str, Any]:
    """What a token says, if it is to be believed."""
    import jwt

    try:
        header = jwt.get_unverified_header(token)
    # A header of brackets alone is too deep for the parser.
    except (jwt.InvalidTokenError, RecursionError) as error:
        raise AuthenticationFailed("The token is malformed.") from error
    algorithm, key_id = header.get("alg"), header.get("kid")
    if algorithm not in rules.algorithms:
        raise AuthenticationFailed("The token is unsigned, or signed with an algorithm that is not accepted.")
    claims = None
    for key in rules.keys(algorithm, key_id):
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                audience=rules.audience,
                issuer=rules.issuer,
                leeway=rules.leeway,
                options={"require": list(REQUIRED)},
            )
            break
        except (jwt.InvalidSignatureError, jwt.InvalidKeyError):
            continue
        except jwt.PyJWTError as error:
            raise AuthenticationFailed(reason(error)) from error
    if claims is None:
        raise AuthenticationFailed("The token is not signed with a key of the issuer.")
    if claims.get("is_restricted"):
        # Such a token is good for a few scopes of the learning platform, of which none is ours.
        raise AuthenticationFailed("The token is restricted to scopes, of which this server has none.")
    if not isinstance(claims[USERNAME], str) or not claims[USERNAME].strip():
        raise AuthenticationFailed(f"The token has no text as {USERNAME}.")
    return claims


def reason(error: Exception) -> str:
    """What is wrong with a token, in words that repeat nothing of it."""
    import jwt

    if isinstance(error, jwt.MissingRequiredClaimError):
        return f"The token has no {error.claim}."
    reasons = (
        (jwt.ExpiredSignatureError, "The token has expired."),
        (jwt.ImmatureSignatureError, "The token is not valid yet."),
        (jwt.InvalidAudienceError, "The token is for another audience."),
        (jwt.InvalidIssuerError, "The token is of another issuer."),
    )
    return next((text for kind, text in reasons if isinstance(error, kind)), "The token is malformed.")


def can_be_stored(text: str) -> bool:
    """Whether a database has a place for a text: JSON can write halves of characters."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


def user_of(username: str) -> Any:
    user = user_with_access(username=username) if can_be_stored(username) else None
    # A database may ignore case.
    if user is None or user.get_username() != username:
        raise AuthenticationFailed("The token names a user who is not known here.")
    if not user.is_active or user.access is None:
        raise AuthenticationFailed("The token names a user who is not active, or may see nothing any more.")
    return user
