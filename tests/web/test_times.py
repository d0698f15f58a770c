"""Dates and times of a query string."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_data_api.web.times import Window, parse_time

MIDNIGHT = datetime(2014, 12, 5, tzinfo=UTC)
EVENING = datetime(2014, 12, 5, 20, 30, 10, tzinfo=UTC)

GOOD = {
    "2014-12-05": MIDNIGHT,
    "2014-12-5": MIDNIGHT,
    "2014-1-5": datetime(2014, 1, 5, tzinfo=UTC),
    "2014-02-28": datetime(2014, 2, 28, tzinfo=UTC),
    "2016-02-29": datetime(2016, 2, 29, tzinfo=UTC),
    "0999-12-31": datetime(999, 12, 31, tzinfo=UTC),
    "2014-12-05T000000": MIDNIGHT,
    "2014-12-05T203010": EVENING,
    "2014-12-5T203010": EVENING,
    "2014-12-05T20:30:10": EVENING,
    "2014-12-05t20:30:10z": EVENING,
    "2014-12-05 20:30:10": EVENING,
    "2014-12-05T20:30:10Z": EVENING,
    "2014-12-05T203010Z": EVENING,
    "2014-12-05T20:30:10+00:00": EVENING,
    "2014-12-05T22:30:10+02:00": EVENING,
    "2014-12-05T22:30:10 02:00": EVENING,
    "2014-12-05T22:30:10+0200": EVENING,
    "2014-12-05T22:30:10+02": EVENING,
    "2014-12-05T15:00:10-05:30": EVENING,
    "2014-12-05T20:30:10.000": EVENING,
    "2014-12-05T20:30:10.123456Z": EVENING.replace(microsecond=123456),
    "2014-12-05T20:30:10,5Z": EVENING.replace(microsecond=500000),
    "2014-12-05T20:30": EVENING.replace(second=0),
    "2014-12-05T20": EVENING.replace(minute=0, second=0),
    "20141205": MIDNIGHT,
    "20141205T203010Z": EVENING,
    "2014-W49-5": MIDNIGHT,
    "2014W495": MIDNIGHT,
    " 2014-12-05 ": MIDNIGHT,
}
MALFORMED = [
    "today",
    "2014",
    "2014-12",
    "2014-13-01",
    "2014-00-10",
    "2014-02-29",
    "2014-02-30",
    "2014-2-30",
    "2014-12-32",
    "2014-12-00",
    "2014-012-05",
    "14-12-05",
    "02014-12-05",
    "12/05/2014",
    "2014/12/05",
    "2014.12.05",
    "05-12-2014",
    "2014-12-05T",
    "2014-12-05T25",
    "2014-12-05T24:30:00",
    "2014-12-05T20:60:00",
    "2014-12-05T20:30:61",
    "2014-12-05T20:30:10+",
    "2014-12-05T20:30:10+25:00",
    "2014-12-05T20:30:10 UTC",
    "2014-12-05T20:30:10ZZ",
    "2014-12-05x20:30:10",
    "2014-12-05Z",
    "2014-12-05+02:00",
    "2014-12-05\x00",
    "2014-12-05; DROP TABLE video",
    "٢٠١٤-١٢-٠٥",
    "２０１４-１２-０５",
    "1417737600",
    "-2014-12-05",
    "+2014-12-05",
    "0000-01-01",
    "10000-01-01",
    "0001-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59-01:00",
    "null",
    "9" * 5000,
]


@pytest.mark.parametrize("text, moment", GOOD.items())
def test_good(text, moment):
    parsed = parse_time(text)
    assert parsed == moment
    assert parsed.utcoffset() == timedelta(0)


@pytest.mark.parametrize("text", MALFORMED)
def test_malformed(text):
    assert parse_time(text) is None


@settings(derandomize=True, max_examples=200, deadline=None)
@given(
    st.datetimes(
        min_value=datetime(1, 1, 2),
        max_value=datetime(9999, 12, 30),
        timezones=st.builds(timezone, st.integers(-23 * 60, 23 * 60).map(lambda minutes: timedelta(minutes=minutes))),
    )
)
def test_reads_every_time_that_python_writes(moment):
    assert parse_time(moment.isoformat()) == moment
    in_utc = moment.astimezone(UTC).replace(microsecond=0)
    assert parse_time(f"{in_utc:%Y}".zfill(4) + f"{in_utc:-%m-%dT%H%M%S}") == in_utc


@settings(derandomize=True, max_examples=500, deadline=None)
@given(st.text(st.sampled_from("0123456789-:TtZz+W., \n٣x"), max_size=30))
def test_never_fails(text):
    moment = parse_time(text)
    assert moment is None or moment.tzinfo is UTC


def test_a_window_without_ends_is_the_latest():
    assert Window().is_latest
    assert not Window(start=date(2014, 1, 1)).is_latest
    assert not Window(end=date(2014, 1, 1)).is_latest
