"""A request for a page of a roster."""

from dataclasses import dataclass, replace

from analytics_data_api.rosters.name_search import Search


@dataclass(frozen=True)
class RosterRequest:
    """A request for a page of a roster. A filter that is None or empty selects every learner."""

    course_id: str
    search: Search | None
    segments: tuple[str, ...]
    ignore_segments: tuple[str, ...]
    cohort: str | None
    enrollment_mode: str | None
    order_by: str
    descending: bool
    page: int
    page_size: int
    highlight: bool
    fields: tuple[str, ...]

    def with_page_size_at_most(self, maximum: int) -> "RosterRequest":
        return replace(self, page_size=min(self.page_size, maximum))

    @property
    def has_filters(self) -> bool:
        return bool(self.segments or self.ignore_segments or self.cohort or self.enrollment_mode)
