"""The course itself: its days, its chance and its modules."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from random import Random
from typing import Any, NamedTuple

from opaque_keys.edx.keys import CourseKey
from opaque_keys.edx.locator import LibraryLocator

from analytics_data_api import course_keys

# A row of a table, without what all rows of a course share: course_id and created.
Row = dict[str, Any]

SECTIONS = 8
SEQUENTIALS_OF_SECTION = 2
PROBLEMS_OF_SEQUENTIAL = 3
VIDEOS_OF_SEQUENTIAL = 2
LONGEST_ID = 255


class Module(NamedTuple):
    """A part of the course. ``place`` is how far into the course it stands, from 0 to 1."""

    module_id: str
    html_id: str
    place: float


@dataclass(frozen=True)
class FakeCourse:
    """What all rows follow from. ``end`` is the day after the last day of data.

    Raises ``InvalidKeyError`` where ``course_id`` is malformed.
    """

    course_id: str
    seed: int
    end: date
    num_weeks: int

    @cached_property
    def key(self) -> CourseKey:
        return course_keys.parse(self.course_id)

    @property
    def start(self) -> date:
        return self.end - timedelta(weeks=self.num_weeks)

    @cached_property
    def days(self) -> list[date]:
        return [self.start + timedelta(days=number) for number in range(7 * self.num_weeks)]

    @cached_property
    def weeks(self) -> list[tuple[date, date]]:
        """Start and end of each week. The last one ends with the last day of data, whatever weekday that is."""
        return [(start, start + timedelta(days=7)) for start in self.days[::7]]

    @property
    def created(self) -> datetime:
        return midnight(self.end)

    def chance(self, topic: str) -> Random:
        """A source of chance for one topic, so that one table's rows do not depend on how another's are made."""
        return Random(f"{self.seed} {self.course_id} {topic}")

    @cached_property
    def sequentials(self) -> list[Module]:
        return list(self._modules("sequential", 1))

    @cached_property
    def problems(self) -> list[Module]:
        return list(self._modules("problem", PROBLEMS_OF_SEQUENTIAL))

    @cached_property
    def videos(self) -> list[Module]:
        return list(self._modules("video", VIDEOS_OF_SEQUENTIAL))

    def pipeline_video_id(self, video: Module) -> str:
        return f"{self.course_id}|{video.html_id}"

    def _modules(self, category: str, of_sequential: int) -> Iterator[Module]:
        chance = self.chance(category)
        total = SECTIONS * SEQUENTIALS_OF_SECTION * of_sequential
        for number in range(total):
            usage_key: Any = self.key.make_usage_key(category, f"{chance.getrandbits(128):032x}")
            yield Module(str(usage_key), usage_key.html_id(), number / total)

    def refusal(self) -> str | None:
        """Why no rows can be made for this course id, if so."""
        if isinstance(self.key, LibraryLocator):
            return "it is the id of a library"
        longest = max(
            len(text)
            for module in (*self.sequentials, *self.problems, *self.videos)
            for text in (module.module_id, f"{module.html_id}_2_1", self.pipeline_video_id(module))
        )
        if longest > LONGEST_ID:
            return f"it is too long by {longest - LONGEST_ID} characters for the ids of its modules"
        return None


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
