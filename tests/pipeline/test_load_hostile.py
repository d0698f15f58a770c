"""Ten thousand lines of anything: each is an event, a duplicate or rejected, and none stops a load."""

import json
from contextlib import suppress
from datetime import datetime

import orjson
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from analytics_data_api.pipeline.events import LineRejected, make_row
from tests.pipeline.logs import COURSE, event, load, rejected_lines, stored

FIELDS = [*event(), "log", "message"]
any_text = st.text(st.characters(exclude_categories=[]), max_size=40)
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3),
    max_leaves=8,
)
texts_of_json = any_json.map(json.dumps)
times = st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 5)).map(lambda time: time.isoformat() + "+00:00")
types = st.sampled_from(["problem_check", "play_video", "edx.video.played", "edx.course.enrollment.activated", "/a"])
sources = st.sampled_from(["server", "browser", "mobile"])
courses = st.sampled_from([COURSE, "", " ", "a/b/c", f"/courses/{COURSE}/\x1f", "x"])
contexts = st.dictionaries(st.sampled_from(["user_id", "course_id"]) | any_text, any_json | courses, max_size=3)
usual = {
    "time": times,
    "event_type": types,
    "event_source": sources,
    "context": contexts,
    "event": texts_of_json,
    "page": courses,
}
fields = {name: usual.get(name, any_text) | any_json for name in FIELDS}
others = {name: values for name, values in fields.items() if name not in ("time", "event_type")}
likely = st.fixed_dictionaries({"time": times, "event_type": types | any_text}, optional=others)
events = likely | st.fixed_dictionaries({}, optional=fields)
wrapped = st.builds(
    lambda key, text: json.dumps({key: text}), st.sampled_from(["log", "message"]), events.map(json.dumps)
)
as_text = events.map(json.dumps) | wrapped | texts_of_json
# What JSON.stringify and the like write: without escapes, and with halves of surrogate pairs as three bytes each.
raw = events.map(lambda value: json.dumps(value, ensure_ascii=False).encode(errors="surrogatepass"))
good = as_text.map(str.encode) | raw
cut = st.builds(lambda text, end: text[:end], good, st.integers(0, 400))
spoiled = st.builds(
    lambda text, at, byte: text[:at] + byte + text[at:], good, st.integers(0, 200), st.binary(max_size=3)
)
any_line = (good | cut | spoiled | st.binary(max_size=200)).map(lambda text: text.replace(b"\n", b" "))


def test_every_line_is_counted(settings, events_dir, tmp_path):
    lines = []

    @examples(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.lists(any_line, min_size=20, max_size=30))
    def make_rows(some):
        for line in some:
            with suppress(LineRejected):
                make_row(line)
        lines.extend(some)

    make_rows()
    assert len(lines) >= 10_000
    (tmp_path / "log").write_bytes(b"\n".join(lines) + b"\n")
    counts, _warnings = load(settings, tmp_path / "log")
    rows = stored(settings, "context, payload, event_type")
    assert counts["lines"] == len(lines)
    assert counts["lines"] == sum(counts["events"].values()) + counts["duplicates"] + counts["rejected"]
    assert len(rejected_lines(settings)) == counts["rejected"] > 1000
    assert len(rows) == sum(counts["events"].values()) > 1000
    for context, payload, event_type in rows:
        assert all(isinstance(orjson.loads(text), dict) for text in (context, payload) if text)
        assert event_type
    # The same lines in another order add nothing.
    (tmp_path / "reversed").write_bytes(b"x\n" + b"\n".join(lines[::-1]))
    again, _warnings = load(settings, tmp_path / "reversed")
    assert not any(again["events"].values())
    assert len(stored(settings, "1")) == len(rows)
