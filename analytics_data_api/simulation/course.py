"""The course itself: its days, its modules and its sources of chance."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from random import Random
from typing import Any, NamedTuple

from opaque_keys.edx.keys import CourseKey
from opaque_keys.edx.locator import LibraryLocator

from analytics_data_api import course_keys

SEQUENTIALS, PROBLEMS, VIDEOS = 16, 48, 32
LONGEST_ID = 255


class Module(NamedTuple):
    """A part of the course. ``place`` is its position in the course, from 0 to 1."""

    module_id: str
    html_id: str
    place: float


@dataclass(frozen=True)
class FakeCourse:
    """An invented course. ``end`` is the day after the last day of data.

    Its properties raise ``InvalidKeyError`` if ``course_id`` is malformed.
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
        """Start and end of each week. The last one ends with the last day of data, on any weekday."""
        return [(start, start + timedelta(days=7)) for start in self.days[::7]]

    @cached_property
    def complete_weeks(self) -> list[date]:
        """The Mondays of all calendar weeks with a day of data that are over at the end."""
        first, last = (day - timedelta(days=day.weekday()) for day in (self.start, self.end))
        return [first + timedelta(weeks=number) for number in range((last - first).days // 7)]

    @property
    def created(self) -> datetime:
        return midnight(self.end)

    def chance(self, topic: str) -> Random:
        """Return a source of chance for one topic, so that no table's rows depend on how another's are made."""
        return Random(f"{self.seed} {self.course_id} {topic}")

    @cached_property
    def sequentials(self) -> list[Module]:
        return list(self._modules("sequential", SEQUENTIALS))

    @cached_property
    def problems(self) -> list[Module]:
        return list(self._modules("problem", PROBLEMS))

    @cached_property
    def videos(self) -> list[Module]:
        return list(self._modules("video", VIDEOS))

    def pipeline_video_id(self, video: Module) -> str:
        return f"{self.course_id}|{video.html_id}"

    def _modules(self, category: str, total: int) -> Iterator[Module]:
        chance = self.chance(category)
        for number in range(total):
            usage_key: Any = self.key.make_usage_key(category, f"{chance.getrandbits(128):032x}")
            yield Module(str(usage_key), usage_key.html_id(), number / total)

    def refusal(self) -> str | None:
        """Return the reason why no rows can be made for this course id, or None."""
        if isinstance(self.key, LibraryLocator):
            return "it is the id of a library"
        ids = [id_ for module in (*self.sequentials, *self.problems) for id_ in (module[0], f"{module[1]}_2_1")]
        excess = max(map(len, [*ids, *map(self.pipeline_video_id, self.videos)])) - LONGEST_ID
        return f"it is too long by {excess} characters for the ids of its modules" if excess > 0 else None


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
