"""The objects that a view prepares once must not pass from one request to another."""

import pytest

from analytics_data_api.v0.views.courses import CourseEnrollmentView
from analytics_data_api.web.prepared import MAX_OUTCOMES
from tests.support.factories import CourseEnrollmentDailyFactory

pytestmark = pytest.mark.django_db(databases="__all__")

URL = "/api/v0/courses/edX/DemoX/Demo_Course/enrollment/"


@pytest.fixture(autouse=True)
def enrollment():
    CourseEnrollmentDailyFactory(course_id="edX/DemoX/Demo_Course")


def test_each_request_gets_its_own_format(api):
    accepted = {"application/json": "application/json", "text/csv": "text/csv; charset=utf-8", "text/html": "text/html"}
    for _twice in range(2):
        for accept, content_type in accepted.items():
            assert api.get(URL, HTTP_ACCEPT=accept)["Content-Type"].startswith(content_type)
            assert api.get(URL, {"format": "csv"}, HTTP_ACCEPT=accept)["Content-Type"].startswith("text/csv")
        assert api.get(URL, HTTP_ACCEPT="image/png").status_code == 406
        assert api.get(URL, {"format": "png"}).status_code == 400


def test_each_request_gets_its_own_headers(api):
    for _twice in range(2):
        response = api.get(URL)
        assert (response["Allow"], response["Vary"]) == ("GET, HEAD, OPTIONS", "Accept")
        assert api.get(URL, HTTP_ACCEPT_ENCODING="gzip", HTTP_ACCEPT="text/html")["Vary"].startswith("Accept")
        assert api.options(URL)["Allow"] == "GET, HEAD, OPTIONS"
        assert api.post(URL).status_code == 405


def test_a_class_remembers_a_limited_number_of_formats(api):
    for number in range(MAX_OUTCOMES + 10):
        assert api.get(URL, HTTP_ACCEPT=f"application/json; a={number}").status_code == 200
    assert api.get(URL, HTTP_ACCEPT="application/json;" + "a=b;" * 500).status_code in (200, 406)
    assert len(CourseEnrollmentView.outcomes) <= MAX_OUTCOMES
