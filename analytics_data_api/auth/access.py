"""The one place that decides what a request may see.

A view asks ``access_of(request)``, however the request was authenticated. Restrictions compare course ids exactly as
written, and never read a table, so that a response does not reveal whether a forbidden course exists.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from analytics_data_api.course_keys import Courses, ExactText, exactly
from analytics_data_api.errors import CourseAccessDenied, PersonalDataAccessDenied


@dataclass(frozen=True)
class Access:
    """The courses and personal data that a request may see. ``courses`` is None if it may see all of them."""

    courses: Courses | None = None
    sees_personal_data: bool = True

    @classmethod
    def restricted(cls, *, ids: Iterable[str] = (), orgs: Iterable[str] = (), sees_personal_data: bool) -> "Access":
        return cls(Courses(frozenset(exactly(ids)), frozenset(exactly(orgs))), sees_personal_data)

    def course(self, course_id: str) -> str:
        """Return the id in the form that a query takes. Raise CourseAccessDenied if the course may not be seen."""
        if self.courses is None:
            return course_id
        if course_id not in self.courses:
            raise CourseAccessDenied(course_id)
        return ExactText(course_id)

    def any_of(self, course_ids: Iterable[str]) -> bool:
        """Return True if at least one of the courses may be seen."""
        return self.courses is None or any(course_id in self.courses for course_id in course_ids)

    def all_of(self, course_ids: Iterable[str]) -> bool:
        """Return True if all of the courses may be seen."""
        return self.courses is None or all(course_id in self.courses for course_id in course_ids)

    def ids(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the parameters, or the ids of a URL, with each course id checked and in the form that a query takes."""
        if self.courses is None:
            return values
        values = dict(values)
        if values.get("course_id"):
            values["course_id"] = self.course(values["course_id"])
        if values.get("course_ids"):
            values["course_ids"] = tuple(map(self.course, values["course_ids"]))
        return values

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
