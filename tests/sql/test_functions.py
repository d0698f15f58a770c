"""Texts that the database makes: the same on every database."""

from datetime import UTC, date, datetime

import pytest

from analytics_data_api.sql.functions import (
    CodePoints,
    DateText,
    DateTimeText,
    IsoDateTimeText,
    ascending,
)
from analytics_data_api.v0.models import CourseEnrollmentDaily, SequentialOpenDistribution
from tests.support.factories import (
    CourseEnrollmentByEducationFactory,
    CourseEnrollmentDailyFactory,
    SequentialOpenDistributionFactory,
)

pytestmark = pytest.mark.django_db(databases="__all__")

MOMENTS = [
    (datetime(2014, 12, 10, 19, 31, 46, tzinfo=UTC), "2014-12-10T193146", "2014-12-10T19:31:46Z"),
    (datetime(2014, 12, 10, tzinfo=UTC), "2014-12-10T000000", "2014-12-10T00:00:00Z"),
    # Fractions are cut off; rounded they would be of another day.
    (datetime(2014, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), "2014-12-31T235959", "2014-12-31T23:59:59Z"),
    (datetime(2016, 2, 29, 0, 0, 0, 1, tzinfo=UTC), "2016-02-29T000000", "2016-02-29T00:00:00Z"),
    (datetime(999, 12, 31, 1, 2, 3, tzinfo=UTC), "0999-12-31T010203", "0999-12-31T01:02:03Z"),
    (datetime(1, 1, 2, 1, 2, 3, 500000, tzinfo=UTC), "0001-01-02T010203", "0001-01-02T01:02:03Z"),
    (datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), "9999-12-31T235959", "9999-12-31T23:59:59Z"),
]


@pytest.mark.parametrize("using", ["analytics", "analytics_v1"])
@pytest.mark.parametrize("moment, text, iso", MOMENTS)
def test_date_times(using, moment, text, iso):
    CourseEnrollmentDailyFactory(using=using, created=moment)
    rows = CourseEnrollmentDaily.objects.using(using)
    assert rows.values_list(DateTimeText("created"), IsoDateTimeText("created")).get() == (text, iso)


@pytest.mark.parametrize(
    "day", [date(2014, 12, 10), date(999, 1, 2), date(1, 1, 1), date(9999, 12, 31), date(2016, 2, 29)]
)
def test_dates(day):
    CourseEnrollmentDailyFactory(date=day)
    assert CourseEnrollmentDaily.objects.using("analytics").values_list(DateText("date")).get() == (day.isoformat(),)


def test_code_points():
    names = ["Z", "a", "a ", "a|", "aa", "z", "~", "\x7f", "é", "e\u0301", "ß", "ﬀ", "\uffee", "😀", "𐀀"]
    for name in names:
        SequentialOpenDistributionFactory(course_id=name)
    rows = SequentialOpenDistribution.objects.using("analytics")
    in_order = rows.order_by(CodePoints("course_id")).values_list("course_id", flat=True)
    assert list(in_order) == sorted(names)
    assert list(rows.order_by(ascending("course_id", text=True)).values_list("course_id", flat=True)) == sorted(names)


def test_nulls_are_last():
    for level in ("b", None, "a", None):
        CourseEnrollmentByEducationFactory(education_level=level)
    rows = CourseEnrollmentByEducationFactory._meta.model.objects.using("analytics")
    for order in (ascending("education_level"), ascending("education_level", text=True)):
        assert list(rows.order_by(order).values_list("education_level", flat=True)) == ["a", "b", None, None]
