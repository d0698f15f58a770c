"""The admin: who may log in, that no page shows a key, and that one page has the key of a user and its access."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from rest_framework.authtoken.models import Token

from analytics_data_api.auth.models import KeyAccess
from tests.support.factories import KeyAccessFactory, TokenFactory, UserFactory
from tests.support.routes import all_endpoints

pytestmark = pytest.mark.django_db(databases="__all__")

KEY = "0123456789abcdef0123456789abcdef01234567"
USER = "/admin/auth/user/{}/change/"
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
    USER,
    "/admin/auth/user/{}/delete/",
    "/admin/auth/user/{}/history/",
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


def form_of(client, user):
    """Return the values of the form on a user's page."""
    response = client.get(USER.format(user.pk))
    forms = [
        response.context["adminform"].form,
        *(forms.formset for forms in response.context["inline_admin_formsets"]),
    ]
    fields = [field for form in (forms[0], *forms[1].forms, forms[1].management_form) for field in form]
    values = {field.html_name: field.value() for field in fields}
    return {
        name: "on" if value is True else value
        for name, value in values.items()
        if value is not None and value is not False and value != []
    }


def save(client, user, **changes):
    """Save a user's page with changes, as a browser does, and return the page that follows."""
    form = {**form_of(client, user), **changes}
    form = {name: value for name, value in form.items() if not name.startswith(("last_login", "date_joined"))}
    joined = {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    return client.post(USER.format(user.pk), {**form, **joined}, follow=True)


@pytest.mark.parametrize("has_key", [False, True])
def test_a_key_that_is_made_is_shown_once(admin, has_key):
    user = UserFactory(username="bob")
    if has_key:
        TokenFactory(user=user, key=KEY)
    response = save(admin, user, key_action="new")
    key = Token.objects.get(user=user).key
    assert key != KEY and key in response.content.decode()
    # The list shows recent actions.
    for path in ("/admin/", "/admin/auth/user/", USER.format(user.pk), f"/admin/auth/user/{user.pk}/history/"):
        assert key not in admin.get(path).content.decode()


def test_deletes_a_key(admin, ada):
    response = save(admin, ada, key_action="delete")
    assert response.status_code == 200 and KEY not in response.content.decode()
    assert not Token.objects.exists() and KeyAccess.objects.exists()


def test_saves_a_user_without_a_change_of_the_key(admin, ada):
    save(admin, ada, first_name="Ada")
    assert get_user_model().objects.get(first_name="Ada") == ada
    assert Token.objects.get().key == KEY


@pytest.mark.parametrize("permissions", [["view_user"], ["view_user", "change_user"]])
def test_staff_without_permission_for_keys(ada, permissions):
    staff = UserFactory(is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(staff)
    page = client.get(USER.format(ada.pk)).content.decode()
    assert "0123…" in page and KEY not in page and "key_action" not in page
    client.post(
        USER.format(ada.pk),
        {"username": "ada", "date_joined_0": "2026-01-01", "date_joined_1": "0:0", "key_action": "new"},
    )
    assert Token.objects.get().key == KEY


def test_one_page_has_the_key_and_its_access(admin, ada):
    page = admin.get(USER.format(ada.pk)).content.decode()
    assert "0123…" in page and 'name="key_action"' in page and 'name="key_access-0-courses"' in page
    listed = admin.get("/admin/auth/user/").content.decode()
    assert "0123…" in listed and "all of MITx, edX/a/b" in listed
    # No other page does the same.
    pages = re.findall(r'href="(/admin/\w+/\w+/)"', admin.get("/admin/").content.decode())
    assert set(pages) == {"/admin/auth/group/", "/admin/auth/user/"}


FORM = {"key_access-0-is_restricted": "", "key_access-0-courses": "", "key_access-0-orgs": ""}


def with_access(**values):
    return {**FORM, **{f"key_access-0-{name}": value for name, value in values.items()}}


def test_restricts_a_key(admin, ada):
    courses = "edX/c/d\r\n\r\n course-v1:edX+e+f "
    save(admin, ada, **with_access(is_restricted="on", courses=courses, expires="2099-01-01"))
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
    response = save(admin, ada, **with_access(**form))
    assert response.status_code == 200 and words in response.content.decode()
    assert "<b>edX" not in response.content.decode()
    assert KeyAccess.objects.get().orgs == "MITx"


def test_names_are_text(admin):
    user = TokenFactory(user__username="<script>alert(1)</script>", key=KEY).user
    KeyAccessFactory(user=user, is_restricted=True, courses="<script>alert(1)</script>")
    for path in PAGES:
        assert "<script>alert(1)" not in admin.get(path.format(user.pk)).content.decode()
