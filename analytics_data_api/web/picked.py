"""Those fields of a serializer that a request asks for."""

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

from rest_framework import serializers

from analytics_data_api.web import encoding
from analytics_data_api.web.serializers import Column, Row, RowSerializer


def has_parts(field: serializers.Field) -> bool:
    return isinstance(field, serializers.BaseSerializer)


class PickedFields:
    """Stands for a serializer where only some of its fields are asked for.

    ``fields`` are names of fields, or of columns inside an nested field (``enrollment_modes.audit.count``), in the order
    in which the answer has them; None are all. ``exclude`` are names of fields, which are left out inside nested fields,
    too.
    """

    def __init__(
        self, serializer: type[RowSerializer], *, fields: Sequence[str] | None = None, exclude: Iterable[str] = ()
    ) -> None:
        self.serializer = serializer
        self.exclude = frozenset(exclude)
        asked = serializer.names() if fields is None else fields
        self.asked = [name for name in asked if self.exclude.isdisjoint({name, *name.split(".")[::2]})]
        # Each field once, where it or the first of its columns was named.
        self.names = tuple(dict.fromkeys(name.partition(".")[0] for name in self.asked))
        self.indexes = [serializer.names().index(name) for name in self.names]
        # Of these, parts can be left out: objects by names that depend on the data.
        self.nested = [name for name, field in serializer.fields_by_name().values() if has_parts(field.child)]

    def picked(self, rows: Iterable[Row]) -> Iterable[Row]:
        """The values of the fields that are asked for."""
        if self.indexes == list(range(len(self.serializer.names()))):
            return rows
        if len(self.indexes) < 2:
            return (tuple(row[index] for index in self.indexes) for row in rows)
        return map(itemgetter(*self.indexes), rows)

    def to_dicts(self, rows: Iterable[Row]) -> list[dict[str, Any]]:
        dicts = [dict(zip(self.names, row, strict=True)) for row in self.picked(rows)]
        for name in self.names:
            if name in self.nested and not self.has_whole(name):
                for item in dicts:
                    item[name] = self.part_of(name, item[name])
        return dicts

    def to_objects(self, rows: Iterable[Row]) -> Sequence[Any]:
        """The objects for the encoder alone."""
        if any(name in self.nested and not self.has_whole(name) for name in self.names):
            return self.to_dicts(rows)
        return encoding.objects(self.names, self.picked(rows))

    def has_whole(self, name: str) -> bool:
        """Whether an nested field is as the rows have it."""
        return name in self.asked and not self.exclude

    def has_column(self, name: str) -> bool:
        """Whether a column was named, itself or by its field, and is not left out."""
        field, _, rest = name.partition(".")
        return (name in self.asked or field in self.asked) and rest.rpartition(".")[2] not in self.exclude

    def part_of(self, name: str, value: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        parts = {
            key: {inner: number for inner, number in counts.items() if self.has_column(f"{name}.{key}.{inner}")}
            for key, counts in value.items()
        }
        return parts if name in self.asked else {key: counts for key, counts in parts.items() if counts}

    def columns(self) -> tuple[Column, ...]:
        columns = [column for column in self.serializer.columns() if self.has_column(column.name)]
        return tuple(sorted(columns, key=self.place_of))

    def place_of(self, column: Column) -> int:
        """Where a column was named. The columns of one field stay in their order."""
        return self.asked.index(column.name if column.name in self.asked else column.name.partition(".")[0])

    def has_extra_fields(self) -> bool:
        return False

    def has_extra_columns(self) -> bool:
        return any(name in self.names for name, _field in self.serializer.fields_by_name().values())

    def extra_columns(self, rows: Iterable[Row]) -> tuple[Column, ...]:
        return tuple(column for column in self.serializer.extra_columns(rows) if self.has_column(column.name))
