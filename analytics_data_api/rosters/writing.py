"""Write staged rosters beside the current ones, and make all of them current in one transaction."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import orjson
from django.db import OperationalError, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Q
from django.utils import timezone

from analytics_data_api.rosters.lines import RosterError
from analytics_data_api.rosters.models import (
    ID_BITS,
    LAST_INTEGER,
    LAST_NUMBER,
    LAST_TEXT,
    MANY_LEARNERS,
    Roster,
    RosterFacet,
    RosterLearner,
    RosterPrefix,
    RosterTerm,
)
from analytics_data_api.rosters.prefixes import common_prefixes
from analytics_data_api.rosters.staging import ROW_KEYS, Staging
from analytics_data_api.sql.rows import batches

# Rows of one transaction. Other writers can proceed between two of them.
COMMIT_SIZE = 10_000
# A load without a sign of life for this long is dead, and its rosters can be deleted.
ABANDONED_AFTER = timedelta(hours=1)
# A replaced roster is kept this long for the downloads that are reading it.
RETIRED_FOR = timedelta(minutes=15)

# MySQL ends a deadlock by rolling back one of the transactions, which may then be retried.
MYSQL_DEADLOCK = 1213
MAX_ATTEMPTS = 10

LEARNER_COLUMNS = (
    *("id", "roster_id", "facet_id", "created"),
    *("email_key", "attempts_per_completed_key", "attempt_ratio_key"),
    *ROW_KEYS,
)

Advance = Callable[[int], None]


def in_transaction(work: Callable[[], object], *, using: str) -> None:
    """Do the work in a transaction, and retry it after a deadlock.

    Inside another transaction it does not retry, because the database has rolled back the whole transaction.
    """
    is_inner = connections[using].in_atomic_block
    for attempt in range(1, MAX_ATTEMPTS + 1):
        try:
            with transaction.atomic(using=using):
                work()
            return
        except OperationalError as error:
            if is_inner or attempt == MAX_ATTEMPTS or error.args[:1] != (MYSQL_DEADLOCK,):
                raise


def insert_rows(model: type[models.Model], columns: Iterable[str], rows: Iterable[tuple], *, using: str) -> None:
    """Insert rows, whose values are in the order of the columns, in transactions of ``COMMIT_SIZE`` rows."""
    connection = connections[using]
    quote = connection.ops.quote_name
    marks = ", ".join("%s" for _ in columns)
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(map(quote, columns))}) VALUES ({marks})"
    for batch in batches(rows, COMMIT_SIZE):
        in_transaction(partial(execute_many, connection, statement, batch), using=using)


def execute_many(connection: BaseDatabaseWrapper, statement: str, rows: list[tuple]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)


def sort_values(learner: dict[str, Any]) -> tuple[Any, ...]:
    """Return a learner's values of the columns that only serve sorting."""
    values = (learner[name] for name in ("email", "problem_attempts_per_completed", "attempt_ratio_order"))
    lasts = (LAST_TEXT, LAST_NUMBER, LAST_INTEGER)
    return tuple(last if value is None else value for value, last in zip(values, lasts, strict=True))


def new_roster(staging: Staging, course_id: str, size: int, *, using: str) -> Roster:
    """Create a roster that is not current yet and has no learners yet."""
    return Roster.objects.using(using).create(
        course_id=course_id, touched=timezone.now(), learners=size, averages=staging.averages(course_id)
    )


def write_roster(roster: Roster, staging: Staging, now: datetime, *, using: str, advance: Advance) -> None:
    """Write the learners of a new roster. Call ``advance`` with the number of rows of each batch."""
    course_id, size = roster.course_id, roster.learners

    def reported(rows: Iterable[tuple]) -> Iterable[tuple]:
        for batch in batches(rows, COMMIT_SIZE):
            yield from batch
            advance(len(batch))

    first_id = roster.pk << ID_BITS
    facets = staging.facets(course_id)
    facet_ids = {facet[:3]: first_id + number for number, facet in enumerate(facets)}
    insert_rows(
        RosterFacet,
        ("id", "roster_id", "cohort", "enrollment_mode", "segments", "learners"),
        ((facet_ids[facet[:3]], roster.pk, *facet) for facet in facets),
        using=using,
    )
    created = now.strftime("%Y-%m-%d %H:%M:%S")
    learners = (
        (first_id + place, roster.pk, facet_ids[facet], created, *sort_values(learner), *learner.values())
        for place, (facet, learner) in enumerate(staging.learners(course_id))
    )
    insert_rows(RosterLearner, LEARNER_COLUMNS, reported(learners), using=using)
    staging.stage_terms(course_id)
    terms = ((roster.pk, term, first_id + place) for term, place in staging.terms())
    insert_rows(RosterTerm, ("roster_id", "term", "learner_id"), reported(terms), using=using)
    if size >= MANY_LEARNERS:
        prefixes = (
            (roster.pk, prefix, found, orjson.dumps(first).decode())
            for prefix, found, first in common_prefixes(staging.terms(), size)
        )
        insert_rows(RosterPrefix, ("roster_id", "prefix", "learners", "first"), prefixes, using=using)


def touch(rosters: list[Roster], *, using: str) -> int:
    """Record that the load of these rosters is alive. Return how many of them still exist."""
    return Roster.objects.using(using).filter(pk__in=[roster.pk for roster in rosters]).update(touched=timezone.now())


def make_current(rosters: list[Roster], *, using: str) -> None:
    """Make all rosters current in one transaction."""

    def replace() -> None:
        of_courses = Roster.objects.using(using).filter(course_id__in=[roster.course_id for roster in rosters])
        # Two loads of one course first lock the same rows in the same order, so that the later load sees the changes of
        # the earlier one. They lock by writing: SQLite grants no lock to a transaction whose snapshot is out of date.
        of_courses.order_by("id").update(learners=F("learners"))
        if touch(rosters, using=using) < len(rosters):
            raise RosterError("another load took this one for dead and has deleted its rosters: load the files again")
        of_courses.filter(state=Roster.CURRENT).update(state=Roster.RETIRED, touched=timezone.now())
        Roster.objects.using(using).filter(pk__in=[roster.pk for roster in rosters]).update(state=Roster.CURRENT)

    in_transaction(replace, using=using)


def unread(rosters: list[Roster], *, using: str) -> list[Roster]:
    """Return the rosters that no request can have read."""
    return list(Roster.objects.using(using).filter(pk__in=[roster.pk for roster in rosters], state=Roster.LOADING))


def delete_old_rosters(*, using: str) -> None:
    """Delete replaced rosters and the remains of dead loads."""
    now = timezone.now()
    retired = Q(state=Roster.RETIRED, touched__lt=now - RETIRED_FOR)
    abandoned = Q(state__in=(Roster.LOADING, Roster.DELETING), touched__lt=now - ABANDONED_AFTER)
    old = Roster.objects.using(using).filter(retired | abandoned)
    for roster in list(old):
        # Only one of two simultaneous loads gets to delete the roster.
        if old.filter(pk=roster.pk).update(state=Roster.DELETING, touched=now):
            delete_roster(roster, using=using)


def delete_roster(roster: Roster, *, using: str) -> None:
    """Delete a roster in parts. Its own row goes last, so that a later load can resume."""
    Roster.objects.using(using).filter(pk=roster.pk).update(state=Roster.DELETING, touched=timezone.now())
    learners = RosterLearner.objects.using(using)
    last_id = learners.filter(roster=roster.pk).order_by("-id").values_list("id", flat=True).first()
    for start in range(roster.pk << ID_BITS, (last_id or 0) + 1, COMMIT_SIZE):
        learners.filter(id__gte=start, id__lt=start + COMMIT_SIZE).delete()
    terms = RosterTerm.objects.using(using).filter(roster_id=roster.pk)
    while bound := terms.order_by("term").values_list("term", flat=True)[COMMIT_SIZE : COMMIT_SIZE + 1]:
        terms.filter(term__lte=bound[0]).delete()
    terms.delete()
    RosterPrefix.objects.using(using).filter(roster_id=roster.pk).delete()
    RosterFacet.objects.using(using).filter(roster=roster.pk).delete()
    Roster.objects.using(using).filter(pk=roster.pk).delete()
