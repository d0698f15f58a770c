"""Write the demo data: ``python -m analytics_data_api.simulation.documented.write`` beside manage.py.

In files that are written by hand, only the keys are new.
"""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import django
from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder

from analytics_data_api.simulation.documented import FIXTURE_PATHS, LARGE_ROSTER, SMALL_ROSTERS

# A fixture needs keys, or each load would double its rows. These leave room for rows that exist already, and fit the
# 32-bit keys of tables that older pipelines made.
FIRST_KEY = 1_000_000_001


def fixture_rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a fixture in the form of Django's serializers."""
    if path.stem != "learners":
        return json.loads(path.read_text(encoding="utf-8"))
    # Models cannot be imported before Django is set up.
    from analytics_data_api.simulation.documented import learners

    return serializers.serialize("python", [model(**row) for model, rows in learners.tables().items() for row in rows])


def fixture_texts() -> dict[str, str]:
    """Return the text of each fixture file by its name: a row to a line, so that a change shows as one line."""
    texts = {}
    for path in FIXTURE_PATHS:
        keys: defaultdict[str, Iterator[int]] = defaultdict(lambda: count(FIRST_KEY))
        lines = []
        for row in fixture_rows(path):
            numbered = {"model": row["model"], "pk": next(keys[row["model"]]), "fields": row["fields"]}
            lines.append(json.dumps(numbered, cls=DjangoJSONEncoder, ensure_ascii=False))
        texts[path.name] = "[\n" + ",\n".join(lines) + "\n]\n"
    return texts


def roster_texts() -> dict[str, str]:
    """Return the text of each roster file, uncompressed, by its name."""
    from analytics_data_api.simulation.documented import rosters

    lines = {SMALL_ROSTERS.name: rosters.small_rosters(), LARGE_ROSTER.name: rosters.large_roster()}
    return {n: "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in of_file) for n, of_file in lines.items()}


def main() -> None:
    django.setup()
    texts = fixture_texts() | roster_texts()
    for path in [*FIXTURE_PATHS, SMALL_ROSTERS]:
        path.write_text(texts[path.name], encoding="utf-8")
    # The header has no time, so that the same lines make the same file.
    LARGE_ROSTER.write_bytes(gzip.compress(texts[LARGE_ROSTER.name].encode(), mtime=0))
    print(*FIXTURE_PATHS, SMALL_ROSTERS, LARGE_ROSTER, sep="\n")


if __name__ == "__main__":
    main()
