"""Learners' answers: which answers a problem check tells, and the texts that the table shows of them. Pure functions."""

from collections.abc import Iterator
from functools import lru_cache
from math import isfinite
from typing import Any

import orjson

from analytics_data_api.v0.queries.answer_texts import text_of_html

# Inputs that the learner does not see.
HIDDEN = ("_dynamath", "_comment")
# The variant of a problem that is not randomized, which old and new events write in different ways.
NOT_RANDOMIZED = "1"
LARGEST_VARIANT = 2**31 - 1

PART_COLUMNS = {
    "course_id": "VARCHAR",
    "module_id": "VARCHAR",
    "problem_display_name": "VARCHAR",
    "part_id": "VARCHAR",
    "value": "VARCHAR",
    "variant_group": "VARCHAR",
    "value_id": "VARCHAR",
    "answer_value": "VARCHAR",
    "variant": "INTEGER",
    "question_text": "VARCHAR",
    "correct": "BOOLEAN",
    "response_type": "VARCHAR",
    "time": "TIMESTAMP",
    "line_hash": "VARCHAR",
    "first_responses": "BIGINT",
    "last_responses": "BIGINT",
}


def parts(row: tuple) -> Iterator[tuple]:
    """Yield the answers that one row of ``learner_responses`` tells, in the order of PART_COLUMNS."""
    course_id, problem_id, display_name, answers, submission, correct_map, seed, time, line_hash, first, last = row
    chosen = loaded(answers)
    if not isinstance(chosen, dict):
        return
    described = old_answers(chosen, correct_map, seed) if submission is None else new_answers(chosen, submission)
    for part_id, value_id, answer in described:
        variant = answer.get("variant", "")
        yield (
            course_id,
            problem_id,
            display_name,
            part_id,
            value_text(value_id if is_present(value_id) else answer.get("answer")),
            variant_group(variant),
            as_carried(value_id),
            as_carried(answer.get("answer")),
            variant_number(variant),
            as_carried(answer.get("question")),
            bool(answer.get("correct")),
            as_carried(answer.get("response_type")),
            time,
            line_hash,
            first,
            last,
        )


def new_answers(chosen: dict[str, Any], submission: str) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Yield part, value id and answer of an event that describes its answers in ``submission``."""
    described = loaded(submission)
    if not isinstance(described, dict):
        return
    for part_id, answer in described.items():
        if not part_id.endswith(HIDDEN) and part_id in chosen and isinstance(answer, dict):
            yield part_id, chosen[part_id] if chosen[part_id] != answer.get("answer") else None, answer


def old_answers(
    chosen: dict[str, Any], correct_map: str | None, seed: str | None
) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Yield the same for an event from before 5 March 2014, which has ids of choices but no texts."""
    grades = loaded(correct_map)
    if not isinstance(grades, dict):
        return
    for part_id, value_id in chosen.items():
        grade = grades.get(part_id)
        if not part_id.endswith(HIDDEN) and isinstance(grade, dict):
            yield part_id, value_id, {"correct": grade.get("correctness") == "correct", "variant": seed or ""}


def loaded(text: str | None) -> Any:
    try:
        return orjson.loads(text) if text else None
    except orjson.JSONDecodeError:
        return None


def is_present(value: Any) -> bool:
    return value is not None and value != "" and value != []


def value_text(value: Any) -> str:
    """Return the text by which answers are counted: a stripped text, or ``[a|b]`` for a list."""
    if isinstance(value, list):
        return f"[{'|'.join(map(value_text, value))}]"
    if value is None:
        return ""
    return value.strip() if isinstance(value, str) else orjson.dumps(value).decode()


def variant_group(variant: Any) -> str:
    """Return the text by which variants are counted: none is the one of a problem that is not randomized, null is not."""
    return "None" if variant is None else value_text(variant) or NOT_RANDOMIZED


def variant_number(variant: Any) -> int | None:
    """Return the variant that is stored: null for none."""
    try:
        number = int(variant or 0)
    except (TypeError, ValueError):
        return None
    return number if 0 < abs(number) <= LARGEST_VARIANT else None


def as_carried(value: Any) -> str | None:
    """Return a value as the text that the statements carry: a list stays JSON, so that its elements can be cleaned."""
    if not is_present(value):
        return None
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def elements(text: str) -> list[Any] | None:
    """Return the elements of a carried list, or None if the text is not one."""
    values = loaded(text) if text.startswith("[") else None
    return values if isinstance(values, list) else None


def shown_value_id(text: str | None) -> str | None:
    """Return the value id as the table has it: ``[a|b]`` for several."""
    if text is None:
        return None
    values = elements(text)
    return (text.strip() if values is None else value_text(values)) or None


def shown_answer(text: str | None, *, is_html: bool) -> str | None:
    """Return the answer as the table has it: the words of a choice's HTML, or the text that was typed."""
    if text is None:
        return None
    values = elements(text)
    if values is None:
        return clean_text(text, is_html) or None
    return f"[{'|'.join(clean_text(value_text(value), is_html) for value in values)}]"


def clean_text(text: str, is_html: bool) -> str:
    return words_of_html(text) if is_html else text.strip()


# Learners choose among few texts, and html5lib takes some 100 µs for each.
@lru_cache(maxsize=4096)
def words_of_html(text: str) -> str:
    return text_of_html(text)


def number_of(text: str | None) -> float | None:
    """Return the number that an answer is, for databases with the column ``answer_value_numeric``."""
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if isfinite(number) else None


SHOWN_COLUMNS = (
    "course_id",
    "module_id",
    "part_id",
    "correct",
    "value_id",
    "answer_value_text",
    "variant",
    "problem_display_name",
    "question_text",
    "first_response_count",
    "last_response_count",
    "answer_value_numeric",
    # Databases of an older shape count the last responses only.
    "count",
)


def as_shown(row: tuple) -> tuple:
    """Return a row of the statement ``answer_distribution`` as the table has it, in the order of SHOWN_COLUMNS."""
    course_id, module_id, part_id, correct, value_id, answer, variant, display_name, question, first, last = row
    value_id = shown_value_id(value_id)
    answer = shown_answer(answer, is_html=value_id is not None)
    return (
        course_id,
        module_id,
        part_id,
        int(correct),
        value_id,
        answer,
        variant,
        display_name or None,
        question or None,
        first,
        last,
        number_of(answer),
        last,
    )
