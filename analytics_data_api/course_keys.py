"""Course ids of both styles, as text: ``edX/DemoX/Demo_Course`` and ``course-v1:edX+DemoX+Demo_2014``."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey

from analytics_data_api.errors import CourseKeyMalformed, CourseNotSpecified

# Ids without a branch or a version. They are not parsed, because parsing thousands would cost more than their rows.
PLAIN = re.compile(r"(?:course-v1:[\w\-~.:]+(?:\+[\w\-~.:]+){2}|[\w.%-]+(?:/[\w.%-]+){2})\Z")


@lru_cache(maxsize=8192)
def parse(course_id: str) -> CourseKey:
    """Return the key of a course id, or raise ``InvalidKeyError``. Parsing costs more than looking up the course's rows."""
    return CourseKey.from_string(course_id)


def valid_course_id(text: str | None) -> str:
    """Return the text if it is the id of a course. Raise if it is missing or malformed."""
    if not text:
        raise CourseNotSpecified()
    if PLAIN.match(text):
        return text
    try:
        parse(text)
    except InvalidKeyError as error:
        raise CourseKeyMalformed(text) from error
    return text


def is_course_id(text: str) -> bool:
    try:
        return bool(valid_course_id(text))
    except (CourseKeyMalformed, CourseNotSpecified):
        return False


def course_id_of_query(text: str | None) -> str:
    """Return the course id in a query string, where an unescaped ``+`` arrives as a space."""
    return valid_course_id(text and text.replace(" ", "+"))


def beginnings(org: str) -> tuple[str, ...]:
    """Return the beginnings of the ids of an organization's courses, one for each style of ids."""
    return (f"{org}/", *(f"{style}:{org}+" for style in ("course-v1", "ccx-v1", "library-v1")))


def is_org(text: str) -> bool:
    """Return True if a text can be the organization of a course id."""
    return is_course_id(f"course-v1:{text}+course+run") or is_course_id(f"{text}/course/run")


def file_name_stem(course_id: str) -> str:
    """Return ``{org}-{course}-{run}``, the beginning of the names of a course's files."""
    key = parse(course_id)
    return "-".join(part for part in (key.org, key.course, key.run) if part)


@dataclass(frozen=True)
class Courses:
    """Courses by their ids, and all courses of some organizations."""

    ids: frozenset[str] = frozenset()
    orgs: frozenset[str] = frozenset()

    @cached_property
    def beginnings(self) -> tuple[str, ...]:
        """The beginnings of the ids of the organizations' courses."""
        return tuple(beginning for org in sorted(self.orgs) for beginning in beginnings(org))

    def __contains__(self, course_id: str | None) -> bool:
        return course_id is not None and (course_id in self.ids or course_id.startswith(self.beginnings))
