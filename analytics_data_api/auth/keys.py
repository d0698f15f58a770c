"""Authentication by key: one query finds the user and what the user may see."""

import logging
import re
import time
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import DatabaseError, ProgrammingError, connections, transaction
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject
from rest_framework import authentication
from rest_framework.authtoken.models import Token
from rest_framework.exceptions import AuthenticationFailed

from analytics_data_api.auth.access import UNRESTRICTED, Access
from analytics_data_api.auth.models import KeyAccess, stored_access, today_in_utc
from analytics_data_api.sql import compiled
from analytics_data_api.sql.failures import lacks_table_or_column
from analytics_data_api.sql.functions import DateText, Stored

logger = logging.getLogger(__name__)

USERS = "default"
# Keys that a process remembers.
MAX_REMEMBERED = 10_000
# The characters of a key. Some databases cannot even compare with others.
WELL_FORMED = re.compile("[!-~]+")
# A header with one of these words and nothing else has no key.
SCHEMES = (b"token", b"jwt", b"bearer", b"basic")
USER_FIELDS = ("id", "is_superuser", "username", "is_staff", "is_active")


class Holder(NamedTuple):
    """A stored key with its user and restrictions. Restrictions are None if none are stored."""

    key: str
    id: int
    is_superuser: int
    username: str
    is_staff: int
    is_active: int
    is_restricted: int | None = None
    courses: str = ""
    orgs: str = ""
    sees_personal_data: int | None = None
    expires: str | None = None
    last_used: str | None = None

    @property
    def access(self) -> Access:
        if self.is_restricted is None:
            return UNRESTRICTED
        return stored_access(bool(self.is_restricted), self.courses, self.orgs, bool(self.sees_personal_data))

    def user(self) -> Any:
        """Return the user with the fields that a request needs. Django loads others when they are read."""
        values = (self.id, bool(self.is_superuser), self.username, bool(self.is_staff), bool(self.is_active))
        user = get_user_model().from_db(USERS, USER_FIELDS, values)
        user.access = self.access
        return user


USER_COLUMNS = (
    *("key", "user__id", Stored("user__is_superuser")),
    *("user__username", Stored("user__is_staff"), Stored("user__is_active")),
)
ACCESS_COLUMNS = (
    *(Stored("user__key_access__is_restricted"), "user__key_access__courses", "user__key_access__orgs"),
    Stored("user__key_access__sees_personal_data"),
    *(DateText("user__key_access__expires"), DateText("user__key_access__last_used")),
)


def holder_statement(key: str) -> QuerySet:
    return Token.objects.filter(key=key).values_list(*USER_COLUMNS, *ACCESS_COLUMNS)


def user_statement(key: str) -> QuerySet:
    return Token.objects.filter(key=key).values_list(*USER_COLUMNS)


def holder_of(key: str) -> Holder | None:
    try:
        rows = list(compiled.rows(holder_statement, using=USERS, key=key))
    except DatabaseError as error:
        if not lacks_something(error) or has_table():
            raise
        # A database that has not been migrated has no restrictions.
        rows = list(compiled.rows(user_statement, using=USERS, key=key))
    # The table of an older server may ignore case when it compares keys.
    holders = (Holder(*row) for row in rows)
    return next((holder for holder in holders if constant_time_compare(holder.key, key)), None)


def lacks_something(error: DatabaseError) -> bool:
    return isinstance(error, ProgrammingError) or lacks_table_or_column(error)


def has_table() -> bool:
    return KeyAccess._meta.db_table in connections[USERS].introspection.table_names()


class RememberedKeys:
    """The holders of keys that were valid within the last KEY_CACHE_SECONDS, if this setting is on.

    A wrong key is never remembered, so that a new one is valid at once, and a key's last day is looked at each time.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.holders: dict[str, tuple[float, Holder]] = {}

    def get(self, key: str) -> Holder | None:
        until, holder = self.holders.get(key, (0.0, None))
        return holder if holder is not None and self.clock() < until else None

    def put(self, key: str, holder: Holder) -> None:
        """Remember a holder who has just been read from the database."""
        seconds = settings.KEY_CACHE_SECONDS
        if not seconds:
            return
        if len(self.holders) >= MAX_REMEMBERED:
            self.holders.clear()
        self.holders[key] = (self.clock() + seconds, holder)


remembered = RememberedKeys()


class KeyAuthentication(authentication.TokenAuthentication):
    """``Authorization: Token …``. An expired key is an invalid key."""

    def authenticate(self, request):
        words = request.META.get("HTTP_AUTHORIZATION", "").encode("latin-1").split()
        # User interfaces for an API's description send what a person enters, which is often the key alone.
        if len(words) == 1 and words[0].lower() not in SCHEMES:
            return self.authenticate_credentials(words[0].decode("latin-1"))
        if len(words) == 2 and words[0].lower() == b"token" and words[1].isascii():
            return self.authenticate_credentials(words[1].decode("ascii"))
        return super().authenticate(request)

    def authenticate_credentials(self, key):
        today = today_in_utc()
        known = remembered.get(key)
        holder = known or (holder_of(key) if WELL_FORMED.fullmatch(key) else None)
        if holder is None or (holder.expires is not None and holder.expires <= today.isoformat()):
            raise AuthenticationFailed("Invalid token.")
        if not holder.is_active:
            raise AuthenticationFailed("User inactive or deleted.")
        if holder.last_used != today.isoformat():
            record_use(holder.id, today)
            holder = holder._replace(last_used=today.isoformat())
        if known is None:
            remembered.put(key, holder)
        user = holder.user()
        return user, SimpleLazyObject(lambda: Token(key=key, user=user))


class SessionAuthentication(authentication.SessionAuthentication):
    """A browser's session. It may see what the user's key may see, and expires with it."""

    def authenticate(self, request):
        found = super().authenticate(request)
        if found is None:
            return None
        user = user_with_access(pk=found[0].pk)
        return (user, None) if user and user.access else None

    def enforce_csrf(self, request):
        # The check looks into the parsed body. If Django has not kept the body by then, no view can read it again.
        _ = request._request.body
        super().enforce_csrf(request)


def user_with_access(**who: Any) -> Any:
    """Return the matching user with ``access``, or None. ``access`` is None if the user's key has expired."""
    users = get_user_model().objects.filter(**who)
    try:
        user = users.select_related("key_access").first()
        stored = getattr(user, "key_access", None)
    except DatabaseError as error:
        if not lacks_something(error) or has_table():
            raise
        user, stored = users.first(), None
    if user is not None:
        user.access = UNRESTRICTED if stored is None else None if stored.has_expired else stored.access
    return user


# The day on which a user's last use could not be recorded, so that other requests of the day do not try again.
unrecorded: dict[int, date] = {}


def record_use(user_id: int, today: date) -> None:
    """Record the day on which a key was last used. A read-only database does not make the key invalid."""
    if unrecorded.get(user_id) == today:
        return
    try:
        with transaction.atomic(using=USERS):
            if not KeyAccess.objects.filter(user_id=user_id).update(last_used=today):
                KeyAccess.objects.create(user_id=user_id, last_used=today)
    except DatabaseError as error:
        unrecorded[user_id] = today
        logger.warning("the use of a key could not be recorded: %s", error)
