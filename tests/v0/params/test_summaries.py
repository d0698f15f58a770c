"""Parameters of summaries, totals and programs."""

from datetime import date

import pytest
from django.http import QueryDict
from rest_framework import serializers

from analytics_data_api.errors import IllegalParameterValues
from analytics_data_api.v0.params.summaries import (
    CourseSummariesParameters,
    Picked,
    ProgramsParameters,
    ProgramsQuery,
    SummariesQuery,
)
from analytics_data_api.web.fields import PastDayField
from analytics_data_api.web.pagination import ListPage

OLD = "edX/DemoX/Demo_Course"


def read(query="", body=None):
    return CourseSummariesParameters.read(QueryDict(query), body)


class TestPastDay:
    field = PastDayField(today=lambda: date(2014, 12, 10))

    @pytest.mark.parametrize(
        "text, day",
        [
            ("2014-12-09", date(2014, 12, 9)),
            ("2014-1-5", date(2014, 1, 5)),
            ("2014-12-09T235959", date(2014, 12, 9)),
            ("2014-12-10T01:00:00+02:00", date(2014, 12, 9)),
        ],
    )
    def test_valid(self, text, day):
        assert self.field.to_internal_value(text) == day

    @pytest.mark.parametrize("text", ["2014-12-10", "2014-12-11", "9999-12-31", "x", "2014-13-01", 20141209, ["x"], {}])
    def test_invalid(self, text):
        with pytest.raises(serializers.ValidationError):
            self.field.to_internal_value(text)


class TestSummaries:
    def test_nothing(self):
        assert read() == SummariesQuery()

    def test_everything(self):
        assert read(
            body={
                "course_ids": [OLD],
                "fields": ["course_id", "programs", "enrollment_modes.some mode.count"],
                "exclude": "passing_users",
                "programs": True,
                "recent_date": "2014-12-09",
                "availability": ["Current", "unknown"],
                "pacing_type": ["self_paced"],
                "program_ids": ["p"],
                "text_search": " demo ",
                "order_by": "verified_enrollment",
                "sort_order": "desc",
                "page": 2,
                "page_size": 10,
                "all": False,
            }
        ) == SummariesQuery(
            course_ids=(OLD,),
            availability=("Current", "unknown"),
            pacing_type=("self_paced",),
            program_ids=("p",),
            text_search="demo",
            recent_date=date(2014, 12, 9),
            order_by="verified_enrollment",
            is_descending=True,
            page=ListPage(2, 10),
            with_programs=True,
            picked=Picked(("course_id", "programs", "enrollment_modes.some mode.count"), ("passing_users",)),
        )

    @pytest.mark.parametrize(
        "query, page",
        [
            ("", None),
            ("page=3", ListPage(3, 25)),
            ("page_size=7", ListPage(1, 7)),
            ("page_size=1000", ListPage(1, 100)),
            ("page=3&all=TRUE", None),
            ("page=3&all=false", ListPage(3, 25)),
        ],
    )
    def test_pages(self, query, page):
        assert read(query).page == page

    @pytest.mark.parametrize(
        "query",
        [
            "fields=unheard_of",
            "fields=course_id,enrollment_modes.audit",
            "fields=enrollment_modes..count",
            "fields=count.count.count",
            "fields=enrollment_modes.audit.created",
            "exclude=unheard_of",
            "exclude=audit",
            "exclude=enrollment_modes.audit.count",
            "order_by=enrollment_modes",
            "order_by=programs",
            "order_by=unheard_of",
            "sort_order=up",
            "page=0",
            "page_size=x",
            "all=perhaps",
            "recent_date=9999-01-01",
        ],
    )
    def test_refused(self, query):
        with pytest.raises(IllegalParameterValues):
            read(query)

    @pytest.mark.parametrize("filters", ["page=1", "availability=x", "pacing_type=x", "program_ids=x", "text_search=x"])
    def test_may_be_empty(self, filters):
        assert read(filters).may_be_empty

    @pytest.mark.parametrize("others", ["", f"course_ids={OLD}", "fields=count", "order_by=count", "text_search=%20"])
    def test_must_not_be_empty(self, others):
        assert not read(others).may_be_empty


def test_programs():
    read = ProgramsParameters.read
    assert read(QueryDict("")) == ProgramsQuery()
    assert read(QueryDict("program_ids=a,b&fields=program_id&exclude=created")) == ProgramsQuery(
        program_ids=("a", "b"), picked=Picked(("program_id",), ("created",))
    )
    for query in ("program_ids=", "program_ids=,", "fields=x", "exclude=count"):
        with pytest.raises(IllegalParameterValues):
            read(QueryDict(query))
