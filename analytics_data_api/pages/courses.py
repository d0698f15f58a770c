"""All courses that the reader may see, with their totals, filters and recent enrollment."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics_data_api.constants import VERIFIED_ENROLLMENT
from analytics_data_api.pages.course_filters import chips, course_filters, matching
from analytics_data_api.pages.definitions import definition
from analytics_data_api.pages.figures import DAY, NUMBER, TEXT, Card, TableColumn
from analytics_data_api.pages.request_box import ApiRequest
from analytics_data_api.pages.sections import Heading
from analytics_data_api.pages.sparklines import Sparkline
from analytics_data_api.pages.views import HtmlPage
from analytics_data_api.v0.params.summaries import DESCENDING, CourseSummariesParameters, SummariesQuery
from analytics_data_api.v0.queries import summaries
from analytics_data_api.v0.queries.enrollment import recent_enrollment
from analytics_data_api.v0.serializers.summaries import CourseSummarySerializer, CourseTotalsSerializer
from analytics_data_api.web.pagination import ListPage, PageLinks
from analytics_data_api.web.traits import Traits

SPARKLINE_DAYS = 60
# The parameters that the list has in common with the API's course_summaries.
SENT = ("text_search", "availability", "pacing_type", "program_ids", "order_by", "sort_order", "page", "page_size")


def summary_columns() -> list[TableColumn]:
    """Return the columns of the list. Their names are the API's names of an order."""

    def column(name: str, label: Any, kind: str = NUMBER, declared: Any = CourseSummarySerializer) -> TableColumn:
        return TableColumn(name, label, kind, definition(declared, name))

    return [
        column("catalog_course_title", _("Course"), TEXT),
        column("start_date", _("Start"), DAY),
        column("end_date", _("End"), DAY),
        column("cumulative_count", _("Ever enrolled")),
        column("count", _("Enrolled now")),
        column("count_change_7_days", _("Change in a week")),
        column(VERIFIED_ENROLLMENT, _("Verified"), declared=CourseTotalsSerializer),
        column("passing_users", _("Passing")),
    ]


def total_cards(courses: Sequence[dict[str, Any]]) -> list[Card]:
    """Return the totals over all courses, as the API's course_totals has them, and the master's track."""

    def total(name: str) -> int:
        return sum(course[name] for course in courses)

    def in_mode(mode: str, name: str = "count") -> int:
        return sum(course["enrollment_modes"][mode][name] for course in courses)

    def about(name: str) -> Any:
        return definition(CourseTotalsSerializer, name)

    return [
        Card(_("Ever enrolled"), total("cumulative_count"), about("cumulative_count")),
        Card(_("Enrolled now"), total("count"), about("count")),
        Card(_("Change in the last week"), total("count_change_7_days"), about("count_change_7_days")),
        Card(_("Verified"), in_mode("verified"), about(VERIFIED_ENROLLMENT)),
        Card(_("Master's"), in_mode("masters"), _("Learners currently enrolled in masters mode.")),
    ]


class CoursesPage(HtmlPage):
    """The courses with search, filters and totals. The URL has the parameters of the API's course_summaries."""

    title = gettext_lazy("Courses")
    template_name = "pages/courses.html"
    parameters_class = CourseSummariesParameters
    traits = Traits(is_paged=True, filters_courses=True)

    @cached_property
    def wanted(self) -> SummariesQuery:
        """The query of the URL: always a page, and the largest courses first unless it names an order."""
        query = self.parameters
        page = query.page or ListPage(1, settings.DEFAULT_PAGE_SIZE)
        if not self.request.query_params.get("order_by"):
            query = replace(query, order_by="count", is_descending=True)
        return replace(query, page=page)

    def context(self):
        wanted = self.wanted
        titles = {each[0]: each[2] for each in summaries.program_rows(program_ids=None, scope=self.scope)}
        every = SummariesQuery(course_ids=wanted.course_ids, with_programs=bool(titles))
        rows = summaries.course_summaries(query=every, scope=self.scope)
        found = summaries.ordered(matching(rows, wanted), order_by=wanted.order_by, is_descending=wanted.is_descending)
        links = PageLinks(wanted.page, len(found), self.request.get_full_path())
        links.refuse_missing_page()
        on_page = found[wanted.page.start :][: wanted.page.size]
        filters = course_filters(titles)
        return {
            "cards": total_cards(CourseSummarySerializer.to_dicts(rows)) if rows else (),
            "courses": self.with_sparklines(CourseSummarySerializer.to_dicts(on_page)),
            "filters": [(each, choices) for each in filters if (choices := each.choices(rows, wanted))],
            "chips": chips(filters, wanted, self.request.query_params),
            "query": wanted,
            "links": links,
            "all_count": len(rows),
            "columns": summary_columns(),
            "headings": [self.heading(column) for column in summary_columns()],
            "computed": max((row[summaries.CREATED] for row in rows), default=None),
            "api_request": self.api_request(),
            "is_restricted": self.access.courses is not None,
        }

    def with_sparklines(self, courses: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        ids = [course["course_id"] for course in courses]
        days = recent_enrollment(course_ids=ids, days=SPARKLINE_DAYS, scope=self.scope) if ids else {}
        return [
            {
                **course,
                "verified": course["enrollment_modes"]["verified"]["count"],
                "sparkline": Sparkline(days[course["course_id"]]) if course["course_id"] in days else None,
            }
            for course in courses
        ]

    def heading(self, column: TableColumn) -> Heading:
        is_current = column.name == self.wanted.order_by
        state = ("descending" if self.wanted.is_descending else "ascending") if is_current else "none"
        turned = state == "ascending" or (state == "none" and column.is_number)
        query = self.request.query_params.copy()
        query.pop("page", None)
        query["order_by"], query["sort_order"] = column.name, DESCENDING if turned else "asc"
        return Heading(column, f"?{query.urlencode()}", state)

    def api_request(self) -> ApiRequest:
        """Return the request for this page of the list."""
        sent = self.request.query_params
        parameters = {name: ",".join(filter(None, sent.getlist(name))) for name in SENT}
        page, order = self.wanted.page, self.wanted
        parameters |= {"page": page.number, "page_size": page.size, "order_by": order.order_by}
        parameters["sort_order"] = DESCENDING if order.is_descending else "asc"
        known = {name: value for name, value in parameters.items() if value}
        return ApiRequest("course_summaries/", known, "client.course_summaries().course_summaries()")
