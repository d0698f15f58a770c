"""Valid and invalid course ids, and where requests can have them."""

from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey

from analytics_data_api.course_keys import course_id_of_query, file_name_stem, valid_course_id
from analytics_data_api.errors import CourseKeyMalformed, CourseNotSpecified
from tests.support.factories import CourseEnrollmentDailyFactory, GradeDistributionFactory

GOOD = {
    "edX/DemoX/Demo_Course": "edX-DemoX-Demo_Course",
    "course-v1:edX+DemoX+Demo_2014": "edX-DemoX-Demo_2014",
    "course-v1:edX+Demo.X-1~a_b+2014": "edX-Demo.X-1~a_b-2014",
    "École/Ünïcode/Prüfung": "École-Ünïcode-Prüfung",
    "course-v1:МГУ+Физика+2014": "МГУ-Физика-2014",
    "course-v1:台大+機率+2014": "台大-機率-2014",
    "course-v1:edX+DemoX+2014+branch@draft-branch": "edX-DemoX-2014",
    "ccx-v1:edX+DemoX+2014+ccx@1": "edX-DemoX-2014",
    "course-v1:edX+DemoX+2014+version@519665f6223ebd6980884f2b": "edX-DemoX-2014",
}
MALFORMED = [
    "edX",
    "edX/DemoX",
    "edX/DemoX/Demo/Course",
    "edX/DemoX/Demo Course",
    "edX//Demo_Course",
    "course-v1:edX+DemoX",
    "course-v1:edX+DemoX+",
    "course-v1:edX DemoX 2014",
    "course-v1:edX+DemoX+20/14",
    "course-v1:edX+DemoX+2014?",
    "course-v2:edX+DemoX+2014",
    "block-v1:edX+DemoX+2014+type@problem+block@a",
    "i4x://edX/DemoX/problem/a",
    "edX/DemoX/Demo_Course\n",
    "course-v1:edX+DemoX+2014\n",
    "course-v1:edX+DemoX+2014\x00",
    " ",
    "'; DROP TABLE video; --",
    "course-v1:" + "a" * 5000,
]


@pytest.mark.parametrize("course_id, stem", GOOD.items())
def test_good(course_id, stem):
    assert valid_course_id(course_id) == course_id
    assert file_name_stem(course_id) == stem


def test_libraries_are_courses_to_the_platform():
    assert valid_course_id("library-v1:edX+DemoX")


@pytest.mark.parametrize("course_id", MALFORMED)
def test_malformed(course_id):
    with pytest.raises(CourseKeyMalformed) as refusal:
        valid_course_id(course_id)
    # A message repeats the beginning of a long id.
    assert repr(course_id)[:100] in str(refusal.value)


@pytest.mark.parametrize("course_id", [None, ""])
def test_not_specified(course_id):
    with pytest.raises(CourseNotSpecified):
        valid_course_id(course_id)


def test_spaces_of_a_query_are_the_plus_signs_that_they_were():
    assert course_id_of_query("course-v1:edX DemoX 2014") == "course-v1:edX+DemoX+2014"


@settings(derandomize=True, max_examples=300, deadline=None)
@given(
    st.one_of(
        st.builds("course-v1:{}+{}+{}{}".format, *[st.text("aZ09._~-é中 /\n", max_size=3)] * 4),
        st.builds("{}/{}/{}{}".format, *[st.text("aZ09._~-é中 +\n", max_size=3)] * 4),
        st.text(max_size=20),
    )
)
def test_is_good_where_the_platform_can_read_it(text):
    try:
        CourseKey.from_string(text)
        known = bool(text)
    except InvalidKeyError:
        known = False
    try:
        valid_course_id(text)
        good = True
    except (CourseKeyMalformed, CourseNotSpecified):
        good = False
    assert good == known


@pytest.mark.django_db(databases="__all__")
class TestInUrl:
    @pytest.mark.parametrize("course_id, stem", GOOD.items())
    def test_raw_and_encoded(self, api, course_id, stem):
        CourseEnrollmentDailyFactory(course_id=course_id)
        CourseEnrollmentDailyFactory(course_id="course-v1:edX+Another+2014")
        for form in (course_id, quote(course_id, safe="/:+"), quote(course_id, safe="")):
            assert [row["course_id"] for row in api.rows(f"/api/v0/courses/{form}/enrollment/")] == [course_id]

    @pytest.mark.parametrize("course_id, stem", GOOD.items())
    def test_names_the_csv_file(self, api, course_id, stem):
        CourseEnrollmentDailyFactory(course_id=course_id)
        response = api.get(f"/api/v0/courses/{quote(course_id)}/enrollment/", {"format": "csv"})
        plain = f"attachment; filename={stem}--enrollment.csv"
        encoded = f"attachment; filename*=utf-8''{quote(stem)}--enrollment.csv"
        assert response["Content-Disposition"] == (plain if stem.isascii() else encoded)

    @pytest.mark.parametrize("accept", ["application/json", "text/csv"])
    @pytest.mark.parametrize("course_id", MALFORMED)
    def test_malformed(self, api, course_id, accept):
        response = api.get(f"/api/v0/courses/{quote(course_id, safe='')}/enrollment/", HTTP_ACCEPT=accept)
        assert (response.status_code, response["Content-Type"]) == (400, "application/json")
        assert response.json()["error_code"] == "course_key_malformed"
        # A message repeats only the beginning of a long value.
        assert repr(course_id)[:200] in response.json()["developer_message"]

    def test_not_specified(self, api):
        response = api.get("/api/v0/courses//enrollment/")
        assert response.status_code == 400
        assert response.json()["error_code"] == "course_not_specified"


@pytest.mark.django_db(databases="__all__")
class TestInQuery:
    @pytest.fixture
    def url(self):
        for course_id in ("course-v1:edX+DemoX+2014", "edX/DemoX/2014"):
            GradeDistributionFactory(module_id="problem", course_id=course_id)
        return "/api/v0/problems/problem/grade_distribution/"

    @pytest.mark.parametrize(
        "query, course_id",
        [
            ("course-v1:edX+DemoX+2014", "course-v1:edX+DemoX+2014"),
            ("course-v1:edX%2BDemoX%2B2014", "course-v1:edX+DemoX+2014"),
            ("course-v1%3AedX%20DemoX%202014", "course-v1:edX+DemoX+2014"),
            ("edX/DemoX/2014", "edX/DemoX/2014"),
            ("edX%2FDemoX%2F2014", "edX/DemoX/2014"),
        ],
    )
    def test_raw_and_encoded(self, api, url, query, course_id):
        assert [row["course_id"] for row in api.rows(f"{url}?course_id={query}")] == [course_id]

    @pytest.mark.parametrize("course_id", ["edX", "course-v1:edX+DemoX", "edX/DemoX/2014\n"])
    def test_malformed(self, api, url, course_id):
        for accept in ("application/json", "text/csv"):
            response = api.get(url, {"course_id": course_id}, HTTP_ACCEPT=accept)
            assert (response.status_code, response["Content-Type"]) == (400, "application/json")
            assert response.json()["error_code"] == "course_key_malformed"
            # A message repeats only the beginning of a long value.
        assert repr(course_id)[:200] in response.json()["developer_message"]
