"""Describe which page of a roster a request asks for."""

from dataclasses import dataclass, replace

from analytics_data_api.rosters.name_search import Search


@dataclass(frozen=True)
class RosterRequest:
    """What a page of a roster is asked for. Filters that are None or empty do not filter."""

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

    def with_page_size_at_most(self, most: int) -> "RosterRequest":
        return replace(self, page_size=min(self.page_size, most))

    @property
    def has_filters(self) -> bool:
        return bool(self.segments or self.ignore_segments or self.cohort or self.enrollment_mode)
