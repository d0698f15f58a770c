"""FigureTable, declared once: a chart and the table of the same figures are made of the same rows, so they never differ."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

# The kind of a column decides how its values are written.
TEXT, DAY, NUMBER, PERCENT = "text", "day", "number", "percent"
DESCENDING_SIGN = "-"


def written(value: Any, kind: str = NUMBER) -> str:
    """Return a value as a person of the active language writes it. Nothing is shown as a dash."""
    if value is None or value == "":
        return "–"
    if kind == DAY:
        return date_format(date.fromisoformat(str(value)[:10]), "DATE_FORMAT")
    if kind == NUMBER:
        decimals = 0 if isinstance(value, int) or float(value).is_integer() else 2
        return number_format(value, decimal_pos=decimals, use_l10n=True, force_grouping=True)
    if kind == PERCENT:
        return _("%(number)s %%") % {"number": number_format(value, decimal_pos=1, use_l10n=True)}
    return str(value)


def share(part: int | None, whole: int | None) -> float | None:
    """Return a part in percent, or None if the whole is 0 or unknown. It is rounded as it is shown."""
    return round(100 * part / whole, 1) if whole and part is not None else None


@dataclass(frozen=True)
class TableColumn:
    """A column of figures: ``name`` stands in URLs, ``label`` is what people read, ``definition`` says what it means."""

    name: str
    label: Any
    kind: str = NUMBER
    definition: Any = ""

    @property
    def is_number(self) -> bool:
        return self.kind in (NUMBER, PERCENT)


@dataclass(frozen=True)
class FigureTable:
    """Rows of figures with their columns. ``links`` has the URL of a row's first cell by the row's first value."""

    id: str
    columns: Sequence[TableColumn]
    rows: Sequence[Sequence[Any]]
    caption: Any = ""
    links: Mapping[Any, str] = field(default_factory=dict)
    # The column whose value tells a row from the others, for its marking together with the chart. Default: the first.
    key: str = ""
    # The column by which the table is sorted if the URL names none, with a sign in front if it descends.
    sort: str = ""

    @classmethod
    def of(
        cls, id: str, columns: Sequence[TableColumn], dicts: Iterable[Mapping[str, Any]], **how: Any
    ) -> "FigureTable":
        """Return figures of the objects of a response, which have a value for the name of each column."""
        return cls(id, columns, [[each[column.name] for column in columns] for each in dicts], **how)

    def place(self, name: str) -> int:
        return [column.name for column in self.columns].index(name)

    @property
    def key_place(self) -> int:
        return self.place(self.key) if self.key else 0

    def values(self, name: str) -> list[Any]:
        place = self.place(name)
        return [row[place] for row in self.rows]

    def column(self, name: str) -> TableColumn:
        return self.columns[self.place(name)]

    def sorted_by(self, name: str, is_descending: bool) -> list[Sequence[Any]]:
        """Return the rows in the order of a column. Rows without a value are last in either direction."""
        place = self.place(name)
        known = [row for row in self.rows if row[place] is not None]
        unknown = [row for row in self.rows if row[place] is None]
        is_text = self.columns[place].kind == TEXT

        def key(row: Sequence[Any]) -> Any:
            return str(row[place]).casefold() if is_text else row[place]

        return [*sorted(known, key=key, reverse=is_descending), *unknown]


@dataclass(frozen=True)
class Chart:
    """A chart of figures: column ``x`` and the columns ``ys`` of it.

    ``kind`` is lines, area (stacked), bars, stacked (bars) or map, whose ``x`` is a two-letter code. ``title`` says the
    finding, ``unit`` what the numbers count. ``code`` is a column that is not text for people, such as a map's code.
    """

    figures: FigureTable
    kind: str
    x: str
    ys: Sequence[str]
    title: Any
    unit: Any
    # Labels of the x values that the chart points out, by the value.
    marks: Mapping[Any, str] = field(default_factory=dict)
    # Rows that only the table has, by their value of x.
    left_out: Sequence[Any] = ()
    # Labels of the x values of a map or of texts, by the value.
    labels: Mapping[Any, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.figures.id}-chart"

    def spec(self) -> dict[str, Any]:
        """Return what pages.js draws."""
        x = self.figures.column(self.x)
        kept = [row for row in self.figures.rows if row[self.figures.place(self.x)] not in self.left_out]
        values = {name: [row[self.figures.place(name)] for row in kept] for name in (self.x, *self.ys)}
        return {
            "kind": self.kind,
            "title": str(self.title),
            "unit": str(self.unit),
            "x": {"name": str(x.label), "kind": x.kind},
            "categories": values[self.x],
            "labels": {str(value): str(label) for value, label in self.labels.items()},
            "marks": {str(value): str(label) for value, label in self.marks.items()},
            "series": [
                {"name": name, "label": str(self.figures.column(name).label), "values": values[name],
                 "kind": self.figures.column(name).kind}
                for name in self.ys
            ],
        }  # fmt: skip

    def text(self) -> str:
        """Return the chart for those who cannot see it: what it shows, from where to where, and each line's ends."""
        spec = self.spec()
        if not spec["categories"]:
            return str(self.title)
        first, last = (self._label(spec, spec["categories"][end]) for end in (0, -1))
        lines = [
            _("%(name)s: from %(first)s to %(last)s, highest %(highest)s")
            % {
                "name": series["label"],
                "first": written(known[0], series["kind"]),
                "last": written(known[-1], series["kind"]),
                "highest": written(max(known), series["kind"]),
            }
            for series in spec["series"]
            if (known := [value for value in series["values"] if value is not None])
        ]
        what = _("Chart of %(unit)s by %(x)s, %(first)s to %(last)s.") % {
            "unit": spec["unit"], "x": spec["x"]["name"], "first": first, "last": last,
        }  # fmt: skip
        return " ".join([what, "; ".join(lines) + ".", _("The table below has the same figures.")])

    @staticmethod
    def _label(spec: Mapping[str, Any], value: Any) -> str:
        return spec["labels"].get(str(value)) or written(value, spec["x"]["kind"])


@dataclass(frozen=True)
class Card:
    """One figure in large, with its definition. ``note`` stands beside it, such as a share or a change."""

    label: Any
    value: Any
    definition: Any
    note: Any = ""
    kind: str = NUMBER

    @property
    def text(self) -> str:
        return written(self.value, self.kind)
