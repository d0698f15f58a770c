"""Submissions to problems by their tags, such as learning outcomes."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics_data_api.errors import ResourceNotFound
from analytics_data_api.pages.definitions import definition
from analytics_data_api.pages.figures import PERCENT, TEXT, Chart, FigureTable, TableColumn, share, written
from analytics_data_api.pages.outline import Step, Steps
from analytics_data_api.pages.problems import Choice
from analytics_data_api.pages.request_box import ApiRequest
from analytics_data_api.pages.sections import Content, Section
from analytics_data_api.pages.views import CoursePage
from analytics_data_api.pages.wording import NO_TAGS
from analytics_data_api.v0.queries.outline import course_outline
from analytics_data_api.v0.queries.problems import problems_and_tags
from analytics_data_api.v0.serializers.problems import ProblemsAndTagsSerializer
from analytics_data_api.web.fields import TextField
from analytics_data_api.web.parameters import Parameters

# The tag that the page is named after comes first, and difficulty has a column of its own.
OUTCOME, DIFFICULTY = "learning_outcome", "difficulty"


class Tag(NamedTuple):
    """A tag, and one of its values. None: the first tag, and all values."""

    name: str | None
    value: str | None


class TagParameters(Parameters):
    argument = "tag"

    tag = TextField(help_text="Name of a tag.")
    value = TextField(help_text="A value of the tag, whose problems are shown.")

    @classmethod
    def to_value(cls, *, tag: str | None, value: str | None) -> Tag:
        return Tag(tag, value if tag else None)


def tag_query(name: str, value: str = "") -> str:
    query = QueryDict(mutable=True)
    query["tag"] = name
    if value:
        query["value"] = value
    return f"?{query.urlencode()}"


class OutcomesPage(CoursePage):
    """Correct and incorrect submissions by the values of a tag, or by the problems of one value."""

    name = "outcomes"
    title = gettext_lazy("Learning outcomes")
    parameters_class = TagParameters

    def content(self):
        problems = ProblemsAndTagsSerializer.to_dicts(problems_and_tags(course_id=self.course_id, scope=self.scope))
        names = sorted(
            {name for problem in problems for name in problem["tags"]}, key=lambda name: (name != OUTCOME, name)
        )
        name, value = self.parameters
        if name and problems and name not in names:
            raise ResourceNotFound(_("No problem of the course has the tag %(tag)s.") % {"tag": name})
        name = name or (names[0] if names else OUTCOME)
        chosen = [
            problem for problem in problems if name in problem["tags"] and (not value or value in problem["tags"][name])
        ]
        figures = self.problem_figures(chosen) if value else value_figures(chosen, name)
        correct = sum(problem["correct_submissions"] for problem in chosen)
        total = sum(problem["total_submissions"] for problem in chosen)
        section = Section(
            "outcomes",
            value or _("Submissions by value of the tag"),
            figures=figures,
            chart=Chart(
                figures,
                "stacked",
                "name",
                ["correct", "incorrect"],
                title=_("%(share)s of the submissions are correct")
                % {"share": written(share(correct, total), PERCENT)},
                unit=_("Submissions"),
            ),
            request=ApiRequest.of_course(self.course_id, "problems_and_tags/", "problems_and_tags()"),
            about=_("Authors tag problems in Studio. A problem with several values counts in each of them."),
            empty=NO_TAGS,
            controls="pages/parts/steps.html",
        )
        trail = [Step(tag_label(name), tag_query(name)), Step(value, "")] if value else []
        return Content(
            sections=[section],
            computed=max((problem["created"] for problem in problems), default=None),
            more={
                "steps": Steps(trail),
                "choices": [Choice(tag_label(each), tag_query(each), each == name) for each in names],
            },
        )

    def problem_figures(self, problems: Sequence[dict[str, Any]]) -> FigureTable:
        blocks = course_outline(course_id=self.course_id, types=("problem",), scope=self.scope)
        titles = {block.block_id: block.title for block in blocks}
        columns = [TableColumn("name", _("Problem"), TEXT), *submission_columns()]
        rows, links = [], {}
        for problem in problems:
            module_id = problem["module_id"]
            name = titles.get(module_id) or module_id
            rows.append([name, *submission_cells([problem])])
            links[name] = self.course_url("problem", module_id=module_id)
        return FigureTable("tagged", columns, rows, _("Submissions by problem"), links, sort="percent")


def tag_label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def submission_columns() -> list[TableColumn]:
    return [
        TableColumn("correct", _("Correct"), definition=definition(ProblemsAndTagsSerializer, "correct_submissions")),
        TableColumn("incorrect", _("Incorrect"), definition=_("Submissions that are not correct.")),
        TableColumn("percent", _("Correct, share"), PERCENT, _("Correct submissions as a share of all.")),
        TableColumn("difficulty", _("Difficulty"), TEXT, _("Values of the tag difficulty, with their problems.")),
    ]


def submission_cells(problems: Sequence[dict[str, Any]]) -> list[Any]:
    correct = sum(problem["correct_submissions"] for problem in problems)
    total = sum(problem["total_submissions"] for problem in problems)
    levels = Counter(level for problem in problems for level in problem["tags"].get(DIFFICULTY, ()))
    texts = [level if len(problems) == 1 else f"{level}: {number}" for level, number in sorted(levels.items())]
    return [correct, total - correct, share(correct, total), ", ".join(texts)]


def value_figures(problems: Sequence[dict[str, Any]], name: str) -> FigureTable:
    values = sorted({value for problem in problems for value in problem["tags"][name]})
    columns = [
        TableColumn("name", tag_label(name), TEXT),
        TableColumn("problems", _("Problems"), definition=_("Problems with this value that learners have answered.")),
        *submission_columns(),
    ]
    rows = []
    for value in values:
        tagged = [problem for problem in problems if value in problem["tags"][name]]
        rows.append([value, len(tagged), *submission_cells(tagged)])
    links = {value: tag_query(name, value) for value in values}
    return FigureTable("tagged", columns, rows, _("Submissions by value of the tag"), links, sort="percent")
