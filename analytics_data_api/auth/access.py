"""The one place that decides what a request may see.

A view asks ``access_of(request)``, however the request was authenticated. Restrictions compare course ids exactly as
written, and never read a table, so that a response does not reveal whether a forbidden course exists.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from analytics_data_api.course_keys import Courses
from analytics_data_api.errors import CourseAccessDenied, PersonalDataAccessDenied


@dataclass(frozen=True)
class Access:
    """The courses and personal data that a request may see. ``courses`` is None if it may see all of them."""

    courses: Courses | None = None
    sees_personal_data: bool = True

    @classmethod
    def restricted(cls, *, ids: Iterable[str] = (), orgs: Iterable[str] = (), sees_personal_data: bool) -> "Access":
        return cls(Courses(frozenset(ids), frozenset(orgs)), sees_personal_data)

    def any_of(self, course_ids: Iterable[str]) -> bool:
        return self.courses is None or any(course_id in self.courses for course_id in course_ids)

    def all_of(self, course_ids: Iterable[str]) -> bool:
        return self.courses is None or all(course_id in self.courses for course_id in course_ids)

    def check_courses(self, values: Mapping[str, Any]) -> None:
        """Raise CourseAccessDenied if parameters or the ids of a URL name a course that may not be seen."""
        course_id = values.get("course_id") or ()
        for named in (*([course_id] if isinstance(course_id, str) else course_id), *(values.get("course_ids") or ())):
            if not self.all_of([named]):
                raise CourseAccessDenied(named)

    def refuse_personal_data(self) -> None:
        """Raise PersonalDataAccessDenied if personal data may not be seen."""
        if not self.sees_personal_data:
            raise PersonalDataAccessDenied()


UNRESTRICTED = Access()
NOTHING = Access(Courses(), sees_personal_data=False)


def access_of(request: Any) -> Access:
    """Return the ``access`` that the authentication class set on the request's user.

    A class that sets none has not checked what the user may see, so the request may see nothing.
    """
    return getattr(request.user, "access", NOTHING)
