"""Login with the LMS: OAuth2's authorization code, and the courses of the reader's roles there."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction

from analytics_data_api.auth.keys import USERS
from analytics_data_api.auth.models import KeyAccess

SCOPES = "user_id profile email"
# The roles whose courses a reader sees. Global staff of the LMS see all courses.
ROLES = ("staff", "instructor")
# The users whom a login has created.
GROUP = "LMS logins"
TIMEOUT = 10
LARGEST_PAGE = 100


class LmsLoginFailed(Exception):
    """The LMS did not say who the reader is. The text is for the reader, and repeats nothing secret."""


@dataclass(frozen=True)
class LmsReader:
    """A user of the LMS. ``course_ids`` is None for all courses."""

    username: str
    email: str
    course_ids: tuple[str, ...] | None


def is_configured() -> bool:
    return bool(settings.LMS_URL and settings.LMS_LOGIN_CLIENT_ID and settings.LMS_LOGIN_CLIENT_SECRET)


def session(redirect_uri: str, **more: Any) -> Any:
    """Return a client of the LMS's OAuth2 application for logins."""
    # Only a login needs the library.
    from authlib.integrations.requests_client import OAuth2Session

    return OAuth2Session(
        settings.LMS_LOGIN_CLIENT_ID,
        settings.LMS_LOGIN_CLIENT_SECRET,
        scope=SCOPES,
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
        **more,
    )


def lms_url(path: str) -> str:
    return settings.LMS_URL.rstrip("/") + path


def authorization(redirect_uri: str, verifier: str) -> tuple[str, str]:
    """Return the URL of the LMS that asks the reader, and the state that comes back with the reader."""
    return session(redirect_uri).create_authorization_url(lms_url("/oauth2/authorize"), code_verifier=verifier)


def reader_of(redirect_uri: str, *, code: str, verifier: str) -> LmsReader:
    """Return whom an authorization code stands for. Raise LmsLoginFailed if the LMS does not say."""
    from authlib.common.errors import AuthlibBaseError
    from requests import RequestException

    try:
        with session(redirect_uri) as lms:
            lms.fetch_token(lms_url("/oauth2/access_token"), code=code, code_verifier=verifier, timeout=TIMEOUT)
            user = json_of(lms.get(lms_url("/oauth2/user_info"), timeout=TIMEOUT))
            username = user.get("preferred_username")
            if not isinstance(username, str) or not username.strip():
                raise LmsLoginFailed("The LMS did not tell a username.")
            ids = None if user.get("administrator") is True else tuple(course_ids(lms, username))
            return LmsReader(username, str(user.get("email") or ""), ids)
    except (AuthlibBaseError, RequestException, ValueError) as error:
        raise LmsLoginFailed("The LMS could not be asked who you are. Try again, or ask its operator.") from error


def course_ids(lms: Any, username: str) -> Iterator[str]:
    """Yield the ids of the courses in which a user has one of the roles."""
    for role in ROLES:
        query = urlencode({"username": username, "role": role, "page_size": LARGEST_PAGE})
        url: str | None = lms_url(f"/api/courses/v1/course_ids/?{query}")
        while url:
            page = json_of(lms.get(url, timeout=TIMEOUT))
            yield from map(str, page.get("results") or ())
            following = (page.get("pagination") or {}).get("next")
            # An LMS behind a proxy can name another host, which must not get the reader's token.
            url = lms_url(f"/api/courses/v1/course_ids/?{following.partition('?')[2]}") if following else None


def json_of(response: Any) -> dict[str, Any]:
    response.raise_for_status()
    found = response.json()
    if not isinstance(found, dict):
        raise ValueError("not a JSON object")
    return found


def local_user(reader: LmsReader) -> Any:
    """Return the user of ours with the reader's name, whom the first login creates.

    Each login sets the courses of users whom a login has created. Others keep what an operator has given them.
    """
    users = get_user_model().objects.using(USERS)
    with transaction.atomic(using=USERS):
        user, is_new = users.get_or_create(username=reader.username, defaults={"email": reader.email})
        if user.username != reader.username:
            # Some databases ignore case, so this is somebody else.
            raise LmsLoginFailed("A user whose name differs only in case exists here. Ask the operator of this server.")
        if not user.is_active or user.is_staff or user.is_superuser:
            raise LmsLoginFailed("This name cannot log in with the LMS. Log in with your password.")
        marked, _is_first = Group.objects.using(USERS).get_or_create(name=GROUP)
        if is_new:
            user.set_unusable_password()
            user.save(using=USERS)
            user.groups.add(marked)
        if is_new or user.groups.filter(pk=marked.pk).exists():
            values = {
                "is_restricted": reader.course_ids is not None,
                "courses": "\n".join(sorted(set(reader.course_ids or ()))),
            }
            KeyAccess.objects.using(USERS).update_or_create(user=user, defaults=values)
    return user
