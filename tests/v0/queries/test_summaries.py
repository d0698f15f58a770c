"""Grouping, filtering and ordering of summaries; programs and totals."""

from datetime import date

import pytest

from analytics_data_api.constants import ENROLLMENT_MODES, SUMMARY_FIELDS
from analytics_data_api.sql import conditions as base
from analytics_data_api.sql.conditions import Scope
from analytics_data_api.v0.params.summaries import ORDERS, SummariesQuery
from analytics_data_api.v0.queries import summaries
from analytics_data_api.v0.queries.summaries import COUNT, MODES, caseless, filtered, merged_modes, ordered
from tests.support.factories import (
    CourseEnrollmentDailyFactory,
    CourseMetaSummaryEnrollmentFactory,
    CourseProgramMetadataFactory,
)

ROW = ("a/b/c", "Title", "a+b", None, None, "self_paced", "Current", 5, 6, 1, 2, "honor", "2014-12-10T193146")
ROW_NAMES = (*SUMMARY_FIELDS[:11], "mode", "created")


def row(**values):
    return tuple(values.get(name, value) for name, value in zip(ROW_NAMES, ROW, strict=True))


def summary(**values):
    modes = {mode: {"count": 0} for mode in ENROLLMENT_MODES}
    return [values.get(name, modes if name == "enrollment_modes" else None) for name in SUMMARY_FIELDS]


def counts(*values):
    return dict(zip(("count", "cumulative_count", "count_change_7_days", "passing_users"), values, strict=True))


class TestSummedUp:
    def test_modes(self):
        [course] = merged_modes(
            [row(), row(mode="zeta", count=1), row(mode="alpha", count=2), row(mode="audit", count=3)]
        )
        assert list(course[MODES]) == [*ENROLLMENT_MODES, "alpha", "zeta"]
        assert course[MODES]["honor"] == counts(5, 6, 1, 2)
        assert course[MODES]["verified"] == counts(0, 0, 0, 0)
        assert course[COUNT] == 11

    def test_professional(self):
        rows = [row(mode="no-id-professional"), row(mode="professional", count=10)]
        for each in (rows, rows[::-1]):
            [course] = merged_modes(each)
            assert list(course[MODES]) == list(ENROLLMENT_MODES)
            assert course[MODES]["professional"] == counts(15, 12, 2, 4)
            assert course[COUNT : COUNT + 4] == [15, 12, 2, 4]

    def test_null_counts_are_zero(self):
        nulls = dict.fromkeys(("count", "cumulative_count", "count_change_7_days", "passing_users"))
        [course] = merged_modes([row(**nulls)])
        assert course[MODES]["honor"] == counts(0, 0, 0, 0)
        assert course[COUNT : COUNT + 4] == [0, 0, 0, 0]

    def test_courses_do_not_share_their_zeros(self):
        rows = [row(), row(), row(course_id="d/e/f", mode="audit")]
        first, second = merged_modes(rows)
        assert first[MODES]["honor"] == counts(10, 12, 2, 4)
        assert second[MODES]["honor"] == counts(0, 0, 0, 0)
        assert counts(0, 0, 0, 0) == summaries.NO_LEARNERS

    def test_the_latest_row_has_the_catalog_entry(self):
        old = row(mode="audit", created="2014-12-09T000000", catalog_course_title="Old", availability="Starting Soon")
        for rows in ([row(), old], [old, row()]):
            [course] = merged_modes(rows)
            assert course[SUMMARY_FIELDS.index("catalog_course_title")] == "Title"
            assert course[SUMMARY_FIELDS.index("availability")] == "Current"
            assert course[SUMMARY_FIELDS.index("created")] == "2014-12-10T193146"
        [course] = merged_modes([old])
        assert course[SUMMARY_FIELDS.index("availability")] == "Upcoming"


class TestFiltered:
    COURSES = [
        summary(course_id="course-v1:edX+Über+1", catalog_course_title="Straße", availability="Current"),
        summary(
            course_id="edX/DemoX/Demo", catalog_course_title=None, availability="Upcoming", pacing_type="self_paced"
        ),
        summary(course_id="x/y/z", catalog_course_title="Die Übung", availability=None, pacing_type="instructor_paced"),
    ]

    def found(self, **query):
        return [course[0] for course in filtered(self.COURSES, SummariesQuery(**query))]

    @pytest.mark.parametrize(
        "text, found",
        [
            ("demo", [1]),
            ("DEMOX/", [1]),
            ("über", [0]),
            ("ÜB", [0, 2]),
            ("U\N{COMBINING DIAERESIS}bung", [2]),
            ("STRASSE", [0]),
            ("edx über", [0]),
            ("die ü", [2]),
            ("%", []),
            ("_", []),
        ],
    )
    def test_text_search(self, text, found):
        assert self.found(text_search=text) == [self.COURSES[number][0] for number in found]

    @pytest.mark.parametrize(
        "availability, found",
        [
            (("Current",), [0]),
            (("Upcoming",), [1]),
            (("Starting Soon",), [1]),
            (("unknown",), [2]),
            (("unknown", "Current"), [0, 2]),
            (("Archived",), []),
        ],
    )
    def test_availability(self, availability, found):
        assert self.found(availability=availability) == [self.COURSES[number][0] for number in found]

    def test_pacing_type(self):
        assert self.found(pacing_type=("self_paced", "x")) == ["edX/DemoX/Demo"]

    def test_all_filters_have_to_agree(self):
        assert self.found(pacing_type=("self_paced",), availability=("Current",)) == []

    def test_caseless(self):
        assert caseless("ǅ") == caseless("ǆ")


class TestOrdered:
    def ids(self, courses, **order):
        return "".join(course[0] for course in ordered(courses, **order))

    def test_by_course_id(self):
        courses = [summary(course_id=course_id) for course_id in "bZaé"]
        assert self.ids(courses, order_by="course_id", is_descending=False) == "Zabé"
        assert self.ids(courses, order_by="course_id", is_descending=True) == "ébaZ"

    def test_nulls_and_ties(self):
        courses = [
            summary(course_id=name, recent_count_change=value)
            for name, value in zip("abcdef", [2, None, 1, 2, None, 3], strict=True)
        ]
        assert self.ids(courses, order_by="recent_count_change", is_descending=False) == "cadfbe"
        assert self.ids(courses, order_by="recent_count_change", is_descending=True) == "befadc"

    def test_verified_enrollment(self):
        courses = [
            summary(course_id=name, enrollment_modes={"verified": {"count": n}})
            for name, n in zip("abc", (1, 3, 2), strict=True)
        ]
        assert self.ids(courses, order_by="verified_enrollment", is_descending=True) == "bca"

    @pytest.mark.parametrize("order_by", ORDERS)
    def test_every_order(self, order_by):
        for is_descending in (False, True):
            assert (
                len(
                    ordered(
                        [summary(course_id="a"), summary(course_id="b")], order_by=order_by, is_descending=is_descending
                    )
                )
                == 2
            )


@pytest.mark.django_db(databases="__all__")
class TestDatabase:
    def test_latest_enrollment(self):
        for course_id, day, count in [
            ("a/b/c", 8, 1),
            ("a/b/c", 9, 2),
            ("a/b/c", 11, 3),
            ("d/e/f", 1, 4),
            ("g/h/i", 11, 5),
        ]:
            CourseEnrollmentDailyFactory(course_id=course_id, date=date(2014, 12, day), count=count)
        day = date(2014, 12, 10)
        found = summaries.latest_enrollment(day=day, course_ids=None, scope=Scope("analytics"))
        assert found == {"a/b/c": 2, "d/e/f": 4}
        assert summaries.latest_enrollment(day=day, course_ids=["d/e/f"], scope=Scope("analytics")) == {"d/e/f": 4}
        assert summaries.latest_enrollment(day=day, course_ids=[], scope=Scope("analytics")) == {}
        assert (
            summaries.latest_enrollment(day=date(2014, 12, 9), course_ids=None, scope=Scope("analytics"))["a/b/c"] == 2
        )

    def test_of_two_rows_of_a_day_the_last_counts(self):
        CourseEnrollmentDailyFactory(count=1)
        CourseEnrollmentDailyFactory(count=2)
        found = summaries.latest_enrollment(day=date(2014, 12, 10), course_ids=None, scope=Scope("analytics"))
        assert list(found.values()) == [2]

    def test_ids_are_named_in_chunks(self, monkeypatch, query_counter):
        monkeypatch.setattr(base, "IDS_PER_QUERY", 2)
        ids = [f"a/b/{number}" for number in range(5)]
        for course_id in ids:
            CourseMetaSummaryEnrollmentFactory(course_id=course_id, count=1)
            CourseProgramMetadataFactory(course_id=course_id, program_id="p")
        with query_counter() as queries:
            assert list(summaries.course_totals(course_ids=ids, scope=Scope("analytics"))) == [(5, 5, 0, 0)]
        assert len(queries) == 3
        found = summaries.course_summaries(query=SummariesQuery(course_ids=tuple(ids)), scope=Scope("analytics"))
        assert [course[0] for course in found] == ids
        [program] = summaries.program_rows(program_ids=["p", "q", "r"], scope=Scope("analytics"))
        assert program[-1] == ids

    def test_programs(self):
        for course_id, title, day in [("b/b/b", "Old", 9), ("a/a/a", "New", 10), ("a/a/a", "Old", 8)]:
            CourseProgramMetadataFactory(
                course_id=course_id, program_id="p", program_title=title, created=f"2014-12-{day:02}T12:00:00.5Z"
            )
        CourseProgramMetadataFactory(course_id="c/c/c", program_id="P")
        upper, lower = summaries.program_rows(program_ids=None, scope=Scope("analytics"))
        assert upper[0] == "P"
        assert lower == ("p", "MicroMasters", "New", "2014-12-10T12:00:00Z", ["a/a/a", "b/b/b"])

    def test_program_filter(self):
        for course_id, program_id in [("a/a/a", "p"), ("a/a/a", "q"), ("b/b/b", "q"), ("c/c/c", "r")]:
            CourseProgramMetadataFactory(course_id=course_id, program_id=program_id)
        for course_id in ("a/a/a", "b/b/b", "c/c/c", "d/d/d"):
            CourseMetaSummaryEnrollmentFactory(course_id=course_id)

        def found(**query):
            rows = summaries.course_summaries(query=SummariesQuery(**query), scope=Scope("analytics"))
            return {course[0]: course[summaries.PROGRAMS] for course in rows}

        assert found(program_ids=("p",)) == {"a/a/a": None}
        assert found(program_ids=("p", "r")) == {"a/a/a": None, "c/c/c": None}
        assert found(program_ids=("q",), with_programs=True) == {"a/a/a": ["p", "q"], "b/b/b": ["q"]}
        assert found(program_ids=("q",), course_ids=("b/b/b", "c/c/c")) == {"b/b/b": None}
        assert found(program_ids=("unheard of",)) == {}
        assert found(with_programs=True)["d/d/d"] == []
