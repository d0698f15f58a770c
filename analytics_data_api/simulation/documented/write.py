"""Write the demo data: ``python -m analytics_data_api.simulation.documented.write`` beside manage.py."""

import gzip
import json
from collections import Counter
from collections.abc import Iterable
from importlib import import_module
from typing import Any

import django
from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model

from analytics_data_api.simulation.documented import LARGE_ROSTER, SMALL_ROSTERS, fixture_paths

# A fixture needs keys, or each load would double its rows. These are out of the way of rows that are there already, and
# fit the 32-bit keys that tables made by older pipelines have.
FIRST_KEY = 1_000_000_001


def fixture_text(rows: Iterable[Model]) -> str:
    """Rows in the format of Django's loaddata, each on a line of its own so that a change shows as one line."""
    keys: Counter[type[Model]] = Counter()
    lines = []
    for row in rows:
        row.pk = FIRST_KEY + keys[type(row)]
        keys[type(row)] += 1
        [plain] = serializers.serialize("python", [row])
        lines.append(json.dumps(plain, cls=DjangoJSONEncoder, ensure_ascii=False))
    return "[\n" + ",\n".join(lines) + "\n]\n"


def fixture_texts() -> dict[str, str]:
    """The text of each fixture file by the file's name."""
    return {
        path.name: fixture_text(import_module(f"analytics_data_api.simulation.documented.{path.stem}").rows())
        for path in fixture_paths()
    }


def roster_text(lines: Iterable[dict[str, Any]]) -> str:
    """A line for each learner, as ``load_roster`` reads them."""
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def roster_texts() -> dict[str, str]:
    """The text of each roster file, unpacked, by the file's name."""
    rosters = import_module("analytics_data_api.simulation.documented.rosters")
    return {
        SMALL_ROSTERS.name: roster_text(rosters.small_rosters()),
        LARGE_ROSTER.name: roster_text(rosters.large_roster()),
    }


def main() -> None:
    django.setup()
    texts = fixture_texts()
    for path in fixture_paths():
        path.write_text(texts[path.name], encoding="utf-8")
        print(path)
    rosters = roster_texts()
    SMALL_ROSTERS.write_text(rosters[SMALL_ROSTERS.name], encoding="utf-8")
    print(SMALL_ROSTERS)
    # Without the time in the header: the same lines are to make the same file.
    LARGE_ROSTER.write_bytes(gzip.compress(rosters[LARGE_ROSTER.name].encode(), mtime=0))
    print(LARGE_ROSTER)


if __name__ == "__main__":
    main()
