"""Problems of a course and how learners did in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics_data_api.pages.figures import PERCENT, TEXT, Card, Chart, FigureTable, TableColumn, share, written
from analytics_data_api.pages.outline import (
    NO_OUTLINE,
    OUTLINE_NAMES,
    POLICY_NAMES,
    Drill,
    OutlinePlace,
    PlacedItem,
    drilled,
    has_outline,
    placed,
)
from analytics_data_api.pages.request_box import ApiRequest
from analytics_data_api.pages.sections import Content, Section
from analytics_data_api.pages.views import CoursePage
from analytics_data_api.pages.wording import NO_PROBLEMS
from analytics_data_api.v0.queries.outline import course_outline
from analytics_data_api.v0.queries.problems import problems_of_course
from analytics_data_api.v0.serializers.problems import ProblemSerializer
from analytics_data_api.web.fields import TextField, WordField
from analytics_data_api.web.parameters import Parameters

GRADED, UNGRADED = "graded", "ungraded"
KINDS = {GRADED: gettext_lazy("Graded"), UNGRADED: gettext_lazy("Ungraded")}

Problem = PlacedItem[dict[str, Any]]


@dataclass(frozen=True)
class Choice:
    """One of a few pages between which a reader chooses."""

    label: Any
    url: str
    is_current: bool


@dataclass(frozen=True)
class ProblemsQuery:
    """The kind of problems that a page shows, None for the kind that the course has, and the place in the course."""

    kind: str | None
    place: OutlinePlace


class ProblemsParameters(Parameters):
    argument = "query"

    kind = WordField(choices=list(KINDS), help_text="Graded or ungraded problems.")
    section = TextField(help_text="Title of a section, for ungraded problems.")
    subsection = TextField(help_text="Title of a subsection of the section.")
    assignment_type = TextField(help_text="Type of assignments, for graded problems.")
    assignment = TextField(help_text="Title of an assignment of the type.")

    @classmethod
    def to_value(cls, *, kind: str | None, **titles: str | None) -> ProblemsQuery:
        names = OUTLINE_NAMES if kind == UNGRADED else POLICY_NAMES
        outer, inner = (titles[name] for name in names)
        return ProblemsQuery(kind, OutlinePlace(outer, inner if outer else None, names))


def course_problems(page: CoursePage) -> list[Problem]:
    """Return the problems of a course in the order of its outline."""
    problems = ProblemSerializer.to_dicts(problems_of_course(course_id=page.course_id, scope=page.scope))
    blocks = course_outline(course_id=page.course_id, types=("problem",), scope=page.scope) if problems else ()
    return placed(problems, blocks, lambda problem: problem["module_id"], str)


def is_graded(problem: Problem) -> bool:
    return bool(problem.block and problem.block.graded)


def submissions(problems: Sequence[Problem]) -> tuple[int, int]:
    """Return the correct and the incorrect submissions of problems."""
    correct = sum(problem.item["correct_submissions"] for problem in problems)
    return correct, sum(problem.item["total_submissions"] for problem in problems) - correct


def mean(total: int, problems: Sequence[Problem]) -> float | None:
    return round(total / len(problems), 1) if problems else None


class ProblemsPage(CoursePage):
    """Correct and incorrect submissions by assignment or section, and by problem."""

    name = "problems"
    title = gettext_lazy("Performance in problems")
    parameters_class = ProblemsParameters

    def content(self):
        problems = course_problems(self)
        is_placed = has_outline(problems)
        has_graded = any(map(is_graded, problems))
        kind = self.parameters.kind or (GRADED if has_graded else UNGRADED)
        place = self.parameters.place
        if not has_graded and self.parameters.kind is None:
            place = OutlinePlace()
        chosen = [problem for problem in problems if is_graded(problem) == (kind == GRADED)] if is_placed else problems
        whole = _("All graded problems") if kind == GRADED else _("All problems")
        drill = drilled(chosen, place, whole)
        figures = self.figures(drill)
        correct, incorrect = submissions(drill.items)
        section = Section(
            "performance",
            self.heading(drill, kind),
            figures=figures,
            chart=Chart(
                figures,
                "stacked",
                "order",
                ["correct", "incorrect"],
                title=_("%(share)s of the last submissions are correct")
                % {"share": written(share(correct, correct + incorrect), PERCENT)},
                unit=_("Average submissions of a problem"),
                labels={row[1]: row[0] for row in figures.rows},
            ),
            request=ApiRequest.of_course(self.course_id, "problems/", "problems()"),
            about="" if is_placed else NO_OUTLINE,
            empty=NO_PROBLEMS,
            controls="pages/parts/steps.html",
        )
        choices = [Choice(label, f"?kind={name}", name == kind) for name, label in KINDS.items()] if is_placed else []
        return Content(
            cards=policy_cards(chosen) if kind == GRADED and is_placed else (),
            sections=[section],
            computed=max((problem.item["created"] for problem in problems), default=None),
            more={"steps": drill.steps, "choices": choices},
        )

    def heading(self, drill: Drill, kind: str) -> Any:
        if drill.steps.trail:
            return drill.steps.trail[-1].label
        if not drill.groups:
            return _("Submissions by problem")
        return _("Submissions by type of assignment") if kind == GRADED else _("Submissions by section")

    def figures(self, drill: Drill) -> FigureTable:
        columns = [
            TableColumn("name", _("Name"), TEXT),
            TableColumn("order", _("Order"), definition=_("Place in the order of the course.")),
            TableColumn("problems", _("Problems"), definition=_("Problems that learners have answered.")),
            TableColumn("correct", _("Correct"), definition=_("Correct last submissions, average of the problems.")),
            TableColumn(
                "incorrect", _("Incorrect"), definition=_("Incorrect last submissions, average of the problems.")
            ),
            TableColumn("submissions", _("Submissions"), definition=_("Last submissions, average of the problems.")),
            TableColumn("percent", _("Correct, share"), PERCENT, _("Correct submissions as a share of all.")),
        ]
        if drill.groups:
            parts = [(group.name, drill.url(group), group.items) for group in drill.groups]
        else:
            parts = [
                (problem.name(problem.item["module_id"]),
                 self.course_url("problem", module_id=problem.item["module_id"]), [problem])
                for problem in drill.items
            ]  # fmt: skip
        rows: list[Sequence[Any]] = []
        links = {}
        for order, (name, url, problems) in enumerate(parts, start=1):
            correct, incorrect = submissions(problems)
            averages = (mean(number, problems) for number in (correct, incorrect, correct + incorrect))
            rows.append([name, order, len(problems), *averages, share(correct, correct + incorrect)])
            links[order] = url
        return FigureTable("submissions", columns, rows, _("Submissions to problems"), links, key="order", sort="order")


def policy_cards(problems: Sequence[Problem]) -> list[Card]:
    """Return the share of each type of assignment. The tables do not hold the weights of the grading policy."""
    types: dict[str, int] = {}
    for problem in problems:
        name = (problem.block and problem.block.format) or _("Without a type")
        types[name] = types.get(name, 0) + 1
    about = _("Share of the graded problems. The weights of the grading policy are in Studio.")
    return [
        Card(name, share(number, len(problems)), about, note=written(number), kind=PERCENT)
        for name, number in types.items()
    ]
