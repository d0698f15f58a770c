"""Answers to the course's problems, grades, tags, and views of its subsections."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import NamedTuple

from analytics_data_api.simulation.course import FakeCourse, Module
from analytics_data_api.simulation.questions import Answer, Problem, invented_problem
from analytics_data_api.simulation.rows import Row


class AnsweredPart(NamedTuple):
    """The number of learners who gave each answer to a part at first and at last."""

    answers: list[Answer]
    first: list[int]
    last: list[int]

    @property
    def correct(self) -> int:
        return sum(count for answer, count in zip(self.answers, self.last, strict=True) if answer.correct)


@dataclass(frozen=True)
class AnsweredProblem:
    """A problem of the course that some learners submitted, all of its parts at once."""

    module: Module
    problem: Problem
    submissions: int
    parts: list[AnsweredPart]

    @property
    def difficulty(self) -> str:
        share = min(part.correct for part in self.parts) / self.submissions
        return "Easy" if share > 0.75 else "Medium" if share > 0.65 else "Hard"


def share_of_learners(place: float) -> float:
    """Return the share of all learners who reach this place in the course: fewer and fewer."""
    return 0.05 + 0.45 * exp(-2 * place)


def apportioned(total: int, weights: Sequence[float]) -> list[int]:
    """Return whole numbers that add up to ``total`` and are as close as possible to the weights' proportions."""
    quotas = [total * weight / sum(weights) for weight in weights]
    shares = [int(quota) for quota in quotas]
    by_remainder = sorted(range(len(quotas)), key=lambda number: (shares[number] - quotas[number], number))
    for number in by_remainder[: total - sum(shares)]:
        shares[number] += 1
    return shares


def answered_problems(course: FakeCourse, learners: int) -> list[AnsweredProblem]:
    """Return the course's problems as answered by some of the learners who ever enrolled."""
    chance = course.chance("answers")
    problems = []
    for number, module in enumerate(course.problems):
        problem = invented_problem(chance, number)
        submissions = max(int(learners * share_of_learners(module.place) * chance.uniform(0.8, 1)), 1)
        parts = []
        for answers in problem.parts:
            slip = chance.uniform(0.6, 0.85)
            first = apportioned(submissions, [answer.weight * (slip if answer.correct else 1) for answer in answers])
            last = apportioned(submissions, [answer.weight for answer in answers])
            parts.append(AnsweredPart(answers, first, last))
        problems.append(AnsweredProblem(module, problem, submissions, parts))
    return problems


def answer_distribution(problems: list[AnsweredProblem]) -> list[Row]:
    """Return the answers to each part, without those that nobody gave."""
    return [
        {
            "module_id": answered.module.module_id,
            "part_id": f"{answered.module.html_id}_{number}_1",
            "correct": answer.correct,
            "value_id": answer.value_id,
            "answer_value": answer.answer_value,
            "variant": answer.variant,
            "problem_display_name": answered.problem.display_name,
            "question_text": answer.question_text,
            "first_response_count": first,
            "last_response_count": last,
        }
        for answered in problems
        for number, part in enumerate(answered.parts, start=2)
        for answer, first, last in zip(*part, strict=True)
        if first or last
    ]


def grade_distribution(problems: list[AnsweredProblem]) -> list[Row]:
    """Return the grades: a point for each correct part. A learner who solves a harder part solves the easier ones."""
    rows = []
    for answered in problems:
        problem = {"module_id": answered.module.module_id, "max_grade": float(len(answered.parts))}
        correct = [part.correct for part in answered.parts]
        grades = Counter(sum(learner < count for count in correct) for learner in range(answered.submissions))
        rows += [{**problem, "grade": float(grade), "count": count} for grade, count in sorted(grades.items())]
    return rows


def tags_distribution(problems: list[AnsweredProblem]) -> list[Row]:
    """Return the tags of each problem: its difficulty, its topic and, for some, a second topic."""
    rows = []
    for number, answered in enumerate(problems):
        topics = [answered.problem.topic, "Estimation"] if number % 5 == 0 else [answered.problem.topic]
        shared = {
            "module_id": answered.module.module_id,
            "total_submissions": answered.submissions,
            "correct_submissions": sum(part.correct for part in answered.parts) // len(answered.parts),
        }
        for name, value in [("difficulty", answered.difficulty), *(("learning_outcome", topic) for topic in topics)]:
            rows.append({**shared, "tag_name": name, "tag_value": value})
    return rows


def sequential_opens(course: FakeCourse, learners: int) -> list[Row]:
    """Return the views of each subsection."""
    chance = course.chance("sequentials")
    views = [learners * share_of_learners(module.place) * chance.uniform(1.2, 1.9) for module in course.sequentials]
    return [
        {"module_id": module.module_id, "count": max(int(count), 1)}
        for module, count in zip(course.sequentials, views, strict=True)
    ]
