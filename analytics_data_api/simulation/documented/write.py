"""Write the demo data: ``python -m analytics_data_api.simulation.documented.write`` beside manage.py.

In files that are written by hand, only the keys are new.
"""

import gzip
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import django
from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder

from analytics_data_api.simulation.documented import LARGE_ROSTER, SMALL_ROSTERS, fixture_paths

# A fixture needs keys, or each load would double its rows. These leave room for rows that exist already, and fit the
# 32-bit keys of tables that older pipelines made.
FIRST_KEY = 1_000_000_001


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a fixture in the form of Django's serializers."""
    if path.stem != "learners":
        return json.loads(path.read_text(encoding="utf-8"))
    # Models cannot be imported before Django is set up.
    from analytics_data_api.simulation.documented import learners

    return serializers.serialize("python", [model(**row) for model, rows in learners.tables().items() for row in rows])


def fixture_texts() -> dict[str, str]:
    """Return the text of each fixture file by its name: a row to a line, so that a change shows as one line."""
    texts = {}
    for path in fixture_paths():
        keys: Counter[str] = Counter()
        lines = []
        for row in rows_of(path):
            numbered = {"model": row["model"], "pk": FIRST_KEY + keys[row["model"]], "fields": row["fields"]}
            keys[row["model"]] += 1
            lines.append(json.dumps(numbered, cls=DjangoJSONEncoder, ensure_ascii=False))
        texts[path.name] = "[\n" + ",\n".join(lines) + "\n]\n"
    return texts


def roster_texts() -> dict[str, str]:
    """Return the text of each roster file, uncompressed, by its name."""
    from analytics_data_api.simulation.documented import rosters

    def text(lines: Iterable[dict[str, Any]]) -> str:
        return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)

    return {SMALL_ROSTERS.name: text(rosters.small_rosters()), LARGE_ROSTER.name: text(rosters.large_roster())}


def main() -> None:
    django.setup()
    texts = fixture_texts() | roster_texts()
    for path in [*fixture_paths(), SMALL_ROSTERS]:
        path.write_text(texts[path.name], encoding="utf-8")
    # The header has no time, so that the same lines make the same file.
    LARGE_ROSTER.write_bytes(gzip.compress(texts[LARGE_ROSTER.name].encode(), mtime=0))
    print(*fixture_paths(), SMALL_ROSTERS, LARGE_ROSTER, sep="\n")


if __name__ == "__main__":
    main()
