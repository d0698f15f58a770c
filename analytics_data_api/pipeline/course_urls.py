"""Course ids in the texts of events: which are valid, and which course a URL belongs to."""

import re
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from analytics_data_api.course_keys import is_course_id

# Longer texts are not course ids, and the part of a URL that names a course comes before. It bounds the caches' memory.
LONGEST = 1024

BLOCK = re.compile(r"/xblock/block-v1:(?P<course>[^/+]+\+[^/+]+\+[^/+]+)\+[^/]*?\btype@[^/+]+\+block@[^/+]+")
# The LMS has its pages under /courses/, the micro-frontends under /course/ and /learning/course/.
NEW_STYLE = re.compile(r"/courses?/(course-v1:[^/]+)")
OLD_STYLE = re.compile(r"/courses?/((?!v\d+/)[^/:+]+/[^/:+]+/([^/:+]+))")
# Pages of a course. A path with one of them in the place of the run does not have a whole course id.
PAGES = frozenset(("about", "courseware", "discussion", "info", "instructor", "jump_to", "progress", "wiki", "xblock"))


def course_of_text(text: Any) -> str | None:
    """Return a text without white space at its ends if it is a valid course id, or None."""
    return _course_of_text(text) if isinstance(text, str) and len(text) <= LONGEST else None


@lru_cache(maxsize=16_384)
def _course_of_text(text: str) -> str | None:
    text = text.strip()
    return text if is_course_id(text) else None


def course_of_url(url: str) -> str | None:
    """Return the id of the course that a URL or a path belongs to, or None."""
    return _course_of_url(url[:LONGEST])


@lru_cache(maxsize=16_384)
def _course_of_url(url: str) -> str | None:
    path = unquote(url.partition("#")[0].partition("?")[0])
    # An encoded separator ends the id just as a plain one does.
    path = re.split(r"[?#]", path, maxsplit=1)[0]
    block = BLOCK.search(path)
    if block and (course := course_of_text(f"course-v1:{block['course']}")):
        return course
    found = NEW_STYLE.search(path)
    if found:
        return course_of_text(found[1])
    found = OLD_STYLE.search(path)
    return course_of_text(found[1]) if found and found[2] not in PAGES else None
