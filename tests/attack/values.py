"""Values of parameters: good ones, such as are stored, and bad ones of every kind."""

import json
from urllib.parse import quote, urlencode

from analytics_data_api.data_sets.params import Cursor, Place
from tests.attack.texts import HOSTILE

UNKNOWN_COURSES = ("course-v1:edX+Unknown+2014", "edX/Unknown/2014", "course-v1:é+日本+2014", "ccx-v1:a+b+c+ccx@1")
NO_COURSES = (
    "edX",
    "a/b",
    "a/b/c/d",
    "course-v1:a+b",
    "course-v1:a+b+c+d",
    "course-v1:a b+c+d",
    "a/b/c\n",
)
TIMES = (
    "2014-12-10",
    "2014-12-09",
    "2014-1-1",
    "2015-01-01T000000",
    "2014-12-10T19:31:46Z",
    "2014-12-10T19:31:46.123456+02:00",
    "2014-W50-3",
    "20141210",
    "0001-01-01",
    "9999-12-31",
    "9999-12-31T23:59:59",
    "2026-11-20",
    "1970-01-01",
)
NO_TIMES = (
    "yesterday",
    "2014-02-30",
    "2014-13-01",
    "0000-01-01",
    "10000-01-01",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2014-12-10T25:00",
    "2014-12-10T24:00",
    "2014-12-10 ; DROP",
    "٢٠١٤-١٢-١٠",
    "1418169600",
    "-1",
    "2014-12-10T19:31:46+99:99",
)
NUMBERS = ("1", "2", "3", "10", "25", "100", "101", "20200", "007")
NO_NUMBERS = (
    "0",
    "-1",
    "1.5",
    "1e3",
    "one",
    "9" * 30,
    "9" * 5000,
    "１",
    "+1",
    " 1",
    "NaN",
    "Infinity",
    "0x10",
    "1_000",
)
LISTS = ("a,b", ",", "a,,b", " , ", "," * 500, "course_id,count", "created", "id,id,id", "enrollment_modes.audit.count")
SEARCHES = (
    "shared",
    "ada",
    "a*",
    "*",
    "**",
    "dan friedman",
    "山",
    "ada@example.com",
    "ø",
    "a" * 300,
    "x " * 60,
    "= + -",
)
BOOLEANS = ("true", "false", "True", "FALSE", "1", "0", "yes", "maybe", "")
WORDS = {
    "order_by": (
        "username",
        "email",
        "videos_viewed",
        "problem_attempts_per_completed",
        "count",
        "course_id",
        "cohort",
    ),
    "sort_order": ("asc", "desc", "ASC", "up"),
    "activity_type": ("any", "ANY", "ACTIVE", "played_video", "PLAYED_VIDEO", "nothing"),
    "label": ("any", "posted_forum", "nothing"),
    "segments": ("highly_engaged", "inactive,struggling", "unheard-of"),
    "ignore_segments": ("disengaging", "unenrolled"),
    "enrollment_mode": ("audit", "verified", "no-id-professional"),
    "org": ("Shared", "Open", "Secret", "edX", "é", "%", "a/b"),
    "availability": ("Current", "Upcoming", "unknown", "Archived"),
    "pacing_type": ("instructor_paced", "self_paced", "unknown"),
    "updated_before": ("1970-01-01", "9999-12-31T23:59:59.999999", "2014-12-10T19:31:46"),
    "fields": LISTS,
    "exclude": LISTS,
    "text_search": SEARCHES,
    "limit": ("all", "ALL", *NUMBERS),
}
TIME_NAMES = ("start_date", "end_date", "recent_date", "updated_before", "updated_after")
COURSE_NAMES = ("course_id", "course_ids")
CURSOR_TIMES = (
    "2014-12-10 19:31:46",
    "2014-12-10T19:31:46.000000",
    "9999-12-31 23:59:59.999999",
    "0001-01-01 00:00:00",
)
# JSON that no client means.
ODD_JSON = (
    b"",
    b" ",
    b"null",
    b"[]",
    b"{}",
    b"1",
    b'"a"',
    b"true",
    b"{",
    b'{"course_ids":}',
    b"[" * 100_000,
    b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    b'{"page":1e999}',
    b'{"page":' + b"9" * 5_000 + b"}",
    b'{"page":NaN}',
    b'{"text_search":"\\ud800"}',
    b'{"text_search":"\\u0000"}',
    b'{"text_search":"\xff\xfe"}',
    b'\xef\xbb\xbf{"page":1}',
    '{"page":1}'.encode("utf-16"),
    b'{"page":1,"page":2}',
    b'{"__proto__":{"a":1}}',
    b'{"course_ids":[[["a"]]]}',
    b'{"course_ids":{"a":1}}',
    b'{"course_ids":[null,1,true,"a"]}',
    b'{"course_ids":"edX/DemoX/Demo_Course"}',
    b"\x00" * 100,
)
ODD_VALUES = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    10**18,
    2**64 - 1,
    "",
    [],
    [[]],
    {},
    {"a": 1},
    [None],
    [1],
    [True],
    ["", "a"],
)
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
KINDS = (
    JSON,
    FORM,
    "multipart/form-data; boundary=b",
    "multipart/form-data",
    "text/plain",
    "application/xml",
    "application/json; charset=utf-7",
    "application/json; charset=nonsense",
    "application/x-www-form-urlencoded; charset=utf-16",
    "",
    "nonsense",
    "a/b; " * 100,
)
MULTIPART = (
    b'--b\r\nContent-Disposition: form-data; name="course_ids"\r\n\r\nedX/DemoX/Demo_Course\r\n--b--\r\n',
    b'--b\r\nContent-Disposition: form-data; name="course_ids"; filename="a.csv"\r\n\r\nx\r\n--b--\r\n',
    b"--b\r\n\r\n--b--",
    b"--b",
    b"nonsense",
)


class Values:
    def __init__(self, random, known):
        self.random = random
        self.known = known

    def hostile(self):
        text = self.random.choice(HOSTILE)
        if self.random.random() < 0.1:
            text += self.random.choice(HOSTILE)
        if self.random.random() < 0.03:
            # Half a character, as no encoding can have it.
            text += "\ud83d"
        return text

    def id(self, name):
        """An id of a path."""
        chance = self.random.random()
        if chance < 0.75 and self.known.of(name):
            return self.random.choice(self.known.of(name))
        if chance < 0.85:
            return self.random.choice(UNKNOWN_COURSES if name == "course_id" else self.known.of("course_id"))
        if chance < 0.9 and name == "course_id":
            return self.random.choice(NO_COURSES)
        return self.hostile()

    def of_query(self, parameter):
        """The values of a parameter of a query string, mostly one."""
        values = [self.one(parameter)]
        while self.random.random() < (0.4 if parameter.get("type") == "array" else 0.05):
            values.append(self.one(parameter))
        return values

    def one(self, parameter):
        chance = self.random.random()
        if chance < 0.06:
            return self.hostile()
        if chance < 0.09:
            return ""
        if chance < 0.12:
            return self.many(parameter)
        return self.likely(parameter)

    def many(self, parameter):
        count = self.random.choice((2, 3, 5, 30, 300))
        return ",".join(self.likely(parameter) for _time in range(count))[:4000]

    def likely(self, parameter):
        """A value that is right more often than not."""
        name, pick = parameter["name"], self.random.choice
        right = self.random.random() < 0.93
        if name in TIME_NAMES:
            return pick(TIMES if right else NO_TIMES)
        if name == "cursor":
            return self.cursor()
        if name in COURSE_NAMES:
            return pick(self.known.of(name)) if right else pick((*UNKNOWN_COURSES, *NO_COURSES))
        if name in ("page", "page_size", "limit"):
            return pick(NUMBERS if right else (*NO_NUMBERS, *WORDS["limit"]))
        names = (parameter.get("items") or parameter).get("enum") or ()
        if parameter.get("type") == "boolean":
            names = BOOLEANS
        choices = (*names, *WORDS.get(name, ()), *self.known.of(name))
        return pick(choices) if choices and right else self.hostile()

    def cursor(self):
        """A cursor of a data set, some of which somebody has tampered with."""
        place = Place(self.random.choice(CURSOR_TIMES), self.random.choice((0, 1, 5, 2**31, 2**63 - 1)))
        text = Cursor(self.random.choice(self.known.data_set), self.random.choice((place, place, None))).text()
        if self.random.random() < 0.6:
            return text
        at = self.random.randrange(len(text))
        change = self.random.choice(("", "A", "=", "_", "é", text))
        return text[:at] + change + text[at + 1 :]

    def body(self, parameters):
        """The body of a request, and its media type; None: it names none."""
        chance = self.random.random()
        if chance < 0.5:
            return self.json_of(parameters), JSON
        if chance < 0.7:
            return self.form_of(parameters), FORM
        if chance < 0.8:
            return self.random.choice(ODD_JSON), JSON
        kind = self.random.choice(KINDS)
        if kind.startswith("multipart"):
            return self.random.choice(MULTIPART), kind
        return self.random.choice((self.json_of(parameters), *ODD_JSON[:10])), self.random.choice((kind, None))

    def json_of(self, parameters):
        body = {}
        for parameter in parameters:
            if self.random.random() > 0.3:
                continue
            values = self.of_query(parameter)
            value = values if parameter.get("type") == "array" or len(values) > 1 else values[0]
            if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 18:
                value = int(value)
            if isinstance(value, str) and value.lower() in ("true", "false"):
                value = value.lower() == "true"
            body[parameter["name"]] = self.random.choice(ODD_VALUES) if self.random.random() < 0.1 else value
        return json.dumps(body).encode()

    def form_of(self, parameters):
        pairs = [
            (parameter["name"], value.encode("utf-8", "surrogatepass"))
            for parameter in parameters
            if self.random.random() < 0.3
            for value in self.of_query(parameter)
        ]
        return urlencode(pairs, quote_via=quote).encode()
