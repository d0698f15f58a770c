"""A change of SECRET_KEY: what the earlier one has signed stays valid while it is a fallback."""

import pytest
from django.test import Client

from tests.support.client import ApiClient

pytestmark = pytest.mark.django_db(databases="__all__")

REPORT = "/api/v0/courses/edX/DemoX/Demo_Course/reports/problem_response/"
OLD, NEW = "the-earlier-key", "the-later-key"


@pytest.fixture
def signed(settings, tmp_path, django_user_model, api):
    """Return the client of a session and a link to a report, both signed with the earlier key."""
    settings.SECRET_KEY = OLD
    settings.MEDIA_ROOT = str(tmp_path)
    (tmp_path / "edX_DemoX_Demo_Course_problem_response.csv").write_text("a,b\n")
    client = ApiClient()
    client.force_login(django_user_model.objects.create_user("ann"))
    link = api.get(REPORT).json()["download_url"]
    settings.SECRET_KEY = NEW
    return client, link


@pytest.mark.parametrize(("fallbacks", "status"), [([OLD], 200), (["another-key", OLD], 200), ([], 401)])
def test_sessions(settings, signed, demo_data, fallbacks, status):
    settings.SECRET_KEY_FALLBACKS = fallbacks
    client, _link = signed
    assert client.get("/api/v0/courses/edX/DemoX/Demo_Course/enrollment/").status_code == status


@pytest.mark.parametrize(("fallbacks", "status"), [([OLD], 200), ([], 404)])
def test_links_to_reports(settings, signed, fallbacks, status):
    settings.SECRET_KEY_FALLBACKS = fallbacks
    _client, link = signed
    assert Client().get(link).status_code == status
