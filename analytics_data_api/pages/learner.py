"""One learner of a course, day by day and beside the course's average, and the distribution of all learners."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics_data_api.errors import TimelineNotFound
from analytics_data_api.pages.definitions import definition
from analytics_data_api.pages.figures import DAY, PERCENT, TEXT, Card, Chart, FigureTable, TableColumn, share, written
from analytics_data_api.pages.metrics import METRIC_NAMES, mark_of, metric_definition
from analytics_data_api.pages.outline import Step, Steps
from analytics_data_api.pages.problems import Choice
from analytics_data_api.pages.request_box import ApiRequest
from analytics_data_api.pages.sections import Content, Section
from analytics_data_api.pages.views import CoursePage
from analytics_data_api.pages.wording import NO_ENGAGEMENT, NO_ROSTER, mode_name
from analytics_data_api.rosters.distribution import learners_by_value
from analytics_data_api.v0.queries.engagement import engagement_timeline
from analytics_data_api.v0.queries.learner_metadata import course_learner_metadata
from analytics_data_api.v0.queries.learners import single_learner
from analytics_data_api.v0.queries.rosters import current_roster
from analytics_data_api.v0.serializers.learners import (
    CourseLearnerMetadataSerializer,
    EngagementDaySerializer,
    LearnerSerializer,
)
from analytics_data_api.web.fields import TextField, WordField
from analytics_data_api.web.parameters import Parameters
from analytics_data_api.web.times import Window
from analytics_data_api.web.traits import Personal, Traits

DAY_NAMES = {
    "problems_attempted": gettext_lazy("Problems tried"),
    "problems_completed": gettext_lazy("Problems correct"),
    "videos_viewed": gettext_lazy("Videos"),
    "discussion_contributions": gettext_lazy("Discussions"),
    "problem_attempts": gettext_lazy("Attempts at problems"),
}


class BackParameters(Parameters):
    argument = "back"

    back = TextField(help_text="Query string of the list of learners that led here.")

    @classmethod
    def to_value(cls, *, back: str | None) -> str:
        # Parsed and written anew, so that it cannot lead elsewhere.
        return QueryDict(back).urlencode() if back else ""


class LearnerPage(CoursePage):
    """A learner of the roster."""

    name = "learner"
    title = gettext_lazy("Learner")
    template_name = "pages/learner.html"
    parameters_class = BackParameters
    traits = Traits(many=False, personal=Personal.ALWAYS)

    def content(self):
        username = self.kwargs["username"]
        learner = LearnerSerializer.to_dicts(
            single_learner(
                username=username,
                course_id=self.course_id,
                window=Window(),
                account_base_url=settings.LMS_USER_ACCOUNT_BASE_URL,
                scope=self.scope,
            )
        )[0]
        rows = course_learner_metadata(course_id=self.course_id, scope=self.scope)
        metadata = CourseLearnerMetadataSerializer.to_dicts(rows)[0]
        days = self.days(username)
        name = learner["name"] or username
        learners_url = self.course_url("learners") + (f"?{self.parameters}" if self.parameters else "")
        return Content(
            cards=[*self.facts(learner, days), *metric_cards(learner, metadata)],
            sections=[self.timeline(username, days)],
            more={
                "title": name,
                "learner": learner,
                "steps": Steps([Step(_("All learners"), learners_url), Step(name, "")]),
                "dates": learner["engagements"]["date_range"],
            },
        )

    def days(self, username: str) -> list[dict[str, Any]]:
        """Return the days of the learner's engagement, none if there was none."""
        try:
            return EngagementDaySerializer.to_dicts(
                engagement_timeline(username=username, course_id=self.course_id, window=Window(), scope=self.scope)
            )
        except TimelineNotFound:
            return []

    def facts(self, learner: dict[str, Any], days: Sequence[dict[str, Any]]) -> list[Card]:
        mode = learner["enrollment_mode"]
        return [
            Card(_("Track"), mode and mode_name(mode), definition(LearnerSerializer, "enrollment_mode"), kind=TEXT),
            Card(_("Cohort"), learner["cohort"], definition(LearnerSerializer, "cohort"), kind=TEXT),
            Card(
                _("Last active"),
                days[-1]["date"] if days else None,
                _("Last day with a tried problem, a video or a contribution, UTC."),
                kind=DAY,
            ),
        ]

    def timeline(self, username: str, days: Sequence[dict[str, Any]]) -> Section:
        columns = [
            TableColumn("date", _("Date"), DAY, definition(EngagementDaySerializer, "date")),
            *(TableColumn(name, label, definition=definition(EngagementDaySerializer, name))
              for name, label in DAY_NAMES.items()),
        ]  # fmt: skip
        figures = FigureTable.of("learner-days", columns, days, caption=_("Engagement by day"), sort="-date")
        active = sum(any(day[name] for name in DAY_NAMES) for day in days)
        return Section(
            "timeline",
            _("Engagement by day"),
            figures=figures,
            chart=Chart(
                figures,
                "lines",
                "date",
                list(DAY_NAMES),
                title=_("Active on %(active)s of %(days)s days")
                % {"active": written(active), "days": written(len(days))},
                unit=_("Count"),
            ),
            request=ApiRequest(f"engagement_timelines/{username}/", {"course_id": self.course_id}),
            empty=NO_ENGAGEMENT,
        )


def metric_cards(learner: dict[str, Any], metadata: dict[str, Any]) -> list[Card]:
    """Return a card for each metric of the last week, with the course's average and the learner's mark."""
    cards = []
    for metric, label in METRIC_NAMES.items():
        value = learner["engagements"][metric]
        average = metadata["course_averages"][metric]
        mark = mark_of(metric, value, metadata["engagement_ranges"])
        note = _("average %(average)s") % {"average": written(average and round(average, 1))}
        cards.append(
            Card(label, value, metric_definition(metric), note=f"{note}, {mark.sign} {mark.text}" if mark else note)
        )
    return cards


class MetricParameters(Parameters):
    argument = "metric"

    metric = WordField(choices=list(METRIC_NAMES), help_text="Metric whose distribution is shown.")

    @classmethod
    def to_value(cls, *, metric: str | None) -> str:
        return metric or next(iter(METRIC_NAMES))


class DistributionPage(CoursePage):
    """The number of learners by the value of a metric, with the lowest and the highest 15 % marked."""

    name = "distribution"
    title = gettext_lazy("How engagement is distributed")
    parameters_class = MetricParameters
    # It names nobody, but what it counts is the roster.
    traits = Traits(personal=Personal.ALWAYS)

    def content(self):
        metric = self.parameters
        roster = current_roster(course_id=self.course_id, with_facets=False, scope=self.scope)
        rows = learners_by_value(roster, metric, using=self.scope.using) if roster else []
        metadata = CourseLearnerMetadataSerializer.to_dicts(
            course_learner_metadata(course_id=self.course_id, scope=self.scope)
        )[0]
        ranges = metadata["engagement_ranges"]
        total = sum(learners for _value, learners in rows)
        label = METRIC_NAMES[metric]
        columns = [
            TableColumn("value", label, definition=metric_definition(metric)),
            TableColumn("learners", _("Learners"), definition=_("Learners of the roster with this value.")),
            TableColumn("percent", _("Share"), PERCENT, _("Share of the learners who have a value.")),
            TableColumn("mark", _("Mark"), TEXT, _("The lowest and the highest 15 % of the active learners.")),
        ]
        figures = FigureTable(
            "distribution",
            columns,
            [[value, number, share(number, total), mark_text(metric, value, ranges)] for value, number in rows],
            caption=_("Learners by value"),
            sort="value",
        )
        section = Section(
            "distribution-of-learners",
            label,
            figures=figures,
            chart=Chart(
                figures,
                "bars",
                "value",
                ["learners"],
                title=self.finding(rows, total),
                unit=_("Learners"),
                marks=ends(metric, [value for value, _learners in rows], ranges),
            ),
            request=ApiRequest(f"course_learner_metadata/{self.course_id}/"),
            about=_("Figures of the last week in the roster. The request gives the ranges and the averages."),
            empty=NO_ROSTER,
            controls="pages/parts/steps.html",
        )
        choices = [Choice(name, f"?metric={each}", each == metric) for each, name in METRIC_NAMES.items()]
        return Content(sections=[section], more={"choices": choices})

    def finding(self, rows: Sequence[tuple[Any, int]], total: int) -> str:
        zero = next((number for value, number in rows if value == 0), 0)
        return _("%(share)s of the learners have 0") % {"share": written(share(zero, total), PERCENT)}


def mark_text(metric: str, value: float, ranges: dict[str, Any]) -> str:
    mark = mark_of(metric, value, ranges)
    return f"{mark.sign} {mark.text}" if mark else ""


def ends(metric: str, values: Sequence[float], ranges: dict[str, Any]) -> dict[float, str]:
    """Return the last value of the lowest 15 % and the first one of the highest, as far as learners have them."""
    found = {}
    marked = [(value, mark_of(metric, value, ranges)) for value in values]
    low = [value for value, mark in marked if mark and mark.sign == "▼"]
    high = [value for value, mark in marked if mark and mark.sign == "▲"]
    if low:
        found[low[-1]] = _("lowest 15 %")
    if high:
        found[high[0]] = _("highest 15 %")
    return found
