"""The headers of every response, and the maximum size of a request."""

import pytest

from tests.support.client import ApiClient
from tests.support.factories import CourseEnrollmentDailyFactory, TokenFactory

pytestmark = pytest.mark.django_db(databases="__all__")

COURSE = "edX/DemoX/Demo_Course"
URL = f"/api/v0/courses/{COURSE}/enrollment/"
ANSWERS = [
    (200, URL, {}),
    (200, URL, {"HTTP_ACCEPT": "text/csv"}),
    (200, URL, {"HTTP_ACCEPT": "text/html"}),
    (200, "/docs/", {"HTTP_ACCEPT": "text/html"}),
    (200, "/status/", {}),
    (200, "/api-auth/login/", {}),
    (200, "/static/drf-yasg/style.css", {}),
    (301, URL.rstrip("/"), {}),
    (302, "/", {}),
    (400, f"{URL}?start_date=never", {}),
    (400, "/status/", {"HTTP_HOST": "elsewhere.example.com"}),
    (404, "/nothing/", {}),
    (405, "/api-token-auth/", {}),
    (500, "/crash/plain/", {}),
]


@pytest.fixture
def client(settings):
    settings.ROOT_URLCONF = "tests.support.crash_urls"
    CourseEnrollmentDailyFactory(course_id=COURSE)
    client = ApiClient(described=False, raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Token {TokenFactory().key}")
    return client


@pytest.mark.parametrize(("status", "path", "extra"), ANSWERS)
def test_headers_of_every_answer(client, status, path, extra):
    response = client.get(path, **extra)
    assert response.status_code == status
    check(response)


def test_headers_of_refusals(anonymous, settings):
    check(anonymous.get(URL))
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1
    check(anonymous.post(URL, {"more": "than a byte"}))


def check(response):
    policy = dict(part.split(" ", 1) for part in response["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"


class TestSizeOfARequest:
    @pytest.mark.parametrize("path", ["/api/v0/course_summaries/", "/api-token-auth/", "/api-auth/login/"])
    @pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=b"])
    def test_too_large(self, anonymous, settings, path, content_type):
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
        response = anonymous.generic("POST", path, b"x" * 101, content_type=content_type)
        assert (response.status_code, response.json()["error_code"]) == (413, "request_too_large")
        assert "at most 100 bytes" in response.json()["developer_message"]

    def test_just_not_too_large(self, anonymous, settings):
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
        response = anonymous.generic("POST", "/api-token-auth/", b"x" * 100, content_type="application/json")
        assert response.json()["error_code"] == "parse_error"

    @pytest.mark.parametrize("path", ["/api-token-auth/", "/api-token-auth", "/api-auth/login/", "/admin/login/"])
    def test_a_login_is_short(self, anonymous, path):
        statuses = [
            anonymous.generic("POST", path, b"x" * length, content_type="application/json").status_code
            for length in (64 * 1024, 64 * 1024 + 1)
        ]
        assert statuses[0] != 413 and statuses[1] == 413

    def test_any_size(self, anonymous, settings):
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = None
        response = anonymous.generic("POST", "/api-token-auth/", b"x" * 101, content_type="application/json")
        assert response.json()["error_code"] == "parse_error"


class TestDepth:
    @pytest.mark.parametrize("path", ["course_summaries", "course_totals", "programs"])
    @pytest.mark.parametrize("depth", [101, 1000, 100_000])
    def test_too_deep(self, api, path, depth):
        for body in (b"[" * depth + b"]" * depth, b'{"course_ids":' * depth + b"1" + b"}" * depth):
            response = api.generic("POST", f"/api/v0/{path}/", body, content_type="application/json")
            assert (response.status_code, response.json()["error_code"]) == (400, "parse_error")

    def test_just_not_too_deep(self, api):
        body = b'{"other":' + b"[" * 99 + b"]" * 99 + b"}"
        response = api.generic("POST", "/api/v0/course_totals/", body, content_type="application/json")
        assert response.status_code == 200

    def test_a_message_repeats_only_the_beginning_of_a_long_id(self, api):
        response = api.post("/api/v0/course_totals/", {"course_ids": "x" * 100_000}, format="json")
        assert response.json()["error_code"] == "course_key_malformed"
        assert len(response.content) < 1000


class TestLists:
    @pytest.fixture(autouse=True)
    def most(self, settings):
        settings.MAX_IDS = 3

    @pytest.mark.parametrize("path", ["course_summaries", "course_totals", "programs"])
    @pytest.mark.parametrize("repeated", [False, True])
    def test_too_many(self, api, path, repeated):
        name = "program_ids" if path == "programs" else "course_ids"
        ids = [f"edX/DemoX/{number}" for number in range(4)]
        many = {name: ids if repeated else [",".join(ids)]}
        for response in (api.post(f"/api/v0/{path}/", many, format="json"), api.get(f"/api/v0/{path}/", many)):
            assert (response.status_code, response.json()["error_code"]) == (400, "illegal_parameter_values")
            assert name in response.json()["developer_message"]
            assert "at most 3 values" in response.json()["developer_message"]

    def test_just_not_too_many(self, api):
        response = api.get("/api/v0/course_totals/", {"course_ids": "a/b/c,a/b/d,a/b/e"})
        assert response.status_code == 200
