"""Limits on a user's requests, and the headers that report them."""

import time
from types import SimpleNamespace

import pytest
from django.conf import settings as django_settings
from django.core.cache import caches

from analytics_data_api.auth import throttling
from analytics_data_api.auth.rates import Rate
from analyticsdataserver.cache import LOCAL
from tests.support import databases
from tests.support.client import ApiClient
from tests.support.factories import CourseEnrollmentDailyFactory, TokenFactory, UserFactory

pytestmark = pytest.mark.django_db(databases="__all__")

COURSE = "edX/DemoX/Demo_Course"
URL = f"/api/v0/courses/{COURSE}/enrollment/"
NAMES = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
# This time is in the middle of an hour.
NOON = 1_000_000_200.5
HOUR_LEFT = 600


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Replace the throttle's clock by one that the test moves."""

    clock = SimpleNamespace(now=NOON, monotonic=time.monotonic)
    clock.time = lambda: clock.now
    monkeypatch.setattr(throttling, "time", clock)
    monkeypatch.setattr(throttling, "counter", throttling.Counter())
    caches["default"].clear()
    yield clock
    caches["default"].clear()


@pytest.fixture
def limited(settings):
    settings.THROTTLE_RATE_USER = Rate(3, 3600)


@pytest.fixture
def enrollment():
    return CourseEnrollmentDailyFactory(course_id=COURSE)


def client_of(**user):
    client = ApiClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {TokenFactory(user=UserFactory(**user)).key}")
    return client


def headers(response):
    return tuple(response.get(name) for name in NAMES)


def statuses(client, times, url="/authenticated/"):
    return [client.get(url).status_code for _time in range(times)]


def test_none_unless_one_is_set(api, enrollment):
    assert headers(api.get(URL)) == (None, None, None)


class TestRate:
    def test_of_a_user(self, api, limited):
        assert statuses(api, 5) == [200, 200, 200, 429, 429]

    def test_refusal(self, api, limited):
        statuses(api, 3)
        refused = api.get("/authenticated/", HTTP_ACCEPT="text/csv")
        assert (refused.status_code, refused.json()["error_code"]) == (429, "throttled")
        assert str(HOUR_LEFT) in refused.json()["developer_message"]
        assert refused["Retry-After"] == str(HOUR_LEFT)
        assert headers(refused) == ("3", "0", str(HOUR_LEFT))

    def test_begins_anew(self, api, limited, clock):
        assert statuses(api, 4)[-1] == 429
        clock.now += HOUR_LEFT
        assert headers(api.get("/authenticated/")) == ("3", "2", "3600")

    def test_users_are_counted_apart(self, api, limited):
        statuses(api, 4)
        assert client_of().get("/authenticated/").status_code == 200

    def test_all_endpoints_count(self, api, limited, enrollment):
        for path in (URL, "/api/v1/course_totals/", "/authenticated/"):
            assert api.get(path).status_code == 200
        assert api.get(URL).status_code == 429

    def test_a_browsers_session_counts_too(self, client, limited):
        client.force_login(UserFactory())
        assert statuses(client, 4) == [200, 200, 200, 429]

    def test_strangers_have_none(self, anonymous, limited):
        assert headers(anonymous.get(URL)) == (None, None, None)
        assert set(statuses(anonymous, 5)) == {401}

    @pytest.mark.parametrize("path", ["/status/", "/health/", "/docs/", "/docs/swagger.json"])
    def test_exempt(self, client, limited, path):
        client.force_login(UserFactory())
        for _time in range(5):
            response = client.get(path)
            assert (response.status_code, headers(response)) == (200, (None, None, None))


class TestServiceUsers:
    @pytest.fixture(autouse=True)
    def service(self, settings, limited):
        settings.THROTTLE_SERVICE_USERS = ["insights"]
        settings.THROTTLE_RATE_SERVICE_USER = Rate(5, 60)

    def test_have_a_rate_of_their_own(self):
        assert statuses(client_of(username="insights"), 6) == [200] * 5 + [429]

    def test_others_do_not(self, api):
        assert headers(api.get("/authenticated/"))[0] == "3"

    def test_no_rate(self, settings):
        settings.THROTTLE_RATE_SERVICE_USER = None
        response = client_of(username="insights").get("/authenticated/")
        assert headers(response) == (None, None, None)


class TestHeaders:
    @pytest.fixture(autouse=True)
    def many(self, settings, enrollment):
        settings.THROTTLE_RATE_USER = Rate(1000, 3600)

    @pytest.mark.parametrize(
        ("status", "path", "extra"),
        [
            (200, URL, {}),
            (200, URL, {"HTTP_ACCEPT": "text/csv"}),
            (200, URL, {"HTTP_ACCEPT": "text/html"}),
            (200, "/api/v0/data_sets/enrollment/rows/?format=ndjson", {}),
            (200, "/authenticated/", {}),
            (400, f"{URL}?start_date=never", {}),
            (400, f"{URL}?format=xlsx", {}),
            (404, "/api/v0/courses/edX/DemoX/Other/enrollment/", {}),
            (406, URL, {"HTTP_ACCEPT": "application/pdf"}),
        ],
    )
    def test_on_every_answer(self, api, status, path, extra):
        response = api.get(path, **extra)
        assert (response.status_code, headers(response)) == (status, ("1000", "999", str(HOUR_LEFT)))

    def test_not_modified(self, api):
        etag = api.get(URL)["ETag"]
        response = api.get(URL, HTTP_IF_NONE_MATCH=etag)
        assert (response.status_code, headers(response)) == (304, ("1000", "998", str(HOUR_LEFT)))

    @pytest.mark.parametrize(("method", "status"), [("head", 200), ("options", 200), ("delete", 405), ("post", 405)])
    def test_other_methods(self, api, method, status):
        response = getattr(api, method)(URL)
        assert (response.status_code, headers(response)) == (status, ("1000", "999", str(HOUR_LEFT)))

    def test_database_down(self, api, tmp_path):
        with databases.unreachable("analytics", tmp_path):
            response = api.get(URL)
        assert (response.status_code, headers(response)) == (503, ("1000", "999", str(HOUR_LEFT)))

    def test_crash(self, settings):
        settings.ROOT_URLCONF = "tests.support.crash_urls"
        client = ApiClient(raise_request_exception=False)
        client.credentials(HTTP_AUTHORIZATION=f"Token {TokenFactory().key}")
        response = client.get("/crash/rows/")
        assert (response.status_code, headers(response)) == (500, ("1000", "999", str(HOUR_LEFT)))


class Failing:
    """A cache that never answers."""

    calls = 0

    def count(self, key, seconds):
        self.calls += 1
        raise ConnectionError("redis://:geheim@127.0.0.1")


class TestCacheThatFails:
    @pytest.fixture
    def failing(self, monkeypatch, limited):
        cache = Failing()
        monkeypatch.setattr(throttling, "cache", cache)
        return cache

    def test_stops_nobody(self, api, failing):
        assert statuses(api, 6) == [200] * 6
        assert headers(api.get("/authenticated/")) == ("3", "3", str(HOUR_LEFT))

    def test_is_left_alone_for_a_while(self, api, failing):
        statuses(api, 6)
        assert failing.calls == 1

    def test_says_so_once_and_nothing_of_its_address(self, api, failing, caplog, monkeypatch):
        monkeypatch.setattr(throttling, "PAUSE", 0)
        statuses(api, 6)
        assert failing.calls == 6
        messages = [record.getMessage() for record in caplog.records if "counted" in record.getMessage()]
        assert messages == ["requests are not counted, since the cache fails: ConnectionError"]

    def test_counts_again(self, api, failing, monkeypatch):
        monkeypatch.setattr(throttling, "PAUSE", 0)
        statuses(api, 6)
        monkeypatch.setattr(throttling, "cache", caches["default"])
        assert statuses(api, 4) == [200, 200, 200, 429]


@pytest.mark.parametrize(
    "backend", [LOCAL["BACKEND"], "django.core.cache.backends.locmem.LocMemCache"], ids=["ours", "Django's"]
)
def test_other_caches(settings, limited, api, backend, monkeypatch):
    settings.CACHES = {"default": {**django_settings.CACHES["default"], "BACKEND": backend, "LOCATION": backend}}
    assert statuses(api, 4) == [200, 200, 200, 429]
