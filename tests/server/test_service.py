"""/status/, /authenticated/, /health/ and /api-token-auth/."""

import threading
from contextlib import ExitStack

import pytest
from django.db import connections
from rest_framework.authtoken.models import Token

from tests.support import databases
from tests.support.factories import TokenFactory, UserFactory

pytestmark = pytest.mark.django_db(databases="__all__")

HEALTHY = {
    "overall_status": "OK",
    "detailed_status": {"default_db_status": "OK", "analytics_db_status": "OK", "analytics_v1_db_status": "OK"},
}
ACCEPTS = ["application/json", "text/html", "text/csv", "text/plain", "*/*"]


@pytest.mark.parametrize("accept", ACCEPTS)
class TestWhateverIsAccepted:
    def test_status(self, anonymous, accept):
        response = anonymous.get("/status/", HTTP_ACCEPT=accept)
        assert (response.status_code, response["Content-Type"], response.json()) == (200, "application/json", {})

    def test_health(self, anonymous, accept):
        response = anonymous.get("/health/", HTTP_ACCEPT=accept)
        assert (response.status_code, response["Content-Type"]) == (200, "application/json")
        assert response.json() == HEALTHY

    def test_authenticated(self, api, accept):
        response = api.get("/authenticated/", HTTP_ACCEPT=accept)
        assert (response.status_code, response.json()) == (200, {})


class TestStatus:
    def test_a_wrong_key_does_not_matter(self, anonymous):
        for path in ("/status/", "/health/"):
            assert anonymous.get(path, HTTP_AUTHORIZATION="Token wrong").status_code == 200

    def test_whatever_the_databases_do(self, anonymous, tmp_path):
        with databases.unreachable("default", tmp_path), databases.unreachable("analytics", tmp_path):
            assert anonymous.get("/status/").json() == {}

    def test_head(self, anonymous):
        response = anonymous.head("/status/")
        assert (response.status_code, response.content) == (200, b"")


class TestHealth:
    @pytest.mark.parametrize(
        "aliases",
        [["default"], ["analytics"], ["analytics_v1"], ["default", "analytics"]],
        ids=" and ".join,
    )
    def test_says_which_database_does_not_answer(self, anonymous, tmp_path, aliases):
        with ExitStack() as stack:
            for alias in aliases:
                stack.enter_context(databases.unreachable(alias, tmp_path))
            response = anonymous.get("/health/")
        assert response.status_code == 503
        states = {
            f"{alias}_db_status": "UNAVAILABLE" if alias in aliases else "OK"
            for alias in ("default", "analytics", "analytics_v1")
        }
        # A monitor of an older server reads one key for both versions.
        if "analytics_v1" in aliases:
            states["analytics_db_status"] = "UNAVAILABLE"
        assert response.json() == {"overall_status": "UNAVAILABLE", "detailed_status": states}
        assert anonymous.get("/health/").json() == HEALTHY

    def test_one_database_of_both_versions_is_asked_once(self, anonymous):
        with databases.replaced("analytics_v1", NAME=connections["analytics"].settings_dict["NAME"]):
            states = anonymous.get("/health/").json()["detailed_status"]
        assert states == {"default_db_status": "OK", "analytics_db_status": "OK"}

    def test_cache(self, anonymous, settings):
        redis = {"BACKEND": "analyticsdataserver.cache.RedisCache"}
        settings.CACHES = {"default": {**redis, "LOCATION": "redis://127.0.0.1:1/0"}}
        response = anonymous.get("/health/")
        assert response.status_code == 200
        assert response.json()["detailed_status"]["cache_status"] == "UNAVAILABLE"

    def test_leaves_no_thread_and_no_connection(self, anonymous):
        before = threading.active_count()
        anonymous.get("/health/")
        assert threading.active_count() == before


class TestAuthenticated:
    @pytest.mark.parametrize(
        "header, code",
        [
            (None, "not_authenticated"),
            ("", "not_authenticated"),
            ("Basic YTpi", "not_authenticated"),
            ("Token", "authentication_failed"),
            ("Token ", "authentication_failed"),
            ("Token wrong", "authentication_failed"),
            ("Token a b", "authentication_failed"),
            ("Token \x00", "authentication_failed"),
            ("Token schlüssel", "authentication_failed"),
            ("Token " + "k" * 5000, "authentication_failed"),
        ],
    )
    def test_refusals(self, anonymous, header, code):
        TokenFactory(key="right")
        extra = {} if header is None else {"HTTP_AUTHORIZATION": header}
        response = anonymous.get("/authenticated/", **extra)
        assert response.status_code == 401
        assert response["WWW-Authenticate"] == "Token"
        assert response.json()["error_code"] == code

    def test_the_scheme_may_be_in_any_case(self, anonymous):
        TokenFactory(key="right")
        assert anonymous.get("/authenticated/", HTTP_AUTHORIZATION="token right").status_code == 200

    def test_user_who_is_no_longer_active(self, anonymous):
        TokenFactory(key="right", user__is_active=False)
        response = anonymous.get("/authenticated/", HTTP_AUTHORIZATION="Token right")
        assert (response.status_code, response.json()["error_code"]) == (401, "authentication_failed")

    def test_database_of_the_keys_unreachable(self, anonymous, tmp_path):
        with databases.unreachable("default", tmp_path):
            response = anonymous.get("/authenticated/", HTTP_AUTHORIZATION="Token right")
        assert (response.status_code, response.json()["error_code"]) == (503, "analytics_database_unavailable")


@pytest.mark.parametrize("version", ["v0", "v1"])
@pytest.mark.parametrize("name", ["status", "authenticated", "health"])
class TestOldPlaces:
    def test_redirect(self, anonymous, version, name):
        response = anonymous.get(f"/api/{version}/{name}/")
        assert (response.status_code, response["Location"]) == (302, f"/{name}/")

    def test_without_trailing_slash(self, api, version, name):
        for path in (f"/api/{version}/{name}", f"/{name}"):
            assert api.get(path, follow=True).status_code == 200


@pytest.mark.parametrize("path", ["/api-token-auth/", "/api-token-auth"])
class TestToken:
    @pytest.fixture
    def user(self):
        user = UserFactory(username="ada")
        user.set_password("secret")
        user.save()
        return user

    @pytest.mark.parametrize("form", ["json", "multipart", None])
    def test_trades_username_and_password(self, anonymous, path, user, form):
        key = TokenFactory(user=user, key="adas").key
        response = anonymous.post(path, {"username": "ada", "password": "secret"}, format=form)
        assert (response.status_code, response.json()) == (200, {"token": key})

    def test_form_of_a_browser(self, anonymous, path, user):
        TokenFactory(user=user, key="adas")
        response = anonymous.generic(
            "POST", path, "username=ada&password=secret", content_type="application/x-www-form-urlencoded"
        )
        assert response.json() == {"token": "adas"}

    @pytest.mark.parametrize("key", ["Token nonsense", "Token", "Token é", "JWT a.b.c"])
    def test_whoever_has_lost_the_right_key_may_send_a_wrong_one(self, anonymous, path, user, key):
        body = {"username": "ada", "password": "secret"}
        assert anonymous.post(path, body, HTTP_AUTHORIZATION=key).status_code == 200

    def test_makes_a_key_for_who_has_none(self, anonymous, path, user):
        token = anonymous.post(path, {"username": "ada", "password": "secret"}).json()["token"]
        assert anonymous.get("/authenticated/", HTTP_AUTHORIZATION=f"Token {token}").status_code == 200
        assert Token.objects.get().user == user

    @pytest.mark.parametrize(
        "body, field",
        [
            ({}, "username"),
            ({"username": "ada"}, "password"),
            ({"password": "secret"}, "username"),
            ({"username": "ada", "password": "wrong"}, "non_field_errors"),
            ({"username": "bob", "password": "secret"}, "non_field_errors"),
            ({"username": "a\x00da", "password": "secret"}, "username"),
            ({"username": ["ada"], "password": "secret"}, "username"),
            ({"username": {}, "password": None}, "username"),
            ([], "non_field_errors"),
        ],
    )
    def test_refusals(self, anonymous, path, user, body, field):
        response = anonymous.post(path, body, format="json")
        assert (response.status_code, response["Content-Type"]) == (400, "application/json")
        assert response.json()["error_code"] == "illegal_parameter_values"
        assert response.json()["developer_message"]
        assert field in response.json()
        assert Token.objects.count() == 0

    @pytest.mark.parametrize(
        "body, content_type, status, code",
        [
            (b"{", "application/json", 400, "parse_error"),
            (b"\xff", "application/json", 400, "parse_error"),
            (b'{"username": "\\ud800", "password": "a"}', "application/json", 400, "parse_error"),
            (b"[" * 60_000, "application/json", 400, "parse_error"),
            (b"[" * 101 + b"]" * 101, "application/json", 400, "parse_error"),
            (b'{"username":' * 1000 + b"1" + b"}" * 1000, "application/json", 400, "parse_error"),
            (b"x", "multipart/form-data; boundary=b", 400, "illegal_parameter_values"),
            (b"x", "multipart/form-data", 400, "parse_error"),
            (b"x", "text/plain", 415, "unsupported_media_type"),
            (b"x", "application/xml", 415, "unsupported_media_type"),
        ],
    )
    def test_bodies_that_cannot_be_read(self, anonymous, path, body, content_type, status, code):
        response = anonymous.generic("POST", path, body, content_type=content_type)
        assert (response.status_code, response.json()["error_code"]) == (status, code)

    def test_only_post(self, anonymous, path):
        response = anonymous.get(path)
        assert (response.status_code, response.json()["error_code"]) == (405, "method_not_allowed")


def test_the_root_leads_to_the_documentation(anonymous):
    response = anonymous.get("/")
    assert (response.status_code, response["Location"]) == (302, "/docs/")
