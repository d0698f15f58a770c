"""Events whose fields have every kind of value that a log may hold in them."""

from itertools import chain, product

from tests.pipeline.stores import (
    COURSE,
    OTHER_COURSE,
    change_mode,
    check,
    enroll,
    event,
    pause,
    play,
    post,
    seek,
    stop,
    unenroll,
    visit,
)

TEXTS = (
    "",
    " ",
    "null",
    "true",
    "correct",
    " spaces\t\n\x0b",
    "\x0b\x0c",
    "one\nline\r\nanother\u2028third",
    "\x01\x1f\x7f\ufffd",
    'quote"back\\slash\\n/slash',
    "%_like_%",
    "$.path[0]",
    "é\u0301 ß İ ı",
    "\U0001f600\ufb00",
    "\uffff",
    "B",
    "a",
    "Å",
    "x" * 300,
)
NUMBERS = (
    "0", "-0.0", "1.0", "7", " 7 ", "7\n", "1e1", "1E+1", "1d", "2.5f", "0x10", "0x1p3", "1_0", "1__0", "1_", ".5", "5.",
    "+5", "--5", "nan", "inf", "-Infinity", "36000", "36000.01", "1e400", "1e-400", "\u0661", "5\x1c", "5\xa0", "5,0",
)  # fmt: skip
# Without floats that Java writes with an exponent: no id is one.
VALUES = (
    None,
    True,
    False,
    0,
    7,
    -7,
    7.0,
    0.1,
    2**53,
    2**64 - 1,
    [],
    ["a", 1.50],
    {},
    {"a": 1.50},
)
ANY = (*VALUES, *TEXTS, *NUMBERS)
IDS = (None, "0", "7", "07", "7\n", "٧", "99999999999999999999", "x", "9" * 18)


def hostile_events():
    """Return the events, in which each value stands in each field that a statement reads."""
    numbered = list(enumerate(ANY))
    return [
        *chain.from_iterable(enrollments(number, value) for number, value in numbered),
        *chain.from_iterable(checks(number, value) for number, value in numbered),
        *chain.from_iterable(videos(number, value) for number, value in numbered),
        *chain.from_iterable(others(number, text) for number, text in enumerate(TEXTS)),
        *(visit(at(number), user, username=f"user{number}", ip="192.0.2.1") for number, user in enumerate(IDS)),
        *chain.from_iterable(
            (play(at(number), 0, user_id=user), stop(at(number + 1), 20, user_id=user))
            for number, user in enumerate(IDS)
        ),
    ]


def at(number):
    """Return a moment of the two weeks before 2026-03-01. Some moments are the same."""
    return f"2026-02-{15 + number % 14} {number % 5:02}:00:00.{number % 3:06}"


def enrollments(number, value):
    change = (enroll, unenroll, change_mode)[number % 3]
    yield change(at(number), value, "audit")
    yield change(at(number), 7, value)
    yield change(at(number), 8, f"mode{number % 4}", of=(COURSE, OTHER_COURSE)[number % 2])
    yield enroll(at(number), {"inner": value}, "verified")


def checks(number, value):
    name, parts = f"user{number % 3}", {f"p_{number % 3}_1": value, str(value)[:40]: "b"}
    described = {part: {"answer": value, "response_type": "stringresponse", "variant": value} for part in parts}
    yield check(at(number), name, problem=value, success=value)
    yield check(at(number), name, problem="whole", answers=value, submission=value, correct_map=value, state=value)
    yield check(at(number), name, problem="new", answers=parts, submission=described, tags={"t": value}, name=value)
    yield check(
        at(number), name, problem="old", success="correct", answers=parts, state={"seed": value},
        correct_map={part: {"correctness": "correct"} for part in parts},
    )  # fmt: skip
    yield check(at(number), name, problem="tagged", tags=value)
    yield event(at(number), "problem", "problem_check", username=name, payload={"problem_id": "c", "answers": parts},
                context={"module": value, "asides": {"tagging_aside": {"saved_tags": value}}})  # fmt: skip


def videos(number, value):
    name, user = f"user{number % 3}", number % 3 + 1
    fields = {"user_id": user, "username": name}
    yield play(at(number), value, duration=value, module="offsets", **fields)
    yield pause(at(number + 1), value, module="offsets", **fields)
    yield seek(at(number + 2), value, 5, module="offsets", **fields)
    yield seek(at(number + 3), 5, value, module="offsets", **fields)
    yield play(at(number), 3, duration=value, module=f"durations{number % 5}", **fields)
    yield stop(at(number + 1), 33 + number, module=f"durations{number % 5}", **fields)
    yield play(at(number), 0, module=value, **fields)
    yield stop(at(number + 1), 12, module=value, **fields)


def others(number, text):
    for source, kind in product(("server", "browser", "mobile", "task", text), ("thread.created", "thread.viewed")):
        yield post(at(number), "ann", user_id=1, topic=text, what=kind, source=source)
    yield post(at(number), text, user_id=number, topic="t")
    yield visit(at(number), number + 10, username=text, ip=text, course=None, url_course_id=COURSE)
    yield visit(at(number), number + 10, username="ann", ip="2001:db8::1", course=OTHER_COURSE)
    yield event(at(number), "other", text or None, user_id=1, username=f"retired__user_{text}", payload={})
    yield play(at(number), 0, username=f"retired__user_{text}", module="v")
