"""Pages of a course's roster, and one learner of it."""

from collections.abc import Iterator

from analytics_data_api.errors import LearnerNotFound
from analytics_data_api.rosters import pages
from analytics_data_api.rosters.request import RosterRequest
from analytics_data_api.rosters.selection import refuse_unknown_filters
from analytics_data_api.sql.conditions import Scope
from analytics_data_api.sql.rows import Row
from analytics_data_api.v0.queries.engagement import engagement_over
from analytics_data_api.v0.queries.rosters import refuse_unknown_course
from analytics_data_api.web.times import Window


def roster_page(
    *, request: RosterRequest, holds_all: bool, account_base_url: str | None, scope: Scope
) -> pages.RosterPage:
    """Return a page of a roster, which is empty if the course is known without a roster."""
    page = pages.find_page(request=request, holds_all=holds_all, account_base_url=account_base_url, using=scope.using)
    if page is not None:
        return page
    refuse_unknown_course(request.course_id, scope=scope)
    refuse_unknown_filters((), request)
    return pages.RosterPage(0, request.page, request.page_size, iter(()))


def single_learner(
    *, username: str, course_id: str, window: Window, account_base_url: str | None, scope: Scope
) -> Iterator[Row]:
    """Yield one learner. A window replaces the stored engagement by the engagement of its days."""
    row = pages.find_learner(
        username=username, course_id=course_id, account_base_url=account_base_url, using=scope.using
    )
    if row is None:
        refuse_unknown_course(course_id, scope=scope)
        raise LearnerNotFound(username, course_id)
    if not window.is_latest:
        engagement = engagement_over(username=username, course_id=course_id, window=window, scope=scope)
        row = (*row[:-1], engagement)
    yield row
