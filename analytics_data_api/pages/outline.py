"""Places in a course: sections, their subsections, and what is in these, with the figures of each."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics_data_api.v0.queries.outline import OutlineBlock
from analytics_data_api.web.fields import TextField
from analytics_data_api.web.parameters import Parameters

Item = TypeVar("Item")

NO_OUTLINE = gettext_lazy(
    "Ids stand in place of names and order, because the course's outline is not known: it comes from the LMS with load_lms "
    "and compute_tables."
)
# In the ids of HTML elements all other characters of an old block id are replaced.
NOT_IN_HTML_IDS = re.compile(r"[^\w-]")


def encoded_id(block_id: str) -> str:
    """Return the id of a block as players of videos send it: the last part of a new-style id, else an HTML id."""
    if block_id.startswith("block-v1:"):
        return block_id.rpartition("@")[2]
    return NOT_IN_HTML_IDS.sub("_", block_id.replace("://", "-").replace("/", "-"))


# The parameters that name a place in the outline and, for what is graded, a place in the grading policy.
OUTLINE_NAMES = ("section", "subsection")
POLICY_NAMES = ("assignment_type", "assignment")


@dataclass(frozen=True)
class OutlinePlace:
    """The titles of the outer and of the inner level that a page shows. None: all."""

    outer: str | None = None
    inner: str | None = None
    names: tuple[str, str] = OUTLINE_NAMES

    def query(self) -> str:
        """Return the query string that leads to the place."""
        query = QueryDict(mutable=True)
        if self.names == POLICY_NAMES:
            query["kind"] = "graded"
        for name, title in zip(self.names, (self.outer, self.inner), strict=True):
            if title:
                query[name] = title
        return f"?{query.urlencode()}"

    def at(self, outer: str | None = None, inner: str | None = None) -> "OutlinePlace":
        return OutlinePlace(outer, inner, self.names)

    def levels(self, block: OutlineBlock) -> tuple[str | None, str | None]:
        """Return the titles of the outer and of the inner level that a block is in."""
        return (block.format if self.names == POLICY_NAMES else block.section), block.subsection


class PlaceParameters(Parameters):
    argument = "place"

    section = TextField(help_text="Title of a section.")
    subsection = TextField(help_text="Title of a subsection of the section.")

    @classmethod
    def to_value(cls, *, section: str | None, subsection: str | None) -> OutlinePlace:
        return OutlinePlace(section, subsection if section else None)


@dataclass(frozen=True)
class PlacedItem(Generic[Item]):
    """A video or a problem with its block, which is None if the outline does not have it."""

    item: Item
    block: OutlineBlock | None

    def name(self, default: str) -> str:
        return (self.block and self.block.title) or default


def placed(
    items: Iterable[Item],
    blocks: Iterable[OutlineBlock],
    item_id: Callable[[Item], str],
    block_id: Callable[[str], str],
) -> list[PlacedItem[Item]]:
    """Return the items in the order of the outline, those that it does not have last."""
    ordered = list(blocks)
    order = {block_id(block.block_id): place for place, block in enumerate(ordered)}
    found = []
    for item in items:
        place = order.get(item_id(item))
        found.append((len(ordered) if place is None else place, item_id(item), item))
    found.sort(key=lambda each: each[:2])
    return [PlacedItem(item, ordered[place] if place < len(ordered) else None) for place, _id, item in found]


@dataclass(frozen=True)
class Group(Generic[Item]):
    """The items of one section or subsection. ``title`` is None for items outside the outline."""

    title: str | None
    items: list[PlacedItem[Item]]

    @property
    def name(self) -> str:
        return self.title or _("Outside the outline")


@dataclass(frozen=True)
class Step:
    """A link to another place."""

    label: str
    url: str


@dataclass(frozen=True)
class Steps:
    """The way from the whole course to what a page shows, and what comes before and after that."""

    trail: Sequence[Step] = ()
    previous: Step | None = None
    next: Step | None = None


@dataclass(frozen=True)
class Drill(Generic[Item]):
    """The items of a place, and their groups. At the innermost level and without an outline ``groups`` is empty."""

    place: OutlinePlace
    items: Sequence[PlacedItem[Item]]
    groups: Sequence[Group[Item]] = ()
    steps: Steps = Steps()

    def url(self, group: Group[Item]) -> str:
        """Return the URL of a group, or an empty text if it leads nowhere."""
        if not group.title:
            return ""
        place = self.place.at(self.place.outer, group.title) if self.place.outer else self.place.at(group.title)
        return place.query()


def has_outline(items: Iterable[PlacedItem[Item]]) -> bool:
    """Return True if the place of any item is known. Logs tell names of blocks, but not their sections."""
    return any(item.block and item.block.section for item in items)


def drilled(items: Sequence[PlacedItem[Item]], place: OutlinePlace, whole: str) -> Drill[Item]:
    """Return what a place holds. ``whole`` is the label of the course as a whole."""
    if not has_outline(items):
        return Drill(place.at(), items)
    outer = grouped(items, place, 0)
    if not place.outer:
        return Drill(place, items, outer)
    inside = next((group.items for group in outer if group.title == place.outer), [])
    inner = grouped(inside, place, 1)
    trail = [Step(whole, place.at().query()), Step(place.outer, place.at(place.outer).query())]
    if not place.inner:
        around = neighbours([group.title for group in outer], place.outer)
        steps = Steps(trail, *(title and Step(title, place.at(title).query()) for title in around))
        return Drill(place, inside, inner, steps)
    found = next((group.items for group in inner if group.title == place.inner), [])
    around = neighbours([group.title for group in inner], place.inner)
    steps = Steps(
        [*trail, Step(place.inner, place.query())],
        *(title and Step(title, place.at(place.outer, title).query()) for title in around),
    )
    return Drill(place, found, (), steps)


def grouped(items: Iterable[PlacedItem[Item]], place: OutlinePlace, level: int) -> list[Group[Item]]:
    """Return the items by the title of their outer (0) or inner (1) level, in the order of the first item of each."""
    groups: dict[str | None, list[PlacedItem[Item]]] = {}
    for item in items:
        groups.setdefault(place.levels(item.block)[level] if item.block else None, []).append(item)
    return [Group(title, found) for title, found in groups.items()]


def neighbours(all_of_them: Sequence[Any], current: Any) -> tuple[Any, Any]:
    """Return what comes before and after the current one, None at either end."""
    known = [each for each in all_of_them if each]
    if current not in known:
        return None, None
    place = known.index(current)
    return (known[place - 1] if place else None), (known[place + 1] if place + 1 < len(known) else None)
