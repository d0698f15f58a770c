"""Throttling with a real Redis and several processes of a real server. Skipped if no Redis listens."""

import shutil
import signal
import socket
import subprocess
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection

import pytest

from analytics_data_api.auth.throttling import PAUSE
from analyticsdataserver.cache import RedisCache
from tests.support.running import KEY, Server, free_port

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(not shutil.which("redis-server"), reason="there is no redis-server: make services"),
]


@contextmanager
def redis_server():
    """Start a Redis that the test may stop."""
    port = free_port()
    command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        for _attempt in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port, process
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture
def redis():
    with redis_server() as running:
        yield running


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    return Server(tmp_path_factory.mktemp("server"))


@contextmanager
def counting(server, redis, rate, workers):
    # A rate per day, so that hardly any run spans two periods.
    server.environment |= {
        "CACHE_URL": f"redis://127.0.0.1:{redis[0]}/0",
        "THROTTLE_RATE_USER": f"{rate}/day",
        "WORKERS": str(workers),
        "THREADS": "2",
    }
    with server.running():
        yield


def ask(server, _number=0):
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", "/authenticated/", headers={"Authorization": f"Token {KEY}"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.headers


def test_processes_share_their_counts(server, redis):
    with counting(server, redis, 50, workers=3), ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: ask(server, number), range(120)))
    assert Counter(status for status, _headers in answers) == {200: 50, 429: 70}
    # Each accepted request got a different number.
    left = [int(headers["RateLimit-Remaining"]) for status, headers in answers if status == 200]
    assert sorted(left) == list(range(50))


def test_a_count_is_forgotten(redis):
    cache = RedisCache([f"redis://127.0.0.1:{redis[0]}/1"], {})
    assert [cache.count("key", 60) for _time in range(3)] == [1, 2, 3]
    [key] = cache._cache.get_client().keys()
    assert 0 < cache._cache.get_client().ttl(key) <= 60


@pytest.mark.parametrize("stop", [signal.SIGSTOP, signal.SIGTERM], ids=["frozen", "gone"])
def test_without_redis_requests_go_through(server, redis, stop):
    with counting(server, redis, 2, workers=1):
        assert [ask(server)[0] for _time in range(3)] == [200, 200, 429]
        redis[1].send_signal(stop)
        if stop == signal.SIGTERM:
            redis[1].wait(timeout=30)
        begun = time.monotonic()
        assert [ask(server)[0] for _time in range(20)] == [200] * 20
        # Only the first request waited.
        assert time.monotonic() - begun < PAUSE


def test_processes_share_the_counts_of_wrong_passwords(server, redis):
    server.run("manage.py", "shell", "-c", SET_PASSWORD)
    server.environment["LOGIN_FAILURES_PER_NAME"] = "3/day"
    with counting(server, redis, 50, workers=3):
        found = [login(server, password) for password in ["right"] * 5 + ["wrong"] * 4 + ["right"]]
    assert found == [200] * 5 + [400] * 3 + [429] * 2


SET_PASSWORD = f"""
from django.contrib.auth import get_user_model
user = get_user_model().objects.get(username="{KEY}")
user.set_password("right")
user.save()
"""


def login(server, password):
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    body = f'{{"username": "{KEY}", "password": "{password}"}}'
    connection.request("POST", "/api-token-auth/", body, {"Content-Type": "application/json"})
    status = connection.getresponse().status
    connection.close()
    return status
