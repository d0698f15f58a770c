"""Rosters from the event store and the LMS, by way of the roster loader."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from analytics_data_api.pipeline.session import Period, Session
from analytics_data_api.rosters.lines import LONGEST_TEXT, Line
from analytics_data_api.rosters.load import staging_file, written_rosters

# The LMS lets learners type as much as they like.
LONGEST_PROFILE_TEXT = 20_000
LONG_TEXTS = ("mailing_address", "goals")
PROFILE_TEXTS = (
    "name",
    "language",
    "location",
    "level_of_education",
    "gender",
    "mailing_address",
    "city",
    "country",
    "goals",
)
LINE_BREAKS = re.compile(r"[\t\r\n]")
COUNTS = ("problem_attempts", "problems_attempted", "problems_completed", "videos_viewed", "discussion_contributions")


def write_rosters(session: Session, period: Period, *, using: str) -> tuple[int, Counter[str]]:
    """Replace the rosters of the owned courses. Return the number of learners, and of texts that were cut."""
    names = session.columns("roster")
    cut: Counter[str] = Counter()
    now = datetime.now(UTC)

    def learners() -> Iterator[tuple[Line, dict[str, Any]]]:
        for number, row in enumerate(session.rows("roster", owned=True), start=1):
            yield Line("the event store", number), roster_learner(dict(zip(names, row, strict=True)), period, cut)

    with staging_file(now) as staging:
        staging.fill(learners())
        total = sum(size for _course_id, size in staging.courses())
        with written_rosters(staging, now, using=using) as make_all_current:
            make_all_current()
    return total, cut


def roster_learner(row: dict[str, Any], period: Period, cut: Counter[str]) -> dict[str, Any]:
    """Return the learner of a row of the statement ``roster``, as the loader takes it."""
    ratio = row["problem_attempts_per_completed"]
    attempts = row["problem_attempts"]
    year = row["year_of_birth"]
    return {
        "course_id": row["course_id"],
        "username": row["username"],
        "user_id": int(row["user_id"]) if re.fullmatch(r"[0-9]{1,18}", row["user_id"]) else None,
        "email": cut_to(row["email"] or None, LONGEST_TEXT, cut),
        **{name: profile_text(name, row[name], cut) for name in PROFILE_TEXTS},
        "year_of_birth": year if year is not None and 0 <= year <= 9999 else None,
        "enrollment_mode": cut_to(row["enrollment_mode"], LONGEST_TEXT, cut),
        "enrollment_date": row["enrollment_date"],
        "cohort": cut_to(row["cohort"], LONGEST_TEXT, cut),
        "segments": segment_names(row),
        "start_date": (period.end - timedelta(days=7)).isoformat(),
        "end_date": period.end.isoformat(),
        "last_updated": period.end.isoformat(),
        **{name: row[name] for name in COUNTS},
        "problem_attempts_per_completed": ratio,
        # Orders learners of one ratio: who completed problems after more attempts, who completed none after fewer.
        "attempt_ratio_order": attempts if ratio is not None else -attempts,
    }


def segment_names(row: dict[str, Any]) -> list[str]:
    """Return the segments of a learner."""
    found = []
    if not row["is_enrolled"]:
        found.append("unenrolled")
    if not row["is_active"]:
        found.append("disengaging" if row["was_active"] else "inactive")
    if row["in_high_ratio"]:
        found.append("struggling")
    if row["in_high_range"]:
        found.append("highly_engaged")
    return sorted(found)


def profile_text(name: str, text: str | None, cut: Counter[str]) -> str | None:
    """Return a text of a profile on one line and without backslashes, or None if it is empty."""
    if not text:
        return None
    text = LINE_BREAKS.sub(" ", text).replace("\\", "")
    return cut_to(text, LONGEST_PROFILE_TEXT if name in LONG_TEXTS else LONGEST_TEXT, cut)


def cut_to(text: str | None, length: int, cut: Counter[str]) -> str | None:
    if text is None or len(text) <= length:
        return text
    cut["roster"] += 1
    return text[:length]
