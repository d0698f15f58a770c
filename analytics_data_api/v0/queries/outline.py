"""The outline of a course: its blocks in the order in which learners meet them."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from django.db.models import QuerySet

from analytics_data_api.sql import compiled
from analytics_data_api.sql.conditions import Scope, of_course
from analytics_data_api.v0.models import CourseBlockRecord


class OutlineBlock(NamedTuple):
    """A block of a course with the titles of the section and the subsection that it is in."""

    block_id: str
    title: str | None
    section: str | None
    subsection: str | None
    graded: bool | None
    format: str | None


def course_outline(*, course_id: str, types: Collection[str], scope: Scope) -> Iterator[OutlineBlock]:
    """Yield the blocks of these types in the order of the outline."""
    rows = compiled.rows(outline_statement, using=scope.using, course_id=course_id, exact=scope.exact)
    for kind, *block in rows:
        if kind in types:
            yield OutlineBlock(*block)


def outline_statement(course_id: str, exact: bool) -> QuerySet:
    blocks = of_course(CourseBlockRecord, course_id, exact=exact).filter(record_deleted=False)
    return blocks.order_by("position", "id").values_list("type", *OutlineBlock._fields)
