"""Conditional requests, compressed responses, and requests without a session."""

import gzip

import pytest
from django.contrib.auth import get_user_model

from tests.support.factories import CourseEnrollmentDailyFactory, CourseMetaSummaryEnrollmentFactory

pytestmark = pytest.mark.django_db(databases=["default", "analytics"])

URL = "/api/v0/courses/edX/DemoX/Demo_Course/enrollment/"


@pytest.fixture(autouse=True)
def enrollment():
    return CourseEnrollmentDailyFactory(course_id="edX/DemoX/Demo_Course")


class TestConditionalRequests:
    def test_each_answer_has_a_strong_etag_and_is_to_be_asked_for_again(self, api):
        answer = api.get(URL)
        assert answer["ETag"].startswith('"')
        assert answer["Cache-Control"] == "private, max-age=0, must-revalidate"

    def test_what_the_client_has_is_not_sent_again(self, api):
        etag = api.get(URL)["ETag"]
        answer = api.get(URL, HTTP_IF_NONE_MATCH=etag)
        assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", etag)

    def test_a_changed_row_changes_the_etag(self, api, enrollment):
        etag = api.get(URL)["ETag"]
        enrollment.count += 1
        enrollment.save(using="analytics")
        assert api.get(URL, HTTP_IF_NONE_MATCH=etag).status_code == 200

    @pytest.mark.parametrize(
        "headers", [{"If-Match": '"other"'}, {"If-Unmodified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"}]
    )
    def test_another_response_than_the_client_demands(self, api, headers):
        answer = api.get(URL, headers=headers)
        assert (answer.status_code, answer["Content-Type"]) == (412, "application/json")
        assert answer.json()["error_code"] == "precondition_failed"
        assert api.get(URL, headers={"If-Match": api.get(URL)["ETag"]}).status_code == 200

    def test_json_and_csv_are_told_apart(self, api):
        assert "ETag" not in api.get(URL, HTTP_ACCEPT="text/csv")
        assert "Accept" in api.get(URL)["Vary"]

    def test_errors_are_not_kept(self, api):
        answer = api.get("/api/v0/courses/edX/DemoX/Other/enrollment/")
        assert "ETag" not in answer and "Cache-Control" not in answer


class TestGzip:
    @pytest.fixture(autouse=True)
    def many_days(self):
        for day in range(1, 29):
            CourseEnrollmentDailyFactory(course_id="edX/DemoX/Demo_Course", date=f"2014-11-{day:02}")

    def test_packed_when_asked_for(self, api):
        url = f"{URL}?start_date=2014-01-01"
        plain = api.get(url)
        packed = api.get(url, HTTP_ACCEPT_ENCODING="gzip")
        assert packed["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.getvalue()) == plain.getvalue()

    def test_the_etag_of_a_packed_answer_is_weak(self, api):
        url = f"{URL}?start_date=2014-01-01"
        etag = api.get(url, HTTP_ACCEPT_ENCODING="gzip")["ETag"]
        assert etag == f"W/{api.get(url)['ETag']}"
        assert api.get(url, HTTP_ACCEPT_ENCODING="gzip", HTTP_IF_NONE_MATCH=etag).status_code == 304


class TestSessions:
    def test_a_key_gets_no_session_and_no_cookie(self, api):
        answer = api.get(URL)
        assert not answer.cookies
        assert "Cookie" not in answer["Vary"]

    def test_a_session_still_counts(self, client):
        client.force_login(get_user_model().objects.create_user("reader"))
        answer = client.get(URL)
        assert answer.status_code == 200
        assert "Cookie" in answer["Vary"]

    def test_a_form_without_its_csrf_token_is_refused(self, client):
        client.handler.enforce_csrf_checks = True
        response = client.post("/api-auth/login/", {"username": "a", "password": "b"})
        assert (response.status_code, response["Content-Type"]) == (403, "application/json")
        assert response.json()["error_code"] == "permission_denied"


@pytest.mark.parametrize("charset", ["utf-16", "utf-7", "latin-1", "utf-8", "base64", "nonsense"])
class TestCharsets:
    def test_a_url_is_utf_8_whatever_charset_a_body_has(self, api, charset):
        CourseEnrollmentDailyFactory(course_id="course-v1:é+é+é")
        answer = api.get(
            "/api/v0/courses/course-v1:é+é+é/enrollment/",
            {"format": "csv", "start_date": "2014-01-01"},
            CONTENT_TYPE=f"text/plain; charset={charset}",
        )
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert "course-v1:é+é+é" in answer.getvalue().decode()

    def test_a_form_is_as_well(self, api, charset):
        for course_id in ("course-v1:é+é+é", "edX/Another/1"):
            CourseMetaSummaryEnrollmentFactory(course_id=course_id)
        answer = api.post(
            "/api/v0/course_summaries/",
            "course_ids=course-v1:%C3%A9%2B%C3%A9%2B%C3%A9",
            content_type=f"application/x-www-form-urlencoded; charset={charset}",
        )
        assert [row["course_id"] for row in answer.json()] == ["course-v1:é+é+é"]


@pytest.mark.django_db(databases="__all__")
@pytest.mark.parametrize(
    ("path", "encoding"),
    [
        ("courses/edX/DemoX/Demo_Course/enrollment/?start_date=2000-01-01&format=csv", None),
        ("course_summaries/?format=csv", None),
        ("course_summaries/", "gzip"),
        ("data_sets/enrollment/rows/?format=csv", "gzip"),
    ],
)
def test_csv_is_never_compressed(api, demo_data, path, encoding):
    """A published dashboard passes our Content-Encoding on with a body that it has unpacked."""
    response = api.get(f"/api/v0/{path}", HTTP_ACCEPT_ENCODING="gzip")
    assert response.status_code == 200
    assert response.get("Content-Encoding") == encoding
