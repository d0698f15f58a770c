"""Which courses a run may write: those of the event store, unless rows of them stand that another pipeline wrote."""

from collections.abc import Iterable

from analytics_data_api.pipeline.progress import Progress
from analytics_data_api.pipeline.tables import PROGRAMS, ROSTER, TABLES
from analytics_data_api.pipeline.writing import TargetTable
from analytics_data_api.v0.models import Roster

# Timelines name no course; their videos do. Programs may have been written by hand: nothing told them before. No other
# pipeline writes records.
UNCHECKED = (ROSTER, PROGRAMS, "video_timeline")
CHECKED = [name for name, table in TABLES.items() if name not in UNCHECKED and not table.is_record]


def take_over(
    progress: Progress, courses: Iterable[str], *, using: str, adopts: bool, targets: list[TargetTable]
) -> list[str]:
    """Take the courses over that are new to the store. Return those that were adopted.

    Courses with rows that are not ours are left alone, or adopted if the operator says so.
    """
    new = [course_id for course_id in courses if course_id not in progress.courses]
    foreign = [course_id for course_id in new if has_rows(course_id, using=using, targets=targets)]
    adopted = foreign if adopts else []
    progress.own([course_id for course_id in new if course_id not in set(foreign)], adopted=adopted)
    progress.skipped = set(foreign) - set(adopted)
    return adopted


def has_rows(course_id: str, *, using: str, targets: list[TargetTable]) -> bool:
    rosters = Roster.objects.using(using).filter(course_id=course_id, state=Roster.CURRENT)
    return any(target.select("1", "course_id = %s", [course_id], "LIMIT 1") for target in targets) or rosters.exists()
