"""Pages of the browsable API: descriptions, and errors with a way to log in."""

import re
from html import unescape

import pytest
from django.test import Client

from tests.support.client import ApiClient

pytestmark = pytest.mark.django_db(databases="__all__")

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
COURSE = "course-v1:edX+DemoX+Demo_2014"
URL = f"/api/v0/courses/{COURSE}/enrollment/"
LOGIN = f"/api-auth/login/?next=/api/v0/courses/course-v1%3AedX%2BDemoX%2B{COURSE[-9:]}/enrollment/"


def error_code(response):
    return re.search(r'"error_code": "(\w+)"', unescape(response.content.decode()))[1]


@pytest.mark.parametrize(
    "path, status, code",
    [
        (URL, 404, "not_found"),
        (f"{URL}?start_date=never", 400, "illegal_parameter_values"),
        (f"{URL}?format=xlsx", 400, "illegal_parameter_values"),
        ("/api/v0/courses/DemoX/enrollment/", 400, "course_key_malformed"),
        ("/api/v0/learners/", 400, "course_not_specified"),
    ],
)
def test_browsers_get_a_page_around_the_error(api, path, status, code):
    response = api.get(path, HTTP_ACCEPT=BROWSER)
    assert (response.status_code, response["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert error_code(response) == code


def test_without_a_login_the_page_has_a_link_to_it(anonymous):
    response = anonymous.get(f"{URL}?start_date=2014-01-01", HTTP_ACCEPT=BROWSER)
    assert (response.status_code, error_code(response)) == (401, "not_authenticated")
    assert response["WWW-Authenticate"] == "Token"
    assert f'href="{LOGIN}%3Fstart_date%3D2014-01-01"' in response.content.decode()


def test_wrong_key_is_a_page(anonymous):
    response = anonymous.get(URL, HTTP_ACCEPT=BROWSER, HTTP_AUTHORIZATION="Token wrong")
    assert (response.status_code, error_code(response)) == (401, "authentication_failed")


def test_user_without_access_can_log_out(restricted):
    response = restricted(courses=["edX/DemoX/Other"]).get(URL, HTTP_ACCEPT=BROWSER)
    assert (response.status_code, error_code(response)) == (403, "course_access_denied")
    assert 'id="log-out"' in response.content.decode()


def test_post(api):
    response = api.post("/api/v0/course_summaries/", "{", content_type="application/json", HTTP_ACCEPT=BROWSER)
    assert (response.status_code, response["Content-Type"]) == (400, "text/html; charset=utf-8")
    assert error_code(response) == "parse_error"


def test_the_page_runs_nothing_of_the_request(api):
    response = api.get(URL, {"start_date": "<script>alert(1)</script>"}, HTTP_ACCEPT=BROWSER)
    assert response.status_code == 400
    assert "<script>alert" not in response.content.decode()


@pytest.mark.parametrize("client", ["api", "anonymous"])
@pytest.mark.parametrize(
    "accept, query",
    [
        ("*/*", ""),
        ("", ""),
        ("application/json", ""),
        ("text/csv", ""),
        ("application/json, text/html", ""),
        ("application/pdf", ""),
        (BROWSER, "?format=json"),
        (BROWSER, "?format=csv"),
    ],
)
def test_everybody_else_gets_json(request, client, accept, query):
    response = request.getfixturevalue(client).get(URL + query, HTTP_ACCEPT=accept)
    assert response.status_code in (401, 404, 406)
    assert response["Content-Type"] == "application/json"
    assert response.json()["error_code"]


def test_descriptions_are_rendered(api):
    page = api.get("/api/v0/course_summaries/", HTTP_ACCEPT=BROWSER).content.decode()
    description = page.partition('<div class="pull-left">')[2].partition('<div class="request-info"')[0]
    assert "<code>no-id-professional</code>" in description
    assert "`" not in description


def form_without_a_token(django_user_model):
    django_user_model.objects.create_user("ann", password="correct-horse")
    return {"username": "ann", "password": "correct-horse"}


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [(BROWSER, "text/html; charset=utf-8"), ("*/*", "application/json"), ("application/json", "application/json")],
)
@pytest.mark.parametrize("path", ["/api-auth/login/", "/admin/login/"])
def test_login_without_a_token_is_refused(django_user_model, path, accept, content_type):
    client = Client(enforce_csrf_checks=True)
    response = client.post(path, form_without_a_token(django_user_model), HTTP_ACCEPT=accept)
    assert (response.status_code, response["Content-Type"]) == (403, content_type)
    assert "without a CSRF token" in response.text


@pytest.mark.parametrize("sent", [URL, URL.replace("+", "%2B")])
def test_login_keeps_the_plus_of_a_course_id(django_user_model, sent):
    django_user_model.objects.create_user("ann", password="correct-horse")
    page = ApiClient().get(f"/api-auth/login/?next={sent}").content.decode()
    assert f'name="next" value="{URL}"' in page
    form = {"username": "ann", "password": "correct-horse"}
    response = ApiClient().post(f"/api-auth/login/?next={sent}", form, format="multipart")
    assert (response.status_code, response["Location"]) == (302, URL)


def test_login_leads_to_no_other_host(django_user_model):
    django_user_model.objects.create_user("ann", password="correct-horse")
    form = {"username": "ann", "password": "correct-horse", "next": " //elsewhere.example/"}
    response = ApiClient().post("/api-auth/login/", form, format="multipart")
    assert (response.status_code, response["Location"]) == (302, "/courses/")


def test_a_login_may_post_too(django_user_model, demo_data):
    client = ApiClient(enforce_csrf_checks=True)
    client.force_login(django_user_model.objects.create_user("ann"))
    client.get("/docs/")
    for body, how in [({}, "json"), ({"course_ids": "edX/DemoX/Demo_Course"}, "multipart")]:
        path = "/api/v0/course_totals/"
        assert client.post(path, body, format=how).json()["error_code"] == "permission_denied"
        token = client.cookies["csrftoken"].value
        response = client.post(path, body, format=how, HTTP_X_CSRFTOKEN=token)
        assert (response.status_code, response["Content-Type"]) == (200, "application/json")


@pytest.mark.parametrize(
    ("query", "content_type"),
    [
        ("format=csv&format=", "text/csv"),
        ("format=&format=csv", "text/csv"),
        ("format=json&format=csv&format=&format=", "text/csv"),
        ("format=csv&format=json", "application/json"),
        ("format=", "application/json"),
        ("format=&format=", "application/json"),
    ],
)
def test_an_empty_format_is_absent(api, demo_data, query, content_type):
    response = api.get(f"/api/v0/courses/edX/DemoX/Demo_Course/enrollment/?{query}")
    assert response.status_code == 200 and response["Content-Type"].startswith(content_type)
