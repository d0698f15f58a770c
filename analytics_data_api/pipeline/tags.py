"""Tags of problems: one row for each tag and value."""

from collections.abc import Iterator
from typing import Any

from opaque_keys import InvalidKeyError

from analytics_data_api import course_keys
from analytics_data_api.pipeline.answers import loaded

TAG_COLUMNS = (
    "course_id",
    "module_id",
    "tag_name",
    "tag_value",
    "total_submissions",
    "correct_submissions",
    # A column of databases that an older pipeline has filled.
    "org_id",
)


def unfolded(row: tuple) -> Iterator[tuple]:
    """Yield the tags of one row of the statement ``tags_distribution``."""
    course_id, module_id, tags, total, correct = row
    named = loaded(tags)
    if not isinstance(named, dict):
        return
    for name, value in named.items():
        for text in dict.fromkeys(texts(value)):
            yield course_id, module_id, name, text, total, correct, org_of(course_id)


def texts(value: Any) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str):
            yield item


def org_of(course_id: str) -> str | None:
    try:
        return course_keys.parse(course_id).org
    except InvalidKeyError:
        return None
