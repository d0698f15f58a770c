"""Statements that are compiled once run as Django's own would, whatever the values are."""

from datetime import UTC, date, datetime

import pytest
from django.db.models import F, QuerySet
from django.test.utils import CaptureQueriesContext

from analytics_data_api.sql import compiled
from analytics_data_api.v0.models import CourseActivityWeekly, CourseEnrollmentDaily
from tests.support.factories import (
    CourseActivityWeeklyFactory,
    CourseEnrollmentDailyFactory,
    ProblemFirstLastResponseAnswerDistributionFactory,
)

pytestmark = pytest.mark.django_db(databases="__all__")

MOMENT = datetime(2020, 5, 17, 23, 59, 59, 999_999, tzinfo=UTC)


def run(build, **arguments):
    return list(compiled.rows(build, using="analytics", **arguments))


def days(course_id: str | None, start: date | None, end: date | None, descending: bool = False) -> QuerySet:
    rows = CourseEnrollmentDaily.objects.all()
    for lookup, value in {"course_id": course_id, "date__gte": start, "date__lt": end}.items():
        if value is not None:
            rows = rows.filter(**{lookup: value})
    return rows.order_by("-count" if descending else "count").values_list("count")


def of_ids(ids: tuple) -> QuerySet:
    return CourseEnrollmentDaily.objects.filter(id__in=ids).order_by("id").values_list("id")


def weeks(since: datetime, course_id: str) -> QuerySet:
    # The statement has the arguments in another order, and one of them twice.
    rows = CourseActivityWeekly.objects.filter(course_id=course_id, interval_end__gte=since, interval_start__lte=since)
    return rows.values_list("label")


@pytest.fixture
def three_days():
    for number, course_id in enumerate(("a/b/c", "a/b/c", "d/e/f"), start=1):
        CourseEnrollmentDailyFactory(course_id=course_id, date=date(2020, 1, number), count=number)


@pytest.mark.parametrize(
    "course_id, start, end, counts",
    [
        (None, None, None, [1, 2, 3]),
        ("a/b/c", None, None, [1, 2]),
        ("a/b/c", date(2020, 1, 2), None, [2]),
        (None, None, date(2020, 1, 2), [1]),
        (None, date(2020, 1, 2), date(2020, 1, 3), [2]),
        ("", None, None, []),
    ],
)
def test_each_none_makes_another_statement(three_days, course_id, start, end, counts):
    assert [count for (count,) in run(days, course_id=course_id, start=start, end=end)] == counts


def test_flags_are_part_of_the_statement(three_days):
    for descending, counts in ((False, [1, 2, 3]), (True, [3, 2, 1])):
        rows = run(days, course_id=None, start=None, end=None, descending=descending)
        assert [count for (count,) in rows] == counts


def test_one_statement_serves_all_values_of_a_kind(three_days):
    before = compiled.compile_once.cache_info().currsize
    for course_id in ("a/b/c", "d/e/f", "%s", "'; --", "\ue0000\ue000"):
        run(days, course_id=course_id, start=date(2019, 1, 1), end=date(2021, 1, 1))
    assert compiled.compile_once.cache_info().currsize <= before + 1


@pytest.mark.parametrize("course_id", ["\ue0000\ue000", "\ue0001\ue000", "9998-01-01"])
def test_values_that_look_like_stand_ins(course_id):
    CourseEnrollmentDailyFactory(course_id=course_id, date=date(9998, 1, 2), count=7)
    assert run(days, course_id=course_id, start=date(9998, 1, 1), end=date(9998, 1, 3)) == [(7,)]
    assert run(days, course_id=course_id, start=date(9998, 1, 3), end=date(9998, 1, 3)) == []


@pytest.mark.parametrize("number", [1, 2, 3, 5, 8, 20])
def test_tuples(number):
    ids = [CourseEnrollmentDailyFactory().id for _number in range(number)]
    assert run(of_ids, ids=tuple(ids)) == run(of_ids, ids=compiled.padded(ids)) == [(id,) for id in ids]


def test_padding_makes_few_lengths():
    assert {len(compiled.padded(list(range(1, number + 1)))) for number in range(1, 130)} == {2**n for n in range(9)}


def test_times_keep_their_digits():
    CourseActivityWeeklyFactory(course_id="a/b/c", label="ACTIVE", interval_start=MOMENT, interval_end=MOMENT)
    assert run(weeks, since=MOMENT, course_id="a/b/c") == [("ACTIVE",)]
    assert run(weeks, since=MOMENT.replace(microsecond=999_998), course_id="a/b/c") == []


def test_columns_are_converted_as_django_does():
    for correct in (True, False, True):
        ProblemFirstLastResponseAnswerDistributionFactory(correct=correct)
    rows = ProblemFirstLastResponseAnswerDistributionFactory._meta.model.objects.using("analytics").order_by("id")
    columns = ("correct", "created", "module_id")
    assert list(compiled.rows_of(rows, *columns)) == list(rows.values_list(*columns))
    assert list(compiled.rows_of(rows.filter(id__in=[]), "id")) == []


def test_rows_are_fetched_as_they_are_read(three_days):
    rows = compiled.rows(days, using="analytics", course_id=None, start=None, end=None)
    with CaptureQueriesContext(compiled.connections["analytics"]) as queries:
        assert not queries.captured_queries
        assert next(rows) == (1,)
    rows.close()


def of_first_letter(course_id: str) -> QuerySet:
    return CourseEnrollmentDaily.objects.filter(course_id=course_id, count=len(course_id)).values_list("id")


def with_a_stand_in(course_id: str) -> QuerySet:
    return CourseEnrollmentDaily.objects.filter(course_id__in=[course_id, "\ue0000\ue000"]).values_list("id")


def of_prefix(course_id: str) -> QuerySet:
    return CourseEnrollmentDaily.objects.filter(course_id=f"{course_id}+").values_list("id")


class TestMistakes:
    """Builders whose statement depends on more than the kinds of their arguments."""

    @pytest.mark.parametrize("build", [of_first_letter, with_a_stand_in])
    def test_a_difference_from_django_is_an_error_in_tests(self, build):
        with pytest.raises(compiled.StatementDiffers, match="a/b/c"):
            run(build, course_id="a/b/c")

    def test_a_changed_argument_is_refused_at_once(self):
        with pytest.raises(TypeError, match="does not pass course_id to the database unchanged"):
            run(of_prefix, course_id="a/b/c")

    def test_an_unknown_type_is_refused(self):
        with pytest.raises(TypeError, match="of the type float"):
            run(lambda count: CourseEnrollmentDaily.objects.filter(count=F("id") + count).values_list("id"), count=1.5)
