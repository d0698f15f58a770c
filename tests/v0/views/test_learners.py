"""The list of a course's learners, its filters and pages, and single learners."""

from datetime import date
from urllib.parse import quote

import pytest

from analytics_data_api.rosters.lines import KEYS
from tests.support.factories import (
    CourseEnrollmentDailyFactory,
    CourseMetaSummaryEnrollmentFactory,
)
from tests.support.rosters import COURSE, load_learners

pytestmark = pytest.mark.django_db(databases="__all__")

LIST = "/api/v0/learners/"
COURSES = {"course_id": COURSE}
ADA = {
    "username": "ada",
    "user_id": 7,
    "name": "Ada Lovelace",
    "email": "ada@example.com",
    "language": "en",
    "location": "London",
    "year_of_birth": 1815,
    "level_of_education": "none",
    "gender": "f",
    "mailing_address": "12 St James's Square\nLondon",
    "city": "London",
    "country": "GB",
    "goals": "A =calculus of the nervous system",
    "enrollment_mode": "verified",
    "enrollment_date": "2026-01-02T23:59:59+01:00",
    "cohort": "Cohort A",
    "segments": ["struggling", "highly_engaged"],
    "start_date": "2026-03-02",
    "end_date": "2026-3-9",
    "discussion_contributions": 4,
    "problems_attempted": 10,
    "problems_completed": 8,
    "videos_viewed": 3,
    "problem_attempts": 20,
    "problem_attempts_per_completed": 2.5,
    "attempt_ratio_order": 8,
    "last_updated": "2026-03-10",
}
ADA_ANSWER = {
    "last_updated": "2026-03-10",
    "username": "ada",
    "user_id": 7,
    "name": "Ada Lovelace",
    "email": "ada@example.com",
    "account_url": "https://lms.example.com/accounts/ada",
    "language": "en",
    "location": "London",
    "year_of_birth": 1815,
    "level_of_education": "none",
    "gender": "f",
    "mailing_address": "12 St James's Square\nLondon",
    "city": "London",
    "country": "GB",
    "goals": "A =calculus of the nervous system",
    "enrollment_mode": "verified",
    "enrollment_date": "2026-01-02",
    "cohort": "Cohort A",
    "segments": ["highly_engaged", "struggling"],
    "engagements": {
        "date_range": {"start": "2026-03-02", "end": "2026-03-09"},
        "discussion_contributions": 4,
        "problems_attempted": 10,
        "problems_completed": 8,
        "videos_viewed": 3,
        "problem_attempts_per_completed": 2.5,
    },
}
BARE_ANSWER = {
    **dict.fromkeys(ADA_ANSWER),
    "username": "bare",
    "account_url": "https://lms.example.com/accounts/bare",
    "segments": [],
    "engagements": {
        "date_range": {"start": None, "end": None},
        "discussion_contributions": 0,
        "problems_attempted": 0,
        "problems_completed": 0,
        "videos_viewed": 0,
        "problem_attempts_per_completed": None,
    },
}


@pytest.fixture(autouse=True)
def lms(settings):
    settings.LMS_USER_ACCOUNT_BASE_URL = "https://lms.example.com/accounts/"


def numbered(size, **learner):
    return [{"username": f"learner-{number:03}", **learner} for number in range(size)]


def usernames(answer):
    return [learner["username"] for learner in answer["results"]]


class TestLearner:
    def test_every_key(self, api):
        assert set(ADA) == set(KEYS) - {"course_id"}
        load_learners(COURSE, [ADA])
        answer = api.rows(f"{LIST}ada/", COURSES)
        assert answer == ADA_ANSWER
        assert list(answer) == list(ADA_ANSWER)
        assert api.rows(LIST, COURSES)["results"] == [ADA_ANSWER]

    def test_keys_that_the_roster_does_not_have(self, api):
        load_learners(COURSE, [{"username": "bare", "last_updated": "2026-03-10"}])
        assert api.rows(f"{LIST}bare/", COURSES) == {**BARE_ANSWER, "last_updated": "2026-03-10"}

    @pytest.mark.parametrize(
        "base_url, account_url",
        [
            ("https://lms.example.com/accounts", "https://lms.example.com/accounts/bare"),
            ("https://lms.example.com/accounts/", "https://lms.example.com/accounts/bare"),
            (None, None),
        ],
    )
    def test_account_url(self, api, settings, base_url, account_url):
        settings.LMS_USER_ACCOUNT_BASE_URL = base_url
        load_learners(COURSE, [{"username": "bare"}])
        assert api.rows(f"{LIST}bare/", COURSES)["account_url"] == account_url
        assert api.rows(LIST, COURSES)["results"][0]["account_url"] == account_url

    @pytest.mark.parametrize("username", ["a b", "a/b", "ü@x|y:z", "a+b", "ada.l_1-2", "学生"])
    def test_any_username(self, api, username):
        load_learners(COURSE, [{"username": username}])
        assert api.rows(f"{LIST}{quote(username, safe='')}/", COURSES)["username"] == username

    @pytest.mark.parametrize("course_id", ["edX/DemoX/Demo_Course", "course-v1:edX+Ünï+2026", "my/cool/course"])
    def test_any_course_id(self, api, course_id):
        load_learners(course_id, [{"username": "ada"}])
        for text in (quote(course_id, safe=""), quote(course_id, safe="/:+"), course_id.replace("+", " ")):
            assert api.rows(f"{LIST}ada/?course_id={text}")["username"] == "ada"
            assert api.rows(f"{LIST}?course_id={text}")["count"] == 1

    def test_usernames_differ_by_case_and_accents(self, api):
        load_learners(
            COURSE, [{"username": "ada", "user_id": 1}, {"username": "Ada", "user_id": 2}, {"username": "adá"}]
        )
        assert api.rows(f"{LIST}Ada/", COURSES)["user_id"] == 2
        assert api.get(f"{LIST}ADA/", COURSES).status_code == 404

    def test_csv(self, api):
        load_learners(COURSE, [ADA])
        header, *rows = api.csv(f"{LIST}ada/", COURSES)
        assert header.split(",") == sorted(header.split(","))
        assert "engagements.problem_attempts_per_completed" in header
        assert rows[0].startswith("https://lms")


class TestErrors:
    @pytest.mark.parametrize("path", [LIST, f"{LIST}ada/", "/api/v0/engagement_timelines/ada/"])
    def test_course_ids(self, api, path):
        for data, code in [
            ({}, "course_not_specified"),
            ({"course_id": ""}, "course_not_specified"),
            ({"course_id": "nonsense"}, "course_key_malformed"),
            ({"course_id": "edX/DemoX"}, "course_key_malformed"),
        ]:
            for accept in ("application/json", "text/csv"):
                response = api.get(path, data, HTTP_ACCEPT=accept)
                assert (response.status_code, response.json()["error_code"]) == (400, code)

    def test_unknown_course(self, api):
        load_learners("edX/Other/2026", [ADA])
        for path in (LIST, f"{LIST}ada/", "/api/v0/engagement_timelines/ada/"):
            response = api.get(path, COURSES)
            assert (response.status_code, response.json()["error_code"]) == (404, "course_not_found")
            assert COURSE in response.json()["developer_message"]

    def test_unknown_learner(self, api):
        load_learners(COURSE, [ADA])
        load_learners("edX/Other/2026", [{"username": "grace"}])
        response = api.get(f"{LIST}grace/", COURSES)
        assert (response.status_code, response.json()["error_code"]) == (404, "no_learner_for_course")
        assert "grace" in response.json()["developer_message"]

    @pytest.mark.parametrize("factory", [CourseEnrollmentDailyFactory, CourseMetaSummaryEnrollmentFactory])
    def test_known_course_without_a_roster(self, api, factory):
        factory(course_id=COURSE)
        assert api.rows(LIST, COURSES) == {"count": 0, "num_pages": 1, "next": None, "previous": None, "results": []}
        assert len(api.csv(LIST, COURSES)) == 1
        assert api.get(f"{LIST}ada/", COURSES).json()["error_code"] == "no_learner_for_course"
        assert api.get("/api/v0/engagement_timelines/ada/", COURSES).json()["error_code"] == (
            "no_learner_engagement_timeline"
        )
        for name, code in [("cohort", "cohort_not_found"), ("enrollment_mode", "enrollment_mode_not_found")]:
            assert api.get(LIST, {**COURSES, name: "x"}).json()["error_code"] == code
        assert api.rows(LIST, {**COURSES, "segments": "struggling"})["count"] == 0

    def test_course_of_the_other_version(self, api):
        load_learners(COURSE, [{"username": "zero"}])
        load_learners(COURSE, [{"username": "one"}], using="analytics_v1")
        assert usernames(api.rows(LIST, COURSES)) == ["zero"]
        assert usernames(api.rows("/api/v1/learners/", COURSES)) == ["one"]
        assert api.get("/api/v1/learners/zero/", COURSES).json()["error_code"] == "no_learner_for_course"

    @pytest.mark.parametrize(
        "name, value",
        [
            ("page", "0"),
            ("page", "-1"),
            ("page", "1.5"),
            ("page", "two"),
            ("page", "²"),
            ("page", "-" + "9" * 5000),
            ("page_size", "0"),
            ("page_size", "-5"),
            ("page_size", "x"),
            ("order_by", "name"),
            ("order_by", "created"),
            ("sort_order", "up"),
            ("highlight", "1"),
            ("format", "xml"),
        ],
    )
    def test_bad_values(self, api, name, value):
        load_learners(COURSE, [ADA])
        response = api.get(LIST, {**COURSES, name: value})
        assert (response.status_code, response.json()["error_code"]) == (400, "illegal_parameter_values")
        for words in (name, repr(value)[:200]):
            assert words in response.json()["developer_message"]

    def test_segments_and_ignore_segments_together(self, api):
        load_learners(COURSE, [ADA])
        both = {**COURSES, "segments": "struggling", "ignore_segments": "inactive"}
        response = api.get(LIST, both)
        assert (response.status_code, response.json()["error_code"]) == (400, "illegal_parameter_values")
        assert "ignore_segments" in response.json()["developer_message"]
        assert api.rows(LIST, {**both, "ignore_segments": ""})["count"] == 1

    @pytest.mark.parametrize(
        "name, value, code",
        [
            ("segments", "unheard_of", "segment_not_found"),
            ("segments", "struggling,unheard_of", "segment_not_found"),
            ("ignore_segments", "unheard_of", "segment_not_found"),
            ("segments", "Struggling", "segment_not_found"),
            ("cohort", "Cohort Z", "cohort_not_found"),
            ("cohort", "cohort a", "cohort_not_found"),
            ("enrollment_mode", "audit", "enrollment_mode_not_found"),
            ("enrollment_mode", "Verified", "enrollment_mode_not_found"),
        ],
    )
    def test_unknown_filters(self, api, name, value, code):
        load_learners(COURSE, [ADA])
        for format in ("json", "csv"):
            response = api.get(LIST, {**COURSES, name: value, "format": format})
            assert (response.status_code, response.json()["error_code"]) == (404, code)
        message = response.json()["developer_message"]
        assert value.rpartition(",")[2] in message
        if code == "segment_not_found":
            assert "highly_engaged, disengaging, struggling, inactive, unenrolled" in message


class TestDefaults:
    def test_last_updated_is_the_day_of_the_load(self, api):
        before = date.today()
        load_learners(COURSE, [{"username": "bare"}])
        updated = date.fromisoformat(api.rows(f"{LIST}bare/", COURSES)["last_updated"])
        assert 0 <= (updated - before).days <= 1

    def test_ratio_follows_from_the_attempts(self, api):
        load_learners(
            COURSE,
            [
                {"username": "a", "problem_attempts": 9, "problems_completed": 6},
                {"username": "b", "problem_attempts": 9, "problems_completed": 6, "problem_attempts_per_completed": 2},
                {"username": "c", "problem_attempts": 9, "problems_completed": 0},
                {"username": "d", "problems_completed": 4},
            ],
        )
        learners = api.rows(LIST, COURSES)["results"]
        ratios = [learner["engagements"]["problem_attempts_per_completed"] for learner in learners]
        assert ratios == [1.5, 2, None, None]
