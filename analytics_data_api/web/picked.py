"""Write only the fields that a request asks for."""

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

from rest_framework import serializers

from analytics_data_api.sql.rows import Row
from analytics_data_api.web import encoding
from analytics_data_api.web.serializers import CsvColumn, RowFields


class PickedFields:
    """Replaces a serializer when a request picks fields.

    ``fields`` are names of fields, or of columns inside a nested field (``enrollment_modes.audit.count``), in the order
    of the response; None means all fields. ``exclude`` are names to leave out, inside nested fields too. ``is_ordered`` is
    True if the request orders the columns of the CSV form.
    """

    def __init__(
        self,
        serializer: type[RowFields],
        *,
        fields: Sequence[str] | None = None,
        exclude: Iterable[str] = (),
        is_ordered: bool = False,
    ) -> None:
        self.serializer = serializer
        self.exclude = frozenset(exclude)
        self.is_ordered = is_ordered
        asked = serializer.names() if fields is None else fields
        self.asked = [name for name in asked if self.exclude.isdisjoint({name, *name.split(".")[::2]})]
        # Each field once, at the place of its first name.
        self.names = tuple(dict.fromkeys(name.partition(".")[0] for name in self.asked))
        self.indexes = [serializer.names().index(name) for name in self.names]
        # The nested fields that do not stay as the rows have them.
        self.partial = [
            name
            for name, field in serializer.fields_by_name().values()
            if isinstance(field.child, serializers.BaseSerializer)
            and name in self.names
            and (name not in self.asked or self.exclude)
        ]

    def picked(self, rows: Iterable[Row]) -> Iterable[Row]:
        """Return the rows with only the picked values."""
        if self.indexes == list(range(len(self.serializer.names()))):
            return rows
        if len(self.indexes) < 2:
            return (tuple(row[index] for index in self.indexes) for row in rows)
        return map(itemgetter(*self.indexes), rows)

    def to_dicts(self, rows: Iterable[Row]) -> list[dict[str, Any]]:
        dicts = [dict(zip(self.names, row, strict=True)) for row in self.picked(rows)]
        for name in self.partial:
            for item in dicts:
                item[name] = self.part_of(name, item[name])
        return dicts

    def to_objects(self, rows: Iterable[Row]) -> Sequence[Any]:
        return self.to_dicts(rows) if self.partial else encoding.objects(self.names, self.picked(rows))

    def has_column(self, name: str) -> bool:
        """Return True if a column or its field was named and is not excluded."""
        field, _, rest = name.partition(".")
        return (name in self.asked or field in self.asked) and rest.rpartition(".")[2] not in self.exclude

    def part_of(self, name: str, value: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        parts = {
            key: {inner: number for inner, number in counts.items() if self.has_column(f"{name}.{key}.{inner}")}
            for key, counts in value.items()
        }
        return parts if name in self.asked else {key: counts for key, counts in parts.items() if counts}

    def columns(self) -> tuple[CsvColumn, ...]:
        columns = [column for column in self.serializer.columns() if self.has_column(column.name)]
        return tuple(sorted(columns, key=self.place_of))

    def place_of(self, column: CsvColumn) -> int:
        """Return the place at which a column was named. The columns of one field keep their order."""
        return self.asked.index(column.name if column.name in self.asked else column.name.partition(".")[0])

    def has_extra_columns(self) -> bool:
        return any(name in self.names for name, _field in self.serializer.fields_by_name().values())

    def extra_columns(self, rows: Iterable[Row]) -> tuple[CsvColumn, ...]:
        return tuple(column for column in self.serializer.extra_columns(rows) if self.has_column(column.name))
