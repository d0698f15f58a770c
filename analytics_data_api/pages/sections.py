"""The parts that a page is made of, in the order in which it shows them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from analytics_data_api.pages.figures import DESCENDING_SIGN, Chart, FigureTable, TableColumn, written
from analytics_data_api.pages.request_box import ApiRequest

# Rows of a table on one page of it. A chart always has all rows.
TABLE_ROWS = 100


@dataclass(frozen=True)
class Section:
    """A chart with its table and the request behind them, or the reason why there is nothing to show."""

    id: str
    heading: Any
    figures: FigureTable | None = None
    chart: Chart | None = None
    request: ApiRequest | None = None
    # A sentence below the heading.
    about: Any = ""
    # Shown if the figures have no rows: what is missing, and what to do.
    empty: Any = ""
    # A template between the heading and the chart, such as the form of a range of days.
    controls: str = ""

    @property
    def is_empty(self) -> bool:
        return self.figures is not None and not self.figures.rows


@dataclass(frozen=True)
class Content:
    """All that a page shows. ``up_to`` and ``computed`` are the wire texts of its last day and of its computation."""

    cards: Sequence[Any] = ()
    sections: Sequence[Section] = ()
    up_to: str | None = None
    computed: str | None = None
    # Further values for the template of the page.
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return all(section.is_empty for section in self.sections) and not any(
            card.value is not None for card in self.cards
        )


@dataclass(frozen=True)
class Heading:
    """A column's head with the link that sorts by it."""

    column: TableColumn
    url: str
    # ascending, descending or none, as in aria-sort.
    sorted: str


@dataclass(frozen=True)
class SortedTable:
    """FigureTable as the URL sorts and pages them. ``sort`` is the name of a column, ``-`` in front of it descends."""

    figures: FigureTable
    query: Any
    size: int = TABLE_ROWS

    def _parameter(self, name: str) -> str:
        return f"{self.figures.id}_{name}"

    @property
    def sort(self) -> str:
        wanted = self.query.get(self._parameter("sort"), "")
        known = {column.name for column in self.figures.columns}
        return wanted if wanted.removeprefix(DESCENDING_SIGN) in known else self.figures.sort

    def url(self, **changes: Any) -> str:
        query = self.query.copy()
        for name, value in changes.items():
            if value:
                query[self._parameter(name)] = value
            else:
                query.pop(self._parameter(name), None)
        return f"?{query.urlencode()}#{self.figures.id}"

    @property
    def headings(self) -> list[Heading]:
        name, is_descending = self.sort.removeprefix(DESCENDING_SIGN), self.sort.startswith(DESCENDING_SIGN)
        headings = []
        for column in self.figures.columns:
            state = ("descending" if is_descending else "ascending") if column.name == name else "none"
            # Numbers are most often looked for from the top.
            turned = state == "ascending" or (state == "none" and column.is_number)
            sort = DESCENDING_SIGN * turned + column.name
            headings.append(Heading(column, self.url(sort=sort, page=None), state))
        return headings

    @property
    def rows(self) -> list[Any]:
        if not self.sort:
            return list(self.figures.rows)
        return self.figures.sorted_by(self.sort.removeprefix(DESCENDING_SIGN), self.sort.startswith(DESCENDING_SIGN))

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.figures.rows) // self.size))

    @property
    def page(self) -> int:
        text = self.query.get(self._parameter("page"), "1")
        return min(self.pages, max(1, int(text))) if text.isdecimal() and len(text) < 9 else 1

    @property
    def previous(self) -> str:
        return self.url(page=self.page - 1) if self.page > 1 else ""

    @property
    def next(self) -> str:
        return self.url(page=self.page + 1) if self.page < self.pages else ""

    @property
    def cells(self) -> list[Any]:
        """Return the rows of the page: for each its key and its cells of (text, column, link)."""
        start = (self.page - 1) * self.size
        return [
            (
                row[self.figures.key_place],
                [
                    (
                        written(value, column.kind),
                        column,
                        self.figures.links.get(row[self.figures.key_place], "") if not place else "",
                    )
                    for place, (value, column) in enumerate(zip(row, self.figures.columns, strict=True))
                ],
            )
            for row in self.rows[start : start + self.size]
        ]
