"""Dates and times of a query string, and the window that a pair of them opens."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

ALLOWED_TIMES = "YYYY-MM-DD, YYYY-MM-DDTHHMMSS or another ISO 8601 date or date-time"

# One-digit months and days are no ISO 8601, but clients send them.
SHORT_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?=[Tt ]|\Z)")
# What datetime.fromisoformat() may see: it takes any character for the T and digits of any script.
ISO_TIME = re.compile(r"[0-9W-]{8,10}(?:[Tt ][0-9:.,]+(?:[Zz]|[+-][0-9:.]+)?)?\Z")
# The + of an offset arrives as a space where the client did not escape it.
SPACE_OFFSET = re.compile(r"(?<=[0-9]) (?=[0-9]{2}:?(?:[0-9]{2})?\Z)")


def parse_time(text: str) -> datetime | None:
    """A point in time in UTC, or None. A date is its midnight; a date-time without an offset is in UTC already."""
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


@dataclass(frozen=True)
class Window:
    """Days or points in time from ``start`` to before ``end``, either of which may be open.

    With both open it stands for the latest day, or week, that has been computed.
    """

    start: date | None = None
    end: date | None = None

    @property
    def is_latest(self) -> bool:
        return self.start is None and self.end is None
