"""Answers to the course's problems, grades, tags, and views of its subsections, counted from the learners' actions."""

import json
from collections import Counter
from collections.abc import Iterator

from analytics_data_api.simulation.actions import Actions, Attempt
from analytics_data_api.simulation.course import FakeCourse
from analytics_data_api.simulation.questions import Answer
from analytics_data_api.simulation.rows import Row


def first_and_last_attempts(actions: Actions) -> Iterator[tuple[Attempt, Attempt]]:
    """Yield the first and the last attempt of each learner at each problem, in the order of the problems."""
    found: dict[tuple[int, str], tuple[Attempt, Attempt]] = {}
    for attempt in actions.attempts:
        key = attempt.number, attempt.learner.username
        found[key] = (found[key][0] if key in found else attempt, attempt)
    yield from (found[key] for key in sorted(found))


def answer_distribution(course: FakeCourse, actions: Actions) -> list[Row]:
    """Return the answers to each part that any learner gave at first or at last."""
    first: Counter[tuple[int, int, Answer]] = Counter()
    last: Counter[tuple[int, int, Answer]] = Counter()
    for attempts in first_and_last_attempts(actions):
        for counts, attempt in zip((first, last), attempts, strict=True):
            counts.update((attempt.number, part, answer) for part, answer in enumerate(attempt.answers))
    return [
        {
            "module_id": course.problems[number].module_id,
            "part_id": f"{course.problems[number].html_id}_{part + 2}_1",
            "correct": answer.correct,
            "value_id": as_table_has_it(answer.value_id),
            "answer_value": as_table_has_it(answer.answer_value),
            "variant": answer.variant,
            "problem_display_name": actions.problems[number].display_name,
            "question_text": answer.question_text,
            "first_response_count": first[number, part, answer],
            "last_response_count": last[number, part, answer],
        }
        for number, problem in enumerate(actions.problems)
        for part, answers in enumerate(problem.parts)
        for answer in answers
        if first[number, part, answer] or last[number, part, answer]
    ]


def as_table_has_it(text: str | None) -> str | None:
    """Return a text, or the elements of a JSON list as ``[a|b]``."""
    return f"[{'|'.join(json.loads(text))}]" if text and text.startswith("[") else text


def grade_distribution(course: FakeCourse, actions: Actions) -> list[Row]:
    """Return the grades of the last attempts: a point for each correct part."""
    grades = Counter(
        (last.number, sum(answer.correct for answer in last.answers), len(last.answers))
        for _first, last in first_and_last_attempts(actions)
    )
    return [
        {
            "module_id": course.problems[number].module_id,
            "grade": float(grade),
            "max_grade": float(max_grade),
            "count": count,
        }
        for (number, grade, max_grade), count in sorted(grades.items())
    ]


def tags_distribution(course: FakeCourse, actions: Actions) -> list[Row]:
    """Return the tags of each submitted problem: its difficulty, its topic and, for some, a second topic."""
    total = Counter(attempt.number for attempt in actions.attempts)
    correct = Counter(attempt.number for attempt in actions.attempts if attempt.is_correct)
    return [
        {
            "module_id": course.problems[number].module_id,
            "total_submissions": total[number],
            "correct_submissions": correct[number],
            "tag_name": name,
            "tag_value": value,
        }
        for number, problem in enumerate(actions.problems)
        if total[number]
        for name, value in [
            ("difficulty", problem.difficulty),
            *(("learning_outcome", topic) for topic in problem.topics),
        ]
    ]


def sequential_opens(actions: Actions) -> list[Row]:
    """Return the number of learners who opened each subsection."""
    opens = {(visit.sequential.module_id, visit.learner.username) for visit in actions.visits}
    counts = Counter(module_id for module_id, _username in opens)
    return [{"module_id": module_id, "count": count} for module_id, count in sorted(counts.items())]
