"""Wrong passwords are limited by address, and by address and name, wherever one logs in."""

import threading

import pytest
from django.core.cache import caches
from django.test import Client

from analytics_data_api.auth import logins, throttling
from analytics_data_api.auth.rates import Rate
from tests.support import databases
from tests.support.factories import UserFactory

pytestmark = pytest.mark.django_db(databases="__all__")

PATHS = ["/api-token-auth/", "/api-auth/login/", "/admin/login/"]
HERE, THERE = "203.0.113.1", "203.0.113.2"


@pytest.fixture(autouse=True)
def limits(monkeypatch, settings):
    settings.LOGIN_FAILURES_PER_ADDRESS = Rate(5, 86400)
    settings.LOGIN_FAILURES_PER_NAME = Rate(2, 86400)
    monkeypatch.setattr(throttling, "counter", throttling.Counter())
    caches["default"].clear()


@pytest.fixture(autouse=True)
def ada():
    user = UserFactory(username="ada", is_staff=True)
    user.set_password("right")
    user.save()
    return user


def login(path="/api-token-auth/", username="ada", password="wrong", address=HERE):
    return Client().post(path, {"username": username, "password": password}, REMOTE_ADDR=address)


def statuses(times, **kwargs):
    return [login(**kwargs).status_code for _time in range(times)]


@pytest.mark.parametrize("path", PATHS)
class TestEveryForm:
    def test_refuses_after_too_many_wrong_passwords(self, path):
        assert 429 not in statuses(2, path=path)
        response = login(path, password="right")
        assert (response.status_code, response["Content-Type"]) == (429, "application/json")
        assert response.json()["error_code"] == "throttled"
        assert 0 < int(response["Retry-After"]) <= 86400

    def test_browsers_get_a_page(self, path):
        statuses(2, path=path)
        accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
        form = {"username": "ada", "password": "right"}
        response = Client().post(f"{path}?next=/docs/", form, REMOTE_ADDR=HERE, HTTP_ACCEPT=accept)
        assert response.status_code == 429
        assert 0 < int(response["Retry-After"]) <= 86400
        if path == "/api-token-auth/":
            assert response.json()["error_code"] == "throttled"
        else:
            assert response["Content-Type"] == "text/html; charset=utf-8"
            assert "throttled" in response.text and f'href="{path}?next=/docs/"' in response.text

    def test_does_not_count_right_passwords(self, path):
        assert set(statuses(7, path=path, password="right")) <= {200, 302}

    def test_another_address_may_still_log_in(self, path):
        statuses(3, path=path)
        assert login(path, password="right", address=THERE).status_code in (200, 302)


def test_forms_share_the_counts():
    assert [login(path).status_code for path in PATHS] == [400, 200, 429]


def test_names_share_the_count_of_the_address():
    assert [login(username=f"user{number}").status_code for number in range(6)] == [400] * 5 + [429]


def test_another_spelling_is_the_same_name():
    assert [login(username=name).status_code for name in ("ada", "Ada", "ADA")] == [400, 400, 429]


@pytest.mark.parametrize(
    ("addresses", "last"),
    [
        (("2001:db8::1", "2001:db8::2", "2001:db8::3"), 429),
        (("2001:db8::1", "2001:db8:0:1::1", "2001:db8:0:2::1"), 400),
        (("::ffff:203.0.113.1", HERE, HERE), 429),
        (("unix:", "unix:", "unix:"), 429),
    ],
)
def test_networks(addresses, last):
    assert [login(address=address).status_code for address in addresses] == [400, 400, last]


def test_a_cache_that_fails_lets_people_in(settings):
    settings.CACHES = {
        "default": {"BACKEND": "analyticsdataserver.cache.RedisCache", "LOCATION": ["redis://127.0.0.1:1/0"]}
    }
    assert 429 not in statuses(7)
    assert login(password="right").status_code == 200


def test_a_database_that_fails_is_not_a_wrong_password(tmp_path):
    with databases.unreachable("default", tmp_path):
        assert statuses(3) == [503] * 3
    assert login(password="right").status_code == 200


def test_half_of_the_threads_check_passwords(monkeypatch, settings):
    """A server whose threads all check passwords would answer nobody else."""
    settings.MAX_SLOW_REQUESTS = 1
    is_checking, is_answered = threading.Event(), threading.Event()
    check = logins.ModelBackend.authenticate

    def slow_check(*args, **kwargs):
        if threading.current_thread() is first:
            is_checking.set()
            is_answered.wait(10)
            return None
        return check(*args, **kwargs)

    monkeypatch.setattr(logins.ModelBackend, "authenticate", slow_check)
    found = []
    backend = logins.LimitedLogins()

    class Request:
        META = {"REMOTE_ADDR": THERE}

    first = threading.Thread(target=lambda: found.append(backend.authenticate(Request, "bob", "wrong")))
    first.start()
    assert is_checking.wait(10)
    response = login(password="right")
    assert (response.status_code, response["Retry-After"]) == (429, "1")
    is_answered.set()
    first.join()
    assert found == [None]
    assert login(password="right").status_code == 200
