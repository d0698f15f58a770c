"""Enrollment by what learners say about themselves: age, education, gender."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics_data_api.constants import GENDERS, UNKNOWN_GENDER
from analytics_data_api.pages.definitions import definition
from analytics_data_api.pages.enrollment import Range, complete_days, range_request
from analytics_data_api.pages.figures import DAY, PERCENT, TEXT, Card, Chart, FigureTable, TableColumn, share, written
from analytics_data_api.pages.request_box import ApiRequest
from analytics_data_api.pages.sections import Content, Section
from analytics_data_api.pages.views import CoursePage
from analytics_data_api.pages.wording import NO_DEMOGRAPHICS
from analytics_data_api.v0.params.enrollment import EnrollmentFilters
from analytics_data_api.v0.queries import enrollment as queries
from analytics_data_api.v0.serializers import enrollment as serializers
from analytics_data_api.web.times import Window

AGES = serializers.CourseEnrollmentByBirthYearSerializer
LEVELS = serializers.CourseEnrollmentByEducationSerializer
GENDER_COUNTS = serializers.CourseEnrollmentByGenderSerializer

YOUNG, MIDDLE = 25, 40
LEVEL_NAMES = {
    "none": gettext_lazy("No formal education"),
    "primary": gettext_lazy("Primary school"),
    "junior_secondary": gettext_lazy("Middle school"),
    "secondary": gettext_lazy("High school"),
    "associates": gettext_lazy("Associate's degree"),
    "bachelors": gettext_lazy("Bachelor's degree"),
    "masters": gettext_lazy("Master's degree"),
    "doctorate": gettext_lazy("Doctorate"),
    "other": gettext_lazy("Other education"),
}
HIGH_SCHOOL_OR_LESS = ("none", "primary", "junior_secondary", "secondary")
COLLEGE = ("associates", "bachelors")
ADVANCED = ("masters", "doctorate")
GENDER_LABELS = {
    "female": gettext_lazy("Female"),
    "male": gettext_lazy("Male"),
    "other": gettext_lazy("Other"),
    UNKNOWN_GENDER: gettext_lazy("Not reported"),
}


def latest(serializer: Any, query: Any, page: CoursePage) -> list[dict[str, Any]]:
    """Return the objects of the last computed day."""
    return serializer.to_dicts(query(course_id=page.course_id, window=Window(), scope=page.scope))


def freshness(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "up_to": rows[-1]["date"] if rows else None,
        "computed": max((row["created"] for row in rows), default=None),
    }


def share_card(label: Any, part: int, whole: int, about: Any) -> Card:
    """Return the card of a share, with the number of learners beside it."""
    return Card(label, share(part, whole), about, note=written(part), kind=PERCENT)


def unknown_note(unknown: int, total: int) -> str:
    """Say how many learners a chart leaves out, since they did not report."""
    return _("%(number)s learners (%(percent)s) did not report it: they are in the table, not in the chart.") % {
        "number": written(unknown),
        "percent": written(share(unknown, total), PERCENT),
    }


def median(ages: Sequence[tuple[int, int]]) -> float | None:
    """Return the median of ages, each with its number of learners."""
    total = sum(count for _age, count in ages)
    if not total:
        return None
    middle = [(total - 1) // 2, total // 2]
    found = []
    for place in middle:
        seen = 0
        for age, count in sorted(ages):
            seen += count
            if seen > place:
                found.append(age)
                break
    return sum(found) / 2


class AgePage(CoursePage):
    """The last day's enrollment by age."""

    name = "age"
    title = gettext_lazy("Enrollment by age")

    def content(self):
        rows = latest(AGES, queries.enrollment_by_birth_year, self)
        total = sum(row["count"] for row in rows)
        year = int(rows[-1]["date"][:4]) if rows else 0
        ages = [(year - row["birth_year"], row["count"]) for row in rows if row["birth_year"] is not None]
        reported = sum(count for _age, count in ages)
        columns = [
            TableColumn("age", _("Age"), definition=_("Year of the last day less the reported year of birth.")),
            TableColumn("count", _("Enrolled"), definition=definition(AGES, "count")),
            TableColumn("percent", _("Share"), PERCENT, _("Share of all enrolled learners.")),
        ]
        table = [[age, count, share(count, total)] for age, count in sorted(ages)]
        if rows and total > reported:
            table.append([None, total - reported, share(total - reported, total)])
        figures = FigureTable("ages", columns, table, caption=_("Enrolled learners by age"), sort="age")
        middle = median(ages)
        chart = Chart(
            figures,
            "histogram",
            "age",
            ["count"],
            title=_("Half of the learners are %(age)s or younger") % {"age": written(middle)},
            unit=_("Enrolled learners"),
            left_out=(None,),
        )
        section = Section(
            "age",
            _("How old the learners are"),
            figures=figures,
            chart=chart if ages else None,
            request=ApiRequest.of_course(self.course_id, "enrollment/birth_year/", "enrollment('birth_year')"),
            about=unknown_note(total - reported, total) if rows else "",
            empty=NO_DEMOGRAPHICS,
        )
        return Content(
            cards=self.cards(ages, middle, reported, total) if rows else (), sections=[section], **freshness(rows)
        )

    def cards(self, ages, middle, reported, total):
        of_reported = _("Share of the learners who reported a year of birth.")
        young = sum(count for age, count in ages if age <= YOUNG)
        old = sum(count for age, count in ages if age > MIDDLE)
        return [
            Card(_("Median age"), middle, _("Half of those who reported a year of birth are at most this old.")),
            share_card(_("25 and under"), young, reported, of_reported),
            share_card(_("26 to 40"), reported - young - old, reported, of_reported),
            share_card(_("Over 40"), old, reported, of_reported),
            share_card(
                _("Reported"), reported, total, _("Share of all enrolled learners who reported a year of birth.")
            ),
        ]


def level_name(level: str | None) -> Any:
    """Return the name of a level for people. A level that only this site has keeps the name of its table."""
    return _("Not reported") if level is None else LEVEL_NAMES.get(level, level)


class EducationPage(CoursePage):
    """The last day's enrollment by level of education."""

    name = "education"
    title = gettext_lazy("Enrollment by education")

    def content(self):
        rows = latest(LEVELS, queries.enrollment_by_education, self)
        places = list(LEVEL_NAMES)
        rows.sort(key=lambda row: places.index(row["education_level"]) if row["education_level"] in places else 99)
        counts = {row["education_level"]: row["count"] for row in rows}
        total, reported = sum(counts.values()), sum(counts.values()) - counts.get(None, 0)
        columns = [
            TableColumn("level", _("Level"), TEXT, definition(LEVELS, "education_level")),
            TableColumn("count", _("Enrolled"), definition=definition(LEVELS, "count")),
            TableColumn("percent", _("Share"), PERCENT, _("Share of all enrolled learners.")),
        ]
        table = [[str(level_name(level)), count, share(count, total)] for level, count in counts.items()]
        figures = FigureTable("levels", columns, table, caption=_("Enrolled learners by level of education"))
        known = [(count, level) for level, count in counts.items() if level is not None]
        chart = Chart(
            figures,
            "bars",
            "level",
            ["count"],
            title=most_common(known, total),
            unit=_("Enrolled learners"),
            left_out=(str(level_name(None)),),
        )
        section = Section(
            "education",
            _("What the learners have learned before"),
            figures=figures,
            chart=chart if known else None,
            request=ApiRequest.of_course(self.course_id, "enrollment/education/", "enrollment('education')"),
            about=unknown_note(total - reported, total) if rows else "",
            empty=NO_DEMOGRAPHICS,
        )
        return Content(cards=self.cards(counts, reported) if rows else (), sections=[section], **freshness(rows))

    def cards(self, counts, reported):
        about = _("Share of the learners who reported a level of education.")
        groups = (
            (_("High school or less"), HIGH_SCHOOL_OR_LESS),
            (_("College"), COLLEGE),
            (_("Advanced degree"), ADVANCED),
        )
        return [share_card(label, sum(counts.get(each, 0) for each in levels), reported, about)
                for label, levels in groups]  # fmt: skip


def most_common(counts: Sequence[tuple[int, Any]], total: int) -> str:
    """Return the sentence about the value that most learners reported."""
    if not counts:
        return ""
    count, level = max(counts, key=lambda each: each[0])
    return _("Most common: %(level)s, %(number)s learners") % {"level": level_name(level), "number": written(count)}


class GenderPage(CoursePage):
    """Enrollment by gender: the last day as a chart, all days as a table."""

    name = "gender"
    title = gettext_lazy("Enrollment by gender")
    parameters_class = EnrollmentFilters

    def content(self):
        window = complete_days(self.parameters)
        rows = GENDER_COUNTS.to_dicts(
            queries.enrollment_by_gender(course_id=self.course_id, window=window, scope=self.scope)
        )
        last = rows[-1] if rows else {}
        total = sum(last.get(gender, 0) for gender in GENDERS)
        columns = [
            TableColumn("gender", _("Gender"), TEXT),
            TableColumn("count", _("Enrolled"), definition=_("Enrolled learners at the end of the last day.")),
            TableColumn("percent", _("Share"), PERCENT, _("Share of all enrolled learners.")),
        ]
        table = [[str(GENDER_LABELS[name]), last[name], share(last[name], total)] for name in GENDERS] if rows else []
        now = FigureTable("genders", columns, table, caption=_("Enrolled learners by gender on the last day"))
        days = FigureTable.of(
            "gender-days",
            [
                TableColumn("date", _("Date"), DAY, definition(GENDER_COUNTS, "date")),
                *(TableColumn(name, GENDER_LABELS[name], definition=definition(GENDER_COUNTS, name))
                  for name in GENDERS),
            ],
            rows,
            caption=_("Enrolled learners by gender and day"),
            sort="-date",
        )  # fmt: skip
        known = [(last[name], GENDER_LABELS[name]) for name in GENDERS if name != UNKNOWN_GENDER] if rows else []
        sections = [
            Section(
                "gender",
                _("Gender of the learners"),
                figures=now,
                chart=Chart(now, "bars", "gender", ["count"], title=most_common(known, total),
                            unit=_("Enrolled learners")),
                request=ApiRequest.of_course(self.course_id, "enrollment/gender/", "enrollment('gender')"),
                empty=NO_DEMOGRAPHICS,
            )
        ]  # fmt: skip
        if rows:
            request = range_request(self.course_id, "enrollment/gender/", "enrollment('gender', {})", rows)
            sections.append(
                Section("days", _("By day"), figures=days, request=request, controls="pages/parts/range.html")
            )
        return Content(sections=sections, **freshness(rows), more={"range": Range(self.parameters, rows)})
