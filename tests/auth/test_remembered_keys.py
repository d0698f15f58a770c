"""Keys that a process trusts for KEY_CACHE_SECONDS."""

from datetime import UTC, datetime

import pytest

from analytics_data_api.auth import keys
from analytics_data_api.auth.models import KeyAccess
from tests.support.client import ApiClient
from tests.support.factories import KeyAccessFactory, TokenFactory

pytestmark = pytest.mark.django_db(databases="__all__")

SECONDS = 5
COURSE_URL = "/api/v0/courses/edX/DemoX/Demo_Course/enrollment/"


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(settings, monkeypatch):
    settings.KEY_CACHE_SECONDS = SECONDS
    clock = Clock()
    monkeypatch.setattr(keys, "remembered", keys.RememberedKeys(clock))
    return clock


@pytest.fixture
def token():
    token = TokenFactory(key="key")
    KeyAccessFactory(user=token.user, last_used=datetime.now(UTC).date())
    return token


def status(key="key", path="/authenticated/"):
    return ApiClient().get(path, HTTP_AUTHORIZATION=f"Token {key}").status_code


def test_no_key_is_remembered_by_default(token, settings):
    assert settings.KEY_CACHE_SECONDS is None
    assert status() == 200
    token.delete()
    assert status() == 401


def test_a_second_request_asks_nothing(token, clock, django_assert_num_queries):
    assert status() == 200
    with django_assert_num_queries(0):
        assert status() == 200


def test_a_deleted_key_is_refused_after_the_documented_seconds(token, clock):
    assert status() == 200
    token.delete()
    clock.now += SECONDS - 0.1
    # A request in between does not make the key valid for longer.
    assert status() == 200
    clock.now += 0.1
    assert status() == 401


def test_changed_restrictions_hold_after_the_documented_seconds(token, clock):
    assert status(path=COURSE_URL) == 404
    KeyAccess.objects.update(is_restricted=True, orgs="Other")
    clock.now += SECONDS
    assert status(path=COURSE_URL) == 403


def test_a_wrong_key_is_refused_each_time_and_a_new_one_valid_at_once(clock):
    assert [status("new"), status("new")] == [401, 401]
    TokenFactory(key="new")
    assert status("new") == 200


def test_a_remembered_key_expires_on_its_day(token, clock):
    assert status() == 200
    (until, holder) = keys.remembered.holders["key"]
    keys.remembered.holders["key"] = (until, holder._replace(expires=datetime.now(UTC).date().isoformat()))
    assert status() == 401


def test_a_user_who_is_not_active_is_not_remembered(clock):
    TokenFactory(key="key", user__is_active=False)
    assert status() == 401
    assert not keys.remembered.holders


def test_a_process_remembers_a_limited_number(clock, monkeypatch):
    monkeypatch.setattr(keys, "MAX_REMEMBERED", 2)
    for number in range(5):
        TokenFactory(key=f"key{number}")
        assert status(f"key{number}") == 200
        assert len(keys.remembered.holders) <= 2
