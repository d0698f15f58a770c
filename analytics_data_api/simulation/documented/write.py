"""Write the demo data: ``python -m analytics_data_api.simulation.documented.write`` beside manage.py."""

import gzip
import json
from collections.abc import Iterable
from importlib import import_module
from typing import Any

import django
from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder

from analytics_data_api.simulation.documented import LARGE_ROSTER, SMALL_ROSTERS, fixture_paths
from analytics_data_api.simulation.rows import Tables

# A fixture needs keys, or each load would double its rows. These leave room for rows that exist already, and fit the
# 32-bit keys of tables that older pipelines made.
FIRST_KEY = 1_000_000_001


def fixture_text(tables: Tables) -> str:
    """Return the rows in the format of Django's loaddata, each on a line of its own so that a change shows as one line."""
    rows = [model(pk=pk, **row) for model, rows in tables.items() for pk, row in enumerate(rows, FIRST_KEY)]
    lines = [
        json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False) for row in serializers.serialize("python", rows)
    ]
    return "[\n" + ",\n".join(lines) + "\n]\n"


def roster_text(lines: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def module_of(stem: str) -> Any:
    # Imported here, since Django has to be set up before.
    return import_module(f"analytics_data_api.simulation.documented.{stem}")


def fixture_texts() -> dict[str, str]:
    """Return the text of each fixture file by the file's name."""
    return {path.name: fixture_text(module_of(path.stem).tables()) for path in fixture_paths()}


def roster_texts() -> dict[str, str]:
    """Return the text of each roster file, uncompressed, by the file's name."""
    rosters = module_of("rosters")
    return {
        SMALL_ROSTERS.name: roster_text(rosters.small_rosters()),
        LARGE_ROSTER.name: roster_text(rosters.large_roster()),
    }


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
