"""What all serializers share: an answer's fields are declared once, and rows become answers by their order alone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.db import models
from rest_framework import serializers

from analytics_data_api.web import encoding

Row = Sequence[Any]

DATE_TIME_PATTERN = r"^\d{4}-\d{2}-\d{2}T\d{6}$"
ISO_DATE_TIME_PATTERN = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$"


class WireDateTimeField(serializers.RegexField):
    """A date-time as this API writes it: ``YYYY-MM-DDTHHMMSS``, UTC. The database has already written it so."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(DATE_TIME_PATTERN, **kwargs)


class IsoDateTimeField(serializers.RegexField):
    """A date-time in ISO 8601 with a ``Z``, as a few of the documented answers have it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(ISO_DATE_TIME_PATTERN, **kwargs)


class Column(NamedTuple):
    """A column of the CSV form of an answer: where a row has its value, and whether it may hold any text.

    The value is the one at ``place`` of the row, or what stands in that one under the ``keys``, one inside the other.
    """

    name: str
    place: int
    keys: tuple[str, ...]
    is_free_text: bool


class ByNameField(serializers.DictField):
    """Values by names that depend on the data. Known names are columns of the CSV form even where no row has them."""

    def __init__(self, *, child: serializers.Field, known_names: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(child=child, **kwargs)
        self.known_names = tuple(known_names)


class CountsByNameField(ByNameField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=serializers.IntegerField(), **kwargs)


def is_free_text(field: serializers.Field) -> bool:
    return not isinstance(
        field,
        serializers.IntegerField
        | serializers.FloatField
        | serializers.BooleanField
        | serializers.DateField
        | serializers.RegexField,
    )


def field_columns(field: serializers.Field, name: str, place: int, keys: tuple[str, ...] = ()) -> Iterator[Column]:
    """The columns of a field: ``field.key`` for each of a nested object's, however deep."""
    if isinstance(field, serializers.BaseSerializer):
        for key, inner in field.fields.items():
            yield from field_columns(inner, f"{name}.{key}", place, (*keys, key))
    elif isinstance(field, ByNameField):
        for key in field.known_names:
            yield from field_columns(field.child, f"{name}.{key}", place, (*keys, key))
    else:
        yield Column(name, place, keys, is_free_text(field))


class RowFields(serializers.Serializer):
    """Declares the fields of an answer, in their order. Rows have their values in the same order.

    ``Meta.omitted_when_null`` names fields that are left out of an object in which they are null.
    ``Meta.has_extra_fields`` says that a row ends with one value more: a mapping of fields whose names depend on the
    data. They follow the declared fields, sorted.
    ``Meta.picked_by_request`` says that a request may pick fields, so that none of them has to be there.
    """

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        for name, field in fields.items():
            # For the API's description: everything that an answer always has is required there.
            field.required = name not in self.omitted_when_null() and not self.meta("picked_by_request")
        return fields

    @classmethod
    def meta(cls, name: str) -> Any:
        return getattr(getattr(cls, "Meta", None), name, None)

    @classmethod
    def omitted_when_null(cls) -> tuple[str, ...]:
        return cls.meta("omitted_when_null") or ()

    @classmethod
    def has_extra_fields(cls) -> bool:
        return bool(cls.meta("has_extra_fields"))

    @classmethod
    @cache
    def names(cls) -> tuple[str, ...]:
        return tuple(cls().fields)

    @classmethod
    def to_dicts(cls, rows: Iterable[Row]) -> list[dict[str, Any]]:
        """The objects of an answer. Not a field is asked: the rows hold what goes on the wire."""
        names = cls.names()
        omitted = cls.omitted_when_null()
        if cls.has_extra_fields():
            return [{**dict(zip(names, row, strict=False)), **row[-1]} for row in rows]
        # A check of the lengths, row by row, costs half as much as the objects themselves; a test holds them equal.
        dicts = [dict(zip(names, row)) for row in rows]  # noqa: B905
        for name in omitted:
            for item in dicts:
                if item[name] is None:
                    del item[name]
        return dicts

    @classmethod
    def to_objects(cls, rows: Iterable[Row]) -> Sequence[Any]:
        """The objects of an answer for the encoder alone, which writes them far faster than dictionaries."""
        if cls.omitted_when_null() or cls.has_extra_fields():
            return cls.to_dicts(rows)
        return encoding.objects(cls.names(), rows)

    @classmethod
    @cache
    def columns(cls) -> tuple[Column, ...]:
        """The declared columns of the CSV form."""
        fields = enumerate(cls().fields.items())
        return tuple(column for place, (name, field) in fields for column in field_columns(field, name, place))

    @classmethod
    @cache
    def fields_by_name(cls) -> dict[int, tuple[str, ByNameField]]:
        """The fields of which not all names are known, by their place in a row."""
        return {
            place: (name, field)
            for place, (name, field) in enumerate(cls().fields.items())
            if isinstance(field, ByNameField)
        }

    @classmethod
    def has_extra_columns(cls) -> bool:
        return cls.has_extra_fields() or bool(cls.fields_by_name())

    @classmethod
    def extra_columns(cls, rows: Iterable[Row]) -> tuple[Column, ...]:
        """The columns of the fields whose names depend on the rows, sorted."""
        places = [*cls.fields_by_name(), *([-1] if cls.has_extra_fields() else [])]
        found: dict[int, set[str]] = {place: set() for place in places}
        for row in rows:
            for place in places:
                value: Mapping[str, Any] = row[place]
                found[place].update(value)
        extra = [Column(key, -1, (key,), True) for key in found.get(-1, ())]
        for place, (name, field) in cls.fields_by_name().items():
            for key in found[place].difference(field.known_names):
                extra += field_columns(field.child, f"{name}.{key}", place, (key,))
        return tuple(sorted(extra))


class RowSerializer(RowFields, serializers.ModelSerializer):
    """Declares the fields of an answer whose rows are those of a table."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DateTimeField: WireDateTimeField,
    }
