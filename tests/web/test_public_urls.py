"""Links in responses lead to the server that people reach."""

from urllib.parse import parse_qs, urlsplit

import pytest

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def public(settings):
    settings.PUBLIC_URL = "https://figures.example.com/analytics/"


def test_pages(api, demo_data, public):
    body = api.get("/api/v0/course_summaries/", {"page_size": 1}).json()
    assert body["next"] == "https://figures.example.com/analytics/api/v0/course_summaries/?page=2&page_size=1"


def test_learners(api, demo_data, public):
    body = api.get("/api/v0/learners/", {"course_id": "my/cool/course", "page_size": 1, "page": 2}).json()
    assert body["previous"].startswith("https://figures.example.com/analytics/api/v0/learners/?course_id=")


def test_data_sets(api, demo_data, public):
    links = api.get("/api/v0/data_sets/enrollment/").json()["links"]
    assert links["rows"] == "https://figures.example.com/analytics/api/v0/data_sets/enrollment/rows/"


class TestPost:
    """The links of a page that was asked for by POST repeat the body."""

    @pytest.mark.parametrize("format", ["json", "multipart"])
    def test_next_says_all_of_the_request(self, api, demo_data, format):
        course_ids = ["edX/DemoX/Demo_Course", "course-v1:edX+DemoX+Demo_Course"]
        body = {"course_ids": course_ids, "page_size": 1, "programs": "true", "order_by": "count"}
        posted = api.post("/api/v0/course_summaries/", body, format=format).json()
        link = urlsplit(posted["next"] or posted["previous"] or "")
        if posted["count"] > 1:
            query = {name: values[0] for name, values in parse_qs(link.query).items()}
            assert query.pop("page") == "2"
            assert query == {
                "course_ids": ",".join(course_ids),
                "page_size": "1",
                "programs": "true",
                "order_by": "count",
            }
            assert api.get(f"{link.path}?{link.query}").json()["count"] == posted["count"]

    def test_a_body_that_is_too_long_for_a_url(self, api, demo_data):
        course_ids = ["edX/DemoX/Demo_Course", *(f"edX/DemoX/{number:0100}" for number in range(50))]
        posted = api.post("/api/v0/course_summaries/?page=1", {"course_ids": course_ids, "page_size": 1}, format="json")
        assert posted.json()["next"] is None
