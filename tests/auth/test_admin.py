"""The admin: who may log in, and that no page shows a key."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from rest_framework.authtoken.models import Token

from analytics_data_api.auth.models import KeyAccess
from tests.support.factories import KeyAccessFactory, TokenFactory, UserFactory
from tests.support.routes import all_endpoints

pytestmark = pytest.mark.django_db(databases="__all__")

KEY = "0123456789abcdef0123456789abcdef01234567"
PATHS = sorted(path for path, _view in all_endpoints() if path.startswith("/admin/"))


@pytest.fixture
def admin():
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("root"))
    return client


@pytest.fixture
def ada():
    user = TokenFactory(user__username="ada", key=KEY).user
    KeyAccessFactory(user=user, is_restricted=True, courses="edX/a/b", orgs="MITx")
    return user


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("is_user", [False, True])
def test_only_staff_enters(path, is_user):
    client = Client()
    if is_user:
        client.force_login(UserFactory())
    url = re.sub(r"\(\?P.*|{\w+}", "1", path)
    response = client.get(url)
    if path == "/admin/login/":
        assert response.status_code == 200
    else:
        assert response.status_code == 302
        assert response["Location"].startswith("/admin/")


def test_a_key_does_not_enter(ada):
    response = Client().get("/admin/", headers={"Authorization": f"Token {KEY}"})
    assert response.status_code == 302


PAGES = [
    "/admin/",
    "/admin/auth/user/",
    "/admin/auth/user/{}/change/",
    "/admin/auth/user/{}/delete/",
    "/admin/auth/user/{}/history/",
    "/admin/authtoken/tokenproxy/",
    "/admin/authtoken/tokenproxy/{}/change/",
    "/admin/authtoken/tokenproxy/{}/delete/",
    "/admin/authtoken/tokenproxy/{}/history/",
    "/admin/authtoken/tokenproxy/add/",
    "/admin/api_keys/keyaccess/",
    "/admin/api_keys/keyaccess/{}/change/",
]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_shows_a_key(admin, ada, path):
    response = admin.get(path.format(ada.pk))
    assert response.status_code == 200
    assert KEY not in response.content.decode()
    assert KEY[4:10] not in response.content.decode()


def test_a_user_with_a_key_can_be_deleted(admin, ada):
    response = admin.post(f"/admin/auth/user/{ada.pk}/delete/", {"post": "yes"}, follow=True)
    assert KEY not in response.content.decode()
    assert not Token.objects.exists() and not KeyAccess.objects.exists()


def test_a_key_that_is_made_is_shown_once(admin):
    user = UserFactory(username="bob")
    response = admin.post("/admin/authtoken/tokenproxy/add/", {"user": user.pk}, follow=True)
    key = Token.objects.get(user=user).key
    assert key in response.content.decode()
    assert key not in admin.get("/admin/authtoken/tokenproxy/").content.decode()
    assert key not in admin.get("/admin/").content.decode()  # This page lists recent actions.
    assert key not in admin.get(f"/admin/authtoken/tokenproxy/{user.pk}/history/").content.decode()


def test_deletes_a_key(admin, ada):
    response = admin.post(f"/admin/authtoken/tokenproxy/{ada.pk}/delete/", {"post": "yes"}, follow=True)
    assert response.status_code == 200 and KEY not in response.content.decode()
    assert not Token.objects.exists()


FORM = {"courses": "", "orgs": "", "sees_personal_data": "on", "expires": ""}


def test_restricts_a_key(admin, ada):
    form = {**FORM, "is_restricted": "on", "courses": "edX/c/d\r\n\r\n course-v1:edX+e+f ", "expires": "2099-01-01"}
    admin.post(f"/admin/api_keys/keyaccess/{ada.pk}/change/", form)
    stored = KeyAccess.objects.get()
    assert stored.access.courses.ids == {"edX/c/d", "course-v1:edX+e+f"}
    assert not stored.access.courses.orgs and str(stored.expires) == "2099-01-01"


@pytest.mark.parametrize(
    "form, words",
    [
        ({"is_restricted": "on", "courses": "<b>edX</b>"}, "&lt;b&gt;edX&lt;/b&gt;"),
        ({"is_restricted": "on", "orgs": "edX/a"}, "is not an organization"),
        ({"courses": "edX/a/b"}, "tick it"),
    ],
)
def test_refuses_what_is_no_restriction(admin, ada, form, words):
    response = admin.post(f"/admin/api_keys/keyaccess/{ada.pk}/change/", {**FORM, **form})
    assert response.status_code == 200 and words in response.content.decode()
    assert "<b>edX" not in response.content.decode()
    assert KeyAccess.objects.get().orgs == "MITx"


def test_names_are_text(admin):
    user = TokenFactory(user__username="<script>alert(1)</script>", key=KEY).user
    KeyAccessFactory(user=user, is_restricted=True, courses="<script>alert(1)</script>")
    for path in PAGES:
        assert "<script>alert(1)" not in admin.get(path.format(user.pk)).content.decode()
