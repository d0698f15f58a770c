"""Rosters of tests: learners as dicts, loaded from a file by ``load_roster``."""

import io
import tempfile
from datetime import timedelta
from pathlib import Path

import orjson
from django.core.management import call_command

from analytics_data_api.rosters.load import load_roster
from analytics_data_api.v0 import models

COURSE, OTHER = "course-v1:edX+Roster+2026", "edX/Other/2026"
TABLES = (models.Roster, models.RosterFacet, models.RosterLearner, models.RosterTerm, models.RosterPrefix)


def lines(learners, course_id=COURSE):
    """Return the lines of a roster file. ``course_id`` is the default for learners without a course."""
    return b"".join(orjson.dumps({"course_id": course_id, **learner}) + b"\n" for learner in learners)


def load_learners(course_id, learners, *, using="analytics", **options):
    """Load the roster of a course."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "roster.jsonl"
        path.write_bytes(lines(learners, course_id))
        return load_roster([str(path)], using=using, **options)


def current_usernames(course_id=COURSE, using="analytics"):
    """Return the usernames in the current roster of a course."""
    learners = models.RosterLearner.objects.using(using).filter(roster__course_id=course_id, roster__state="current")
    return list(learners.order_by("id").values_list("username", flat=True))


def contents():
    """Return all rows of the rosters' tables."""
    return [sorted(map(repr, model.objects.values_list())) for model in TABLES]


def states(course_id=COURSE):
    """Return the states of the rosters of a course, the oldest first."""
    return list(models.Roster.objects.filter(course_id=course_id).order_by("id").values_list("state", flat=True))


def let_time_pass(**times):
    """Move the time of every roster into the past."""
    for roster in models.Roster.objects.all():
        models.Roster.objects.filter(pk=roster.pk).update(touched=roster.touched - timedelta(**times))


def run(*files, **options):
    """Run ``load_roster`` and return its standard output and standard error."""
    out, err = io.StringIO(), io.StringIO()
    call_command("load_roster", *map(str, files), stdout=out, stderr=err, **{"no_progress": True, **options})
    return out.getvalue(), err.getvalue()
