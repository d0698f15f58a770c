"""The values that each key of a roster line may have, and the error messages with their places."""

import gzip
import json
import tracemalloc
from datetime import date

import orjson
import pytest

from analytics_data_api.rosters.lines import KEYS, LONGEST_LINE, REQUIRED, Line, RosterError, check, read_lines

LINE = Line("learners.jsonl", 7)
COURSE = "course-v1:edX+Roster+2026"
TEXTS = (
    "name",
    "email",
    "language",
    "location",
    "level_of_education",
    "gender",
    "city",
    "country",
    "enrollment_mode",
    "cohort",
)
LONG_TEXTS = ("mailing_address", "goals")
COUNTS = (
    "discussion_contributions",
    "problems_attempted",
    "problems_completed",
    "videos_viewed",
    "problem_attempts",
)
DATES = ("enrollment_date", "start_date", "end_date", "last_updated")


def checked(unknown=None, **values):
    line = {"course_id": COURSE, "username": "ada", **values}
    return check(LINE, json.dumps(line).encode(), (unknown if unknown is not None else []).append)


GOOD = [
    *((name, value, value) for name in (*TEXTS, *LONG_TEXTS) for value in ("", "Zoë 山田 😀", "x" * 255)),
    *((name, "x" * 70_000, "x" * 70_000) for name in LONG_TEXTS),
    *((name, value, value) for name in COUNTS for value in (0, 1, 2**31 - 1)),
    *((name, "2026-03-02", date(2026, 3, 2)) for name in DATES),
    *((name, "2026-3-2", date(2026, 3, 2)) for name in DATES),
    ("enrollment_date", "2015-10-26 18:13:32.656640", date(2015, 10, 26)),
    ("enrollment_date", "2015-10-26T181332", date(2015, 10, 26)),
    ("enrollment_date", "2015-10-26T23:30:00-01:00", date(2015, 10, 27)),
    ("username", "a" * 255, "a" * 255),
    ("username", " ", " "),
    ("course_id", "edX/DemoX/Demo_Course", "edX/DemoX/Demo_Course"),
    ("user_id", -5, -5),
    ("user_id", 2**53, 2**53),
    ("year_of_birth", 1815, 1815),
    ("attempt_ratio_order", -(2**62) + 1, -(2**62) + 1),
    ("problem_attempts_per_completed", 4.5, 4.5),
    ("problem_attempts_per_completed", 3, 3.0),
    ("problem_attempts_per_completed", 0, 0.0),
    ("segments", [], ()),
    ("segments", ["b", "a", "b"], ("a", "b")),
    ("segments", [" a ", "", " "], ("a",)),
    ("segments", "b, a,,b", ("a", "b")),
    ("segments", "", ()),
    ("segments", "has potential", ("has potential",)),
]


@pytest.mark.parametrize("key, value, parsed", GOOD)
def test_good_values(key, value, parsed):
    found = checked(**{key: value})[key]
    assert (found, type(found)) == (parsed, type(parsed))


BAD = [
    *((name, value) for name in (*TEXTS, *LONG_TEXTS) for value in (1, True, [], {}, ["x"])),
    *((name, "x" * 256) for name in (*TEXTS, "username", "course_id")),
    *((name, value) for name in COUNTS for value in (-1, 2**31, 1.0, "1", True, [], 10**30)),
    *((name, value) for name in DATES for value in (20260302, "", "2026-02-30", "yesterday", "02/03/2026", True)),
    ("course_id", None),
    ("course_id", ""),
    ("course_id", "nonsense"),
    ("course_id", "edX/DemoX"),
    ("course_id", 5),
    ("username", None),
    ("username", ""),
    ("username", 5),
    ("user_id", "7"),
    ("user_id", 7.0),
    ("user_id", True),
    ("user_id", 2**63),
    ("year_of_birth", -1),
    ("year_of_birth", 10_000),
    ("year_of_birth", "1960"),
    ("attempt_ratio_order", 0.5),
    ("attempt_ratio_order", 2**62),
    ("problem_attempts_per_completed", -0.1),
    ("problem_attempts_per_completed", "4.5"),
    ("problem_attempts_per_completed", 1e300),
    ("problem_attempts_per_completed", True),
    ("segments", 5),
    ("segments", {"a": 1}),
    ("segments", ["a", 5]),
    ("segments", [["a"]]),
]


@pytest.mark.parametrize("key, value", BAD)
def test_bad_values(key, value):
    """The message names the file, the line, the key, the value and the allowed values."""
    with pytest.raises(RosterError) as refusal:
        checked(**{key: value})
    message = str(refusal.value)
    shown = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    assert message.startswith(f"learners.jsonl, line 7: {key} ")
    assert shown[:70] in message or isinstance(value, (int, float))
    assert ": expected " in message and "\n" not in message and len(message) < 300


def test_every_key_is_in_both_tables():
    assert {key for key, *_ in GOOD} == {key for key, _ in BAD} == set(KEYS)


@pytest.mark.parametrize("key", sorted(set(KEYS) - set(REQUIRED)))
def test_null_is_the_same_as_absent(key):
    assert key not in checked(**{key: None})


@pytest.mark.parametrize("key", REQUIRED)
def test_required_keys(key):
    values = {"course_id": COURSE, "username": "ada"}
    del values[key]
    with pytest.raises(RosterError, match=f"learners.jsonl, line 7: {key} is missing"):
        check(LINE, orjson.dumps(values), print)


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"no json",
        b'{"username": "ada"} {}',
        b"{'username': 'ada'}",
        b'{"user_id": NaN}',
        b'"\xff"',
        b'{"username": "\\ud800"}',
        b"[" * 5000,
    ],
)
def test_lines_that_are_not_json(content):
    with pytest.raises(RosterError, match="learners.jsonl, line 7: .* is not JSON"):
        check(LINE, content, print)


@pytest.mark.parametrize("content", [b"[]", b'"ada"', b"5", b"null", b"true"])
def test_lines_that_are_not_objects(content):
    with pytest.raises(RosterError, match="is not a JSON object"):
        check(LINE, content, print)


def test_unknown_keys_are_reported():
    unknown = []
    assert set(checked(unknown, nickname="A", account_url=1, engagements={})) == {"course_id", "username"}
    assert unknown == ["nickname", "account_url", "engagements"]


def test_progress_counts_the_bytes_read(tmp_path):
    path = tmp_path / "learners.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"a": 1}\n\n \t\r\n{"b": 2}\r\n{"c": 3}')
    read = []
    lines = [(line.number, content.strip()) for line, content in read_lines([str(path)], read.append)]
    assert lines == [(1, b'{"a": 1}'), (4, b'{"b": 2}'), (5, b'{"c": 3}')]
    assert sum(read) == path.stat().st_size


def numbers_and_lengths(path):
    return [(line.number, len(content.rstrip(b"\r\n"))) for line, content in read_lines([str(path)], lambda read: None)]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_longest_line(tmp_path, end):
    path = tmp_path / "learners.jsonl"
    path.write_bytes(b"1\n" + b"2" * LONGEST_LINE + end)
    assert numbers_and_lengths(path) == [(1, 1), (2, LONGEST_LINE)]
    path.write_bytes(b"1\n" + b"2" * LONGEST_LINE + b"2" + end + b"3\n")
    with pytest.raises(RosterError, match=r"learners.jsonl, line 2: the line is longer than 1048576 bytes"):
        numbers_and_lengths(path)


@pytest.mark.parametrize("is_packed", [False, True])
def test_endless_line_costs_no_memory(tmp_path, is_packed):
    path = tmp_path / "learners.jsonl"
    size = 2**28
    if is_packed:
        with gzip.open(path, "wb", compresslevel=1) as file:
            for _ in range(size // LONGEST_LINE):
                file.write(b" " * LONGEST_LINE)
    else:
        with path.open("wb") as file:
            file.truncate(size)
    tracemalloc.start()
    with pytest.raises(RosterError, match="line 1: the line is longer"):
        numbers_and_lengths(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 6 * LONGEST_LINE
