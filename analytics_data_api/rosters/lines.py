"""Read the lines of roster files and check the value of each key."""

import gzip
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import IO, Any

import orjson
from opaque_keys import InvalidKeyError

from analytics_data_api import course_keys
from analytics_data_api.web.times import parse_time

GZIP_MAGIC = b"\x1f\x8b"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
STANDARD_INPUT = "-"
# Bytes. No longer line is ever in memory as a whole.
LONGEST_LINE = 2**20
LONGEST_TEXT = 255
LARGEST_COUNT = 2**31 - 1
LARGEST_INTEGER = 2**62 - 1
COUNTS = ("discussion_contributions", "problems_attempted", "problems_completed", "problem_attempts", "videos_viewed")

# A parser returns the checked value or raises a ValueError, whose text completes the sentence "expected …".
Parser = Callable[[Any], Any]


class RosterError(Exception):
    """An error in the files of a load, described in one line."""


@dataclass(frozen=True)
class Line:
    file: str
    number: int

    def __str__(self) -> str:
        return f"{self.file}, line {self.number}"


def checked(expected: str, is_valid: Callable[[Any], bool], convert: Parser = lambda value: value) -> Parser:
    """Return a parser for the values that are valid."""

    def parse(value: Any) -> Any:
        if not is_valid(value):
            raise ValueError(expected)
        return convert(value)

    return parse


def whole_number_from(low: int, high: int, expected: str) -> Parser:
    # A bool is an int, but True is not a number of learners.
    return checked(expected, lambda value: type(value) is int and low <= value <= high)


LONG_TEXT = checked("text", lambda value: isinstance(value, str))
TEXT = checked(
    f"text of at most {LONGEST_TEXT} characters", lambda value: isinstance(value, str) and len(value) <= LONGEST_TEXT
)
REQUIRED_TEXT = checked(
    f"text of 1 to {LONGEST_TEXT} characters", lambda value: isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT
)
INTEGER = whole_number_from(-LARGEST_INTEGER, LARGEST_INTEGER, "a whole number")
YEAR = whole_number_from(0, 9999, "a year")
COUNT = whole_number_from(0, LARGEST_COUNT, f"a whole number from 0 to {LARGEST_COUNT}")
RATIO = checked("a number of at least 0", lambda value: type(value) in (int, float) and 0 <= value < 1e300, float)


def parse_course_id(value: Any) -> str:
    try:
        course_keys.parse(REQUIRED_TEXT(value))
    except InvalidKeyError as error:
        raise ValueError("a course id") from error
    return value


def parse_day(value: Any) -> date:
    moment = parse_time(value) if isinstance(value, str) else None
    if moment is None:
        raise ValueError("a date (YYYY-MM-DD) or date-time")
    return moment.date()


def parse_segments(value: Any) -> tuple[str, ...]:
    names = value.split(",") if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("a list of names, or names separated by commas")
    return tuple(sorted({name.strip() for name in names} - {""}))


# The parser of each key. A null value is the same as a missing key, except for the required keys.
REQUIRED = ("course_id", "username")
KEYS: dict[str, Parser] = {
    "course_id": parse_course_id,
    "username": REQUIRED_TEXT,
    **dict.fromkeys(("name", "email", "language", "location", "level_of_education", "gender", "city", "country"), TEXT),
    **dict.fromkeys(("enrollment_mode", "cohort"), TEXT),
    **dict.fromkeys(("mailing_address", "goals"), LONG_TEXT),
    **dict.fromkeys(("enrollment_date", "start_date", "end_date", "last_updated"), parse_day),
    "segments": parse_segments,
    "year_of_birth": YEAR,
    **dict.fromkeys(("user_id", "attempt_ratio_order"), INTEGER),
    **dict.fromkeys(COUNTS, COUNT),
    "problem_attempts_per_completed": RATIO,
}


def check(line: Line, content: bytes, warn_unknown: Callable[[str], None]) -> dict[str, Any]:
    """Return the learner of a line: its known keys with checked values."""
    try:
        values = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise RosterError(f"{line}: {shortened(content)} is not JSON ({error})") from error
    if not isinstance(values, dict):
        raise RosterError(f"{line}: {shortened(content)} is not a JSON object")
    return check_values(line, values, warn_unknown)


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
    """Open a file or standard input. The first bytes tell if it is packed with gzip."""
    if name == STANDARD_INPUT:
        yield unpacked(sys.stdin.buffer)
        return
    try:
        raw = Path(name).open("rb")  # noqa: SIM115  (closed below)
    except OSError as error:
        raise RosterError(f"{name}: {error.strerror}") from error
    with raw:
        yield unpacked(raw)


def unpacked(stream: Any) -> Any:
    is_gzip = stream.peek(len(GZIP_MAGIC))[: len(GZIP_MAGIC)] == GZIP_MAGIC
    return gzip.open(stream) if is_gzip else stream


def read_lines(names: Iterable[str], advance: Callable[[int], None]) -> Iterator[tuple[Line, bytes]]:
    """Yield the lines of all files. Call ``advance`` with the number of bytes of each line, unpacked for gzip."""
    for name in names:
        shown = "standard input" if name == STANDARD_INPUT else name
        number = 0
        with opened(name) as stream:
            try:
                # The two bytes more are those of a line end.
                for number, content in enumerate(iter(partial(stream.readline, LONGEST_LINE + 2), b""), start=1):
                    advance(len(content))
                    if len(content.rstrip(b"\r\n")) > LONGEST_LINE:
                        raise RosterError(
                            f"{Line(shown, number)}: the line is longer than {LONGEST_LINE} bytes (1 MiB)"
                        )
                    if number == 1:
                        content = content.removeprefix(BYTE_ORDER_MARK)
                    if not content.isspace():
                        yield Line(shown, number), content
            except (EOFError, OSError, zlib.error) as error:
                raise RosterError(f"{Line(shown, number + 1)}: reading the file failed ({error})") from error
