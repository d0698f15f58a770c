"""The answers to a problem, first and last, and its grades."""

from collections.abc import Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics_data_api.errors import ResourceNotFound
from analytics_data_api.pages.definitions import definition
from analytics_data_api.pages.figures import PERCENT, TEXT, Card, Chart, FigureTable, TableColumn, share, written
from analytics_data_api.pages.outline import Step, Steps
from analytics_data_api.pages.problems import Choice
from analytics_data_api.pages.request_box import ApiRequest
from analytics_data_api.pages.sections import Content, Section
from analytics_data_api.pages.views import CoursePage
from analytics_data_api.pages.wording import NO_PROBLEMS
from analytics_data_api.v0.queries.outline import course_outline
from analytics_data_api.v0.queries.problems import answers_to_problem, grades_of_problem
from analytics_data_api.v0.serializers.problems import GradeDistributionSerializer
from analytics_data_api.v0.serializers.problems import ProblemResponseAnswerDistributionSerializer as AnswerSerializer
from analytics_data_api.web.fields import TextField
from analytics_data_api.web.parameters import Parameters

# A chart has this number of answers, those of most learners. The table has all.
CHARTED = 12
SHOWN_LENGTH = 60


class PartParameters(Parameters):
    argument = "part"

    part = TextField(help_text="Id of a part of the problem.")

    @classmethod
    def to_value(cls, *, part: str | None) -> str | None:
        return part


def chart_label(text: str) -> str:
    return text if len(text) <= SHOWN_LENGTH else f"{text[:SHOWN_LENGTH]}…"


class ProblemPage(CoursePage):
    """Answers to the parts of a problem."""

    name = "problem"
    title = gettext_lazy("Answers to a problem")
    parameters_class = PartParameters

    def content(self):
        module_id = self.kwargs["module_id"]
        rows = answers_to_problem(problem_id=module_id, course_id=self.course_id, scope=self.scope)
        answers = AnswerSerializer.to_dicts(rows)
        grades = GradeDistributionSerializer.to_dicts(
            grades_of_problem(problem_id=module_id, course_id=self.course_id, scope=self.scope)
        )
        if not answers and not grades:
            raise ResourceNotFound(
                _("No answers to the problem %(problem)s are known in the course %(course)s.")
                % {"problem": module_id, "course": self.course_id}
            )
        parts = list(dict.fromkeys(answer["part_id"] for answer in answers))
        part = self.parameters or (parts[0] if parts else None)
        if self.parameters and part not in parts:
            raise ResourceNotFound(_("The problem has no part %(part)s.") % {"part": part})
        chosen = sorted((answer for answer in answers if answer["part_id"] == part), key=by_count)
        name = self.problem_name(module_id, chosen)
        return Content(
            cards=answer_cards(chosen),
            sections=[
                *([self.answers_section(module_id, chosen)] if answers else []),
                *([self.grades_section(module_id, grades)] if grades else []),
            ],
            computed=max(row["created"] for row in (*answers, *grades)),
            more={
                "title": name,
                "steps": Steps([Step(_("All problems"), self.course_url("problems")), Step(name, "")]),
                "choices": part_choices(parts, part) if len(parts) > 1 else [],
            },
        )

    def problem_name(self, module_id: str, answers: Sequence[dict[str, Any]]) -> str:
        named = next((answer["problem_display_name"] for answer in answers if answer["problem_display_name"]), None)
        if named:
            return named
        blocks = course_outline(course_id=self.course_id, types=("problem",), scope=self.scope)
        return next((block.title for block in blocks if block.block_id == module_id and block.title), module_id)

    def answers_section(self, module_id: str, answers: Sequence[dict[str, Any]]) -> Section:
        has_first = any("first_response_count" in answer for answer in answers)
        columns = [
            TableColumn("answer", _("Answer"), TEXT, definition(AnswerSerializer, "answer_value")),
            TableColumn("rank", _("No."), definition=_("Place in the order of the learners' last answers.")),
            TableColumn("correct", _("Correct"), TEXT, definition(AnswerSerializer, "correct")),
            TableColumn("last", _("Last answers"), definition=definition(AnswerSerializer, "count")),
            *([TableColumn("first", _("First answers"), definition=definition(AnswerSerializer, "first_response_count"))]
              if has_first else []),
            TableColumn("variant", _("Variant"), TEXT, definition(AnswerSerializer, "variant")),
        ]  # fmt: skip
        rows = [
            [
                answer_text(answer),
                rank,
                correct_word(answer["correct"]),
                answer["count"],
                *([answer.get("first_response_count")] if has_first else []),
                answer["variant"],
            ]
            for rank, answer in enumerate(answers, start=1)
        ]
        figures = FigureTable("answers", columns, rows, _("Answers to the part"), key="rank", sort="rank")
        return Section(
            "answer-distribution",
            _("Answers"),
            figures=figures,
            chart=Chart(
                figures,
                "bars",
                "rank",
                ["last", "first"] if has_first else ["last"],
                title=most_frequent(answers),
                unit=_("Learners"),
                left_out=range(CHARTED + 1, len(rows) + 1),
                labels={
                    rank: f"{'✓' if answer['correct'] else '✗'} {chart_label(answer_text(answer))}"
                    for rank, answer in enumerate(answers, start=1)
                },
            ),
            request=self.request_for(module_id, "answer_distribution"),
            about=answers[0]["question_text"] if answers and answers[0]["question_text"] else "",
            empty=NO_PROBLEMS,
            controls="pages/parts/steps.html",
        )

    def grades_section(self, module_id: str, grades: Sequence[dict[str, Any]]) -> Section:
        names = ("grade", "max_grade", "count")
        labels = (_("Points"), _("Maximum"), _("Learners"))
        columns = [
            TableColumn(name, label, definition=definition(GradeDistributionSerializer, name))
            for name, label in zip(names, labels, strict=True)
        ]
        figures = FigureTable.of("grades", columns, grades, caption=_("Learners by points"), sort="grade")
        most = max(grades, key=lambda row: row["count"])
        return Section(
            "grade-distribution",
            _("Points"),
            figures=figures,
            chart=Chart(
                figures,
                "bars",
                "grade",
                ["count"],
                title=_("Most learners have %(grade)s of %(maximum)s points")
                % {"grade": written(most["grade"]), "maximum": written(most["max_grade"])},
                unit=_("Learners"),
            ),
            request=self.request_for(module_id, "grade_distribution"),
        )

    def request_for(self, module_id: str, what: str) -> ApiRequest:
        client = f"client.modules({self.course_id!r}, {module_id!r}).{what}()"
        return ApiRequest(f"problems/{module_id}/{what}/", {"course_id": self.course_id}, client)


def by_count(answer: dict[str, Any]) -> tuple[int, str]:
    return -answer["count"], answer_text(answer)


def answer_text(answer: dict[str, Any]) -> str:
    text = answer["answer_value"] or answer["value_id"]
    return _("(no text)") if text in (None, "") else str(text)


def correct_word(value: bool | None) -> str:
    return "" if value is None else _("Yes") if value else _("No")


def part_choices(parts: Sequence[str], current: str | None) -> list[Choice]:
    choices = []
    for number, part in enumerate(parts, start=1):
        query = QueryDict(mutable=True)
        query["part"] = part
        choices.append(Choice(_("Part %(number)s") % {"number": number}, f"?{query.urlencode()}", part == current))
    return choices


def answer_cards(answers: Sequence[dict[str, Any]]) -> list[Card]:
    if not answers:
        return []
    last = sum(answer["count"] for answer in answers)
    correct = sum(answer["count"] for answer in answers if answer["correct"])
    cards = [
        Card(_("Last submissions"), last, definition(AnswerSerializer, "count")),
        Card(
            _("Correct"),
            share(correct, last),
            _("Learners whose last answer is correct."),
            note=written(correct),
            kind=PERCENT,
        ),
    ]
    if any(answer.get("first_response_count") is not None for answer in answers):
        first = sum(answer.get("first_response_count") or 0 for answer in answers)
        right = sum(answer.get("first_response_count") or 0 for answer in answers if answer["correct"])
        cards.append(
            Card(
                _("Correct at first"),
                share(right, first),
                _("Learners whose first answer was correct."),
                note=written(right),
                kind=PERCENT,
            )
        )
    return cards


def most_frequent(answers: Sequence[dict[str, Any]]) -> str:
    if not answers:
        return ""
    top = answers[0]
    values = {"answer": chart_label(answer_text(top)), "number": written(top["count"])}
    if top["correct"]:
        return _("Most learners (%(number)s) answer “%(answer)s”, which is correct") % values
    return _("Most learners (%(number)s) answer “%(answer)s”, which is not correct") % values
