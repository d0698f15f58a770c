"""The course's catalog entry with its latest enrollment, and its programs."""

from collections import Counter
from datetime import timedelta
from uuid import UUID

from analytics_data_api.simulation.course import FakeCourse, midnight
from analytics_data_api.simulation.learners import Learner
from analytics_data_api.simulation.rows import Row

PROGRAMS = {"MicroMasters": "Measuring the World", "Professional Certificate": "Numbers at Work"}
WEEKS_LEFT = 5


def catalog_entry(course: FakeCourse) -> Row:
    return {
        "catalog_course_title": "Numbers and Places",
        "catalog_course": f"{course.key.org}+{course.key.course}",
        "start_time": midnight(course.start),
        "end_time": midnight(course.end + timedelta(weeks=WEEKS_LEFT)),
        "pacing_type": "instructor_paced",
        "availability": "Current",
    }


def summary(course: FakeCourse, learners: list[Learner]) -> list[Row]:
    """Return a row for each mode, with the counts of the last day of data."""
    last_day = course.end - timedelta(days=1)
    week_before = last_day - timedelta(days=7)
    # A week ago some learners were in another mode.
    enrolled_before = Counter(learner.mode_on(week_before) for learner in learners if learner.enrolled_on(week_before))
    rows = []
    for mode in sorted({learner.enrollment_mode for learner in learners}):
        of_mode = [learner for learner in learners if learner.enrollment_mode == mode]
        enrolled = [learner for learner in of_mode if learner.enrolled_on(last_day)]
        counts = {
            "count": len(enrolled),
            "cumulative_count": len(of_mode),
            "count_change_7_days": len(enrolled) - enrolled_before[mode] if week_before >= course.start else None,
            # Who has passed and left still counts.
            "passing_users": sum(learner.passing for learner in of_mode),
        }
        rows.append({**catalog_entry(course), "enrollment_mode": mode, **counts})
    return rows


def programs(course: FakeCourse) -> list[Row]:
    chance = course.chance("programs")
    return [
        {"program_id": str(UUID(int=chance.getrandbits(128), version=4)), "program_type": kind, "program_title": title}
        for kind, title in PROGRAMS.items()
    ]
