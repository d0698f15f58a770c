"""The demo data: the rows that the API's documents print, and enough around them to fill every column.

The files of ``fixtures/`` hold it. Most are written by hand, a row to a line. This package computes the others: the
engagement of ``learners`` and the ``rosters``. Requests without dates get the latest day, so the latest days and weeks hold
only the printed rows, and earlier ones hold more.
"""

from pathlib import Path

from django.core.management import call_command

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
GROUPS = ("courses", "enrollment", "learners", "problems", "records", "summaries", "videos")
FIXTURE_PATHS = [FIXTURES / f"{group}.json" for group in GROUPS]
ROSTER_PATHS = SMALL_ROSTERS, LARGE_ROSTER = [FIXTURES / "rosters.jsonl", FIXTURES / "roster_of_2100.jsonl.gz"]
DEMO_COURSE = "edX/DemoX/Demo_Course"
INVENTED_COURSE = "course-v1:edX+DemoX+Demo_Course"
DEMO_COURSES = (DEMO_COURSE, "my/cool/course", "my/course/id", INVENTED_COURSE)


def load_demo_data(using: str, rosters: list[Path]) -> None:
    """Load the fixtures and some of the rosters, replacing what an earlier load left."""
    call_command("loaddata", *map(str, FIXTURE_PATHS), database=using, verbosity=0)
    call_command("load_roster", *map(str, rosters), database=using, verbosity=0, no_progress=True)
