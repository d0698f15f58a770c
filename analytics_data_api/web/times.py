"""Dates and times of a query string, and the window between two of them."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

ALLOWED_TIMES = "YYYY-MM-DD, YYYY-MM-DDTHHMMSS or another ISO 8601 date or date-time"

# ISO 8601 requires two digits for months and days, but clients send one.
SHORT_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?=[Tt ]|\Z)")
# datetime.fromisoformat() itself would accept any character for the T and digits of any script.
ISO_TIME = re.compile(r"[0-9W-]{8,10}(?:[Tt ][0-9:.,]+(?:[Zz]|[+-][0-9:.]+)?)?\Z")
# The + of an offset arrives as a space if the client did not escape it.
SPACE_OFFSET = re.compile(r"(?<=[0-9]) (?=[0-9]{2}:?(?:[0-9]{2})?\Z)")


def parse_time(text: str) -> datetime | None:
    """Return a point in time in UTC, or None if the text is malformed. A date is its midnight; the default offset is UTC."""
    text = text.strip()
    short = SHORT_DATE.match(text)
    if short:
        year, month, day = short.groups()
        text = f"{year}-{month:0>2}-{day:0>2}{text[short.end() :]}"
    if len(text) > 16:
        text = SPACE_OFFSET.sub("+", text)
    if not ISO_TIME.match(text):
        return None
    try:
        moment = datetime.fromisoformat(text.upper())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def current_day() -> date:
    return datetime.now(UTC).date()


@dataclass(frozen=True)
class Window:
    """The time from ``start`` to before ``end``. A bound may be None; with both None it is the latest computed period."""

    start: date | None = None
    end: date | None = None

    @classmethod
    def of_days(cls, start: datetime | None, end: datetime | None) -> "Window":
        """Return the window from the date of a time to the date of another."""
        return cls(start and start.date(), end and end.date())

    @property
    def is_latest(self) -> bool:
        return self.start is None and self.end is None
