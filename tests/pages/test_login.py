"""Readers log in with a key or with the LMS."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tests.support.factories import CourseMetaSummaryEnrollmentFactory, KeyAccessFactory, TokenFactory, UserFactory
from tests.support.lms_oauth import CLIENT_ID, CLIENT_SECRET, LoginStub, running
from tests.support.pages import ReaderClient

pytestmark = pytest.mark.django_db(databases="__all__")

ONE, TWO = "course-v1:edX+One+T1", "edX/Two/T1"


@pytest.fixture(autouse=True)
def courses():
    for course_id in (ONE, TWO):
        CourseMetaSummaryEnrollmentFactory(course_id=course_id)


def seen(client):
    """Return the ids of the courses that a reader sees."""
    page = client.read("/courses/")
    return {row.get("data-key") for row in page.elements("tr") if row.get("data-key")}


class TestKey:
    def test_login(self):
        token = TokenFactory()
        KeyAccessFactory(user=token.user, is_restricted=True, courses=ONE)
        client = ReaderClient()
        response = client.get(f"/courses/{ONE}/enrollment/")
        assert response.status_code == 302 and response["Location"].startswith("/courses/login/?next=%2Fcourses%2F")
        response = client.post("/courses/login/", {"key": token.key, "next": f"/courses/{ONE}/"})
        assert response["Location"] == f"/courses/{ONE}/"
        assert seen(client) == {ONE}
        assert client.post("/courses/logout/")["Location"] == "/courses/login/"
        assert client.get("/courses/").status_code == 302

    @pytest.mark.parametrize("key", ["", "nonsense", "ü", "x" * 10_000])
    def test_wrong_key(self, key):
        response = Client().post("/courses/login/", {"key": key})
        assert response.status_code == 403 and "This key is not known" in response.content.decode()

    def test_expired_key(self):
        token = TokenFactory()
        KeyAccessFactory(user=token.user, expires="2020-01-01")
        assert Client().post("/courses/login/", {"key": token.key}).status_code == 403

    def test_next_leads_nowhere_else(self):
        response = Client().post("/courses/login/", {"key": TokenFactory().key, "next": "https://elsewhere.example/"})
        assert response["Location"] == "/courses/"

    def test_forged_form(self):
        client = Client(enforce_csrf_checks=True)
        assert client.post("/courses/login/", {"key": TokenFactory().key}).status_code == 403


@pytest.fixture
def lms(settings):
    with running(LoginStub(courses={"staff": [ONE, "a/b/c"], "instructor": []})) as stub:
        settings.LMS_URL, settings.LMS_LOGIN_CLIENT_ID = stub.url, CLIENT_ID
        settings.LMS_LOGIN_CLIENT_SECRET = CLIENT_SECRET
        yield stub


def log_in(client, lms, following="/courses/"):
    """Go the way of a reader: to the LMS and back."""
    there = client.get("/courses/login/lms/", {"next": following})["Location"]
    assert there.startswith(f"{lms.url}/oauth2/authorize?")
    back = lms.authorize(dict(parse_qsl(urlsplit(there).query)))
    return client.get(back)


class TestLms:
    def test_a_reader_sees_the_courses_of_the_roles(self, lms):
        client = ReaderClient()
        assert "Log in with the LMS" in client.read("/courses/login/").text
        assert log_in(client, lms, f"/courses/{ONE}/")["Location"] == f"/courses/{ONE}/"
        assert seen(client) == {ONE}
        assert client.get(f"/courses/{TWO}/").status_code == 403
        user = get_user_model().objects.get(username="staff1")
        assert not user.has_usable_password() and set(user.key_access.courses.split()) == {ONE, "a/b/c"}

    def test_the_next_login_sets_the_courses_anew(self, lms):
        log_in(ReaderClient(), lms)
        lms.courses = {"instructor": [TWO]}
        client = ReaderClient()
        log_in(client, lms)
        assert seen(client) == {TWO}

    def test_global_staff_see_all_courses(self, lms):
        lms.is_administrator = True
        client = ReaderClient()
        log_in(client, lms)
        assert seen(client) == {ONE, TWO}

    def test_a_reader_without_a_role_sees_nothing(self, lms):
        lms.courses = {}
        client = ReaderClient()
        log_in(client, lms)
        assert seen(client) == set() and "None of the courses" in client.read("/courses/").text

    def test_a_user_of_ours_keeps_what_an_operator_has_given(self, lms):
        KeyAccessFactory(user=UserFactory(username="staff1"), is_restricted=True, courses=TWO)
        client = ReaderClient()
        log_in(client, lms)
        assert seen(client) == {TWO}

    def test_nobody_becomes_an_administrator(self, lms):
        UserFactory(username="staff1", is_staff=True, is_superuser=True)
        response = log_in(ReaderClient(), lms)
        assert response.status_code == 403 and "Log in with your password" in response.content.decode()

    def test_a_login_that_was_begun_elsewhere(self, lms):
        there = ReaderClient().get("/courses/login/lms/")["Location"]
        back = lms.authorize(dict(parse_qsl(urlsplit(there).query)))
        assert ReaderClient().get(back).status_code == 403

    def test_a_code_counts_once(self, lms):
        client = ReaderClient()
        there = client.get("/courses/login/lms/")["Location"]
        back = lms.authorize(dict(parse_qsl(urlsplit(there).query)))
        assert client.get(back).status_code == 302
        assert client.get(back).status_code == 403

    def test_an_lms_that_is_out_of_order(self, lms):
        lms.is_broken = True
        response = log_in(ReaderClient(), lms)
        assert response.status_code == 403 and "could not be asked who you are" in response.content.decode()

    def test_refused_by_the_lms(self, lms):
        client = ReaderClient()
        client.get("/courses/login/lms/")
        assert client.get("/courses/login/lms/", {"error": "access_denied"}).status_code == 403

    def test_not_configured(self):
        assert Client().get("/courses/login/lms/")["Location"] == "/courses/login/"
