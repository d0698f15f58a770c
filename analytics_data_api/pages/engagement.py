"""Learners who took part in the course, week by week."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics_data_api.constants import ANY
from analytics_data_api.pages.definitions import definition
from analytics_data_api.pages.enrollment import Range
from analytics_data_api.pages.figures import DAY, PERCENT, Card, Chart, FigureTable, TableColumn, share, written
from analytics_data_api.pages.request_box import ApiRequest
from analytics_data_api.pages.sections import Content, Section
from analytics_data_api.pages.views import CoursePage
from analytics_data_api.pages.wording import ACTIVITY_NAMES, NO_ACTIVITY, change_in_words, learners
from analytics_data_api.v0.params.courses import ActivityFilters
from analytics_data_api.v0.queries import enrollment
from analytics_data_api.v0.queries.courses import course_activity
from analytics_data_api.v0.serializers.courses import CourseActivityWeeklySerializer as WeekSerializer
from analytics_data_api.v0.serializers.enrollment import CourseEnrollmentDailySerializer as DaySerializer
from analytics_data_api.web.times import Window


def complete_weeks(window: Window) -> Window:
    """Return the window without the week that is not over. Without bounds it is all weeks."""
    return Window(window.start, window.end or datetime.now(UTC))


def last_day(week: dict[str, Any]) -> str:
    """Return the last day of a week, whose end is the day after."""
    return (date.fromisoformat(week["interval_end"][:10]) - timedelta(days=1)).isoformat()


class EngagementPage(CoursePage):
    """Active learners by week and kind of activity."""

    name = "engagement"
    title = gettext_lazy("Engagement with content")
    parameters_class = ActivityFilters

    def content(self):
        window = complete_weeks(self.parameters)
        weeks = WeekSerializer.to_dicts(course_activity(course_id=self.course_id, window=window, scope=self.scope))
        enrolled = self.enrolled_on(weeks)
        columns = [
            TableColumn("week", _("Week ending"), DAY, _("Last day of the week, UTC. Weeks begin on Monday.")),
            *(TableColumn(name, label, definition=definition(WeekSerializer, name))
              for name, label in ACTIVITY_NAMES.items()),
            *(
                TableColumn(f"{name}_percent", _("%(name)s, share") % {"name": label}, PERCENT,
                            _("Share of the learners who were enrolled at the end of the week."))
                for name, label in ACTIVITY_NAMES.items()
            ),
        ]  # fmt: skip
        # A kind of activity without a row in a week has had no learners.
        rows = [
            [last_day(week), *(week.get(name) or 0 for name in ACTIVITY_NAMES),
             *(share(week.get(name) or 0, enrolled.get(last_day(week))) for name in ACTIVITY_NAMES)]
            for week in weeks
        ]  # fmt: skip
        figures = FigureTable("weeks", columns, rows, caption=_("Learners by week and activity"), sort="-week")
        section = Section(
            "engagement",
            _("Activity by week"),
            figures=figures,
            chart=Chart(
                figures, "lines", "week", list(ACTIVITY_NAMES), title=last_week_in_words(weeks), unit=_("Learners")
            ),
            request=self.request_for(weeks),
            about=_(
                "Active learners did anything at all in the course in that week. Enrolled learners need not be active, "
                "and most courses have far fewer active than enrolled ones. A learner can be counted in several lines."
            ),
            empty=NO_ACTIVITY,
            controls="pages/parts/range.html",
        )
        days = [{"date": last_day(week)} for week in weeks]
        asked = Window.of_days(self.parameters.start, self.parameters.end)
        return Content(
            cards=self.cards(weeks, enrolled),
            sections=[section],
            up_to=last_day(weeks[-1]) if weeks else None,
            computed=weeks[-1]["created"] if weeks else None,
            more={"range": Range(asked, days)},
        )

    def enrolled_on(self, weeks: Sequence[dict[str, Any]]) -> dict[str, int]:
        """Return the number of enrolled learners by day, for the days on which the weeks end."""
        if not weeks:
            return {}
        window = Window(date.fromisoformat(last_day(weeks[0])), date.fromisoformat(weeks[-1]["interval_end"][:10]))
        rows = enrollment.enrollment(course_id=self.course_id, window=window, scope=self.scope)
        return {row["date"]: row["count"] for row in DaySerializer.to_dicts(rows)}

    def cards(self, weeks, enrolled):
        if not weeks:
            return []
        last = weeks[-1]
        current = enrolled.get(last_day(last))
        return [
            Card(
                label,
                last.get(name) or 0,
                definition(WeekSerializer, name),
                note=_("%(share)s of enrolled learners")
                % {"share": written(share(last.get(name) or 0, current), PERCENT)}
                if current
                else "",
            )
            for name, label in ACTIVITY_NAMES.items()
        ]

    def request_for(self, weeks):
        if not weeks:
            return None
        start, end = weeks[0]["interval_start"][:10], date.fromisoformat(weeks[-1]["interval_end"][:10])
        end = (end + timedelta(days=1)).isoformat()
        client = f"activity(start_date={start!r}, end_date={end!r})"
        return ApiRequest.of_course(self.course_id, "activity/", client, start_date=start, end_date=end)


def last_week_in_words(weeks: Sequence[dict[str, Any]]) -> str:
    """Say how many learners were active in the last week, and how that compares with the week before."""
    if not weeks:
        return ""
    active = [week.get(ANY) or 0 for week in weeks[-2:]]
    text = _("%(learners)s active in the last week") % {"learners": learners(active[-1])}
    change = change_in_words(active[-1] - active[0]) if len(active) > 1 else ""
    return ", ".join(filter(None, (text, change)))
