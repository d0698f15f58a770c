"""Pages of a list, with the envelope and the links around them."""

from dataclasses import dataclass, field
from math import ceil

from rest_framework.utils.urls import replace_query_param

from analytics_data_api.errors import ResourceNotFound


@dataclass(frozen=True)
class ListPage:
    """A page of ``size`` rows. The first page has number 1."""

    number: int
    size: int

    @property
    def start(self) -> int:
        """The number of rows before the page."""
        return (self.number - 1) * self.size


@dataclass(frozen=True)
class PageLinks:
    """A page's place in a list of ``count`` rows."""

    page: ListPage
    count: int
    # None if no URL can say all of the request.
    url: str | None
    # Other keys of the envelope.
    more: dict[str, str] = field(default_factory=dict)

    @property
    def num_pages(self) -> int:
        """The number of pages. An empty list has one empty page."""
        return max(1, ceil(self.count / self.page.size))

    def refuse_missing_page(self) -> None:
        """Raise an error if the list ends before the page."""
        if self.page.number > self.num_pages:
            raise ResourceNotFound(f"page {self.page.number} does not exist: the last page is {self.num_pages}.")

    @property
    def next(self) -> str | None:
        return self._url(self.page.number + 1) if self.page.number < self.num_pages else None

    @property
    def previous(self) -> str | None:
        return self._url(self.page.number - 1) if self.page.number > 1 else None

    def _url(self, number: int) -> str | None:
        return self.url and replace_query_param(self.url, "page", number)

    def envelope(self) -> dict[str, int | str | None]:
        """Return the keys of a paged response beside ``results``."""
        links = {"next": self.next, "previous": self.previous}
        return {"count": self.count, "num_pages": self.num_pages, **links, **self.more}

    def link_header(self) -> str | None:
        """Return the ``Link`` header (RFC 8288) with rel next and prev, or None if there is only one page."""
        links = [f'<{url}>; rel="{rel}"' for rel, url in (("next", self.next), ("prev", self.previous)) if url]
        return ", ".join(links) or None
