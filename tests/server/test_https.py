"""The production server behind a proxy that terminates TLS."""

from http.client import HTTPConnection

import pytest

from tests.support.configuration_files import OLDER
from tests.support.running import KEY, Server

pytestmark = pytest.mark.servers

BY_HTTPS = {"X-Forwarded-Proto": "https"}


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    return Server(tmp_path_factory.mktemp("server"))


@pytest.fixture
def server(installed, request):
    installed.environment |= {
        "DJANGO_SETTINGS_MODULE": "analyticsdataserver.settings.production",
        "SECRET_KEY": OLDER["SECRET_KEY"],
        "ALLOWED_HOSTS": "127.0.0.1",
        "HTTPS_ONLY": "true",
        **getattr(request, "param", {}),
    }
    with installed.running():
        yield installed


def ask(server, path, **headers):
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", path, headers={"Authorization": f"Token {KEY}", **headers})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def test_behind_the_proxy(server):
    answer = ask(server, "/authenticated/", **BY_HTTPS)
    assert answer.status == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=2592000"

    redirected = ask(server, "/authenticated/?a=b")
    assert redirected.status == 301
    assert redirected.headers["Location"] == f"https://127.0.0.1:{server.port}/authenticated/?a=b"

    assert [ask(server, path).status for path in ("/status/", "/health/")] == [200, 200]

    cookie = ask(server, "/api-auth/login/", **BY_HTTPS).headers["Set-Cookie"]
    assert "Secure" in cookie and "csrftoken" in cookie


@pytest.mark.parametrize("server", [{"FORWARDED_ALLOW_IPS": "10.0.0.7"}], indirect=True)
def test_others_are_not_believed(server):
    assert ask(server, "/authenticated/", **BY_HTTPS).status == 301
