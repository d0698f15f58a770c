"""Who may see what: the one place that decides.

A view asks ``access_of(request)``; how somebody has signed the request makes no difference. What is restricted is told by
ids of courses, exactly as they are written, and never by what a table says: of a course that a key may not see, nobody
learns whether it is there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from analytics_data_api.course_keys import Courses, ExactText, exactly
from analytics_data_api.errors import CourseAccessDenied, PersonalDataAccessDenied


@dataclass(frozen=True)
class Access:
    """What a request may see: ``courses``, None for all of them, and whether data of persons is part of it."""

    courses: Courses | None = None
    sees_personal_data: bool = True

    @classmethod
    def restricted(cls, *, ids: Iterable[str] = (), orgs: Iterable[str] = (), sees_personal_data: bool) -> "Access":
        return cls(Courses(frozenset(exactly(ids)), frozenset(exactly(orgs))), sees_personal_data)

    def course(self, course_id: str) -> str:
        """The id of a course, if it may be seen, in the form in which a query takes it."""
        if self.courses is None:
            return course_id
        if course_id not in self.courses:
            raise CourseAccessDenied(course_id)
        return ExactText(course_id)

    def any_of(self, course_ids: Iterable[str]) -> bool:
        """Whether one of the courses may be seen."""
        return self.courses is None or any(course_id in self.courses for course_id in course_ids)

    def all_of(self, course_ids: Iterable[str]) -> bool:
        """Whether all of the courses may be seen."""
        return self.courses is None or all(course_id in self.courses for course_id in course_ids)

    def ids(self, values: dict[str, Any]) -> dict[str, Any]:
        """The values of parameters, or the ids of a URL, with those of courses in the form in which a query takes them."""
        if self.courses is None:
            return values
        values = dict(values)
        if values.get("course_id"):
            values["course_id"] = self.course(values["course_id"])
        if values.get("course_ids"):
            values["course_ids"] = tuple(map(self.course, values["course_ids"]))
        return values

    def refuse_personal_data(self) -> None:
        """Raises where data of persons must not be seen."""
        if not self.sees_personal_data:
            raise PersonalDataAccessDenied()


UNRESTRICTED = Access()
NOTHING = Access(Courses(), sees_personal_data=False)


def access_of(request: Any) -> Access:
    """The access of whoever signed a request: the ``access`` that the class which authenticates has set on the user.

    A class that sets none, and so has not asked what the user may see, lets nothing be seen.
    """
    return getattr(request.user, "access", NOTHING)
