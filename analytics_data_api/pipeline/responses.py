"""The last response of each learner to each part of a problem, out of the checks of the log. Pure functions."""

from collections.abc import Iterator

from analytics_data_api.pipeline.answers import (
    as_carried,
    loaded,
    new_answers,
    old_answers,
    shown_answer,
    shown_value_id,
)

RESPONSE_COLUMNS = {
    "course_id": "VARCHAR",
    "user_id": "BIGINT",
    "block_id": "VARCHAR",
    "part_id": "VARCHAR",
    "response": "VARCHAR",
    "correct": "BOOLEAN",
    "attempts": "BIGINT",
    "first_time": "TIMESTAMP",
    "last_time": "TIMESTAMP",
}


def responses(row: tuple) -> Iterator[tuple]:
    """Yield the parts that one row of ``last_responses`` tells, in the order of RESPONSE_COLUMNS."""
    course_id, user_id, problem_id, attempts, first_time, last_time, answers, submission, correct_map = row
    chosen = loaded(answers)
    if not isinstance(chosen, dict):
        return
    described = old_answers(chosen, correct_map, None) if submission is None else new_answers(chosen, submission)
    for part_id, value_id, answer in described:
        shown_id = shown_value_id(as_carried(value_id))
        text = shown_answer(as_carried(answer.get("answer")), is_html=shown_id is not None) or shown_id
        yield (
            course_id,
            user_id,
            problem_id,
            part_id,
            text,
            bool(answer.get("correct")),
            attempts,
            first_time,
            last_time,
        )
