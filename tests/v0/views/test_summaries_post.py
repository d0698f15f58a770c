"""POST to course_summaries/, course_totals/ and programs/."""

import json
from urllib.parse import urlencode

import pytest

from tests.support.client import content
from tests.support.factories import CourseMetaSummaryEnrollmentFactory

pytestmark = pytest.mark.django_db(databases="__all__")

SUMMARIES, TOTALS, PROGRAMS = "/api/v0/course_summaries/", "/api/v0/course_totals/", "/api/v0/programs/"
POSTABLE = [SUMMARIES, TOTALS, PROGRAMS]
FORM = "application/x-www-form-urlencoded"


class TestPost:
    """A POST responds like a GET with the same parameters."""

    @pytest.mark.parametrize("slash", ["/", ""])
    @pytest.mark.parametrize("form", ["json", "multipart", FORM])
    def test_forms_of_a_body(self, api, courses, form, slash):
        body = {"course_ids": ["c/c/c", "a/a/a"], "fields": ["course_id"]}
        if form == FORM:
            response = api.post(SUMMARIES.rstrip("/") + slash, urlencode(body, doseq=True), content_type=FORM)
        else:
            response = api.post(SUMMARIES.rstrip("/") + slash, body, format=form)
        assert (response.status_code, response.json()) == (200, [{"course_id": "a/a/a"}, {"course_id": "c/c/c"}])

    def test_texts_with_commas(self, api, courses):
        for form in ("json", "multipart"):
            body = {"course_ids": "c/c/c, a/a/a", "exclude": "count"}
            rows = api.post(SUMMARIES, body, format=form).json()
            assert [row["course_id"] for row in rows] == ["a/a/a", "c/c/c"]

    @pytest.mark.parametrize("url", POSTABLE)
    def test_without_a_body(self, api, courses, url):
        assert api.post(url).json() == api.rows(url)
        assert api.post(url, {}, format="json").json() == api.rows(url)

    @pytest.mark.parametrize("url", POSTABLE)
    def test_csv(self, api, courses, url):
        assert content(api.post(f"{url}?format=csv", {}, format="json")) == content(api.get(f"{url}?format=csv"))
        assert content(api.post(url.rstrip("/"), HTTP_ACCEPT="text/csv")) == content(
            api.get(url, HTTP_ACCEPT="text/csv")
        )

    def test_json_values(self, api, courses):
        body = {"programs": True, "page": 1, "page_size": 2, "all": False, "availability": None, "text_search": None}
        answer = api.post(SUMMARIES, body, format="json").json()
        assert answer["count"] == 3 and "programs" in answer["results"][0]
        assert "programs" not in api.post(SUMMARIES, {"programs": False}, format="json").json()[0]

    @pytest.mark.parametrize("url", POSTABLE)
    def test_without_slash_others_are_redirected(self, anonymous, url):
        for method in ("get", "head"):
            response = getattr(anonymous, method)(f"{url.rstrip('/')}?fields=count")
            assert (response.status_code, response["Location"]) == (301, f"{url}?fields=count")

    @pytest.mark.parametrize("url", POSTABLE)
    def test_without_slash_wants_a_key(self, anonymous, url):
        assert anonymous.post(url.rstrip("/")).status_code == 401

    def test_thousands_of_ids(self, api):
        course_ids = [f"course-v1:edX+Course{number}+2014" for number in range(4000)]
        for course_id in course_ids[::1000]:
            CourseMetaSummaryEnrollmentFactory(course_id=course_id)
        for form in ("json", "multipart"):
            rows = api.post(SUMMARIES, {"course_ids": course_ids, "fields": ["course_id"]}, format=form).json()
            assert len(rows) == 4
        body = urlencode({"course_ids": course_ids}, doseq=True)
        assert api.post(TOTALS, body, content_type=FORM).json()["count"] == 4 * 945


BODIES = [
    b"[]", b"[1]", b'"a"', b"1", b"null", b"true", b"1e999", b"{", b"", b"\xff", b"NaN", b'{"a": NaN}',
    b'{"course_ids": "\\ud800"}', b'{"course_ids": ["\\udc00/a/b"]}', b'{"text_search": "\\ud83d"}',
    b'{"page": 1' + b"0" * 400 + b"}", b'{"page": 1' + b"0" * 5000 + b"}", b'{"page": -9223372036854775809}',
    b'{"course_ids": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", b"[" * 100_000,
    b'{"course_ids": {"a": ["b"]}}', b'{"course_ids": [[["a/b/c"]]]}', b'{"course_ids": [null]}',
    b'{"course_ids": [1, 2]}', b'{"course_ids": 1}', b'{"course_ids": false}', b'{"course_ids": ["a/b/c", {}]}',
    b'{"course_ids": null}', b'{"course_ids": []}', b'{"course_ids": ""}', b'{"course_ids": ["x"]}',
    b'{"program_ids": [1]}', b'{"program_ids": {}}', b'{"fields": {"a": 1}}', b'{"fields": [1]}', b'{"exclude": true}',
    b'{"programs": {}}', b'{"programs": [1]}', b'{"all": "x"}', b'{"all": [true]}', b'{"recent_date": 5}',
    b'{"recent_date": ["2014-01-01"]}', b'{"text_search": 5}', b'{"text_search": {}}', b'{"order_by": ["count"]}',
    b'{"sort_order": 1}', b'{"page": "x"}', b'{"page": {}}', b'{"page_size": 1.5}', b'{"availability": [{}]}',
    b'{"pacing_type": 1}', b'{"course_ids": ["a/b/c\\u0000"]}', b"\xef\xbb\xbf{}",
    '{"course_ids": "a/b/c"}'.encode("utf-16"),
]  # fmt: skip


class TestBadBodies:
    """No body makes the server fail."""

    @pytest.mark.parametrize("url", POSTABLE)
    @pytest.mark.parametrize("body", BODIES, ids=lambda body: str(body[:40]))
    def test_json(self, api, courses, url, body):
        response = api.generic("POST", url, body, content_type="application/json")
        assert response.status_code in (200, 400), content(response)
        try:
            known = json.loads(body)
        except (ValueError, RecursionError):
            known = None
        if response.status_code == 400:
            assert response.json()["developer_message"]
        elif url == SUMMARIES:
            # An empty body has no parameters.
            assert body == b"" or known is None

    @pytest.mark.parametrize(
        "body", [body for body in BODIES if body not in (b"", b"null")], ids=lambda body: str(body[:40])
    )
    def test_summaries_refuse_all_of_them(self, api, courses, body):
        response = api.generic("POST", SUMMARIES, body, content_type="application/json")
        assert response.status_code == 400
        assert len(response.content) < 3000

    @pytest.mark.parametrize("url", POSTABLE)
    @pytest.mark.parametrize(
        "content_type, status",
        [
            ("text/plain", 415),
            ("application/xml", 415),
            ("application/json; charset=utf-16", 400),
            ("multipart/form-data", 400),
            ("nonsense", 415),
        ],
    )
    def test_content_types(self, api, courses, url, content_type, status):
        response = api.generic("POST", url, b"a=b", content_type=content_type)
        assert response.status_code == status
        assert response.json()["error_code"] in ("unsupported_media_type", "parse_error")

    def test_too_long(self, api, courses, settings):
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
        for body, content_type in ((b'{"a": "' + b"x" * 200 + b'"}', "application/json"), (b"a=" + b"x" * 200, FORM)):
            response = api.generic("POST", SUMMARIES, body, content_type=content_type)
            assert (response.status_code, response.json()["error_code"]) == (413, "request_too_large")
            assert "at most 100 bytes" in response.json()["developer_message"]

    def test_too_many_fields(self, api, courses, settings):
        settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
        response = api.post(SUMMARIES, "&".join(["a=b"] * 5), content_type=FORM)
        assert (response.status_code, response.json()["error_code"]) == (400, "parse_error")

    def test_a_file_is_no_list(self, api, courses, tmp_path):
        file = tmp_path / "ids"
        file.write_text("a/a/a")
        with file.open("rb") as opened:
            response = api.post(SUMMARIES, {"course_ids": opened}, format="multipart")
        assert (response.status_code, response.json()["error_code"]) == (400, "illegal_parameter_values")

    @pytest.mark.parametrize("end", ["", "--B", "\r\n--B\r\nContent-Disposi", "\r\n--other--\r\n"])
    def test_parts_that_are_cut_off(self, api, courses, end):
        """The server does not take the rest of a list for the whole list."""
        body = f'--B\r\nContent-Disposition: form-data; name="course_ids"\r\n\r\na/a/a{end}'
        for url in (SUMMARIES, TOTALS):
            response = api.post(url, body, content_type="multipart/form-data; boundary=B")
            assert (response.status_code, response.json()["error_code"]) == (400, "parse_error")

    @pytest.mark.parametrize("body", ['{"course_ids": ["a/a/a"]}', ' \n["a/a/a"]', "{}"])
    @pytest.mark.parametrize("kind", [FORM, f"{FORM}; charset=utf-8"])
    def test_json_that_is_sent_as_a_form(self, api, courses, body, kind):
        for url in (SUMMARIES, TOTALS):
            response = api.post(url, body, content_type=kind)
            assert (response.status_code, response.json()["error_code"]) == (400, "parse_error")
            assert "Content-Type: application/json" in response.json()["developer_message"]

    def test_length_not_known(self, api, courses):
        response = api.generic("POST", SUMMARIES, b"", HTTP_TRANSFER_ENCODING="chunked")
        assert (response.status_code, response.json()["error_code"]) == (400, "parse_error")


class TestBadIds:
    @pytest.mark.parametrize("url", [SUMMARIES, TOTALS])
    def test_empty(self, api, courses, url):
        for response in (
            api.get(url, {"course_ids": ""}),
            api.get(url, {"course_ids": ","}),
            api.post(url, {"course_ids": []}, format="json"),
            api.post(url, {"course_ids": ""}),
        ):
            assert (response.status_code, response.json()["error_code"]) == (400, "course_not_specified")

    @pytest.mark.parametrize("url", [SUMMARIES, TOTALS])
    def test_malformed(self, api, courses, url):
        for response in (
            api.get(url, {"course_ids": "a/a/a,nonsense"}),
            api.post(url, {"course_ids": ["a/a/a", "nonsense"]}, format="json"),
        ):
            assert (response.status_code, response.json()["error_code"]) == (400, "course_key_malformed")
            assert "nonsense" in response.json()["developer_message"]

    def test_plus_that_was_not_escaped(self, api):
        CourseMetaSummaryEnrollmentFactory(course_id="course-v1:edX+DemoX+2014")
        assert len(api.rows(f"{SUMMARIES}?course_ids=course-v1:edX+DemoX+2014,a/b/c")) == 1
