"""The base of all serializers. The fields of a response are declared once; the values of a row are in their order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.db import models
from rest_framework import serializers

from analytics_data_api.sql.rows import Row
from analytics_data_api.web import encoding

DATE_TIME_PATTERN = r"^\d{4}-\d{2}-\d{2}T\d{6}$"
ISO_DATE_TIME_PATTERN = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$"


class WireDateTimeField(serializers.RegexField):
    """A date-time as this API writes it: ``YYYY-MM-DDTHHMMSS``, UTC. The database already returns this text."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(DATE_TIME_PATTERN, **kwargs)


class IsoDateTimeField(serializers.RegexField):
    """A date-time in ISO 8601 with a ``Z``, as a few documented responses have it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(ISO_DATE_TIME_PATTERN, **kwargs)


class CsvColumn(NamedTuple):
    """A column of a CSV file. Its value is at ``place`` of a row, under the nested ``keys`` if there are any."""

    name: str
    place: int
    keys: tuple[str, ...]
    is_free_text: bool


class ByNameField(serializers.DictField):
    """Values by names that depend on the data. Known names are columns of CSV files even if no row has them."""

    def __init__(self, *, child: serializers.Field, known_names: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(child=child, **kwargs)
        self.known_names = tuple(known_names)


class CountsByNameField(ByNameField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=serializers.IntegerField(), **kwargs)


# Fields whose values a spreadsheet cannot run as a formula.
HARMLESS_FIELDS = (
    serializers.IntegerField,
    serializers.FloatField,
    serializers.BooleanField,
    serializers.DateField,
    serializers.RegexField,
)


def field_columns(field: serializers.Field, name: str, place: int, keys: tuple[str, ...] = ()) -> Iterator[CsvColumn]:
    """Yield the columns of a field: ``field.key`` for each key of a nested object, at any depth."""
    if isinstance(field, serializers.BaseSerializer):
        for key, inner in field.fields.items():
            yield from field_columns(inner, f"{name}.{key}", place, (*keys, key))
    elif isinstance(field, ByNameField):
        for key in field.known_names:
            yield from field_columns(field.child, f"{name}.{key}", place, (*keys, key))
    else:
        yield CsvColumn(name, place, keys, not isinstance(field, HARMLESS_FIELDS))


class RowFields(serializers.Serializer):
    """Declares the fields of a response in the order of a row's values."""

    # Fields that an object does not have if they are null.
    omitted_when_null: tuple[str, ...] = ()
    # True if a row ends with one more value: a sorted mapping of further fields, whose names depend on the data.
    has_extra_fields = False
    # True if the objects have any fields: the description cannot name them.
    has_free_fields = False
    # True if a request can pick fields, so that the description requires none.
    picked_by_request = False

    # True if the request has ordered the columns.
    is_ordered = False

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        for name, field in fields.items():
            # In the API's description a field is required if every response has it.
            field.required = name not in self.omitted_when_null and not self.picked_by_request
        return fields

    @classmethod
    @cache
    def names(cls) -> tuple[str, ...]:
        return tuple(cls().fields)

    @classmethod
    def to_dicts(cls, rows: Iterable[Row]) -> list[dict[str, Any]]:
        """Return the objects of a response. No field is asked, because the rows hold what goes on the wire."""
        names = cls.names()
        if cls.has_extra_fields:
            return [{**dict(zip(names, row, strict=False)), **row[-1]} for row in rows]
        # A test holds the lengths equal. To check them here would cost half as much as the objects.
        dicts = [dict(zip(names, row)) for row in rows]  # noqa: B905
        for name in cls.omitted_when_null:
            for item in dicts:
                if item[name] is None:
                    del item[name]
        return dicts

    @classmethod
    def to_objects(cls, rows: Iterable[Row]) -> Sequence[Any]:
        """Return the objects of a response in a form that the encoder writes far faster than dictionaries."""
        if cls.omitted_when_null or cls.has_extra_fields:
            return cls.to_dicts(rows)
        return encoding.objects(cls.names(), rows)

    @classmethod
    @cache
    def columns(cls) -> tuple[CsvColumn, ...]:
        """Return the columns that do not depend on the rows."""
        fields = enumerate(cls().fields.items())
        return tuple(column for place, (name, field) in fields for column in field_columns(field, name, place))

    @classmethod
    @cache
    def fields_by_name(cls) -> dict[int, tuple[str, ByNameField]]:
        """Return the fields whose keys depend on the rows, by their place in a row."""
        fields = enumerate(cls().fields.items())
        return {place: (name, field) for place, (name, field) in fields if isinstance(field, ByNameField)}

    @classmethod
    def has_extra_columns(cls) -> bool:
        return cls.has_extra_fields or bool(cls.fields_by_name())

    @classmethod
    def extra_columns(cls, rows: Iterable[Row]) -> tuple[CsvColumn, ...]:
        """Return the columns whose names depend on the rows, sorted."""
        places = [*cls.fields_by_name(), *([-1] if cls.has_extra_fields else [])]
        found: dict[int, set[str]] = {place: set() for place in places}
        for row in rows:
            for place in places:
                value: Mapping[str, Any] = row[place]
                found[place].update(value)
        extra = [CsvColumn(key, -1, (key,), True) for key in found.get(-1, ())]
        for place, (name, field) in cls.fields_by_name().items():
            for key in found[place].difference(field.known_names):
                extra += field_columns(field.child, f"{name}.{key}", place, (key,))
        return tuple(sorted(extra))


class RowSerializer(RowFields, serializers.ModelSerializer):
    """Declares the fields of a response whose rows come from a table."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DateTimeField: WireDateTimeField,
    }
