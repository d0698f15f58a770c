"""Enrollment by country."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from analytics_data_api.pages.definitions import definition
from analytics_data_api.pages.figures import PERCENT, TEXT, Card, Chart, FigureTable, TableColumn, share, written
from analytics_data_api.pages.request_box import ApiRequest
from analytics_data_api.pages.sections import Content, Section
from analytics_data_api.pages.views import CoursePage
from analytics_data_api.pages.wording import NO_COUNTRIES
from analytics_data_api.v0.queries import enrollment as queries
from analytics_data_api.v0.serializers.enrollment import CourseEnrollmentByCountrySerializer as CountrySerializer
from analytics_data_api.web.times import Window

TOP = 3


def country_name(country: dict[str, Any]) -> str:
    """Return the country's name in the language of the reader."""
    return countries.name(country["alpha2"]) if country["alpha2"] else _("Unknown")


def countries_in_words(named: list[dict[str, Any]]) -> str:
    if not named:
        return ""
    return _("Learners from %(number)s countries, most from %(country)s") % {
        "number": written(len(named)),
        "country": country_name(named[0]["country"]),
    }


class GeographyPage(CoursePage):
    """The last day's enrollment by country, as a map and a table."""

    name = "geography"
    title = gettext_lazy("Enrollment by country")

    def content(self):
        found = queries.enrollment_by_country(course_id=self.course_id, window=Window(), scope=self.scope)
        rows = CountrySerializer.to_dicts(found)
        total = sum(row["count"] for row in rows)
        rows.sort(key=lambda row: (-row["count"], country_name(row["country"])))
        named = [row for row in rows if row["country"]["alpha2"]]
        columns = [
            TableColumn("country", _("Country"), TEXT, definition(CountrySerializer, "country")),
            TableColumn(
                "percent", _("Share"), PERCENT, _("Share of all enrolled learners, those of unknown countries too.")
            ),
            TableColumn("count", _("Enrolled"), definition=definition(CountrySerializer, "count")),
            TableColumn("code", _("Code"), TEXT, _("ISO 3166 two-letter code of the country.")),
        ]
        figures = FigureTable(
            "countries",
            columns,
            [[country_name(row["country"]), share(row["count"], total), row["count"], row["country"]["alpha2"]]
             for row in rows],
            caption=_("Enrolled learners by country"),
            sort="-count",
            key="code",
        )  # fmt: skip
        chart = Chart(
            figures,
            "map",
            "code",
            ["count"],
            title=countries_in_words(named),
            unit=_("Enrolled learners"),
            left_out=(None,),
            labels={row["country"]["alpha2"]: country_name(row["country"]) for row in named},
        )
        section = Section(
            "geography",
            _("Where the learners are"),
            figures=figures,
            chart=chart if named else None,
            request=ApiRequest.of_course(self.course_id, "enrollment/location/", "enrollment('location')"),
            about=_("A learner's country is that of the last known IP address."),
            empty=NO_COUNTRIES,
        )
        last = rows[0] if rows else {}
        return Content(
            cards=[*self.cards(named, total)],
            sections=[section],
            up_to=last.get("date"),
            computed=max((row["created"] for row in rows), default=None),
        )

    def cards(self, named, total):
        if not named:
            return
        yield Card(_("Countries"), len(named), _("Countries with at least one enrolled learner."))
        for place, row in enumerate(named[:TOP], start=1):
            yield Card(
                _("No. %(place)s: %(country)s") % {"place": place, "country": country_name(row["country"])},
                row["count"],
                definition(CountrySerializer, "count"),
                note=written(share(row["count"], total), PERCENT),
            )
