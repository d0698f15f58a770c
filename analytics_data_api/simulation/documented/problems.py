"""Problems of the demo course: the documented ones, and one for each other form of answers."""

from datetime import UTC, datetime

from analytics_data_api.simulation.documented import DEMO_COURSE
from analytics_data_api.simulation.rows import Row, Tables
from analytics_data_api.v0 import models

ANSWERS_CREATED = datetime(2014, 12, 5, 22, 50, 26, tzinfo=UTC)
GRADES_CREATED = datetime(2014, 9, 12, 11, 49, 57, tzinfo=UTC)
SEQUENTIALS_CREATED = datetime(2014, 9, 12, 11, 48, 38, tzinfo=UTC)

COUNTRIES, TWO_PARTS = "268b43628e6d45f79c52453a590f9829", "97fd93e33a18495488578e9e74fa4cae"
SAME_VARIANTS, OTHER_VARIANTS = "4c0d2f6be7a94f13a2c15f7be06d3b91", "b1e86f0d93c74a6f8f5d20a9c4e7713c"
MARKUP = "e52a7c9016f84b0d9be3d84f1a60c27d"

ANSWER = ("value_id", "answer_value", "correct", "first_response_count", "last_response_count", "variant")
# Each part of a problem: the problem, the part's number, the problem's name, the question and its answers.
PARTS = (
    (
        *(COUNTRIES, 1, "Multiple Choice Problem", "Which of the following countries has the largest population?"),
        [("choice_0", "Russia", False, 13, 9, None), ("choice_1", "Indonesia", True, 11, 15, None)],
    ),
    (
        *(TWO_PARTS, 1, "Continents and Kilometers", "Which of these countries lie on two continents?"),
        [
            ('["choice_0", "choice_2"]', '["Turkey", "Egypt"]', True, 214, 258, None),
            ('["choice_0"]', '["Turkey"]', False, 39, 2, None),
            ('["choice_0", "choice_1", "choice_2"]', '["Turkey", "Portugal", "Egypt"]', False, 8, 1, None),
        ],
    ),
    (
        *(TWO_PARTS, 2, "Continents and Kilometers", "How many meters are there in a kilometer?"),
        [(None, "1000", True, 247, 255, None), (None, "10^3", True, 4, 4, None), (None, "100", False, 10, 2, None)],
    ),
    (
        *(SAME_VARIANTS, 1, "Largest Ocean", "Which ocean is the largest?"),
        [
            ("choice_0", "Atlantic", False, 7, 3, 1),
            ("choice_1", "Pacific", True, 31, 36, 1),
            ("choice_0", "Atlantic", False, 9, 4, 2),
            ("choice_1", "Pacific", True, 28, 33, 2),
            ("choice_2", "Indian", False, 2, 1, 2),
        ],
    ),
    (
        *(OTHER_VARIANTS, 1, "Distances", "How far apart are the two cities?"),
        [
            ("choice_0", "344 km", True, 21, 24, 1),
            ("choice_1", "214 km", False, 6, 3, 1),
            ("choice_0", "878 km", True, 17, 18, 2),
            ("choice_1", "546 km", False, 4, 3, 2),
        ],
    ),
    (
        *(MARKUP, 1, "Notation", "Which of these is a vector?"),
        [
            ("choice_0", "<span>the <b>velocity</b> of a train</span>", True, 40, 44, None),
            ("choice_1", "<span>the <b>temperature</b> of a room</span>", False, 9, 5, None),
            (None, "**ONEBACKSLASHQUOTE**v**ONEBACKSLASHQUOTE** if a<b", None, 1, 1, None),
        ],
    ),
)
# Each problem: its maximum grade, and the learners by grade.
GRADES = {TWO_PARTS: (2, {1: 5, 2: 256}), COUNTRIES: (1, {0: 9, 1: 15})}
# Each problem: its submissions, the correct ones among them, and its tags.
TAGS = {
    COUNTRIES: (24, 15, (("difficulty", "Easy"), ("learning_outcome", "Population"))),
    TWO_PARTS: (
        *(261, 258),
        (("difficulty", "Medium"), ("learning_outcome", "Units"), ("learning_outcome", "Continents")),
    ),
}


def module(name: str, created: datetime, kind: str = "problem") -> Row:
    return {"course_id": DEMO_COURSE, "module_id": f"i4x://{DEMO_COURSE}/{kind}/{name}", "created": created}


def tables() -> Tables:
    answers = [
        {
            **module(name, ANSWERS_CREATED),
            "part_id": f"i4x-{DEMO_COURSE.replace('/', '-')}-problem-{name}_{number + 1}_1",
            "problem_display_name": display_name,
            "question_text": question_text,
            **dict(zip(ANSWER, answer, strict=True)),
        }
        for name, number, display_name, question_text, given in PARTS
        for answer in given
    ]
    grades = [
        {**module(name, GRADES_CREATED), "grade": grade, "max_grade": maximum, "count": count}
        for name, (maximum, counts) in GRADES.items()
        for grade, count in counts.items()
    ]
    opens = {**module("5c6c207e16dd47208c29bd8d3e68861e", SEQUENTIALS_CREATED, "sequential"), "count": 23}
    tags = [
        {
            **module(name, ANSWERS_CREATED),
            "tag_name": tag_name,
            "tag_value": tag_value,
            "total_submissions": total,
            "correct_submissions": correct,
        }
        for name, (total, correct, values) in TAGS.items()
        for tag_name, tag_value in values
    ]
    return {
        models.ProblemFirstLastResponseAnswerDistribution: answers,
        models.GradeDistribution: grades,
        models.SequentialOpenDistribution: [opens],
        models.ProblemsAndTags: tags,
    }
