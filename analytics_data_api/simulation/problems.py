"""Answers to the course's problems, grades, tags, and views of its subsections."""

from collections import Counter
from dataclasses import dataclass
from math import exp
from typing import NamedTuple

from analytics_data_api.simulation.course import FakeCourse, Module, Row
from analytics_data_api.simulation.questions import Answer, Problem, invented_problem
from analytics_data_api.simulation.shares import apportioned


class AnsweredPart(NamedTuple):
    """How many learners gave each answer to a part at first, and how many at last."""

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
    difficulty: str


def share_of_learners(place: float) -> float:
    """The share of all learners who get as far as this place in the course: fewer and fewer."""
    return 0.05 + 0.45 * exp(-2 * place)


def answered_problems(course: FakeCourse, learners: int) -> list[AnsweredProblem]:
    """The course's problems, as answered by some of the learners who ever enrolled."""
    chance = course.chance("answers")
    problems = []
    for number, module in enumerate(course.problems):
        problem = invented_problem(chance, number)
        submissions = max(int(learners * share_of_learners(module.place) * chance.uniform(0.8, 1)), 1)
        parts = []
        for answers in problem.parts:
            slip = chance.uniform(0.6, 0.85)
            parts.append(
                AnsweredPart(
                    answers,
                    first=apportioned(
                        submissions, [answer.weight * (slip if answer.correct else 1) for answer in answers]
                    ),
                    last=apportioned(submissions, [answer.weight for answer in answers]),
                )
            )
        share = min(part.correct for part in parts) / submissions
        difficulty = "Easy" if share > 0.75 else "Medium" if share > 0.65 else "Hard"
        problems.append(AnsweredProblem(module, problem, submissions, parts, difficulty))
    return problems


def answer_distribution(problems: list[AnsweredProblem]) -> list[Row]:
    """Answers of each part; one that nobody gave gets no row."""
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
    """A point for each correct part. Who has one of the harder parts right has the easier ones right too."""
    return [
        {
            "module_id": answered.module.module_id,
            "grade": float(grade),
            "max_grade": float(len(answered.parts)),
            "count": count,
        }
        for answered in problems
        for grade, count in sorted(
            Counter(
                sum(learner < part.correct for part in answered.parts) for learner in range(answered.submissions)
            ).items()
        )
    ]


def tags_distribution(problems: list[AnsweredProblem]) -> list[Row]:
    """Tags of each problem: its difficulty, and its topic with, for some, a second one."""
    rows = []
    for number, answered in enumerate(problems):
        topics = [answered.problem.topic, "Estimation"] if number % 5 == 0 else [answered.problem.topic]
        tags = [("difficulty", answered.difficulty), *(("learning_outcome", topic) for topic in topics)]
        for tag_name, tag_value in tags:
            rows.append(
                {
                    "module_id": answered.module.module_id,
                    "tag_name": tag_name,
                    "tag_value": tag_value,
                    "total_submissions": answered.submissions,
                    "correct_submissions": sum(part.correct for part in answered.parts) // len(answered.parts),
                }
            )
    return rows


def sequential_opens(course: FakeCourse, learners: int) -> list[Row]:
    """Views of each subsection."""
    chance = course.chance("sequentials")
    return [
        {
            "module_id": sequential.module_id,
            "count": max(int(learners * share_of_learners(sequential.place) * chance.uniform(1.2, 1.9)), 1),
        }
        for sequential in course.sequentials
    ]
