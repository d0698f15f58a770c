"""Pages of a course's roster, and one learner of it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeVar

from django.db.models import Exists, QuerySet

from analytics_data_api.errors import AnalyticsDatabaseUnavailable, LearnerNotFound
from analytics_data_api.rosters.name_search import Search, matches
from analytics_data_api.rosters.selection import (
    CurrentRoster,
    Selection,
    refuse_unknown_filters,
    select,
)
from analytics_data_api.sql import compiled
from analytics_data_api.sql.functions import DateText
from analytics_data_api.sql.rows import Row, batches
from analytics_data_api.v0.models import Roster, RosterLearner
from analytics_data_api.v0.params.learners import RosterRequest
from analytics_data_api.v0.queries.engagement import engagement_over
from analytics_data_api.v0.queries.rosters import current_roster
from analytics_data_api.web.times import Window

# Learners who are fetched at a time.
ROWS_AT_A_TIME = 500
# How often a request begins anew because a load has replaced the roster while it was read.
ATTEMPTS = 5

COLUMNS = (
    "id",
    DateText("last_updated"),
    "username",
    "user_id",
    "name",
    "email",
    "language",
    "location",
    "year_of_birth",
    "level_of_education",
    "gender",
    "mailing_address",
    "city",
    "country",
    "goals",
    "facet__enrollment_mode",
    DateText("enrollment_date"),
    "facet__cohort",
    "facet__segments",
    DateText("start_date"),
    DateText("end_date"),
    "discussion_contributions",
    "problems_attempted",
    "problems_completed",
    "videos_viewed",
    "problem_attempts_per_completed",
)

Result = TypeVar("Result")


class RosterReplaced(AnalyticsDatabaseUnavailable):
    """The roster that a request reads has been replaced, and is being deleted already."""

    default_detail = "The roster is being replaced. Try again later."


@dataclass(frozen=True)
class RosterPage:
    """A page of a roster: how many learners there are at all, which page it is of which size, and its rows."""

    count: int
    page: int
    page_size: int
    rows: Iterator[Row]


def of_current_roster(read: Callable[[], Result]) -> Result:
    """What ``read`` gives, once more if the roster is deleted while it reads."""
    for _attempt in range(ATTEMPTS):
        with suppress(RosterReplaced):
            return read()
    raise RosterReplaced


def roster_page(*, request: RosterRequest, holds_all: bool, account_base_url: str | None, using: str) -> RosterPage:
    """A page of a roster. With ``holds_all``, a page size that the whole result fits in makes it page 1."""

    def read() -> RosterPage:
        roster = current_roster(course_id=request.course_id, with_facets=request.has_filters, using=using)
        if roster is None:
            refuse_unknown_filters((), request)
            return RosterPage(0, request.page, request.page_size, iter(()))
        selection = select(roster, request, using=using)
        count, ids = counted_ids(selection, request)
        page = 1 if holds_all and request.page_size >= count else request.page
        start = (page - 1) * request.page_size
        if ids is None or (len(ids) < count and start + request.page_size > len(ids)):
            on_page: Iterable[int] = selection.ids(
                order_by=request.order_by,
                descending=request.descending,
                start=start,
                size=request.page_size,
                count=count,
            )
        else:
            on_page = ids[start : start + request.page_size]
        rows: Iterator[Row] = iter(())
        if start < count:
            rows = learner_rows(on_page, selection, account_base_url=account_base_url, highlight=request.highlight)
            # The first rows tell whether the roster is still there; of those that follow a stream breaks.
            rows = chain([next(rows)], rows)
        elif not is_whole(roster, using=using):
            raise RosterReplaced
        return RosterPage(count, page, request.page_size, rows)

    return of_current_roster(read)


def counted_ids(selection: Selection, request: RosterRequest) -> tuple[int, list[int] | None]:
    """How many learners a request finds, and the ids of the first or of all of them where they are at hand."""
    prefix = selection.counted_prefix
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
    """The rows of learners in the order of their ids, a batch at a time."""
    found_any = False
    for batch in batches(ids, ROWS_AT_A_TIME):
        ids_of_batch = compiled.padded(batch)
        found_rows = compiled.rows(
            learners_of_ids, using=selection.using, roster_id=selection.roster.id, ids=ids_of_batch
        )
        rows = {row[0]: row for row in found_rows}
        if len(rows) < len(batch):
            raise RosterReplaced
        found_any = True
        for id in batch:
            row = answer_row(rows[id], account_base_url=account_base_url)
            yield (*row, found(selection.search, row)) if highlight else row
    if not found_any:
        raise RosterReplaced


def learners_of_ids(roster_id: int, ids: tuple[int, ...]) -> QuerySet:
    return learners_while_whole(roster_id).filter(id__in=ids)


def learner_of_name(roster_id: int, username: str) -> QuerySet:
    return learners_while_whole(roster_id).filter(roster=roster_id, username=username)


def learners_while_whole(roster_id: int) -> QuerySet:
    """The rows of learners of a roster, none of which is there any more once the roster is being deleted.

    The condition is a constant of the statement. With a join some databases would begin at the roster and read all of it.
    """
    whole = Roster.objects.filter(pk=roster_id, state__in=Roster.WHOLE)
    return RosterLearner.objects.filter(Exists(whole)).order_by().values_list(*COLUMNS)


def is_whole(roster: CurrentRoster, *, using: str) -> bool:
    return Roster.objects.using(using).filter(pk=roster.id, state__in=Roster.WHOLE).exists()


def answer_row(row: Row, *, account_base_url: str | None) -> Row:
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


def found(search: Search | None, row: Row) -> dict[str, list[list[int]]]:
    """Which parts of a learner's name, username and email the search matched."""
    _last_updated, username, _user_id, name, email = row[:5]
    spans = matches(search or Search(), name=name, username=username, email=email)
    return {field: [[start, end] for start, end in found] for field, found in spans.items()}


def learner(
    *, username: str, course_id: str, window: Window, account_base_url: str | None, using: str
) -> Iterator[Row]:
    """One learner; with a window, with the engagement of its days."""

    def read() -> Row:
        roster = current_roster(course_id=course_id, with_facets=False, using=using)
        row = roster and next(compiled.rows(learner_of_name, using=using, roster_id=roster.id, username=username), None)
        if row:
            return row
        if roster and not is_whole(roster, using=using):
            raise RosterReplaced
        raise LearnerNotFound(username, course_id)

    row: tuple[Any, ...] = tuple(answer_row(of_current_roster(read), account_base_url=account_base_url))
    if not window.is_latest:
        engagement = engagement_over(username=username, course_id=course_id, window=window, using=using)
        row = (*row[:-1], engagement)
    yield row
