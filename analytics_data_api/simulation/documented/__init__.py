"""The rows of the demo data: what the API's documents print, and enough around it to show every column.

Each module of this package makes one file of ``fixtures/``; its ``rows()`` returns unsaved model instances. The documents
ask without dates for the latest day alone, so earlier days and weeks may hold more rows, while the latest ones hold only
what is printed. ``python -m analytics_data_api.simulation.documented.write`` writes the files.
"""

from pathlib import Path

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
GROUPS = ("courses", "enrollment", "learners", "problems", "summaries", "videos")
SMALL_ROSTERS, LARGE_ROSTER = FIXTURES / "rosters.jsonl", FIXTURES / "roster_of_2100.jsonl.gz"


def fixture_paths() -> list[Path]:
    return [FIXTURES / f"{group}.json" for group in GROUPS]


def roster_paths() -> list[Path]:
    return [SMALL_ROSTERS, LARGE_ROSTER]
