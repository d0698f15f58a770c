"""Writes the rosters that list a retired learner anew, with the pseudonym. Search and order follow the new names."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
from django.db.models import Q

from analytics_data_api.pipeline.retiring.identity import RetiredLearner
from analytics_data_api.pipeline.retiring.rows import LMS_TEXTS, PERSONAL_COLUMNS
from analytics_data_api.pipeline.retiring.tables import has_rosters
from analytics_data_api.pipeline.retiring.texts import Replacer
from analytics_data_api.rosters.lines import Line
from analytics_data_api.rosters.load import staging_file, written_rosters
from analytics_data_api.rosters.models import Roster, RosterFacet, RosterLearner
from analytics_data_api.rosters.staging import ROW_KEYS
from analytics_data_api.rosters.writing import delete_roster


def replace_in_rosters(using: str, learner: RetiredLearner, replacer: Replacer) -> int:
    """Replace a learner in the rosters of a database, and return the number of these rosters.

    Former rosters with the learner are deleted at once, although requests may still be reading them.
    """
    if not has_rosters(using):
        return 0
    condition = Q(user_id__in=[int(user_id) for user_id in learner.user_ids if user_id.isdigit()])
    for username in learner.usernames:
        condition |= Q(username__exact_text=username)
    listed = RosterLearner.objects.using(using).filter(condition).order_by().values("roster_id")
    old = list(Roster.objects.using(using).filter(pk__in=listed))
    current = [roster for roster in old if roster.state == Roster.CURRENT]
    if current:
        now = datetime.now(UTC)
        with staging_file(now) as staging:
            staging.fill(row for roster in current for row in learners_of(roster, learner, replacer, using))
            with written_rosters(staging, now, using=using) as make_all_current:
                make_all_current()
    for roster in old:
        delete_roster(roster, using=using)
    return len(current)


def learners_of(
    roster: Roster, retired: RetiredLearner, replacer: Replacer, using: str
) -> Iterator[tuple[Line, dict[str, Any]]]:
    """Yield the learners of a roster as the loader takes them."""
    facets = {facet.pk: facet for facet in RosterFacet.objects.using(using).filter(roster=roster)}
    rows = RosterLearner.objects.using(using).filter(roster=roster).order_by("id").values("facet_id", *ROW_KEYS)
    for number, row in enumerate(rows.iterator(), start=1):
        facet = facets[row.pop("facet_id")]
        segments = facet.segments if isinstance(facet.segments, list) else orjson.loads(facet.segments)
        place = {"cohort": facet.cohort, "enrollment_mode": facet.enrollment_mode, "segments": segments}
        yield (
            Line("the roster", number),
            {"course_id": roster.course_id, **place, **replaced_learner(row, retired, replacer)},
        )


def replaced_learner(row: dict[str, Any], retired: RetiredLearner, replacer: Replacer) -> dict[str, Any]:
    username, user_id = row["username"], str(row["user_id"])
    if username not in retired.usernames and user_id not in retired.user_ids:
        return row | {
            name: replacer.text(row[name]) for name in LMS_TEXTS if row[name] and replacer.concerns(row[name])
        }
    number = retired.user_ids.get(user_id)
    return {
        **row,
        **dict.fromkeys(PERSONAL_COLUMNS & row.keys()),
        "username": retired.usernames.get(username) or retired.pseudonym,
        "user_id": int(number) if number else row["user_id"],
    }
