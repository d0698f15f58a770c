"""Rows of the LMS's tables from the objects of its REST API."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from analytics_data_api.pipeline.lms_tables import LMS_TABLES

# The codes that accounts have and that the LMS's database writes otherwise.
EDUCATION_CODES = {"o": "other"}


OVERVIEWS, GROUPS, BLOCKS, MODES = (
    "course_overviews_courseoverview",
    "course_groups_courseusergroup",
    "course_blocks",
    "course_modes_coursemode",
)
# Tables as the API tells them, with usernames in the place of ids.
ENROLLMENT_COLUMNS = LMS_TABLES["student_courseenrollment"] | {"user_id": "VARCHAR"}
MEMBER_COLUMNS = LMS_TABLES["course_groups_courseusergroup_users"] | {"user_id": "VARCHAR"}
ROLE_COLUMNS = LMS_TABLES["student_courseaccessrole"] | {"user_id": "VARCHAR"}
GRADE_COLUMNS = {
    "user_id": "VARCHAR",
    "course_id": "VARCHAR",
    "letter_grade": "VARCHAR",
    "percent_grade": "DOUBLE",
    "passed": "BOOLEAN",
}
SCORE_COLUMNS = {
    "course_id": "VARCHAR",
    "module_id": "VARCHAR",
    "student_id": "VARCHAR",
    "grade": "DOUBLE",
    "max_grade": "DOUBLE",
}
ACCOUNT_COLUMNS = LMS_TABLES["auth_user"] | LMS_TABLES["auth_userprofile"]


def utc_time(text: str | None) -> str | None:
    """Return a time of the API in UTC, as the tables have it. A malformed one is None."""
    if not text:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    if time.tzinfo is UTC and text.endswith("Z"):
        return text[:-1]
    return (time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time).isoformat(" ")


def overview(course: Mapping[str, Any]) -> tuple:
    pacing = course.get("pacing")
    return (
        course.get("id") or course["course_id"],
        course.get("org"),
        course.get("name"),
        course.get("number"),
        utc_time(course.get("start")),
        utc_time(course.get("end")),
        None if pacing is None else pacing == "self",
        utc_time(course.get("enrollment_start")),
        utc_time(course.get("enrollment_end")),
        None,
    )


def enrollment(row: Mapping[str, Any]) -> tuple:
    return row["user"], row["course_id"], utc_time(row.get("created")), row.get("is_active"), row.get("mode")


def account(row: Mapping[str, Any]) -> tuple:
    """Return an account in the order of ACCOUNT_COLUMNS. The API tells neither city nor location nor language."""
    level = row.get("level_of_education")
    return (
        row["id"],
        row["username"],
        row.get("email"),
        utc_time(row.get("date_joined")),
        row.get("is_active"),
        row["id"],
        row.get("name"),
        None,
        None,
        row.get("year_of_birth"),
        EDUCATION_CODES.get(level or "", level),
        row.get("gender"),
        row.get("mailing_address"),
        None,
        row.get("country"),
        row.get("goals"),
    )


def grade(course_id: str, row: Mapping[str, Any]) -> tuple:
    return row["username"], course_id, row.get("letter_grade") or "", row.get("percent"), row.get("passed")


def score(history: Sequence[Mapping[str, Any]]) -> tuple:
    """Return the latest score of a history, which begins with it if the states tell no time."""

    def time(entry: Mapping[str, Any]) -> str:
        state = entry.get("state")
        return str(state.get("last_submission_time") or "") if isinstance(state, Mapping) else ""

    latest = max(history, key=time)
    return latest.get("grade"), latest.get("max_grade")


def block_rows(course_id: str, answer: Mapping[str, Any]) -> Iterator[tuple]:
    """Yield the blocks of a course in the order of its outline."""
    blocks = answer["blocks"]
    waiting: list[tuple[str, str | None]] = [(answer["root"], None)]
    seen: set[str] = set()
    while waiting:
        block_id, parent_id = waiting.pop()
        block = blocks.get(block_id)
        if block is None or block_id in seen:
            continue
        view = block.get("student_view_data")
        duration = view.get("duration") if isinstance(view, dict) else None
        yield (
            course_id,
            block_id,
            block.get("type"),
            block.get("display_name"),
            parent_id,
            len(seen),
            block.get("graded"),
            block.get("format"),
            utc_time(block.get("due")),
            duration if isinstance(duration, int | float) and duration > 0 else None,
        )
        seen.add(block_id)
        waiting += [(child, block_id) for child in reversed(block.get("children") or ())]
