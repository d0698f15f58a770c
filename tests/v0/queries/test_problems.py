"""Consolidation of the answers to variants of a problem."""

import random

import pytest

from analytics_data_api.v0.queries.problems import StoredAnswer, consolidated, whole_as_integer


def answer(value_id="choice_0", text="a", variant=None, *, part="part", course="course", count=1, **columns):
    return StoredAnswer(
        course_id=course,
        part_id=part,
        value_id=value_id,
        answer_value=text,
        variant=variant,
        correct=columns.pop("correct", True),
        problem_display_name=columns.pop("problem_display_name", "problem"),
        question_text=columns.pop("question_text", "question"),
        created=columns.pop("created", "2014-12-10T193146"),
        first_response_count=columns.pop("first_response_count", count * 10),
        last_response_count=count,
        id=columns.pop("id", 1),
    )


def told(answers):
    """Return what a case states of each answer: value_id, variant, last responses, and whether it is a sum."""
    return [(row.value_id, row.variant, row.last_response_count, row.consolidated_variant) for row in answers]


CASES = {
    "no variants": (
        [answer("choice_0"), answer("choice_1", count=2)],
        [("choice_0", None, 1, False), ("choice_1", None, 2, False)],
    ),
    "variants that agree": (
        [answer(variant=1), answer(variant=2, count=20), answer(variant=3, count=300)],
        [("choice_0", None, 321, True)],
    ),
    "a single row keeps its variant": (
        [answer(variant=1), answer(variant=2), answer("choice_1", "b", 2, count=5)],
        [("choice_0", None, 2, True), ("choice_1", 2, 5, False)],
    ),
    "every value_id may have texts of its own": (
        [
            answer("choice_0", "a", 1, correct=False),
            answer("choice_0", "a", 2, correct=False),
            answer("choice_1", "b", 1, question_text="another"),
            answer("choice_1", "b", 2, question_text="another"),
        ],
        [("choice_0", None, 2, True), ("choice_1", None, 2, True)],
    ),
    "one that disagrees keeps all rows of the part": (
        [
            answer("choice_0", "a", 1),
            answer("choice_0", "a", 2),
            answer("choice_1", "b", 1),
            answer("choice_1", "c", 2),
        ],
        [("choice_0", 1, 1, False), ("choice_0", 2, 1, False), ("choice_1", 1, 1, False), ("choice_1", 2, 1, False)],
    ),
    "typed answers that differ": (
        [answer(None, "7", 1), answer(None, "8", 1), answer(None, "7", 2)],
        [(None, 1, 1, False), (None, 2, 1, False), (None, 1, 1, False)],
    ),
    "rows of one variant": (
        [answer(variant=1, id=1), answer(variant=1, count=2, id=2)],
        [("choice_0", None, 3, True)],
    ),
}


@pytest.mark.parametrize("answers, expected", CASES.values(), ids=list(CASES))
def test_variants(answers, expected):
    for seed in range(5):
        shuffled = random.Random(seed).sample(answers, len(answers))
        assert told(consolidated(shuffled)) == expected


@pytest.mark.parametrize(
    "column, values",
    [
        ("question_text", ("question", "another")),
        ("text", ("a", "b")),
        ("problem_display_name", ("problem", "another")),
        ("correct", (True, False)),
        ("correct", (True, None)),
        ("question_text", ("", None)),
    ],
)
def test_what_has_to_agree(column, values):
    rows = [answer(variant=number, **{column: value}) for number, value in enumerate(values)]
    assert [row.consolidated_variant for row in consolidated(rows)] == [False, False]


def test_parts_and_courses_are_apart():
    rows = [
        answer("choice_0", "a", 1, part="1"),
        answer("choice_0", "b", 2, part="1"),
        answer("choice_0", "a", 1, part="2"),
        answer("choice_0", "a", 2, part="2"),
        answer("choice_0", "a", 1, course="b"),
        answer("choice_0", "a", 2, course="c"),
    ]
    assert [(row.course_id, row.part_id, row.consolidated_variant) for row in consolidated(rows)] == [
        ("b", "part", False),
        ("c", "part", False),
        ("course", "1", False),
        ("course", "1", False),
        ("course", "2", True),
    ]


def test_sums():
    [row] = consolidated(
        [
            answer(variant=1, count=1, first_response_count=2, created="2014-12-10T000000"),
            answer(variant=2, count=4, first_response_count=8, created="2014-12-11T000000"),
        ]
    )
    assert (row.last_response_count, row.first_response_count, row.created) == (5, 10, "2014-12-11T000000")
    assert (row.answer_value, row.question_text, row.correct) == ("a", "question", True)


def test_without_first_counts_there_is_no_sum_of_them():
    [row] = consolidated([answer(variant=number, first_response_count=None) for number in (1, 2)])
    assert row.first_response_count is None


@pytest.mark.parametrize(
    "number, written",
    [(2.0, "2"), (0.0, "0"), (-0.0, "0"), (0.5, "0.5"), (1e15, "1000000000000000"), (1e300, "1e+300"), (None, "None")],
)
def test_grades(number, written):
    assert str(whole_as_integer(number)) == written
