"""Parameters of the list of learners and of a learner's engagement."""

from datetime import date

import pytest
from django.http import QueryDict

from analytics_data_api.errors import ApiError
from analytics_data_api.rosters.name_search import Search
from analytics_data_api.v0.params.learners import (
    EngagementFilters,
    EngagementRequest,
    RosterParameters,
    RosterRequest,
)
from analytics_data_api.web.times import Window

COURSE = "course_id=edX/DemoX/Demo"


def read(query):
    return RosterParameters.read(QueryDict(f"{COURSE}&{query}"))


def test_defaults():
    assert read("") == RosterRequest(
        course_id="edX/DemoX/Demo",
        search=None,
        segments=(),
        ignore_segments=(),
        cohort=None,
        enrollment_mode=None,
        order_by="username",
        descending=False,
        page=1,
        page_size=25,
        highlight=False,
        fields=(),
    )


@pytest.mark.parametrize(
    "query, name, value",
    [
        ("page=3", "page", 3),
        ("page=003", "page", 3),
        (f"page={'9' * 18}", "page", 10**18 - 1),
        (f"page={'9' * 19}", "page", 10**18),
        (f"page=1{'0' * 5000}", "page", 10**18),
        ("page=", "page", 1),
        ("page_size=7", "page_size", 7),
        ("page_size=500", "page_size", 500),
        ("order_by=videos_viewed", "order_by", "videos_viewed"),
        ("order_by=Videos_Viewed", "order_by", "videos_viewed"),
        ("sort_order=desc", "descending", True),
        ("sort_order=DESC", "descending", True),
        ("sort_order=asc", "descending", False),
        ("segments=a,b", "segments", ("a", "b")),
        ("segments=+a+,,a,b+", "segments", ("a", "b")),
        ("segments=,", "segments", ()),
        ("segments=a&segments=b", "segments", ("b",)),
        ("ignore_segments=b", "ignore_segments", ("b",)),
        ("cohort=Cohort A, B", "cohort", "Cohort A, B"),
        ("cohort=", "cohort", None),
        ("enrollment_mode=no-id-professional", "enrollment_mode", "no-id-professional"),
        ("highlight=true", "highlight", True),
        ("highlight=False", "highlight", False),
        ("fields=a,b,a", "fields", ("a", "b")),
        ("text_search=Zoë", "search", Search(("zoe",))),
        ("text_search=*", "search", None),
        ("text_search=%20", "search", None),
        ("unheard_of=1", "page", 1),
    ],
)
def test_values(query, name, value):
    assert getattr(read(query), name) == value


@pytest.mark.parametrize(
    "query, words",
    [
        ("page=0", "page '0'"),
        ("page=-1", "page '-1'"),
        ("page=1.0", "a whole number of at least 1"),
        ("page=1e3", "page"),
        ("page=١", "page"),
        ("page=%201", "page"),
        ("page=1%0A", "page"),
        ("page_size=0", "page_size '0'"),
        ("page_size=many", "page_size 'many'"),
        ("order_by=last_updated", "problem_attempts_per_completed"),
        ("sort_order=descending", "asc, desc"),
        ("highlight=yes", "true or false"),
        ("segments=a&ignore_segments=b", "not to be used together"),
        (f"text_search={'a+' * 51}", "at most 50"),
    ],
)
def test_refused(query, words):
    with pytest.raises(ApiError) as refusal:
        read(query)
    assert refusal.value.get_codes() == "illegal_parameter_values"
    assert words in str(refusal.value.detail)


@pytest.mark.parametrize("parameters", [RosterParameters, EngagementFilters])
@pytest.mark.parametrize(
    "query, code",
    [
        ("", "course_not_specified"),
        ("course_id=", "course_not_specified"),
        ("course_id=x", "course_key_malformed"),
        ("course_id=library-v1:a", "course_key_malformed"),
    ],
)
def test_course_ids(parameters, query, code):
    with pytest.raises(ApiError) as refusal:
        parameters.read(QueryDict(query))
    assert refusal.value.get_codes() == code


def test_page_size_at_most():
    assert read("page_size=500").with_page_size_at_most(100).page_size == 100
    assert read("page_size=5").with_page_size_at_most(100).page_size == 5


@pytest.mark.parametrize(
    "dates, window",
    [
        ("", Window()),
        ("start_date=2026-3-1", Window(date(2026, 3, 1), None)),
        ("end_date=2026-03-09T235959", Window(None, date(2026, 3, 9))),
        ("start_date=2026-03-01T01:00:00%2B02:00&end_date=2026-03-09", Window(date(2026, 2, 28), date(2026, 3, 9))),
    ],
)
def test_engagement(dates, window):
    assert EngagementFilters.read(QueryDict(f"{COURSE}&{dates}")) == EngagementRequest("edX/DemoX/Demo", window)
