"""Answers, tags, and what the LMS tells of problems."""

import pytest

from tests.pipeline.computed import computed, rows, run
from tests.pipeline.stores import COURSE, OTHER_COURSE, check, event, store_of, visit, write_lms

pytestmark = pytest.mark.django_db(databases=["default", "analytics"])

ANSWERS = (
    "part_id",
    "correct",
    "value_id",
    "answer_value_text",
    "variant",
    "first_response_count",
    "last_response_count",
)


def choice(code, text, *, correct=False, **fields):
    """Return the answers of a check with one choice of a multiple choice problem."""
    submission = {"answer": text, "correct": correct, "response_type": "multiplechoiceresponse", "variant": ""} | fields
    return {"answers": {"p_2_1": code}, "submission": {"p_2_1": submission}}


def typed(text, *, correct=False, part="p_2_1", **fields):
    submission = {"answer": text, "correct": correct, "response_type": "stringresponse", "variant": ""} | fields
    return {"answers": {part: text}, "submission": {part: submission}}


def old_choice(code, *, correct=False, seed=1):
    """Return the answers of a check from before March 2014."""
    correctness = "correct" if correct else "incorrect"
    return {
        "answers": {"p_2_1": code},
        "correct_map": {"p_2_1": {"correctness": correctness}},
        "state": {"seed": seed},
    }


def one(*values):
    """Return the only row: of part p_2_1, wrong, without variant, first and last answer of one learner."""
    return [("p_2_1", 0, *values, None, 1, 1)]


SINGLE = {
    "a choice has an id, and its text is HTML": (
        choice("choice_1", " <b>the</b>\n<i>cat</i><!-- x -->"),
        one("choice_1", "the cat"),
    ),
    "so have several": (
        choice(["choice_1", "choice_2"], ["<b>a</b>", "c  d"]),
        one("[choice_1|choice_2]", "[a|c d]"),
    ),
    "a typed text keeps its tags": (typed(" a<b "), one(None, "a<b")),
    "a typed None is a text": (typed("None"), one(None, "None")),
    "so is a typed inf": (typed("inf"), one(None, "inf")),
    "a number is a text": (typed(42), one(None, "42")),
    "an empty answer is null": (typed(""), one(None, None)),
    "a variant": (typed("a", variant=7), [("p_2_1", 0, None, "a", 7, 1, 1)]),
    "variant 0 is none": (typed("a", variant=0), one(None, "a")),
    "a hidden part is left out": (typed("a", part="p_2_1_dynamath"), []),
    "a part without a type is left out": (typed("a", response_type=None), []),
    "so is one of another type": (typed("a", response_type="customresponse"), []),
    "a part that answers lacks is left out": (typed("a") | {"answers": {"p_3_1": "a"}}, []),
    "no answers": (typed("a") | {"answers": {}}, []),
    "answers that are none": (typed("a") | {"answers": "a"}, []),
    "a part that is not ASCII drops the event": (typed("a", part="p_ä_1"), []),
    "so does a tab in it": (typed("a", part="p\t2"), []),
    "other characters may be anything": (typed("ä\tb"), one(None, "ä\tb")),
    "an old check tells no type": (old_choice("choice_1"), []),
    "a submission that is none": (typed("a") | {"submission": "x"}, []),
}


@pytest.mark.parametrize(("answers", "expected"), SINGLE.values(), ids=SINGLE)
def test_one_answer(tmp_path, answers, expected):
    run(store_of(tmp_path, check("2024-01-01", "ann", **answers)), "2024-01-02", tables=["answer_distribution"])
    assert rows("answer_distribution", *ANSWERS) == expected


def test_first_and_last_answers_of_learners(tmp_path):
    """Ann tries a, b and c; Bob tries a alone; whoever has an empty username is one learner."""
    tries = [("ann", "a"), ("ann", "b"), ("ann", "c"), ("bob", "a"), ("", "a"), ("", "b")]
    found = computed(
        tmp_path,
        "2024-01-02",
        *(check(f"2024-01-01 10:0{number}", who, **typed(text)) for number, (who, text) in enumerate(tries)),
        check("2024-01-01 11:00", None, **typed("z")),
        table="answer_distribution",
    )
    assert [(row[5], *row[-2:]) for row in found] == [("a", 3, 1), ("b", 0, 1), ("c", 0, 1)]


def test_answers_of_the_browser_and_of_no_course_do_not_count(tmp_path):
    store = store_of(
        tmp_path,
        check("2024-01-01", "ann", course=None, **typed("a")) | {"url_course_id": COURSE},
        check("2024-01-01", "ann", source="browser", kind="other", **typed("a")),
        check("2024-01-01", "ann", problem=None, **typed("a")),
    )
    run(store, "2024-01-02")
    assert rows("answer_distribution") == []


def test_old_and_new_checks_meet(tmp_path):
    """Texts are those of the latest answer in the group; old codes without a text show nothing."""
    store = store_of(
        tmp_path,
        check("2014-01-01", "ann", **old_choice("choice_1", correct=True)),
        check("2014-01-01", "bob", **old_choice("choice_2")),
        check("2014-04-01", "cid", name="Pets", **choice("choice_1", "cat", correct=True, question="Which?")),
    )
    run(store, "2014-04-02")
    assert rows("answer_distribution", *ANSWERS, "problem_display_name", "question_text") == [
        ("p_2_1", 0, "choice_2", None, 1, 1, 1, "Pets", None),
        ("p_2_1", 1, "choice_1", "cat", None, 2, 2, "Pets", "Which?"),
    ]


def test_null_is_a_variant_of_its_own(tmp_path):
    store = store_of(
        tmp_path,
        *(check(f"2024-01-01 10:0{n}", f"u{n}", **typed("a", variant=v)) for n, v in enumerate(["", 1, "1", None, 2])),
    )
    run(store, "2024-01-02")
    assert rows("answer_distribution", "variant", "last_response_count") == [(1, 3), (2, 1), (None, 1)]


def test_a_part_follows_its_latest_answer(tmp_path):
    """The problem was a choice and is a text now; its type, id and name are the latest ones."""
    store = store_of(
        tmp_path,
        check("2024-01-01 10:00", "ann", problem="old", name="Old", **choice("choice_1", "<i>cat</i>")),
        check("2024-01-01 11:00", "bob", problem="new", name="New", **typed("dog")),
    )
    run(store, "2024-01-02")
    columns = ("module_id", "problem_display_name", "value_id", "answer_value_text")
    assert rows("answer_distribution", *columns) == [
        ("new", "New", None, "<i>cat</i>"),
        ("new", "New", None, "dog"),
    ]


def test_parts_of_a_problem_and_courses_stand_apart(tmp_path):
    first, second = typed("a", correct=True), typed("b", part="p_3_1")
    both = {key: first[key] | second[key] for key in first}
    store = store_of(
        tmp_path,
        check("2024-01-01", "ann", **both),
        check("2024-01-01", "ann", course=OTHER_COURSE, **typed("a")),
    )
    run(store, "2024-01-02")
    assert rows("answer_distribution", "course_id", "part_id", "correct", "answer_value_text") == [
        (COURSE, "p_2_1", 1, "a"),
        (COURSE, "p_3_1", 0, "b"),
        (OTHER_COURSE, "p_2_1", 0, "a"),
    ]


def test_at_one_instant_the_smaller_line_hash_is_first_and_last(tmp_path):
    events = [check("2024-01-01", "ann", **typed(text)) for text in "abc"]
    smallest = min(events, key=lambda row: row["line_hash"])
    run(store_of(tmp_path, *events), "2024-01-02")
    [(text, first, last)] = rows(
        "answer_distribution", "answer_value_text", "first_response_count", "last_response_count"
    )
    assert f'"{text}"' in smallest["payload"]
    assert (first, last) == (1, 1)


TAGS = ("module_id", "tag_name", "tag_value", "total_submissions", "correct_submissions")


def test_tags_of_the_latest_check(tmp_path):
    store = store_of(
        tmp_path,
        check("2024-01-01 10:00", "ann", success="correct", tags={"old": ["x"]}),
        check("2024-01-01 11:00", "bob", success="Correct"),
        check("2024-01-01 12:00", "cid", tags={"difficulty": "Easy", "topic": ["a", "b", "a"]}),
        check("2024-01-01", "ann", problem="untagged", tags={"x": ["y"]}),
        check("2024-01-02", "ann", problem="untagged", tags={}),
    )
    run(store, "2024-01-03")
    # `Correct` is not `correct` here, and all checks count, tagged or not.
    assert rows("tags_distribution", *TAGS) == [
        ("p", "difficulty", "Easy", 3, 1),
        ("p", "topic", "a", 3, 1),
        ("p", "topic", "b", 3, 1),
    ]


def test_odd_tags_do_no_harm(tmp_path):
    store = store_of(
        tmp_path,
        check("2024-01-01", "ann", problem="a", tags="text"),
        check("2024-01-01", "ann", problem="b", tags={"x": 1, "y": ["z", None]}),
        event("2024-01-01", "problem", "problem_check", payload=None),
    )
    run(store, "2024-01-02")
    assert rows("tags_distribution", *TAGS) == [("b", "y", "z", 1, 0)]


def test_grades_and_opened_subsections(tmp_path):
    store = store_of(tmp_path, visit("2024-01-01", 1))
    module = {"course_id": COURSE, "module_id": "p", "module_type": "problem", "grade": 1, "max_grade": 2}
    write_lms(
        store,
        "courseware_studentmodule",
        *(module | {"student_id": student} for student in (1, 2)),
        module | {"student_id": 3, "max_grade": None},
        module | {"student_id": 4, "grade": None},
        *(module | {"module_id": "s", "module_type": "sequential", "grade": None, "student_id": n} for n in range(3)),
        module | {"student_id": 1, "course_id": "course-v1:not+in+store"},
    )
    run(store, "2024-01-02")
    assert rows("grade_distribution") == [(COURSE, "p", 1.0, 2.0, 2), (COURSE, "p", 1.0, None, 1)]
    assert rows("sequential_open_distribution") == [(COURSE, "s", 3)]


def test_without_the_lms_grades_stay_as_they_are(tmp_path):
    summary = run(store_of(tmp_path, visit("2024-01-01", 1)), "2024-01-02")
    assert "grade_distribution" not in summary.tables
    assert any("courseware_studentmodule" in sentence for sentence in summary.unknown)
