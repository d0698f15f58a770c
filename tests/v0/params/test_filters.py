"""Filters of rows: start_date and end_date."""

from datetime import UTC, date, datetime

import pytest

from analytics_data_api.errors import IllegalParameterValues
from analytics_data_api.v0.params.courses import ActivityFilters
from analytics_data_api.v0.params.enrollment import EnrollmentFilters
from analytics_data_api.web.times import Window

MOMENT = datetime(2014, 12, 10, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "query, days, weeks",
    [
        ({}, Window(), Window()),
        ({"start_date": "", "end_date": ""}, Window(), Window()),
        ({"start_date": "2014-12-10T123000"}, Window(start=date(2014, 12, 10)), Window(start=MOMENT)),
        ({"end_date": "2014-12-10T13:30+01:00"}, Window(end=date(2014, 12, 10)), Window(end=MOMENT)),
        (
            {"start_date": "2014-12-10T123000", "end_date": "2014-12-10T123000", "nonsense": "x"},
            Window(start=date(2014, 12, 10), end=date(2014, 12, 10)),
            Window(start=MOMENT, end=MOMENT),
        ),
    ],
)
def test_windows(query, days, weeks):
    assert EnrollmentFilters.read(query) == days
    assert ActivityFilters.read(query) == weeks


@pytest.mark.parametrize("parameters", [EnrollmentFilters, ActivityFilters])
@pytest.mark.parametrize(
    "start, end",
    [
        ("2014-12-11", "2014-12-10"),
        ("2014-12-10T000001", "2014-12-10"),
        ("2014-12-10T00:00:00-01:00", "2014-12-10T00:00:00Z"),
    ],
)
def test_start_after_end(parameters, start, end):
    with pytest.raises(IllegalParameterValues) as raised:
        parameters.read({"start_date": start, "end_date": end})
    assert str(raised.value) == (f"start_date {start!r} is not allowed: expected a time not after end_date ({end}).")


@pytest.mark.parametrize("parameters", [EnrollmentFilters, ActivityFilters])
def test_a_value_is_immutable(parameters):
    with pytest.raises(AttributeError):
        parameters.read({}).start = None
