"""Lines of roster files: reading them, and what each key may hold."""

import gzip
import math
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any

import orjson
from opaque_keys import InvalidKeyError

from analytics_data_api import course_keys
from analytics_data_api.web.times import parse_time

GZIP_MAGIC = b"\x1f\x8b"
STANDARD_INPUT = "-"
LONGEST_TEXT = 255
LARGEST_COUNT = 2**31 - 1
LARGEST_INTEGER = 2**62 - 1


class RosterError(Exception):
    """What stops a load, as one line."""


@dataclass(frozen=True)
class Line:
    file: str
    number: int

    def __str__(self) -> str:
        return f"{self.file}, line {self.number}"


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("text")
    if len(value) > LONGEST_TEXT:
        raise ValueError(f"text of at most {LONGEST_TEXT} characters")
    return value


def long_text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("text")
    return value


def required_text(value: Any) -> str:
    if not isinstance(value, str) or not value or len(value) > LONGEST_TEXT:
        raise ValueError(f"text of 1 to {LONGEST_TEXT} characters")
    return value


def course_id(value: Any) -> str:
    try:
        course_keys.parse(required_text(value))
    except InvalidKeyError as error:
        raise ValueError("a course id") from error
    return value


def whole_number(value: Any) -> int:
    if type(value) is not int or abs(value) > LARGEST_INTEGER:
        raise ValueError("a whole number")
    return value


def year(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= 9999:
        raise ValueError("a year")
    return value


def count(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= LARGEST_COUNT:
        raise ValueError(f"a whole number from 0 to {LARGEST_COUNT}")
    return value


def ratio(value: Any) -> float:
    if type(value) not in (int, float) or not 0 <= value < 1e300 or math.isnan(value):
        raise ValueError("a number of at least 0")
    return float(value)


def day(value: Any) -> date:
    moment = parse_time(value) if isinstance(value, str) else None
    if moment is None:
        raise ValueError("a date (YYYY-MM-DD) or date-time")
    return moment.date()


def segments(value: Any) -> tuple[str, ...]:
    names = value.split(",") if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("a list of names, or names separated by commas")
    return tuple(sorted({name.strip() for name in names} - {""}))


# What each key holds; null and a missing key are the same, except for the first two.
KEYS: dict[str, Callable[[Any], Any]] = {
    "course_id": course_id,
    "username": required_text,
    "user_id": whole_number,
    "name": text,
    "email": text,
    "language": text,
    "location": text,
    "year_of_birth": year,
    "level_of_education": text,
    "gender": text,
    "mailing_address": long_text,
    "city": text,
    "country": text,
    "goals": long_text,
    "enrollment_mode": text,
    "enrollment_date": day,
    "cohort": text,
    "segments": segments,
    "start_date": day,
    "end_date": day,
    "discussion_contributions": count,
    "problems_attempted": count,
    "problems_completed": count,
    "videos_viewed": count,
    "problem_attempts": count,
    "problem_attempts_per_completed": ratio,
    "attempt_ratio_order": whole_number,
    "last_updated": day,
}
REQUIRED = ("course_id", "username")


def check(line: Line, content: bytes, warn_unknown: Callable[[str], None]) -> dict[str, Any]:
    """The learner of a line: its known keys with their values checked."""
    return check_values(line, parsed(line, content), warn_unknown)


def parsed(line: Line, content: bytes) -> dict[str, Any]:
    try:
        values = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise RosterError(f"{line}: {shortened(content)} is not JSON ({error})") from error
    if not isinstance(values, dict):
        raise RosterError(f"{line}: {shortened(content)} is not a JSON object")
    return values


def check_values(line: Line, values: dict[str, Any], warn_unknown: Callable[[str], None]) -> dict[str, Any]:
    learner = {}
    for key, value in values.items():
        parse = KEYS.get(key)
        if parse is None:
            warn_unknown(key)
        elif value is not None or key in REQUIRED:
            try:
                learner[key] = parse(value)
            except ValueError as error:
                raise RosterError(f"{line}: {key} {shortened(orjson.dumps(value))}: expected {error}") from error
    for key in REQUIRED:
        if key not in learner:
            raise RosterError(f"{line}: {key} is missing")
    return learner


def shortened(content: bytes) -> str:
    shown = content.decode("utf-8", "replace").strip()
    return shown if len(shown) <= 80 else shown[:77] + "..."


@contextmanager
def opened(name: str) -> Iterator[IO[bytes]]:
    """A file, or standard input; gzip is told by its first bytes."""
    if name == STANDARD_INPUT:
        yield unpacked(sys.stdin.buffer)
        return
    try:
        raw = Path(name).open("rb")  # noqa: SIM115  (closed below)
    except OSError as error:
        raise RosterError(f"{name}: {error.strerror}") from error
    with raw:
        yield unpacked(raw)


def unpacked(stream: Any) -> IO[bytes]:
    is_gzip = stream.peek(len(GZIP_MAGIC))[: len(GZIP_MAGIC)] == GZIP_MAGIC
    return gzip.open(stream) if is_gzip else stream


def read_lines(names: Iterable[str], advance: Callable[[int], None]) -> Iterator[tuple[Line, bytes]]:
    """The lines of all files. ``advance`` hears how many bytes have been read, unpacked ones for gzip."""
    for name in names:
        shown = "standard input" if name == STANDARD_INPUT else name
        number = 0
        with opened(name) as stream:
            try:
                for number, content in enumerate(stream, start=1):
                    advance(len(content))
                    if number == 1:
                        content = content.removeprefix(b"\xef\xbb\xbf")
                    if not content.isspace():
                        yield Line(shown, number), content
            except (EOFError, OSError, zlib.error) as error:
                raise RosterError(f"{Line(shown, number + 1)}: the file cannot be read on ({error})") from error
