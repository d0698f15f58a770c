"""The filters of the list of courses, with the number of courses that each choice would show."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics_data_api.constants import AVAILABILITIES, UNKNOWN_AVAILABILITY
from analytics_data_api.v0.params.summaries import SummariesQuery
from analytics_data_api.v0.queries import summaries

PACING_NAMES = {"instructor_paced": gettext_lazy("Instructor-paced"), "self_paced": gettext_lazy("Self-paced")}
AVAILABILITY_NAMES = {
    "Current": gettext_lazy("Current"),
    "Upcoming": gettext_lazy("Upcoming"),
    "Archived": gettext_lazy("Archived"),
    UNKNOWN_AVAILABILITY: gettext_lazy("Unknown"),
}


@dataclass(frozen=True)
class FilterChoice:
    """A value of a filter with the number of courses that it would show."""

    value: str
    label: Any
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class ListFilter:
    """A filter: its parameter, its label, a function of a row that returns its values, and their names for people."""

    name: str
    label: Any
    values_of: Callable[[Any], Iterable[str]]
    names: Mapping[str, Any]

    def chosen(self, query: SummariesQuery) -> Sequence[str]:
        return [AVAILABILITIES.get(value, value) for value in getattr(query, self.name) or ()]

    def choices(self, rows: Iterable[Any], query: SummariesQuery) -> list[FilterChoice]:
        """Return the choices with their counts among the courses that all other filters show."""
        others = matching(rows, replace(query, **{self.name: None}))
        counts = Counter(value for row in others for value in self.values_of(row))
        chosen = self.chosen(query)
        values = sorted({*counts, *chosen}, key=lambda value: str(self.label_of(value)).casefold())
        return [FilterChoice(value, self.label_of(value), counts[value], value in chosen) for value in values]

    def label_of(self, value: str) -> Any:
        return self.names.get(value, value)


def course_filters(program_titles: Mapping[str, str]) -> list[ListFilter]:
    return [
        ListFilter(
            "availability",
            _("Availability"),
            lambda row: [row[summaries.AVAILABILITY] or UNKNOWN_AVAILABILITY],
            AVAILABILITY_NAMES,
        ),
        ListFilter("pacing_type", _("Pacing"), lambda row: filter(None, [row[summaries.PACING_TYPE]]), PACING_NAMES),
        ListFilter("program_ids", _("Program"), lambda row: row[summaries.PROGRAMS] or (), program_titles),
    ]


def matching(rows: Iterable[Any], query: SummariesQuery) -> list[Any]:
    """Return the rows that the filters of a query show, by the API's own functions."""
    found = summaries.filtered(rows, query)
    if query.program_ids is None:
        return list(found)
    return [row for row in found if not set(row[summaries.PROGRAMS] or ()).isdisjoint(query.program_ids)]


@dataclass(frozen=True)
class Chip:
    """An active filter with the URL of the list without it."""

    label: str
    url: str


def chips(filters: Sequence[ListFilter], query: SummariesQuery, sent: QueryDict) -> list[Chip]:
    found = []
    if query.text_search:
        found.append(Chip(_("Search: %(text)s") % {"text": query.text_search}, without(sent, "text_search")))
    for each in filters:
        chosen = each.chosen(query)
        for value in chosen:
            label = f"{each.label}: {each.label_of(value)}"
            found.append(Chip(label, without(sent, each.name, keep=[other for other in chosen if other != value])))
    return found


def without(sent: QueryDict, name: str, keep: Sequence[str] = ()) -> str:
    """Return the URL of the first page of the list without a parameter, or with some of its values."""
    query = sent.copy()
    query.pop("page", None)
    query.setlist(name, list(keep))
    return f"?{query.urlencode()}"
