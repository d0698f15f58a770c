"""Pages of a course's roster, and one learner of it. Each function returns None if the course has no roster."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain
from typing import TypeVar

from django.db.models import Exists, QuerySet

from analytics_data_api.errors import LearnerNotFound, RosterReplaced
from analytics_data_api.rosters.current import find_current_roster, is_whole, whole_roster
from analytics_data_api.rosters.models import RosterLearner
from analytics_data_api.rosters.name_search import Search, matches
from analytics_data_api.rosters.request import RosterRequest
from analytics_data_api.rosters.selection import Selection, select
from analytics_data_api.sql import compiled
from analytics_data_api.sql.functions import DateText
from analytics_data_api.sql.rows import Row, batches

# Learners of one statement.
LEARNERS_PER_QUERY = 500
# Maximum attempts to read a roster that is replaced while it is read.
READ_ATTEMPTS = 5

COLUMNS = (
    "id",
    DateText("last_updated"),
    *("username", "user_id", "name", "email", "language", "location", "year_of_birth", "level_of_education"),
    *("gender", "mailing_address", "city", "country", "goals", "facet__enrollment_mode"),
    DateText("enrollment_date"),
    *("facet__cohort", "facet__segments"),
    DateText("start_date"),
    DateText("end_date"),
    *("discussion_contributions", "problems_attempted", "problems_completed", "videos_viewed"),
    "problem_attempts_per_completed",
)

Result = TypeVar("Result")


@dataclass(frozen=True)
class RosterPage:
    """A page of a roster with its rows. ``count`` is the number of learners on all pages."""

    count: int
    page: int
    page_size: int
    rows: Iterator[Row]
    # True if no whole word matched, so that the terms were tried as beginnings.
    is_prefix_search: bool = False


def retry_if_replaced(read: Callable[[], Result]) -> Result:
    """Return the result of ``read``. Call it again if the roster is deleted while it reads."""
    for _attempt in range(READ_ATTEMPTS):
        with suppress(RosterReplaced):
            return read()
    raise RosterReplaced


def find_page(
    *, request: RosterRequest, holds_all: bool, account_base_url: str | None, using: str
) -> RosterPage | None:
    """Return a page of a roster. With ``holds_all``, a page size that fits the whole result makes it page 1."""

    def read() -> RosterPage | None:
        roster = find_current_roster(course_id=request.course_id, with_facets=request.has_filters, using=using)
        if roster is None:
            return None
        selection = select(roster, request, using=using)
        count, ids = count_and_ids(selection, request)
        is_prefix_search = False
        if count == 0 and selection.search is not None and selection.search.exact:
            is_prefix_search = True
            selection = replace(selection, search=selection.search.by_beginnings())
            count, ids = count_and_ids(selection, request)
        page = 1 if holds_all and request.page_size >= count else request.page
        start = (page - 1) * request.page_size
        if ids is None or (len(ids) < count and start + request.page_size > len(ids)):
            order_by, descending, size = request.order_by, request.descending, request.page_size
            on_page = selection.ids(order_by=order_by, descending=descending, start=start, size=size, count=count)
        else:
            on_page = ids[start : start + request.page_size]
        rows: Iterator[Row] = iter(())
        if start < count:
            rows = learner_rows(on_page, selection, account_base_url=account_base_url, highlight=request.highlight)
            # The first row tells if the roster still exists. If it is deleted later, the stream breaks off.
            rows = chain([next(rows)], rows)
        elif not is_whole(roster, using=using):
            raise RosterReplaced
        return RosterPage(count, page, request.page_size, rows, is_prefix_search and count > 0)

    return retry_if_replaced(read)


def count_and_ids(selection: Selection, request: RosterRequest) -> tuple[int, list[int] | None]:
    """Return the number of learners that a request finds, and the ids of the first or of all of them if known."""
    prefix = selection.only_prefix
    if prefix is None:
        return selection.count(), None
    common = selection.common_prefix(prefix)
    if common is None:
        ids = selection.all_ids(order_by=request.order_by, descending=request.descending)
        return len(ids), ids
    if selection.facets is not None:
        return selection.count(), None
    is_by_username = request.order_by == "username" and not request.descending
    return common[0], common[1] if is_by_username else None


def learner_rows(
    ids: Iterable[int], selection: Selection, *, account_base_url: str | None, highlight: bool
) -> Iterator[Row]:
    """Yield the rows of learners in the order of ``ids``. Raise ``RosterReplaced`` if one is missing."""
    found_any = False
    for batch in batches(ids, LEARNERS_PER_QUERY):
        statement = {"roster_id": selection.roster.id, "ids": compiled.padded(batch)}
        rows = {row[0]: row for row in compiled.rows(learners_by_id, using=selection.using, **statement)}
        if len(rows) < len(batch):
            raise RosterReplaced
        found_any = True
        for id in batch:
            row = response_row(rows[id], account_base_url=account_base_url)
            yield (*row, matches_in(row, selection.search)) if highlight else row
    if not found_any:
        raise RosterReplaced


def learners_by_id(roster_id: int, ids: tuple[int, ...]) -> QuerySet:
    return learners_while_whole(roster_id).filter(id__in=ids)


def learner_by_username(roster_id: int, username: str) -> QuerySet:
    return learners_while_whole(roster_id).filter(roster=roster_id, username=username)


def learners_while_whole(roster_id: int) -> QuerySet:
    """Return the learners of a roster, or no rows once the roster is being deleted.

    The condition is a constant of the statement. With a join some databases would start at the roster and read all of it.
    """
    return RosterLearner.objects.filter(Exists(whole_roster(roster_id))).order_by().values_list(*COLUMNS)


def response_row(row: Row, *, account_base_url: str | None) -> Row:
    (_id, last_updated, username, user_id, name, email, *profile, start, end) = row[:21]
    posts, attempted, completed, videos, ratio = row[21:]
    account_url = f"{account_base_url.rstrip('/')}/{username}" if account_base_url else None
    engagements = {
        "date_range": {"start": start, "end": end},
        "discussion_contributions": posts,
        "problems_attempted": attempted,
        "problems_completed": completed,
        "videos_viewed": videos,
        "problem_attempts_per_completed": ratio,
    }
    return (last_updated, username, user_id, name, email, account_url, *profile, engagements)


def matches_in(row: Row, search: Search | None) -> dict[str, list[list[int]]]:
    """Return the spans of a learner's name, username and email that the search matches."""
    _last_updated, username, _user_id, name, email = row[:5]
    spans = matches(search or Search(), name=name, username=username, email=email)
    return {field: [[start, end] for start, end in found] for field, found in spans.items()}


def find_learner(*, username: str, course_id: str, account_base_url: str | None, using: str) -> Row | None:
    """Return a learner's row. Raise ``LearnerNotFound`` if the roster lacks the learner."""

    def read() -> Row | None:
        roster = find_current_roster(course_id=course_id, with_facets=False, using=using)
        if roster is None:
            return None
        statement = {"roster_id": roster.id, "username": username}
        row = next(compiled.rows(learner_by_username, using=using, **statement), None)
        if row:
            return response_row(row, account_base_url=account_base_url)
        if not is_whole(roster, using=using):
            raise RosterReplaced
        raise LearnerNotFound(username, course_id)

    return retry_if_replaced(read)
