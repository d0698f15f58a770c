"""The first page of a course: what it is, how it goes, and where to find more."""

from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics_data_api.constants import ACTIVITY_LABELS
from analytics_data_api.pages.course_filters import AVAILABILITY_NAMES
from analytics_data_api.pages.definitions import definition
from analytics_data_api.pages.enrollment import (
    complete_days,
    daily_tracks,
    enrollment_cards,
    enrollment_chart,
    range_request,
    track_columns,
)
from analytics_data_api.pages.figures import DAY, Chart, FigureTable, TableColumn, written
from analytics_data_api.pages.request_box import ApiRequest
from analytics_data_api.pages.sections import Content, Section
from analytics_data_api.pages.views import CoursePage
from analytics_data_api.pages.wording import ACTIVITY_NAMES, NO_ACTIVITY, NO_ENROLLMENT
from analytics_data_api.v0.queries import courses as course_queries
from analytics_data_api.v0.queries import reports
from analytics_data_api.v0.serializers.courses import CourseActivityWeeklySerializer as WeeksSerializer
from analytics_data_api.web.public_urls import public_url
from analytics_data_api.web.times import Window
from analytics_data_api.web.traits import Personal, Traits

REPORT = "problem_response"


class CourseHomePage(CoursePage):
    """A course at a glance."""

    name = "course"
    title = gettext_lazy("Overview")
    template_name = "pages/home.html"

    def content(self):
        rows = daily_tracks(self.course_id, complete_days(Window()), self.scope)
        last = rows[-1] if rows else {}
        return Content(
            cards=enrollment_cards(rows) if rows else (),
            sections=[self.enrollment(rows), self.activity()],
            up_to=last.get("date"),
            computed=last.get("created"),
            more={"facts": self.facts(), "course_links": list(self.links())},
        )

    def enrollment(self, rows: list[dict[str, Any]]) -> Section:
        columns = [TableColumn("date", _("Date"), DAY, definition_of_day()), *track_columns(rows)]
        figures = FigureTable.of("enrollment-days", columns, rows, caption=_("Enrolled learners by day"), sort="-date")
        return Section(
            "enrollment",
            _("Enrollment"),
            figures=figures,
            chart=enrollment_chart(figures, rows),
            request=range_request(self.course_id, "enrollment/mode/", "enrollment('mode', {})", rows),
            empty=NO_ENROLLMENT,
        )

    def activity(self) -> Section:
        now = datetime.now(UTC)
        found = course_queries.course_activity(course_id=self.course_id, window=Window(None, now), scope=self.scope)
        rows = [{**dict.fromkeys(ACTIVITY_LABELS), **row} for row in WeeksSerializer.to_dicts(found)]
        columns = [
            TableColumn("interval_start", _("Week from"), DAY, definition(WeeksSerializer, "interval_start")),
            *(TableColumn(name, ACTIVITY_NAMES[name], definition=definition(WeeksSerializer, name))
              for name in ACTIVITY_LABELS),
        ]  # fmt: skip
        figures = FigureTable.of(
            "activity-weeks", columns, rows, caption=_("Active learners by week"), sort="-interval_start"
        )
        title = (
            _("%(number)s learners were active in the last week") % {"number": written(rows[-1]["any"])} if rows else ""
        )
        end = now.date().isoformat()
        return Section(
            "activity",
            _("Activity"),
            figures=figures,
            chart=Chart(figures, "lines", "interval_start", list(ACTIVITY_LABELS), title=title, unit=_("Learners")),
            request=ApiRequest.of_course(self.course_id, "activity/", f"activity(end_date={end!r})", end_date=end),
            about=_("Enrolled means registered, active means seen in the course in that week: the two differ."),
            empty=NO_ACTIVITY,
        )

    def facts(self) -> list[tuple[Any, Any]]:
        """Return what the catalog says about the course: label and text."""
        if self.course is None:
            return []
        status = self.course["availability"]
        return [
            (_("Id"), self.course_id),
            (_("Start"), written(self.course["start_date"], DAY)),
            (_("End"), written(self.course["end_date"], DAY)),
            (_("Status"), AVAILABILITY_NAMES.get(status, status) or _("Unknown")),
        ]

    def links(self):
        """Yield the label and the URL of pages elsewhere, and of the problem response report."""
        course = quote(self.course_id, safe=":+/")
        if settings.LMS_URL:
            yield _("Course in the LMS"), f"{settings.LMS_URL.rstrip('/')}/courses/{course}/course/"
        if settings.STUDIO_URL:
            yield _("Course in Studio"), f"{settings.STUDIO_URL.rstrip('/')}/course/{course}"
        if self.sees_learners and REPORT in settings.ENABLED_REPORT_IDENTIFIERS:
            yield _("Problem response report (CSV)"), self.course_url("report", report_name=REPORT)


def definition_of_day() -> Any:
    return _("Day of the count, UTC.")


class ReportPage(CoursePage):
    """Leads to the file of a report, whose address expires, so that no page can show it."""

    name = "report"
    traits = Traits(personal=Personal.ALWAYS)

    def get(self, request, course_id, report_name):
        found = reports.report_of(
            self.course_id,
            report_name,
            access=self.access,
            using=self.scope.using,
            absolute_url=partial(public_url, request),
        )
        return HttpResponseRedirect(found.download_url)
