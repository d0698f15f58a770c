"""Tracking logs of the invented course, as a site has them: rotated and packed, with damage, duplicates and late lines."""

import gzip
import json
import shutil
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import zstandard

from analytics_data_api.simulation.course import FakeCourse, midnight
from analytics_data_api.simulation.log_events import STAFF_ID, Event, EventWriter

# The number of the last lines of a file that the next one repeats, as shippers of logs do after a restart.
REPEATED_LINES = 20
# One in so many events of phones arrives a week late.
LATE = 10
CUT_AT = 300


def write_logs(course: FakeCourse, events: list[Event], writer: EventWriter, folder: Path) -> int:
    """Write a file for each week into the folder, and the last one without packing. Return the number of lines."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    weeks: list[list[Event]] = [[] for _week in course.weeks]
    phones = 0
    for event in events:
        number = (datetime.fromisoformat(event["time"]) - midnight(course.start)).days // 7
        if event["event_source"] == "mobile":
            phones += 1
            number = min(number + (phones % LATE == 0), len(weeks) - 1)
        weeks[number].append(event)
    total, before = 0, []
    for (start, end), week in zip(course.weeks, weeks, strict=True):
        lines = [orjson.dumps(event) for event in week]
        content = [*before, *noise(course, start, writer, lines), *lines]
        is_last = end == course.end
        text = b"".join(line + b"\n" for line in (map(with_prefix, content) if is_last else content))
        write_file(folder, f"{end:%Y%m%d}", text, is_last=is_last, is_new_kind=end.day % 2 == 0)
        total += len(content)
        before = lines[-REPEATED_LINES:]
    return total


def write_file(folder: Path, suffix: str, text: bytes, *, is_last: bool, is_new_kind: bool) -> None:
    if is_last:
        (folder / "tracking.log").write_bytes(text)
    elif is_new_kind:
        (folder / f"tracking.log-{suffix}.zst").write_bytes(zstandard.compress(text))
    else:
        (folder / f"tracking.log-{suffix}.gz").write_bytes(gzip.compress(text, mtime=0))


def with_prefix(line: bytes) -> bytes:
    """Return a line as the LMS's own logger writes it."""
    return b"2026-01-01 00:00:00,000 INFO 17 [tracking] [user 5] [ip 192.0.2.1] logger.py:41 - " + line


def noise(course: FakeCourse, day, writer: EventWriter, lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield lines that no figure counts: of nobody, of other pages, of background tasks, and damaged ones."""
    time = midnight(day) + timedelta(hours=5, seconds=7)
    request = json.dumps({"POST": {}, "GET": {}})
    nobody = {"user_id": "", "course_id": ""}
    yield orjson.dumps(writer.event(time, f"/courses/{course.course_id}/about", request, context=nobody))
    home = {"user_id": STAFF_ID, "course_id": ""}
    yield orjson.dumps(writer.event(time, "/home/", request, username="staff", context=home))
    task = {"user_id": STAFF_ID}
    yield orjson.dumps(writer.event(time, "edx.certificate.created", {}, "task", username="staff", context=task))
    for line in lines:
        yield line[:CUT_AT]
        break
    yield from (b"", b"Traceback (most recent call last):", b"[1, 2]", b'{"event_type": "/home/", "time": "yesterday"}')
