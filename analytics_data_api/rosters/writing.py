"""Writing staged rosters into the database, beside the ones that are read, and making them the current ones together."""

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
from analytics_data_api.rosters.staging import ROW_KEYS, Facet, Staging
from analytics_data_api.sql.rows import batches

# Rows of one transaction. Other writers get their turn between two of them.
COMMIT_SIZE = 10_000
# A load that has not written for so long has died, and what it left can go.
ABANDONED_AFTER = timedelta(hours=1)
# So long a roster that has been replaced can still be read by the downloads that had begun.
RETIRED_FOR = timedelta(minutes=15)

# What MySQL says to one of two transactions that wait for each other. It is undone, and may be tried again.
MYSQL_DEADLOCK = 1213
MOST_ATTEMPTS = 10

Advance = Callable[[int], None]


def in_transaction(work: Callable[[], object], *, using: str) -> None:
    """Does the work in a transaction, and again where a database has ended a deadlock by undoing it.

    Inside of another transaction, which is undone as a whole, it is not for us to try again.
    """
    is_inner = connections[using].in_atomic_block
    for attempt in range(1, MOST_ATTEMPTS + 1):
        try:
            with transaction.atomic(using=using):
                work()
            return
        except OperationalError as error:
            if is_inner or attempt == MOST_ATTEMPTS or error.args[:1] != (MYSQL_DEADLOCK,):
                raise


def insert(model: type[models.Model], columns: Iterable[str], rows: Iterable[tuple], *, using: str) -> None:
    """Writes rows in the order of the columns, in transactions of ``COMMIT_SIZE`` rows."""
    connection = connections[using]
    statement = insert_statement(model, columns, using=using)
    for batch in batches(rows, COMMIT_SIZE):
        in_transaction(partial(execute_many, connection, statement, batch), using=using)


def execute_many(connection: BaseDatabaseWrapper, statement: str, rows: list[tuple]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)


def insert_statement(model: type[models.Model], columns: Iterable[str], *, using: str) -> str:
    quote = connections[using].ops.quote_name
    names = ", ".join(map(quote, columns))
    marks = ", ".join("%s" for _ in columns)
    return f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({marks})"


LEARNER_COLUMNS = (
    "id",
    "roster_id",
    "facet_id",
    "created",
    "email_key",
    "attempts_per_completed_key",
    "attempt_ratio_key",
    *ROW_KEYS,
)


def learner_row(id: int, roster_id: int, facet_id: int, created: str, learner: dict[str, Any]) -> tuple:
    email = learner["email"]
    ratio = learner["problem_attempts_per_completed"]
    order = learner["attempt_ratio_order"]
    return (
        id,
        roster_id,
        facet_id,
        created,
        LAST_TEXT if email is None else email,
        LAST_NUMBER if ratio is None else ratio,
        LAST_INTEGER if order is None else order,
        *learner.values(),
    )


def new_roster(staging: Staging, course_id: str, size: int, *, using: str) -> Roster:
    """A roster of a course that nobody reads yet, still without its learners."""
    return Roster.objects.using(using).create(
        course_id=course_id, touched=timezone.now(), learners=size, averages=staging.averages(course_id)
    )


def write_roster(roster: Roster, staging: Staging, now: datetime, *, using: str, advance: Advance) -> None:
    """Writes the learners of a new roster. ``advance`` hears how many rows have been written."""
    course_id, size = roster.course_id, roster.learners

    def reported(rows: Iterable[tuple]) -> Iterable[tuple]:
        for batch in batches(rows, COMMIT_SIZE):
            yield from batch
            advance(len(batch))

    first_id = roster.pk << ID_BITS
    facets = staging.facets(course_id)
    facet_ids = write_facets(facets, roster, using=using)
    created = now.strftime("%Y-%m-%d %H:%M:%S")
    learners = (
        learner_row(first_id + place, roster.pk, facet_ids[facet], created, learner)
        for place, (facet, learner) in enumerate(staging.learners(course_id))
    )
    insert(RosterLearner, LEARNER_COLUMNS, reported(learners), using=using)
    staging.stage_terms(course_id)
    insert(
        RosterTerm,
        ("roster_id", "term", "learner_id"),
        reported((roster.pk, term, first_id + place) for term, place in staging.terms()),
        using=using,
    )
    if size >= MANY_LEARNERS:
        prefixes = common_prefixes(staging.terms(), size)
        insert(
            RosterPrefix,
            ("roster_id", "prefix", "learners", "first"),
            ((roster.pk, prefix, found, orjson.dumps(first).decode()) for prefix, found, first in prefixes),
            using=using,
        )


def touch(rosters: list[Roster], *, using: str) -> int:
    """Says that the load of these rosters is alive, and how many of them are still there."""
    return Roster.objects.using(using).filter(pk__in=[roster.pk for roster in rosters]).update(touched=timezone.now())


def write_facets(facets: list[Facet], roster: Roster, *, using: str) -> dict[tuple, int]:
    ids = {facet[:3]: (roster.pk << ID_BITS) + number for number, facet in enumerate(facets)}
    insert(
        RosterFacet,
        ("id", "roster_id", "cohort", "enrollment_mode", "segments", "learners"),
        ((ids[facet[:3]], roster.pk, *facet) for facet in facets),
        using=using,
    )
    return ids


def make_current(rosters: list[Roster], *, using: str) -> None:
    """Lets all rosters be read from now on, in one transaction."""

    def replace() -> None:
        of_courses = Roster.objects.using(using).filter(course_id__in=[roster.course_id for roster in rosters])
        # Two loads of one course lock the same rows before anything else, in one order, and the later one then sees what the
        # earlier one has done. By writing: SQLite gives no lock to a transaction that has read what another one has changed.
        of_courses.order_by("id").update(learners=F("learners"))
        if touch(rosters, using=using) < len(rosters):
            raise RosterError("the load stood still for so long that another one has deleted what it had written")
        of_courses.filter(state=Roster.CURRENT).update(state=Roster.RETIRED, touched=timezone.now())
        Roster.objects.using(using).filter(pk__in=[roster.pk for roster in rosters]).update(state=Roster.CURRENT)

    in_transaction(replace, using=using)


def unread(rosters: list[Roster], *, using: str) -> list[Roster]:
    """Those of the rosters that nobody can have read."""
    return list(Roster.objects.using(using).filter(pk__in=[roster.pk for roster in rosters], state=Roster.LOADING))


def delete_old_rosters(*, using: str) -> None:
    """Deletes the rosters that have been replaced, and what loads that died have left."""
    now = timezone.now()
    retired = Q(state=Roster.RETIRED, touched__lt=now - RETIRED_FOR)
    abandoned = Q(state__in=(Roster.LOADING, Roster.DELETING), touched__lt=now - ABANDONED_AFTER)
    old = Roster.objects.using(using).filter(retired | abandoned)
    for roster in list(old):
        # Of two loads at once one deletes it.
        if old.filter(pk=roster.pk).update(state=Roster.DELETING, touched=now):
            delete_roster(roster, using=using)


def delete_roster(roster: Roster, *, using: str) -> None:
    """Deletes a roster, a part at a time. Its own row goes last, so that a next load can go on."""
    Roster.objects.using(using).filter(pk=roster.pk).update(state=Roster.DELETING, touched=timezone.now())
    first_id = roster.pk << ID_BITS
    last = RosterLearner.objects.using(using).filter(roster=roster.pk).order_by("-id").values_list("id", flat=True)[:1]
    for last_id in last:
        for start in range(first_id, last_id + 1, COMMIT_SIZE):
            RosterLearner.objects.using(using).filter(id__gte=start, id__lt=start + COMMIT_SIZE).delete()
    terms = RosterTerm.objects.using(using).filter(roster_id=roster.pk)
    while bound := terms.order_by("term").values_list("term", flat=True)[COMMIT_SIZE : COMMIT_SIZE + 1]:
        terms.filter(term__lte=bound[0]).delete()
    terms.delete()
    RosterPrefix.objects.using(using).filter(roster_id=roster.pk).delete()
    RosterFacet.objects.using(using).filter(roster=roster.pk).delete()
    Roster.objects.using(using).filter(pk=roster.pk).delete()
