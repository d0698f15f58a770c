"""docs/event_store.rst says what is so: its columns are those of the store, and its questions have answers."""

import json
import re
from datetime import date, timedelta
from pathlib import Path

import duckdb

from analytics_data_api.pipeline.store import COLUMNS, KINDS
from tests.pipeline.logs import COURSE, line, load

PAGE = Path(__file__).resolve().parents[2] / "docs" / "event_store.rst"
ENROLLED = "edx.course.enrollment.activated"


def test_columns_and_kinds():
    text = PAGE.read_text(encoding="utf-8")
    assert dict(re.findall(r"^   \* - ``(\w+)``\n     - ([A-Z]+)\n", text, re.M)) == COLUMNS
    assert re.findall(r"^   \* - ``(\w+)``\n     - (?![A-Z]+\n)", text, re.M)[-len(KINDS) :] == list(KINDS)


def test_files_have_these_columns(settings, events_dir, tmp_path):
    (tmp_path / "log").write_bytes(line())
    load(settings, tmp_path / "log")
    columns = duckdb.sql(f"DESCRIBE SELECT * FROM '{events_dir}/kind=*/date=*/*.parquet'").fetchall()
    assert {name: type for name, type, *_rest in columns} == COLUMNS | {"date": "DATE", "kind": "VARCHAR"}


def test_questions(settings, events_dir, tmp_path):
    problem = {"problem_id": "p", "success": "incorrect"}
    enrolled = {"course_id": COURSE, "user_id": 7, "mode": "audit"}
    lines = [
        line(time="2026-02-01T00:00:00Z", event_type=ENROLLED, event=enrolled),
        line(time="2026-03-01T00:00:00Z", event_type="problem_check", event=problem),
        line(time="2026-03-02T00:00:00Z", event_type="problem_check", event=problem | {"success": "correct"}),
        line(
            time="2026-02-01T01:00:00Z", event_type="play_video", event_source="browser", event=json.dumps({"id": "v"})
        ),
        line(time="2026-03-02T00:00:00Z", accept_language="es-ES,es;q=0.8"),
    ]
    (tmp_path / "log").write_bytes(b"\n".join(lines))
    load(settings, tmp_path / "log")
    blocks = re.findall(r"\.\. code-block:: sql\n\n((?:   .*\n|\n)+)", PAGE.read_text(encoding="utf-8"))
    events, learners, problems, languages, waits = (
        duckdb.sql(block.replace("'events/", f"'{events_dir}/")).fetchall() for block in blocks
    )
    assert (date(2026, 3, 2), "problem", 1) in events
    assert len(events) == 5
    assert learners == [(COURSE, 1)]
    assert problems == [(COURSE, "p", 2, 0.5)]
    assert languages == [("es", 1)]
    assert waits == [(COURSE, 1, timedelta(hours=1))]
