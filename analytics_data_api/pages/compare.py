"""Several courses side by side: enrollment and activity by date, or by weeks since each course's start."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics_data_api.course_keys import course_id_of_query
from analytics_data_api.errors import ResourceNotFound
from analytics_data_api.pages.definitions import definition
from analytics_data_api.pages.engagement import last_day
from analytics_data_api.pages.figures import DAY, NUMBER, TEXT, Chart, FigureTable, TableColumn, written
from analytics_data_api.pages.problems import Choice
from analytics_data_api.pages.request_box import ApiRequest
from analytics_data_api.pages.sections import Section
from analytics_data_api.pages.views import HtmlPage
from analytics_data_api.pages.wording import NO_ACTIVITY, NO_ENROLLMENT
from analytics_data_api.v0.params.summaries import SummariesQuery
from analytics_data_api.v0.queries import enrollment, summaries
from analytics_data_api.v0.queries.courses import course_activity
from analytics_data_api.v0.serializers.courses import CourseActivityWeeklySerializer as WeekSerializer
from analytics_data_api.v0.serializers.enrollment import CourseEnrollmentDailySerializer as DaySerializer
from analytics_data_api.v0.serializers.summaries import CourseSummarySerializer, ProgramSerializer
from analytics_data_api.web.fields import TextField, TextsField, WordField
from analytics_data_api.web.parameters import Parameters
from analytics_data_api.web.times import Window, current_day

MAX_COURSES = 10
BY_DATE, BY_WEEK = "date", "weeks"
AXES = {BY_DATE: gettext_lazy("By date"), BY_WEEK: gettext_lazy("By weeks since the start")}
TOGETHER, APART = "together", "apart"
VIEWS = {TOGETHER: gettext_lazy("One chart"), APART: gettext_lazy("A chart for each course")}
# A day's figure stands for its week on charts of many weeks.
WEEK = timedelta(days=7)


class ComparedIdsField(TextsField):
    """Ids of courses, each in a parameter of its own or separated by commas."""

    def to_internal_value(self, value: Any) -> tuple[str, ...]:
        ids = tuple(course_id_of_query(text) for text in super().to_internal_value(value) or ())
        return tuple(dict.fromkeys(ids))


@dataclass(frozen=True)
class Comparison:
    """The courses and the view that a URL asks for."""

    course_ids: tuple[str, ...]
    program_id: str | None
    axis: str
    view: str


class CompareParameters(Parameters):
    argument = "comparison"

    course_id = ComparedIdsField(help_text="Ids of the courses, up to ten.")
    program_id = TextField(help_text="Id of a program, whose courses are compared.")
    axis = WordField(choices=list(AXES), help_text="By date, or by weeks since each course's start.")
    view = WordField(choices=list(VIEWS), help_text="All courses in one chart, or a chart for each.")

    @classmethod
    def to_value(cls, *, course_id: Any, program_id: str | None, axis: str | None, view: str | None) -> Comparison:
        return Comparison(course_id or (), program_id, axis or BY_DATE, view or TOGETHER)


class ComparePage(HtmlPage):
    """Up to ten courses."""

    title = gettext_lazy("Compare courses")
    template_name = "pages/compare.html"
    parameters_class = CompareParameters

    def context(self):
        asked = self.parameters
        programs = ProgramSerializer.to_dicts(summaries.program_rows(program_ids=None, scope=self.scope))
        program = self.program(programs, asked.program_id)
        wanted = asked.course_ids or (tuple(program["course_ids"]) if program else ())
        self.access.check_courses({"course_ids": wanted})
        chosen = wanted[:MAX_COURSES]
        courses = self.courses(chosen)
        starts = {course["course_id"]: course["start_date"] for course in courses}
        titles = {course["course_id"]: course["catalog_course_title"] or course["course_id"] for course in courses}
        sections = self.sections(titles, starts) if titles else []
        return {
            "title": program["program_title"] if program and not asked.course_ids else self.title,
            "sections": sections,
            "left_out": len(wanted) - len(chosen),
            "table": summary_table(courses),
            "request_behind": ApiRequest("course_summaries/", {"course_ids": ",".join(chosen)}) if chosen else None,
            "axes": self.choices("axis", AXES, asked.axis),
            "views": self.choices("view", VIEWS, asked.view),
            "programs": [(each["program_id"], each["program_title"]) for each in programs],
            "comparison": asked,
        }

    @staticmethod
    def program(programs: Sequence[dict[str, Any]], program_id: str | None) -> dict[str, Any] | None:
        if program_id is None:
            return None
        found = next((each for each in programs if each["program_id"] == program_id), None)
        if found is None:
            raise ResourceNotFound(_("There is no program %(program)s.") % {"program": program_id})
        return found

    def courses(self, course_ids: Sequence[str]) -> list[dict[str, Any]]:
        """Return the summaries of the courses in the order of the URL. A course without one has no figures here."""
        if not course_ids:
            return []
        query = SummariesQuery(course_ids=tuple(course_ids), with_programs=False)
        rows = CourseSummarySerializer.to_dicts(summaries.course_summaries(query=query, scope=self.scope))
        by_id = {row["course_id"]: row for row in rows}
        missing = [each for each in course_ids if each not in by_id]
        if missing:
            raise ResourceNotFound(_("The course %(course)s has no summary.") % {"course": missing[0]})
        return [by_id[each] for each in course_ids]

    def sections(self, titles: Mapping[str, str], starts: Mapping[str, str | None]) -> list[Section]:
        enrolled, active = {}, {}
        for course_id in titles:
            enrolled[course_id] = self.enrolled(course_id)
            active[course_id] = self.active(course_id)
        found = []
        for name, heading, unit, values, empty in (
            ("enrolled", _("Enrolled learners"), _("Enrolled learners"), enrolled, NO_ENROLLMENT),
            ("active", _("Active learners by week"), _("Active learners"), active, NO_ACTIVITY),
        ):
            placed = by_weeks(values, starts) if self.parameters.axis == BY_WEEK else values
            if self.parameters.view == APART:
                # Courses keep one section each, so that their charts stand side by side.
                for number, course_id in enumerate(titles):
                    only = {course_id: placed[course_id]}
                    found.append(
                        self.section(f"{name}-{number}", f"{titles[course_id]}: {heading}", unit, only, titles, empty)
                    )
            else:
                found.append(self.section(name, heading, unit, placed, titles, empty))
        return found

    def section(self, id, heading, unit, values, titles, empty):
        """Return the section of a chart with a line for each course."""
        columns, rows = course_lines(values, titles, self.parameters.axis)
        figures = FigureTable(id, columns, rows, caption=heading, sort=f"-{columns[0].name}")
        chart = Chart(figures, "lines", columns[0].name, [column.name for column in columns[1:]],
                      title=largest_course(values, titles), unit=unit)  # fmt: skip
        return Section(f"{id}-section", heading, figures=figures, chart=chart, empty=empty)

    def enrolled(self, course_id: str) -> dict[str, int]:
        """Return the enrolled learners by day: all days of a short time, else the last day of each week."""
        window = Window(None, current_day())
        rows = DaySerializer.to_dicts(enrollment.enrollment(course_id=course_id, window=window, scope=self.scope))
        weekday = date.fromisoformat(rows[-1]["date"]).weekday() if rows else 0
        kept = (
            rows if len(rows) <= 60 else [row for row in rows if date.fromisoformat(row["date"]).weekday() == weekday]
        )
        return {row["date"]: row["count"] for row in kept}

    def active(self, course_id: str) -> dict[str, int]:
        window = Window(None, datetime.now(UTC))
        weeks = WeekSerializer.to_dicts(course_activity(course_id=course_id, window=window, scope=self.scope))
        return {last_day(week): week.get("any") or 0 for week in weeks}

    def choices(self, name: str, labels: Mapping[str, Any], current: str) -> list[Choice]:
        found = []
        for value, label in labels.items():
            query: QueryDict = self.request.query_params.copy()
            query[name] = value
            found.append(Choice(label, f"?{query.urlencode()}", value == current))
        return found


def by_weeks(values: Mapping[str, Mapping[str, int]], starts: Mapping[str, str | None]) -> dict[str, dict[int, int]]:
    """Return the figures by the number of weeks since the course's start, or since its first figure without one."""
    found = {}
    for course_id, by_day in values.items():
        start = date.fromisoformat((starts[course_id] or min(by_day, default="2000-01-01"))[:10])
        # The last figure of a week counts.
        found[course_id] = {(date.fromisoformat(day) - start) // WEEK: count for day, count in sorted(by_day.items())}
    return found


def course_lines(
    values: Mapping[str, Mapping[Any, int]], titles: Mapping[str, str], axis: str
) -> tuple[list[TableColumn], list[Any]]:
    """Return the columns and rows of a table with a column for each course."""
    if axis == BY_WEEK:
        first = TableColumn(
            "week", _("Week"), NUMBER, _("Weeks since the start of the course; weeks before it are below 0.")
        )
    else:
        first = TableColumn("date", _("Date"), DAY, _("Day, UTC."))
    columns = [first, *(TableColumn(course_id, titles[course_id]) for course_id in values)]
    places = sorted({place for by_place in values.values() for place in by_place})
    return columns, [[place, *(by_place.get(place) for by_place in values.values())] for place in places]


def largest_course(values: Mapping[str, Mapping[Any, int]], titles: Mapping[str, str]) -> str:
    """Say which course has most learners at the end of its figures."""
    last = {course_id: by_place[max(by_place)] for course_id, by_place in values.items() if by_place}
    if not last:
        return ""
    course_id = max(last, key=lambda each: last[each])
    return _("%(course)s: %(number)s in the end") % {"course": titles[course_id], "number": written(last[course_id])}


def summary_table(courses: Sequence[dict[str, Any]]) -> FigureTable:
    names = {
        "cumulative_count": _("Ever enrolled"),
        "count": _("Enrolled now"),
        "count_change_7_days": _("Change in a week"),
        "passing_users": _("Passing"),
    }
    columns = [
        TableColumn("course_id", _("Course"), TEXT, definition(CourseSummarySerializer, "course_id")),
        *(
            TableColumn(name, label, definition=definition(CourseSummarySerializer, name))
            for name, label in names.items()
        ),
    ]
    return FigureTable.of("compared", columns, courses, caption=_("The courses at present"), sort="-count")
