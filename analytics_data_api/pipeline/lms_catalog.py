"""Loads course runs and programs from the catalog service (Discovery) into the event store."""

from collections.abc import Mapping
from typing import Any

import orjson

from analytics_data_api.pipeline.lms_api_rows import utc_time
from analytics_data_api.pipeline.lms_client import APIClient
from analytics_data_api.pipeline.lms_loading import LMSSummary, Progressed
from analytics_data_api.pipeline.lms_sources import CATALOG
from analytics_data_api.pipeline.lms_staging import staged_tables
from analytics_data_api.pipeline.lms_tables import LMS_TABLES
from analytics_data_api.pipeline.store import EventStore, StoreError

PATH = "/api/v1/course_runs/"
PARAMETERS = {"limit": 100, "exclude_utm": 1}
RUNS, PROGRAMS = "catalog_course_runs", "catalog_programs"
# The programs of a run are staged as JSON, since one page gives rows of two tables.
COLUMNS = LMS_TABLES[RUNS] | {"programs": "VARCHAR"}


def load_catalog(store: EventStore, client: APIClient, progress: Progressed = lambda table, rows: None) -> LMSSummary:
    """Replace the catalog's tables of the store. Raise StoreError if the service cannot be read."""
    summary = LMSSummary(client.url)
    try:
        with staged_tables(store, CATALOG, client.url) as staging:
            staged = staging.table(RUNS)
            progress(RUNS, staged.rows)
            if not staged.is_whole:
                for page, following in client.pages(PATH, PARAMETERS, staged.last_key):
                    staging.add(RUNS, COLUMNS, list(map(course_run, page)), following)
                    progress(RUNS, len(page))
                staging.finish(RUNS, COLUMNS)
            runs = staging.rows_of(RUNS)
            chosen = ", ".join(f'"{name}"' for name in LMS_TABLES[RUNS])
            staging.selects = {
                RUNS: f"SELECT DISTINCT ON (key) {chosen} FROM {runs} ORDER BY key",
                PROGRAMS: (
                    "SELECT DISTINCT key AS course_id, program ->> 'uuid' AS program_id, program ->> 'type' AS program_type,"
                    f" program ->> 'title' AS program_title FROM (SELECT key, UNNEST(CAST(programs AS JSON[])) AS program"
                    f" FROM {runs}) WHERE program ->> 'uuid' IS NOT NULL ORDER BY ALL"
                ),
            }
            summary.rows[RUNS] = staged.rows
    except (KeyError, TypeError, AttributeError) as error:
        raise StoreError(f"a response of {client.url} has another form than its documents say: {error!r}") from error
    return summary


def course_run(run: Mapping[str, Any]) -> tuple:
    return (
        run["key"],
        run.get("course"),
        " ".join((run.get("title") or "").split()) or None,
        utc_time(run.get("start")),
        utc_time(run.get("end")),
        run.get("pacing_type"),
        run.get("availability"),
        orjson.dumps(run.get("programs") or []).decode(),
    )
