"""The WSGI handler, which matches each path once, and the connections that a thread looks after."""

import io
import threading

import pytest
from django.db import connections

from analyticsdataserver.db import upkeep
from analyticsdataserver.handler import Handler, match_of
from tests.support.factories import CourseEnrollmentDailyFactory, TokenFactory

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture(scope="module")
def handler():
    return Handler()


def answer(handler, path, method="GET", **headers):
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path.encode().decode("latin-1"),
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "HTTP_AUTHORIZATION": "Token key",
        "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": "http",
        **headers,
    }
    started = []
    response = handler(environ, lambda *line: started.append(line))
    body = b"".join(response)
    response.close()
    return started[0][0], dict(started[0][1]), body


# The handler closes connections that are within a transaction, such as that of a test.
@pytest.mark.django_db(databases="__all__", transaction=True)
def test_each_path_has_its_own_ids(handler):
    TokenFactory(key="key")
    for course_id in ("edX/DemoX/Demo_Course", "course-v1:é+é+é"):
        CourseEnrollmentDailyFactory(course_id=course_id)
        for _twice in range(2):
            status, _, body = answer(handler, f"/api/v0/courses/{course_id}/enrollment/")
            assert (status, course_id in body.decode()) == ("200 OK", True)


def test_a_path_without_a_view_is_not_remembered(handler):
    before = match_of.cache_info().currsize
    for _twice in range(2):
        status, headers, _ = answer(handler, "/nowhere/")
        assert (status, headers["X-Frame-Options"]) == ("404 Not Found", "DENY")
    assert match_of.cache_info().currsize == before


def test_a_redirect_to_the_slash(handler):
    status, headers, _ = answer(handler, "/status")
    assert (status, headers["Location"]) == ("301 Moved Permanently", "/status/")


def test_a_host_is_refused_each_time(handler):
    for _twice in range(2):
        assert answer(handler, "/status/", HTTP_HOST="testserver")[0] == "200 OK"
        assert answer(handler, "/status/", HTTP_HOST="evil.example")[0] == "400 Bad Request"


def test_a_thread_closes_the_connections_that_it_opened_and_that_are_too_old():
    found = []

    def serve():
        connection = connections["default"]
        for _twice in range(2):
            upkeep.remember(connection)
        upkeep.remember(connection.copy())
        found.append(len(upkeep.opened.connections))
        closed = []
        connection.close_if_unusable_or_obsolete = lambda: closed.append(True)
        upkeep.close_unusable()
        found.append(len(closed))
        connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    thread.join()
    assert found == [1, 1]
    # Another thread has opened nothing.
    assert not upkeep.opened.connections
