"""Problems of the demo course: the documented ones, and one for each other form that answers come in."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db.models import Model

from tests.support.factories import (
    DEMO_COURSE,
    GradeDistributionFactory,
    ProblemFirstLastResponseAnswerDistributionFactory,
    ProblemsAndTagsFactory,
    SequentialOpenDistributionFactory,
)

ANSWERS_CREATED = datetime(2014, 12, 5, 22, 50, 26, tzinfo=UTC)
GRADES_CREATED = datetime(2014, 9, 12, 11, 49, 57, tzinfo=UTC)
SEQUENTIALS_CREATED = datetime(2014, 9, 12, 11, 48, 38, tzinfo=UTC)

COUNTRIES = "268b43628e6d45f79c52453a590f9829"
TWO_PARTS = "97fd93e33a18495488578e9e74fa4cae"
SAME_VARIANTS = "4c0d2f6be7a94f13a2c15f7be06d3b91"
OTHER_VARIANTS = "b1e86f0d93c74a6f8f5d20a9c4e7713c"
MARKUP = "e52a7c9016f84b0d9be3d84f1a60c27d"


def module_id(name: str) -> str:
    return f"i4x://{DEMO_COURSE}/problem/{name}"


def part(name: str, number: int, display_name: str, question_text: str, answers: Iterable[tuple]) -> Iterable[Model]:
    """The rows of a part of a problem. An answer is: value_id, text, correct, first and last count, variant."""
    for value_id, answer_value, correct, first, last, variant in answers:
        yield ProblemFirstLastResponseAnswerDistributionFactory.build(
            module_id=module_id(name),
            part_id=f"i4x-{DEMO_COURSE.replace('/', '-')}-problem-{name}_{number + 1}_1",
            problem_display_name=display_name,
            question_text=question_text,
            value_id=value_id,
            answer_value=answer_value,
            correct=correct,
            first_response_count=first,
            last_response_count=last,
            variant=variant,
            created=ANSWERS_CREATED,
        )


def answers() -> Iterable[Model]:
    yield from part(
        COUNTRIES,
        1,
        "Multiple Choice Problem",
        "Which of the following countries has the largest population?",
        [("choice_0", "Russia", False, 13, 9, None), ("choice_1", "Indonesia", True, 11, 15, None)],
    )
    yield from part(
        TWO_PARTS,
        1,
        "Continents and Kilometers",
        "Which of these countries lie on two continents?",
        [
            ('["choice_0", "choice_2"]', '["Turkey", "Egypt"]', True, 214, 258, None),
            ('["choice_0"]', '["Turkey"]', False, 39, 2, None),
            ('["choice_0", "choice_1", "choice_2"]', '["Turkey", "Portugal", "Egypt"]', False, 8, 1, None),
        ],
    )
    yield from part(
        TWO_PARTS,
        2,
        "Continents and Kilometers",
        "How many meters are there in a kilometer?",
        [(None, "1000", True, 247, 255, None), (None, "10^3", True, 4, 4, None), (None, "100", False, 10, 2, None)],
    )
    yield from part(
        SAME_VARIANTS,
        1,
        "Largest Ocean",
        "Which ocean is the largest?",
        [
            ("choice_0", "Atlantic", False, 7, 3, 1),
            ("choice_1", "Pacific", True, 31, 36, 1),
            ("choice_0", "Atlantic", False, 9, 4, 2),
            ("choice_1", "Pacific", True, 28, 33, 2),
            ("choice_2", "Indian", False, 2, 1, 2),
        ],
    )
    yield from part(
        OTHER_VARIANTS,
        1,
        "Distances",
        "How far apart are the two cities?",
        [
            ("choice_0", "344 km", True, 21, 24, 1),
            ("choice_1", "214 km", False, 6, 3, 1),
            ("choice_0", "878 km", True, 17, 18, 2),
            ("choice_1", "546 km", False, 4, 3, 2),
        ],
    )
    yield from part(
        MARKUP,
        1,
        "Notation",
        "Which of these is a vector?",
        [
            ("choice_0", "<span>the <b>velocity</b> of a train</span>", True, 40, 44, None),
            ("choice_1", "<span>the <b>temperature</b> of a room</span>", False, 9, 5, None),
            (None, "**ONEBACKSLASHQUOTE**v**ONEBACKSLASHQUOTE** if a<b", None, 1, 1, None),
        ],
    )


def grades() -> Iterable[Model]:
    for grade, count in ((1, 5), (2, 256)):
        yield GradeDistributionFactory.build(
            module_id=module_id(TWO_PARTS), grade=grade, max_grade=2, count=count, created=GRADES_CREATED
        )
    for grade, count in ((0, 9), (1, 15)):
        yield GradeDistributionFactory.build(
            module_id=module_id(COUNTRIES), grade=grade, max_grade=1, count=count, created=GRADES_CREATED
        )


def tags() -> Iterable[Model]:
    for name, total, correct, values in (
        (COUNTRIES, 24, 15, (("difficulty", "Easy"), ("learning_outcome", "Population"))),
        (
            TWO_PARTS,
            261,
            258,
            (("difficulty", "Medium"), ("learning_outcome", "Units"), ("learning_outcome", "Continents")),
        ),
    ):
        for tag_name, tag_value in values:
            yield ProblemsAndTagsFactory.build(
                module_id=module_id(name),
                tag_name=tag_name,
                tag_value=tag_value,
                total_submissions=total,
                correct_submissions=correct,
                created=ANSWERS_CREATED,
            )


def rows() -> list[Model]:
    return [*answers(), *grades(), SequentialOpenDistributionFactory.build(created=SEQUENTIALS_CREATED), *tags()]
