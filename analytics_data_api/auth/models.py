"""Restrictions of a user's key, its expiry and its last use."""

from datetime import UTC, date, datetime
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from analytics_data_api.auth.access import Access
from analytics_data_api.course_keys import is_course_id, is_org

# Each request loads the names. A key for more courses can name their organizations.
MAX_NAMES = 1000


def names_in(text: str) -> list[str]:
    """Return the names in a text that has one on each line."""
    return list(dict.fromkeys(name.strip() for name in text.splitlines() if name.strip()))


def refuse_wrong_courses(text: str) -> None:
    for name in names_in(text):
        if not is_course_id(name):
            raise ValidationError(f"{name!r} is not a course id: expected org/course/run or course-v1:org+course+run")
    refuse_too_many(text, "courses")


def refuse_wrong_orgs(text: str) -> None:
    for name in names_in(text):
        if not is_org(name):
            raise ValidationError(f"{name!r} is not an organization: expected its name as in course ids, such as edX")
    refuse_too_many(text, "organizations")


def refuse_too_many(text: str, what: str) -> None:
    if len(names_in(text)) > MAX_NAMES:
        raise ValidationError(f"a key may name at most {MAX_NAMES} {what}")


@lru_cache(maxsize=1024)
def stored_access(is_restricted: bool, courses: str, orgs: str, sees_personal_data: bool) -> Access:
    """Return the access that a row describes."""
    if not is_restricted:
        return Access(sees_personal_data=sees_personal_data)
    return Access.restricted(ids=names_in(courses), orgs=names_in(orgs), sees_personal_data=sees_personal_data)


class KeyAccess(models.Model):
    """The restrictions of a user, which hold for each new key. A user without a row may see everything."""

    # A foreign key constraint could fail: the users' table of an older server may use another storage engine.
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        primary_key=True,
        db_constraint=False,
        related_name="key_access",
        help_text="The user.",
    )
    is_restricted = models.BooleanField(
        "restricted", default=False, help_text="Only the courses and organizations named below may be seen."
    )
    courses = models.TextField(
        blank=True, default="", validators=[refuse_wrong_courses], help_text="Ids of courses, one a line."
    )
    orgs = models.TextField(
        "organizations",
        blank=True,
        default="",
        validators=[refuse_wrong_orgs],
        help_text="Organizations as in course ids, such as edX, one a line: all of their courses.",
    )
    sees_personal_data = models.BooleanField(
        "personal data", default=True, help_text="Rosters, single learners and data sets with usernames may be seen."
    )
    expires = models.DateField(
        null=True, blank=True, help_text="From this day on, UTC, the key is refused. Empty: it does not expire."
    )
    last_used = models.DateField(
        null=True, blank=True, editable=False, help_text="Day, UTC, on which the key was last used."
    )

    class Meta:
        db_table = "api_keys_access"
        verbose_name = "restriction"

    def __str__(self) -> str:
        return f"what {self.user} may see"

    def clean(self) -> None:
        if not self.is_restricted and (names_in(self.courses) or names_in(self.orgs)):
            raise ValidationError({"is_restricted": "tick it, or name no courses and no organizations"})

    @property
    def access(self) -> Access:
        return stored_access(self.is_restricted, self.courses, self.orgs, self.sees_personal_data)

    @property
    def has_expired(self) -> bool:
        return self.expires is not None and self.expires <= today_in_utc()


def today_in_utc() -> date:
    return datetime.now(UTC).date()
