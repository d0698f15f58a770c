"""Enrollment by day and track."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics_data_api.constants import ENROLLMENT_MODES
from analytics_data_api.pages.definitions import definition
from analytics_data_api.pages.figures import DAY, Card, Chart, FigureTable, TableColumn
from analytics_data_api.pages.request_box import ApiRequest
from analytics_data_api.pages.sections import Content, Section
from analytics_data_api.pages.views import CoursePage
from analytics_data_api.pages.wording import (
    NO_ENROLLMENT,
    change_in_words,
    learners,
    mode_name,
    signed,
    week_before,
)
from analytics_data_api.v0.params.enrollment import EnrollmentFilters
from analytics_data_api.v0.queries import enrollment as queries
from analytics_data_api.v0.serializers.enrollment import CourseEnrollmentModeDailySerializer as ModesSerializer
from analytics_data_api.web.times import Window, current_day

HEAD = ("course_id", "date", "count", "cumulative_count", "created")
# The lengths of the ranges that a reader picks by one click, in days.
RANGES = ((28, gettext_lazy("4 weeks")), (91, gettext_lazy("3 months")), (365, gettext_lazy("1 year")))


def complete_days(window: Window) -> Window:
    """Return the window without today, whose figures would be incomplete. Without bounds it is all days."""
    today = current_day()
    return Window(window.start, min(window.end or today, today))


def track_columns(rows: Sequence[dict[str, Any]]) -> list[TableColumn]:
    """Return a column for each track that has a learner on any of the days."""
    modes = [*ENROLLMENT_MODES, *(name for name in (rows[0] if rows else {}) if name not in (*HEAD, *ENROLLMENT_MODES))]
    return [
        TableColumn(mode, mode_name(mode), definition=mode_definition(mode))
        for mode in modes
        if any(row[mode] for row in rows)
    ]


def mode_definition(mode: str) -> Any:
    if mode in ENROLLMENT_MODES:
        return definition(ModesSerializer, mode)
    return _("Learners enrolled in %(mode)s mode.") % {"mode": mode}


def daily_tracks(course_id: str, window: Window, scope: Any) -> list[dict[str, Any]]:
    return ModesSerializer.to_dicts(queries.enrollment_by_mode(course_id=course_id, window=window, scope=scope))


def week_change(rows: Sequence[dict[str, Any]], name: str = "count") -> int | None:
    """Return the change of a figure against the row seven days before the last one."""
    if not rows:
        return None
    then = week_before(rows[-1]["date"])
    return next((rows[-1][name] - row[name] for row in reversed(rows) if row["date"] == then), None)


def enrollment_cards(rows: Sequence[dict[str, Any]]) -> list[Card]:
    last = rows[-1] if rows else {}
    return [
        Card(_("Ever enrolled"), last.get("cumulative_count"), definition(ModesSerializer, "cumulative_count")),
        Card(_("Enrolled now"), last.get("count"), definition(ModesSerializer, "count")),
        Card(
            _("Change in the last week"),
            week_change(rows),
            _("Enrolled learners at the end of the last day, less those seven days before."),
        ),
        Card(
            _("Verified"),
            last.get("verified"),
            definition(ModesSerializer, "verified"),
            note=signed(week_change(rows, "verified")),
        ),
        Card(_("Master's"), last.get("masters"), definition(ModesSerializer, "masters")),
    ]


def enrollment_chart(figures: FigureTable, rows: Sequence[dict[str, Any]]) -> Chart:
    names = [column.name for column in figures.columns if column.name not in ("date", "count")]
    change = change_in_words(week_change(rows))
    title = _("%(learners)s enrolled") % {"learners": learners(rows[-1]["count"])} if rows else ""
    return Chart(
        figures, "area", "date", names, title=", ".join(filter(None, (title, change))), unit=_("Enrolled learners")
    )


class EnrollmentPage(CoursePage):
    """Enrollment by day, stacked by track."""

    name = "enrollment"
    title = gettext_lazy("Enrollment activity")
    parameters_class = EnrollmentFilters

    def content(self):
        rows = daily_tracks(self.course_id, complete_days(self.parameters), self.scope)
        columns = [
            TableColumn("date", _("Date"), DAY, definition(ModesSerializer, "date")),
            TableColumn("count", _("Enrolled"), definition=definition(ModesSerializer, "count")),
            *track_columns(rows),
        ]
        figures = FigureTable.of("enrollment-days", columns, rows, caption=_("Enrolled learners by day"), sort="-date")
        section = Section(
            "enrollment",
            _("Enrollment by day"),
            figures=figures,
            chart=enrollment_chart(figures, rows),
            request=range_request(self.course_id, "enrollment/mode/", "enrollment('mode', {})", rows),
            about=_("A learner counts as enrolled at the end of a day, active or not."),
            empty=NO_ENROLLMENT,
            controls="pages/parts/range.html",
        )
        last = rows[-1] if rows else {}
        return Content(
            cards=enrollment_cards(rows),
            sections=[section],
            up_to=last.get("date"),
            computed=last.get("created"),
            more={"range": Range(self.parameters, rows)},
        )


class Range:
    """The range of days that a page shows, with the ranges that one click shows."""

    def __init__(self, asked: Window, rows: Sequence[dict[str, Any]]) -> None:
        self.asked = asked
        self.first = rows[0]["date"] if rows else ""
        self.last = rows[-1]["date"] if rows else ""

    @property
    def start(self) -> str:
        return self.asked.start.isoformat() if self.asked.start else self.first

    @property
    def end(self) -> str:
        return self.asked.end.isoformat() if self.asked.end else ""

    @property
    def picks(self) -> list[tuple[Any, str, bool]]:
        """Return the label of each range, its first day, and True if it is shown."""
        last = date.fromisoformat(self.last) if self.last else current_day() - timedelta(days=1)
        starts = [(label, (last - timedelta(days=days - 1)).isoformat()) for days, label in RANGES]
        asked = self.asked.start.isoformat() if self.asked.start else ""
        return [(label, start, start == asked) for label, start in [*starts, (_("All"), "")]]


def range_request(course_id: str, path: str, client: str, rows: Sequence[dict[str, Any]]) -> ApiRequest | None:
    """Return the request for exactly these days. ``client`` has a place for the arguments of the days."""
    if not rows:
        return None
    start, last = rows[0]["date"], date.fromisoformat(rows[-1]["date"])
    end = (last + timedelta(days=1)).isoformat()
    days = f"start_date={start!r}, end_date={end!r}"
    return ApiRequest.of_course(course_id, path, client.format(days), start_date=start, end_date=end)
