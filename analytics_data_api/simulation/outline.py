"""The outline of the course: its sections, subsections, units and what stands in them."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from analytics_data_api.simulation.actions import Actions
from analytics_data_api.simulation.course import FakeCourse

# Subsections of a section.
SUBSECTIONS = 4


class InventedBlock(NamedTuple):
    """A block of the course. ``fields`` are those that only some types have."""

    block_id: str
    type: str
    display_name: str
    children: tuple[str, ...] = ()
    fields: tuple[tuple[str, Any], ...] = ()


def outline(course: FakeCourse, actions: Actions) -> Iterator[InventedBlock]:
    """Yield the blocks of the course, each after its children. The last one is the course itself."""

    def key(kind: str, name: str) -> str:
        usage_key: Any = course.key.make_usage_key(kind, name)
        return str(usage_key)

    total = len(course.sequentials)
    sections: list[str] = []
    for first in range(0, total, SUBSECTIONS):
        subsections = course.sequentials[first : first + SUBSECTIONS]
        for number, sequential in enumerate(subsections, start=first):
            problems = [place for place, module in enumerate(course.problems) if int(module.place * total) == number]
            videos = [place for place, module in enumerate(course.videos) if int(module.place * total) == number]
            contents = []
            for place in videos:
                video_id = course.videos[place].module_id
                contents.append(video_id)
                yield InventedBlock(
                    video_id, "video", f"Video {place + 1}", (), (("duration", actions.durations[place]),)
                )
            for place in problems:
                problem_id = course.problems[place].module_id
                contents.append(problem_id)
                yield InventedBlock(
                    problem_id, "problem", actions.problems[place].display_name, (), (("graded", True),)
                )
            unit = key("vertical", f"unit_{number}")
            yield InventedBlock(unit, "vertical", f"Unit {number + 1}", tuple(contents), (("graded", True),))
            graded = (("graded", True), ("format", "Homework"))
            yield InventedBlock(sequential.module_id, "sequential", f"Subsection {number + 1}", (unit,), graded)
        section = key("chapter", f"section_{first // SUBSECTIONS}")
        sections.append(section)
        children = tuple(sequential.module_id for sequential in subsections)
        yield InventedBlock(section, "chapter", f"Section {len(sections)}", children)
    root = key("course", "course" if course.course_id.startswith("course-v1:") else course.key.run)
    yield InventedBlock(root, "course", "Numbers and Places", tuple(sections))
