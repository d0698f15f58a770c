"""Rosters of tests: learners as dicts, loaded as ``load_roster`` loads the lines of a file."""

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
    """The lines of a roster file. A learner who names no course is one of ``course_id``."""
    return b"".join(orjson.dumps({"course_id": course_id, **learner}) + b"\n" for learner in learners)


def load(course_id, learners, *, using="analytics", **options):
    """Makes these the learners of a course."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "roster.jsonl"
        path.write_bytes(lines(learners, course_id))
        return load_roster([str(path)], using=using, **options)


def usernames(course_id=COURSE, using="analytics"):
    """Who stands in the current roster of a course."""
    learners = models.RosterLearner.objects.using(using).filter(roster__course_id=course_id, roster__state="current")
    return list(learners.order_by("id").values_list("username", flat=True))


def contents():
    """All rows of the rosters' tables."""
    return [sorted(map(repr, model.objects.values_list())) for model in TABLES]


def states(course_id=COURSE):
    """The states of the rosters of a course, the oldest first."""
    return list(models.Roster.objects.filter(course_id=course_id).order_by("id").values_list("state", flat=True))


def let_time_pass(**times):
    """Makes every roster older."""
    for roster in models.Roster.objects.all():
        models.Roster.objects.filter(pk=roster.pk).update(touched=roster.touched - timedelta(**times))


def run(*files, **options):
    """What ``load_roster`` says on its two streams."""
    out, err = io.StringIO(), io.StringIO()
    call_command("load_roster", *map(str, files), stdout=out, stderr=err, **{"no_progress": True, **options})
    return out.getvalue(), err.getvalue()
