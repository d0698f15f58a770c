"""The learners of a course, as a list that can be searched, filtered and sorted."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics_data_api.constants import ROSTER_ORDERS
from analytics_data_api.pages.definitions import definition
from analytics_data_api.pages.figures import TEXT, Card, TableColumn, written
from analytics_data_api.pages.metrics import METRIC_NAMES, mark_of, metric_definition
from analytics_data_api.pages.request_box import ApiRequest
from analytics_data_api.pages.sections import Content, Heading
from analytics_data_api.pages.views import CoursePage
from analytics_data_api.pages.wording import SEGMENT_NAMES, mode_name
from analytics_data_api.rosters.name_search import parse_search
from analytics_data_api.rosters.request import RosterRequest
from analytics_data_api.v0.params.learners import SearchField
from analytics_data_api.v0.queries.learner_metadata import course_learner_metadata
from analytics_data_api.v0.queries.learners import roster_page
from analytics_data_api.v0.serializers.learners import CourseLearnerMetadataSerializer, LearnerSerializer
from analytics_data_api.web.fields import FlagField, NumberField, TextField, TextsField, WordField
from analytics_data_api.web.pagination import ListPage, PageLinks
from analytics_data_api.web.parameters import Parameters
from analytics_data_api.web.traits import Personal, Traits

INACTIVE = "inactive"
DESCENDING = "desc"


class TypedSearchField(SearchField):
    """A search as it is typed: checked as the API does, and kept as text."""

    def to_internal_value(self, text: str) -> str:  # type: ignore[override]
        super().to_internal_value(text)
        return text


@dataclass(frozen=True)
class LearnersQuery:
    """The search, filters, order and page of a URL."""

    text_search: str
    segments: tuple[str, ...]
    cohort: str | None
    enrollment_mode: str | None
    hides_inactive: bool
    order_by: str
    is_descending: bool
    page: int

    @property
    def terms(self) -> str:
        """The search in the API's words: the last term is still being typed, so it matches beginnings."""
        text = self.text_search.strip()
        is_typing = text and not text.endswith("*") and not self.text_search.endswith(" ")
        return f"{text}*" if is_typing else text

    @property
    def ignored(self) -> tuple[str, ...]:
        return (INACTIVE,) if self.hides_inactive and not self.segments else ()


class LearnersParameters(Parameters):
    argument = "query"

    text_search = TypedSearchField(help_text="Words of names, usernames or email addresses.")
    segments = TextsField(help_text="Learners in any of these segments.")
    cohort = TextField(help_text="Learners of this cohort.")
    enrollment_mode = TextField(help_text="Learners enrolled in this mode.")
    hide_inactive = FlagField(help_text="True to leave out inactive learners.")
    order_by = WordField(choices=ROSTER_ORDERS, help_text="Field to sort by.")
    sort_order = WordField(choices=("asc", DESCENDING), help_text="Direction.")
    page = NumberField(min_value=1, help_text="Number of the page.")

    @classmethod
    def to_value(cls, **values: Any) -> LearnersQuery:
        return LearnersQuery(
            values["text_search"] or "",
            values["segments"] or (),
            values["cohort"],
            values["enrollment_mode"],
            bool(values["hide_inactive"]),
            values["order_by"] or ROSTER_ORDERS[0],
            values["sort_order"] == DESCENDING,
            values["page"] or 1,
        )


@dataclass(frozen=True)
class Option:
    """A choice of a filter with its number of learners."""

    value: str
    label: Any
    count: int
    is_chosen: bool


class LearnersPage(CoursePage):
    """A page of the roster."""

    name = "learners"
    title = gettext_lazy("Learners")
    template_name = "pages/learners.html"
    parameters_class = LearnersParameters
    traits = Traits(personal=Personal.ALWAYS, is_paged=True)

    @cached_property
    def metadata(self):
        rows = course_learner_metadata(course_id=self.course_id, scope=self.scope)
        return CourseLearnerMetadataSerializer.to_dicts(rows)[0]

    def roster_request(self) -> RosterRequest:
        query = self.parameters
        return RosterRequest(
            course_id=self.course_id,
            search=parse_search(query.terms) if query.terms.replace("*", "").strip() else None,
            segments=query.segments,
            ignore_segments=query.ignored,
            cohort=query.cohort,
            enrollment_mode=query.enrollment_mode,
            order_by=query.order_by,
            descending=query.is_descending,
            page=query.page,
            page_size=settings.DEFAULT_PAGE_SIZE,
            highlight=False,
            fields=(),
        )

    def content(self):
        found = roster_page(
            request=self.roster_request(),
            holds_all=False,
            account_base_url=settings.LMS_USER_ACCOUNT_BASE_URL,
            scope=self.scope,
        )
        rows = LearnerSerializer.to_dicts(found.rows)
        links = PageLinks(ListPage(found.page, found.page_size), found.count, self.request.get_full_path())
        links.refuse_missing_page()
        ranges = self.metadata["engagement_ranges"]
        dates = rows[0]["engagements"]["date_range"] if rows else ranges["date_range"]
        return Content(
            cards=[Card(_("Learners found"), found.count, _("Learners of the roster whom search and filters find."))],
            more={
                "query": self.parameters,
                "learners": [self.shown(row, ranges) for row in rows],
                "links": links,
                "headings": [self.heading(column) for column in learner_columns()],
                "columns": learner_columns(),
                "cohorts": self.options("cohorts", [self.parameters.cohort]),
                "modes": self.options("enrollment_modes", [self.parameters.enrollment_mode], mode_name),
                "segments": self.options("segments", self.parameters.segments, segment_name),
                "inactive": written(self.metadata["segments"].get(INACTIVE, 0)),
                "dates": dates,
                "last_updated": rows[0]["last_updated"] if rows else None,
                "is_prefix_search": found.is_prefix_search,
                "api_request": self.api_request(found.count),
            },
        )

    def shown(self, row: dict[str, Any], ranges: dict[str, Any]) -> dict[str, Any]:
        """Return a learner with the figures and marks of each metric, and the link to the learner's page."""
        back = QueryDict(mutable=True)
        if state := self.request.query_params.urlencode():
            back["back"] = state
        url = self.course_url("learner", username=row["username"])
        values = [(metric, row["engagements"][metric]) for metric in METRIC_NAMES]
        return {
            **row,
            "url": f"{url}?{back.urlencode()}" if back else url,
            "mode": mode_name(row["enrollment_mode"]) if row["enrollment_mode"] else None,
            "segment_names": [segment_name(name) for name in row["segments"]],
            "metrics": [(value, mark_of(metric, value, ranges)) for metric, value in values],
        }

    def options(self, kind: str, chosen: Any, name_of: Any = str) -> list[Option]:
        counts = self.metadata[kind]
        return [
            Option(value, name_of(value), count, value in chosen)
            for value, count in counts.items()
            if count or value in chosen
        ]

    def heading(self, column: TableColumn) -> Heading:
        if column.name not in ROSTER_ORDERS:
            return Heading(column, "", "none")
        query = self.parameters
        is_current = column.name == query.order_by
        state = ("descending" if query.is_descending else "ascending") if is_current else "none"
        sent = self.request.query_params.copy()
        sent.pop("page", None)
        sent["order_by"], sent["sort_order"] = column.name, DESCENDING if state == "ascending" else "asc"
        return Heading(column, f"?{sent.urlencode()}", state)

    def api_request(self, count: int) -> ApiRequest:
        """Return the request for all learners that the list finds."""
        query = self.parameters
        parameters = {
            "course_id": self.course_id,
            "text_search": query.terms,
            "segments": ",".join(query.segments),
            "ignore_segments": ",".join(query.ignored),
            "cohort": query.cohort,
            "enrollment_mode": query.enrollment_mode,
            "order_by": query.order_by,
            "sort_order": DESCENDING if query.is_descending else "asc",
            "page_size": max(count, 1),
        }
        return ApiRequest("learners/", {name: value for name, value in parameters.items() if value})


def learner_columns() -> list[TableColumn]:
    return [
        TableColumn("username", _("Learner"), TEXT, _("Name and username.")),
        TableColumn("enrollment_mode", _("Track"), TEXT, definition(LearnerSerializer, "enrollment_mode")),
        TableColumn("cohort", _("Cohort"), TEXT, definition(LearnerSerializer, "cohort")),
        TableColumn("segments", _("Segments"), TEXT, definition(LearnerSerializer, "segments")),
        *(TableColumn(metric, label, definition=metric_definition(metric)) for metric, label in METRIC_NAMES.items()),
    ]


def segment_name(name: str) -> Any:
    return SEGMENT_NAMES.get(name, name)
