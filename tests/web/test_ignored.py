"""Parameters that an endpoint does not know are named."""

import pytest

from analytics_data_api.web.ignored import MAX_NAMES, ignored_parameters

URL = "/api/v0/courses/edX/DemoX/Demo_Course/enrollment/"
KNOWN = ("start_date", "end_date")

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.mark.parametrize(
    ("names", "header"),
    [
        ([], ""),
        (["start_date", "end_date", "format", "fields"], ""),
        (["start"], "start (start_date?)"),
        (["start_dat"], "start_dat (start_date?)"),
        (["activity_type", "sortKey"], "activity_type, sortKey"),
        (["stärt\r\nSet-Cookie: a"], "st%C3%A4rt%0D%0ASet-Cookie:%20a"),
    ],
)
def test_header(names, header):
    assert ignored_parameters(dict.fromkeys(names, "1"), None, KNOWN) == header


def test_many_names():
    header = ignored_parameters({f"x{number}": "" for number in range(1000)}, None, KNOWN)
    assert header.count(",") == MAX_NAMES
    assert header.endswith(", ...")


def test_body():
    assert ignored_parameters({"a": "1"}, {"b": 1, "end": 2}, KNOWN) == "a, b, end (end_date?)"


def test_response_names_them(api, demo_data):
    response = api.get(URL, {"start": "2014-12-09", "total_pages": "1"})
    assert response.status_code == 200
    assert response["X-Ignored-Parameters"] == "start (start_date?), total_pages"
    assert "X-Ignored-Parameters" not in api.get(URL, {"start_date": "2014-12-09"})


def test_an_error_names_them_too(api):
    assert api.get(URL, {"start": "2014-12-09"})["X-Ignored-Parameters"] == "start (start_date?)"


def test_post(api, demo_data):
    response = api.post("/api/v0/course_totals/", {"course_id": "a/b/c"}, format="json")
    assert response["X-Ignored-Parameters"] == "course_id (course_ids?)"


def test_strict(api, demo_data, settings):
    settings.STRICT_PARAMETERS = True
    response = api.get(URL, {"start": "2014-12-09"})
    assert response.status_code == 400
    assert response.json()["error_code"] == "illegal_parameter_values"
    assert "start '2014-12-09'" in response.json()["developer_message"]
    assert "start_date, end_date, format, fields" in response.json()["developer_message"]
