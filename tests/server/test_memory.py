"""Large bodies leave no memory behind."""

import http.client
import os

import pytest

from tests.support.measured_server import measured_server
from tests.support.running import KEY, install

pytestmark = pytest.mark.servers

LIMIT = 200_000_000
GARBAGE = b"[" * 16_000_000
# Each list costs a hundred times its two bytes.
COSTLY = b'{"course_ids":[' + b"{}," * 600_000 + b"{}]}"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "analyticsdataserver.settings.local",
        "DATABASE_URL": f"sqlite:///{folder}/default.sqlite3",
        "ANALYTICS_DATABASE_URL": f"sqlite:///{folder}/analytics.sqlite3",
        "ANALYTICS_DATABASE_URL_V1": "",
    }
    install(environment)
    with measured_server(environment, threads=4) as running:
        yield running


def post(server, path, body, key=None):
    client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    headers = {"Content-Type": "application/json", **({"Authorization": f"Token {key}"} if key else {})}
    try:
        client.request("POST", path, body, headers)
        return client.getresponse().status
    finally:
        client.close()


def in_pieces(body):
    # http.client sends an iterable in chunks, without a Content-Length.
    return (body[start : start + 2**16] for start in range(0, len(body), 2**16))


@pytest.mark.parametrize(
    "body", [lambda: GARBAGE, lambda: in_pieces(GARBAGE)], ids=["with a Content-Length", "in chunks"]
)
def test_garbage_without_a_key(server, body):
    statuses = set()
    for _time in range(24):
        try:
            statuses.add(post(server, "/api-token-auth/", body()))
        except OSError:
            # The server closes a connection whose refused body does not end.
            continue
    assert statuses == {413}
    assert server.memory() < LIMIT


def test_costly_lists(server):
    for _time in range(4):
        assert post(server, "/api/v0/course_summaries/", COSTLY, KEY) == 400
    assert server.memory() < LIMIT
