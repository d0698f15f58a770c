"""A line of a tracking log becomes a row of the event store, or is rejected with a reason.

A row depends on nothing but the JSON text of its line, so identical lines make identical rows. Every line of a log passes
through ``make_row``, whose fast paths are therefore written out.
"""

import json
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec
import orjson
from xxhash import xxh3_128_hexdigest

from analytics_data_api.pipeline.course_urls import course_of_text, course_of_url

ENROLLMENT_TYPES = ("activated", "deactivated", "mode_changed")
VIDEO_TYPES = ("play_video", "pause_video", "seek_video", "stop_video")
KIND_OF_TYPE = dict.fromkeys(VIDEO_TYPES, "video") | {
    f"edx.course.enrollment.{change}": "enrollment" for change in ENROLLMENT_TYPES
}

# The event types of mobile apps, and those that the LMS gives them when it transforms them.
MOBILE_TYPES = {
    "edx.video.loaded": "load_video",
    "edx.video.played": "play_video",
    "edx.video.paused": "pause_video",
    "edx.video.stopped": "stop_video",
    "edx.video.position.changed": "seek_video",
    "edx.video.seeked": "seek_video",
    "edx.video.transcript.shown": "show_transcript",
    "edx.video.transcript.hidden": "hide_transcript",
    "edx.video.language_menu.shown": "video_show_cc_menu",
    "edx.video.language_menu.hidden": "video_hide_cc_menu",
}

# A mobile device sets the time of its events, and one with an empty battery starts anew in 1970. No LMS is that old.
FIRST_YEAR = 2010
# Container runtimes and log shippers wrap a line in an object of their own, sometimes one in another.
WRAPPER_KEYS = ("log", "message")
DEEPEST_WRAPPER = 4
# The LMS cuts the payload of a page request off after so many characters.
CUT_PAYLOAD = 512
# Longer payloads are seldom the same.
SHORT_PAYLOAD = 200

# The separator of a row's columns, and the sign for null. JSON text has no control characters; other texts must not have
# those that would end a column or a row.
SEPARATOR = "\x1f"
NULL = "\x1d"
NULL_BYTES = NULL.encode()
# How many separators stand between the columns before the JSON texts.
SEPARATORS = 12
CONTROL = re.compile("[\x00-\x1f]")
REPLACEMENT = "\ufffd"
UNUSABLE = re.compile("[\x00\ud800-\udfff]")
NUL_IN_JSON = rb"\u0000"


class LineRejected(Exception):
    """A line is not an event. The message says why."""


class Event(msgspec.Struct, gc=False):
    """The fields of an event that the store keeps, each with its type."""

    event_type: str
    time: str
    event_source: str | None = None
    name: str | None = None
    username: str | None = None
    ip: str | None = None
    page: str | None = None
    accept_language: str | None = None
    context: dict | None = None
    event: dict | str | None = None


PLAIN_TEXTS = ("event_type", "event_source", "name", "username", "ip", "page", "accept_language")
decode_event = msgspec.json.Decoder(Event).decode


def make_row(line: bytes) -> tuple[str, str, bytes]:
    """Return the kind and the day of a line's event, and its row. Raise LineRejected if the line is not an event."""
    text = line.strip()
    try:
        event = decode_event(text)
    except (msgspec.DecodeError, ValueError, RecursionError):
        text, event = read_line(text)
    return row_of(event, text)


def row_of(event: Event, text: bytes) -> tuple[str, str, bytes]:
    event_type = event.event_type
    if not event_type or event_type == NULL:
        raise LineRejected("event_type is empty")
    time = utc(event.time)
    source = event.event_source or NULL
    page = event.page or NULL
    payload: Any = event.event
    if event_type in MOBILE_TYPES:
        event_type = MOBILE_TYPES[event_type]
        payload = legacy_payload(payload if payload.__class__ is dict else read_payload(payload))

    payload_course_id = NULL
    kind = KIND_OF_TYPE.get(event_type)
    if kind is None:
        kind = kind_of_others(event_type, source)
    elif kind == "enrollment":
        payload = payload if payload.__class__ is dict else read_payload(payload)
        payload_course_id = payload and course_of_text(payload.get("course_id")) or NULL
    if payload.__class__ is not dict:
        is_short = source == "server" and payload and len(payload) <= SHORT_PAYLOAD
        payload_text = dumped_short_payload(payload) if is_short else dumped_payload(payload)
    else:
        payload_text = dump(payload)

    context = event.context
    user_id = course_id = url_course_id = NULL
    context_text = NULL_BYTES
    if context is not None:
        context_text = dump(context)
        user_id = id_text(context.get("user_id"))
        text_of_course = context.get("course_id")
        course_id = text_of_course and course_of_text(text_of_course) or NULL
        if course_id is NULL and is_missing(text_of_course):
            if source == "server":
                url_course_id = course_of_url(event_type) or NULL
            elif source == "browser" and page is not NULL:
                url_course_id = course_of_url(page) or NULL

    username = NULL if event.username is None else event.username.strip()
    texts = (
        f"{time}\x1f{xxh3_128_hexdigest(text)}\x1f{event_type}\x1f{source}\x1f{event.name or NULL}\x1f{username}"
        f"\x1f{user_id}\x1f{course_id}\x1f{url_course_id}\x1f{payload_course_id}\x1f{event.ip or NULL}\x1f{page}"
        f"\x1f{event.accept_language or NULL}"
    )
    if texts.count(SEPARATOR) != SEPARATORS or "\n" in texts or "\r" in texts or "\0" in texts:
        return row_of(without_controls(event), text)
    return kind, time[:10], b"%b\x1f%b\x1f%b\n" % (texts.encode(), context_text, payload_text)


def kind_of_others(event_type: str, source: str) -> str:
    if event_type == "problem_check" and source == "server":
        return "problem"
    return "forum" if event_type.startswith("edx.forum.") else "other"


def is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def without_controls(event: Event) -> Event:
    """Return the event with a replacement for each control character in its plain texts."""
    texts = {field: getattr(event, field) for field in PLAIN_TEXTS}
    return msgspec.structs.replace(
        event, **{field: text and CONTROL.sub(REPLACEMENT, text.strip()) for field, text in texts.items()}
    )


def read_line(line: bytes, depth: int = 0) -> tuple[bytes, Event]:
    """Return the JSON text of a line's event and the event, without what stands before or around them.

    Raise LineRejected if the line does not hold an event.
    """
    start = line.find(b"{")
    if start < 0:
        raise LineRejected("no JSON object" if line.strip() else "empty line")
    text = line[start:].strip()
    event = read_object(text)
    if "event_type" not in event and depth < DEEPEST_WRAPPER:
        for key in WRAPPER_KEYS:
            wrapped = event.get(key)
            if isinstance(wrapped, str):
                return read_line(wrapped.encode(), depth + 1)
            if isinstance(wrapped, dict):
                text, event = dump(wrapped), wrapped
                break
    for field in ("event_type", "time"):
        if not isinstance(event.get(field), str):
            raise LineRejected(f"{field} is missing or not a text")
    return text, msgspec.convert(
        {field: of_its_type(field, event.get(field)) for field in Event.__struct_fields__}, Event
    )


def of_its_type(field: str, value: Any) -> Any:
    """Return the value of an event's field, or None if its type is not the field's."""
    types: Any = {"context": dict, "event": (dict, str)}.get(field, str)
    return value if isinstance(value, types) else None


def read_object(text: bytes | str) -> Any:
    """Return the value of a JSON text. Raise LineRejected if it is not JSON."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        plain = text if isinstance(text, bytes) else text.encode()
        # The LMS is written in Python, whose JSON may hold half of a surrogate pair, NaN and Infinity.
        if b"\\u" not in plain and b"NaN" not in plain and b"Infinity" not in plain:
            raise LineRejected(f"not JSON: {error}") from error
    try:
        return without_nul(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise LineRejected(f"not JSON: {error}") from error


def without_nul(value: Any) -> Any:
    """Replace what databases refuse in texts: the character NUL and halves of surrogate pairs."""
    if isinstance(value, str):
        return UNUSABLE.sub(REPLACEMENT, value)
    if isinstance(value, dict):
        return {without_nul(key): without_nul(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [without_nul(inner) for inner in value]
    return value


def dump(value: dict[str, Any]) -> bytes:
    """Return the JSON text of an object. Raise LineRejected if it cannot be stored."""
    try:
        text = orjson.dumps(value)
    except TypeError:
        # A number is too large for a JSON integer of 64 bits, or objects are nested too deeply.
        text = dump_slowly(value)
    if b"\\" in text and NUL_IN_JSON in text:
        return dump_slowly(value)
    return text


def dump_slowly(value: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(orjson.loads(json.dumps(without_nul(value), allow_nan=False)))
    except (ValueError, TypeError, RecursionError) as error:
        raise LineRejected(f"cannot be stored as JSON: {error}") from error


def utc(text: str) -> str:
    """Return a time in UTC as text. Raise LineRejected if it is malformed or from before there were events."""
    try:
        time = datetime.fromisoformat(text)
        if time.year < FIRST_YEAR:
            raise LineRejected(f"time is before {FIRST_YEAR}: {text[:100]!r}")
        # The form that the LMS writes, 2026-03-01T12:00:00.000000+00:00, is that of the store.
        if len(text) == 32 and text[7] == "-" and text[10:20:3] == "T::." and text[26:] == "+00:00":
            return text[:26]
        if text[10:11] not in ("T", " "):
            raise ValueError("a date is not a time")
        time = time.astimezone(UTC) if time.tzinfo else time
        return time.isoformat("T", "microseconds")[:26]
    except (ValueError, OverflowError) as error:
        raise LineRejected(f"time is malformed: {text[:100]!r}") from error


def read_payload(event: str | None) -> dict[str, Any] | None:
    """Return the payload of an event as an object, or None if it is unusable."""
    if not event:
        return None if event is None else {}
    # Form data of a browser, or the LMS has cut it.
    if "{" not in event or (len(event) == CUT_PAYLOAD and "POST" in event):
        return None
    try:
        payload = read_object(event)
    except LineRejected:
        return None
    return payload if payload.__class__ is dict else None


def dumped_payload(event: str | None) -> bytes:
    payload = read_payload(event)
    return NULL_BYTES if payload is None else dump(payload)


# Requests of pages are half of a log, and the payloads of most are the same few.
dumped_short_payload = lru_cache(maxsize=1024)(dumped_payload)


def legacy_payload(payload: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return the payload of a mobile app's video event with the keys that the LMS gives it."""
    if payload is None:
        return None
    payload = {"code": "mobile"} | payload
    module = payload.pop("module_id", None)
    if isinstance(module, str):
        payload.setdefault("id", html_id(module))
    if "current_time" in payload:
        payload.setdefault("currentTime", payload.pop("current_time"))
    return payload


def html_id(usage_key: str) -> str:
    """Return the id under which a block stands in the pages of the LMS."""
    if usage_key.startswith("block-v1:"):
        return usage_key.rpartition("+block@")[2]
    return re.sub(r"[^\w-]", "_", re.sub(r"[:/]+", "-", usage_key))


def id_text(value: Any) -> str:
    """Return a learner's id as text, or the sign for null if it is not one: the empty text and 0 mean nobody."""
    if value.__class__ is int:
        return str(value) if value else NULL
    if isinstance(value, str):
        value = value.strip()
        return value if value and value.isprintable() else NULL
    if isinstance(value, float) and value and value.is_integer():
        return str(int(value))
    return NULL
