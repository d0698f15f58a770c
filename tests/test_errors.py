"""The shape of every error, and errors outside all endpoints."""

import json

import pytest
from django.core.exceptions import PermissionDenied
from django.db.utils import (
    DatabaseError,
    DataError,
    InterfaceError,
    InternalError,
    OperationalError,
    ProgrammingError,
)
from django.http import Http404
from django.test import RequestFactory
from rest_framework import exceptions
from rest_framework.views import APIView

from analytics_data_api import errors
from analytics_data_api.web.error_responses import exception_handler, first_message
from tests.support.client import ApiClient
from tests.support.factories import TokenFactory

# The contract's table: class of the error, how it is made, code and status.
TABLE = [
    (errors.CourseNotSpecified(), "course_not_specified", 400),
    (errors.CourseKeyMalformed("x"), "course_key_malformed", 400),
    (errors.IllegalParameterValues("name", "value", "another"), "illegal_parameter_values", 400),
    (errors.ResourceNotFound(), "not_found", 404),
    (errors.AnalyticsDatabaseUnavailable(), "analytics_database_unavailable", 503),
    (errors.DatabaseNotPrepared(), "analytics_database_unavailable", 503),
    (errors.DatabaseTooSlow(), "analytics_database_unavailable", 503),
]
FRAMEWORK = [
    (exceptions.NotAuthenticated(), "not_authenticated", 401),
    (exceptions.AuthenticationFailed(), "authentication_failed", 401),
    (exceptions.PermissionDenied(), "permission_denied", 403),
    (exceptions.MethodNotAllowed("PUT"), "method_not_allowed", 405),
    (exceptions.NotAcceptable(), "not_acceptable", 406),
    (exceptions.UnsupportedMediaType("text/plain"), "unsupported_media_type", 415),
    (exceptions.ParseError(), "parse_error", 400),
    (exceptions.Throttled(wait=7), "throttled", 429),
]
OTHERS = [
    (Http404("secret"), "not_found", 404),
    (PermissionDenied("secret"), "permission_denied", 403),
    (OperationalError(2006, "secret: server has gone away"), "analytics_database_unavailable", 503),
    (OperationalError("secret: unable to open database file"), "analytics_database_unavailable", 503),
    (OperationalError(), "analytics_database_unavailable", 503),
    (InterfaceError("secret: connection already closed"), "analytics_database_unavailable", 503),
    *(
        (OperationalError(number, "secret"), "analytics_database_unavailable", 503)
        # Too many connections, shutting down, no access, locked, interrupted, killed, lost, too slow.
        for number in (1040, 1203, 1226, 1053, 1045, 1044, 1142, 1205, 1213, 1317, 1927, 2002, 2013, 2055, 1969, 3024)
    ),
    (DatabaseError("secret: file is not a database"), "analytics_database_unavailable", 503),
    (DatabaseError("secret: database disk image is malformed"), "analytics_database_unavailable", 503),
    (OperationalError("secret: disk I/O error"), "analytics_database_unavailable", 503),
    (OperationalError("secret: attempt to write a readonly database"), "analytics_database_unavailable", 503),
    (InterfaceError(0, ""), "analytics_database_unavailable", 503),
    (InternalError(126, "secret"), "analytics_database_unavailable", 503),
    (ProgrammingError(2014, "secret: commands out of sync"), "analytics_database_unavailable", 503),
    (ProgrammingError(1146, "secret: table does not exist"), "analytics_database_unavailable", 503),
    (OperationalError(1054, "secret: unknown column"), "analytics_database_unavailable", 503),
    (OperationalError(1267, "secret: (latin1,IMPLICIT) and (utf8mb4,COERCIBLE)"), "not_found", 404),
    # Two columns, and no text of the request.
    (
        OperationalError(1267, "secret: (latin1,IMPLICIT) and (utf8mb4,IMPLICIT)"),
        "analytics_database_unavailable",
        503,
    ),
]


# A view whose client names no format.
CONTEXT = {"request": APIView().initialize_request(RequestFactory().get("/")), "view": APIView()}


def answer(error):
    response = exception_handler(error, CONTEXT)
    assert response["Content-Type"] == "application/json"
    return response, json.loads(response.content)


def named(cases):
    return pytest.mark.parametrize(
        "error, code, status", cases, ids=[f"{type(error).__name__}-{code}" for error, code, _ in cases]
    )


@named(TABLE)
def test_own_errors(error, code, status):
    response, body = answer(error)
    assert response.status_code == status
    detail = {"detail": str(error)} if response.status_code == 404 else {}
    assert body == {"error_code": code, "developer_message": str(error), **detail}
    assert len(body["developer_message"]) > 20


@named(FRAMEWORK)
def test_errors_of_the_framework_keep_their_detail(error, code, status):
    response, body = answer(error)
    assert response.status_code == status
    # Our message may add the expected values.
    assert body.pop("developer_message").startswith(str(error.detail))
    assert body == {"error_code": code, "detail": str(error.detail)}


@named(OTHERS)
def test_other_errors_tell_no_secrets(error, code, status):
    response, body = answer(error)
    assert (response.status_code, body["error_code"]) == (status, code)
    assert "secret" not in response.content.decode()


@pytest.mark.parametrize("error", [ValueError("x"), DataError("x"), KeyError("x")])
def test_crashes_are_left_to_the_server(error):
    assert exception_handler(error, CONTEXT) is None


def test_when_to_try_again():
    assert answer(errors.AnalyticsDatabaseUnavailable())[0]["Retry-After"] == str(errors.DATABASE_RETRY_AFTER)
    assert answer(exceptions.Throttled(wait=7))[0]["Retry-After"] == "7"


def test_a_body_names_the_field_that_is_wrong():
    response, body = answer(exceptions.ValidationError({"username": ["This field is required."]}))
    assert response.status_code == 400
    assert body == {
        "username": ["This field is required."],
        "error_code": "illegal_parameter_values",
        "developer_message": "username: This field is required.",
    }


@pytest.mark.parametrize(
    "detail, message",
    [
        (["a", "b"], "a"),
        ({"non_field_errors": ["a"]}, "a"),
        ({"field": {"inner": ["a"]}}, "inner: a"),
        ([], ""),
        ("a", "a"),
    ],
)
def test_the_first_message_is_the_developers(detail, message):
    assert first_message(detail) == message


@pytest.mark.django_db(databases="__all__")
class TestPages:
    @pytest.mark.parametrize("accept", ["application/json", "text/csv", "text/html"])
    @pytest.mark.parametrize(
        "path", ["/nothing/", "/api/v0/nothing/", "/api/v2/courses/a/b/c/enrollment/", "/api/v0/courses/", "/nothing"]
    )
    def test_unknown_url(self, api, path, accept):
        response = api.get(path, HTTP_ACCEPT=accept)
        assert (response.status_code, response["Content-Type"]) == (404, "application/json")
        assert response.json()["status"] == 404
        assert response.json()["error_code"] == "not_found"
        assert path in response.json()["developer_message"]

    def test_unknown_url_without_key(self, anonymous):
        assert anonymous.get("/nothing/").json()["status"] == 404

    @pytest.fixture
    def crashing(self, settings):
        settings.ROOT_URLCONF = "tests.support.crash_urls"
        client = ApiClient(raise_request_exception=False)
        client.credentials(HTTP_AUTHORIZATION=f"Token {TokenFactory().key}")
        return client

    @pytest.mark.parametrize("accept", ["application/json", "text/csv", "text/html"])
    @pytest.mark.parametrize("name", ["view", "rows", "plain"])
    def test_crash(self, crashing, name, accept):
        response = crashing.get(f"/crash/{name}/", HTTP_ACCEPT=accept)
        assert (response.status_code, response["Content-Type"]) == (500, "application/json")
        assert response.json()["status"] == 500
        assert "secret" not in response.content.decode()

    def test_crash_of_the_encoder(self, crashing):
        response = crashing.get("/crash/json/")
        assert (response.status_code, response.json()["status"]) == (500, 500)

    def test_too_many_parameters(self, crashing):
        response = crashing.get("/many/?" + "&".join(["a=b"] * 100_001))
        assert (response.status_code, response.json()["status"]) == (400, 400)

    def test_unknown_host(self, crashing):
        response = crashing.get("/status/", HTTP_HOST="elsewhere.example.com")
        assert response.status_code == 400
