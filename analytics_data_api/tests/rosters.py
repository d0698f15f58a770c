"""Rosters of tests: learners as dicts, loaded as ``load_roster`` loads the lines of a file."""

import tempfile
from pathlib import Path

import orjson

from analytics_data_api.roster.load import load_roster

COURSE = "course-v1:edX+Roster+2026"


def lines(learners, course_id=COURSE):
    """The lines of a roster file. A learner who names no course is one of ``course_id``."""
    return b"".join(orjson.dumps({"course_id": course_id, **learner}) + b"\n" for learner in learners)


def load(course_id, learners, *, using="analytics", **options):
    """Makes these the learners of a course."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "roster.jsonl"
        path.write_bytes(lines(learners, course_id))
        return load_roster([str(path)], using=using, **options)
