"""Single lines: stored, rejected or ignored."""

import json

import pytest

from analytics_data_api.pipeline.course_urls import course_of_text, course_of_url
from analytics_data_api.pipeline.events import LineRejected, make_row
from analytics_data_api.pipeline.store import COLUMNS
from tests.pipeline.logs import COURSE, line

LEARNING = "https://learning.example.com"


def row(text):
    kind, day, fields = make_row(text)
    values = fields.decode().removesuffix("\n").split("\x1f")
    columns = {name: None if value == "\x1d" else value for name, value in zip(COLUMNS, values, strict=True)}
    return columns | {"kind": kind, "date": day}


@pytest.mark.parametrize(
    ("text", "course_id"),
    [
        ("edX/DemoX/Demo", "edX/DemoX/Demo"),
        (" course-v1:edX+DemoX+T1\n", COURSE),
        ("course-v1:org+coursé+run", "course-v1:org+coursé+run"),
        ("edX/DemoX/T%201", "edX/DemoX/T%201"),
        ("library-v1:edX+Lib", "library-v1:edX+Lib"),
        ("ccx-v1:edX+DemoX+T1+ccx@1", "ccx-v1:edX+DemoX+T1+ccx@1"),
        ("edX/DemoX", None),
        ("edX/DemoX/T1/x", None),
        ("edX+DemoX+T1", None),
        ("course-v1:edX+Demo X+T1", None),
        ("edX/Dem:oX/T1", None),
        ("edX/DemoX/T1/", None),
        ("None", None),
        ("i4x://edX/DemoX/course/T1", None),
        ("course-v1:edX+Demo\ufffd+T1", None),
        ("course-v1:edX+DemoX+" + "T" * 2000, None),
        (7, None),
    ],
)
def test_course_ids(text, course_id):
    assert course_of_text(text) == course_id


@pytest.mark.parametrize(
    ("url", "course_id"),
    [
        ("/courses/edX/DemoX/T1/info", "edX/DemoX/T1"),
        (f"/courses/{COURSE}/about", COURSE),
        (f"/api/courses/v1/courses/{COURSE}", COURSE),
        ("https://h/xblock/block-v1:edX+DemoX+T1+type@vertical+block@3?x=1", COURSE),
        # The original pipeline made wrong ids of these, or none.
        ("https://h/courses/course-v1%3AedX%2BDemoX%2BT1/courseware/a/b", COURSE),
        (f"{LEARNING}/course/{COURSE}/home", COURSE),
        (f"{LEARNING}/learning/course/{COURSE}/block-v1:x", COURSE),
        (f"/courses/{COURSE}#top", COURSE),
        (f"/courses/{COURSE}?next=/courses/a/b/c", COURSE),
        ("/courses/edX/DemoX/courseware", None),
        ("/api/courses/v1/blocks/?course_id=course-v1%3AedX%2BDemoX%2BT1", None),
        ("/xblock/i4x://edX/DemoX/vertical/3", None),
        ("/courses/edX+DemoX+T1/", None),
        ("/courses/library-v1:edX+Lib/", None),
        ("/dashboard", None),
        ("%", None),
    ],
)
def test_courses_of_urls(url, course_id):
    assert course_of_url(url) == course_id


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"context": {"course_id": ""}, "event_type": f"/courses/{COURSE}/info"}, (None, COURSE)),
        ({"context": {}, "event_type": f"/courses/{COURSE}/info"}, (None, COURSE)),
        (
            {"context": {"course_id": " "}, "event_source": "browser", "page": f"https://h/courses/{COURSE}/"},
            (None, COURSE),
        ),
        # Without a context the course is unknown, and a wrong id is not replaced by that of the URL.
        ({"context": None, "event_type": f"/courses/{COURSE}/info"}, (None, None)),
        ({"context": {"course_id": "wrong"}, "event_type": f"/courses/{COURSE}/info"}, (None, None)),
        ({"context": {"course_id": ""}, "event_source": "mobile", "page": f"/courses/{COURSE}/"}, (None, None)),
        ({"context": {"course_id": f"{COURSE}\n"}, "event_type": "/courses/a/b/c/"}, (COURSE, None)),
    ],
)
def test_url_is_asked_only_where_the_context_has_no_course(changes, found):
    columns = row(line(**changes))
    assert (columns["course_id"], columns["url_course_id"]) == found


@pytest.mark.parametrize(
    ("time", "stored", "day"),
    [
        ("2026-03-01T12:00:00.123456+00:00", "2026-03-01T12:00:00.123456", "2026-03-01"),
        ("2026-03-01T12:00:00+00:00", "2026-03-01T12:00:00.000000", "2026-03-01"),
        ("2026-W09-7T12:00:00.123456+00:00", "2026-03-01T12:00:00.123456", "2026-03-01"),
        ("2026-03-01T12:00:00Z", "2026-03-01T12:00:00.000000", "2026-03-01"),
        ("2026-03-01T12:00:00", "2026-03-01T12:00:00.000000", "2026-03-01"),
        ("2026-03-01T23:30:00.5-05:00", "2026-03-02T04:30:00.500000", "2026-03-02"),
        ("2026-03-01T01:00:00+05:30", "2026-02-28T19:30:00.000000", "2026-02-28"),
    ],
)
def test_times_are_in_utc(time, stored, day):
    columns = row(line(time=time))
    assert (columns["time"], columns["date"]) == (stored, day)


@pytest.mark.parametrize(
    ("user_id", "stored"),
    [
        (7, "7"),
        ("7", "7"),
        (" 7\n", "7"),
        (7.0, "7"),
        (0, None),
        ("", None),
        (None, None),
        (True, None),
        ([7], None),
        (7.5, None),
    ],
)
def test_user_ids_are_texts(user_id, stored):
    assert row(line(context={"user_id": user_id}))["user_id"] == stored


@pytest.mark.parametrize(
    ("payload", "stored"),
    [
        ({"a": 1}, {"a": 1}),
        ('{"a": [1]}', {"a": [1]}),
        ("", {}),
        (None, None),
        ([1], None),
        ("[1]", None),
        ("input_x_2_1=3", None),
        ("not JSON {", None),
        # The LMS has cut this off.
        ('{"POST": "' + "x" * 500 + '"}', None),
        ('{"POST": "' + "x" * 400 + '"}', {"POST": "x" * 400}),
        ('{"a": "\\u0000"}', {"a": "\ufffd"}),
        # Python writes halves of surrogate pairs, and numbers that JSON does not have.
        ('{"a": "\\ud83d", "b": NaN}', {"a": "\ufffd", "b": None}),
        ({"a": 1 << 70}, {"a": float(1 << 70)}),
    ],
)
def test_payloads(payload, stored):
    text = row(line(event=payload))["payload"]
    assert (text and json.loads(text)) == stored


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"event_type": "edx.course.enrollment.activated"}, "enrollment"),
        ({"event_type": "edx.course.enrollment.upgrade.clicked"}, "other"),
        ({"event_type": "problem_check"}, "problem"),
        ({"event_type": "problem_check", "event_source": "browser"}, "other"),
        ({"event_type": "seek_video", "event_source": "browser"}, "video"),
        ({"event_type": "load_video", "event_source": "browser"}, "other"),
        ({"event_type": "edx.video.played", "event_source": "mobile"}, "video"),
        ({"event_type": "edx.forum.thread.viewed"}, "forum"),
    ],
)
def test_kinds(changes, kind):
    assert row(line(**changes))["kind"] == kind


def test_enrollments_have_the_course_of_their_payload():
    payload = {"course_id": f" {COURSE}", "user_id": 9, "mode": "audit"}
    columns = row(line(event_type="edx.course.enrollment.activated", context={"course_id": None}, event=payload))
    assert (columns["course_id"], columns["payload_course_id"]) == (None, COURSE)


@pytest.mark.parametrize(
    ("module_id", "html_id"),
    [
        ("block-v1:edX+DemoX+T1+type@video+block@ab12", "ab12"),
        ("i4x://edX/DemoX/video/ab12", "i4x-edX-DemoX-video-ab12"),
        ("i4x://edX/Demo.1x/video/ab12", "i4x-edX-Demo_1x-video-ab12"),
    ],
)
def test_untransformed_mobile_events_are_transformed(module_id, html_id):
    payload = json.dumps({"module_id": module_id, "current_time": 3.5})
    columns = row(line(event_type="edx.video.paused", event_source="mobile", event=payload))
    assert columns["event_type"] == "pause_video"
    assert json.loads(columns["payload"]) == {"id": html_id, "currentTime": 3.5, "code": "mobile"}


def test_fields_of_another_type_are_null_and_usernames_are_stripped():
    columns = row(line(username=" ada\n", ip=7, page=[], name={}, accept_language="", event_source=None))
    assert columns["username"] == "ada"
    assert not any(columns[name] for name in ("ip", "page", "name", "accept_language", "event_source"))
    assert row(line(username=None))["username"] is None
    assert row(line(username=""))["username"] == ""


def test_separators_in_texts_do_not_shift_columns():
    columns = row(line(page="a\x1fb\nc\0", name="\r"))
    assert (columns["page"], columns["name"], columns["ip"]) == ("a\ufffdb\ufffdc\ufffd", None, "192.0.2.1")


def test_prefixes_and_wrappers_are_taken_off():
    plain = line()
    prefix = b"2026-03-01 12:00:00,001 INFO 18 [tracking] [user 7] [ip 192.0.2.1] logger.py:47 - "
    docker = json.dumps({"log": (prefix + plain).decode() + "\n", "stream": "stdout", "time": "2027-01-01T00:00:00Z"})
    shipper = json.dumps({"@timestamp": "2027-01-01", "message": docker, "kubernetes": {"pod": "lms"}})
    assert row(plain) == row(prefix + plain) == row(docker.encode()) == row(shipper.encode()) == row(plain + b" \r\n")
    parsed = json.dumps({"log": json.loads(plain)})
    assert row(parsed.encode())["time"] == "2026-03-01T12:00:00.000000"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "empty line"),
        (b"# comment", "no JSON object"),
        (b"7", "no JSON object"),
        (line()[:-20], "not JSON"),
        (line() + b" and more", "not JSON"),
        (b'{"a": "\xff"}', "not JSON"),
        (b"{" * 5000, "not JSON"),
        (line(time=None), "time is missing"),
        (line(time=1700000000), "time is missing"),
        (line(time="yesterday"), "time is malformed"),
        (line(time="2026-03-01"), "time is malformed"),
        (line(time="1970-01-01T00:00:00Z"), "time is before 2010"),
        (line(event_type=None), "event_type is missing"),
        (line(event_type=""), "event_type is empty"),
        (line(event_type="\x1d"), "event_type is empty"),
        (line(event={"a": json.loads("[" * 300 + "]" * 300)}), "cannot be stored"),
        (b'{"log": "no event", "time": "2026-03-01T12:00:00Z"}', "no JSON object"),
    ],
)
def test_what_is_no_event_is_rejected(text, reason):
    with pytest.raises(LineRejected, match=f"^{reason}"):
        make_row(text)
