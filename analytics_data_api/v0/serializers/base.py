"""What all serializers share: an answer's fields are declared once, and rows become answers by their order alone."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.db import models
from rest_framework import serializers

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
    """A column of the CSV form of an answer: where a row has its value, and whether it may hold any text."""

    name: str
    index: int
    key: str | None
    is_free_text: bool


def is_free_text(field: serializers.Field) -> bool:
    return not isinstance(
        field,
        serializers.IntegerField
        | serializers.FloatField
        | serializers.BooleanField
        | serializers.DateField
        | serializers.RegexField,
    )


class RowSerializer(serializers.ModelSerializer):
    """Declares the fields of an answer, in their order. Rows have their values in the same order.

    ``Meta.omitted_when_null`` names fields that are left out of an object in which they are null.
    ``Meta.has_extra_fields`` says that a row ends with one value more: a mapping of fields whose names depend on the
    data. They follow the declared fields, sorted.
    """

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DateTimeField: WireDateTimeField,
    }

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        for name, field in fields.items():
            # For the API's description: everything that an answer always has is required there.
            field.required = name not in self.omitted_when_null()
        return fields

    @classmethod
    def omitted_when_null(cls) -> tuple[str, ...]:
        return getattr(cls.Meta, "omitted_when_null", ())

    @classmethod
    def has_extra_fields(cls) -> bool:
        return getattr(cls.Meta, "has_extra_fields", False)

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
        dicts = [dict(zip(names, row, strict=True)) for row in rows]
        for name in omitted:
            for item in dicts:
                if item[name] is None:
                    del item[name]
        return dicts

    @classmethod
    @cache
    def columns(cls) -> tuple[Column, ...]:
        """The declared columns of the CSV form: a nested object is spread over ``field.key``."""
        columns = []
        for index, (name, field) in enumerate(cls().fields.items()):
            if isinstance(field, serializers.BaseSerializer):
                for key, inner in field.fields.items():
                    columns.append(Column(f"{name}.{key}", index, key, is_free_text(inner)))
            else:
                columns.append(Column(name, index, None, is_free_text(field)))
        return tuple(columns)

    @classmethod
    def extra_columns(cls, rows: Iterable[Row]) -> tuple[Column, ...]:
        """The columns of the fields whose names depend on the rows."""
        if not cls.has_extra_fields():
            return ()
        extra: set[str] = set()
        for row in rows:
            last: Mapping[str, Any] = row[-1]
            extra.update(last)
        return tuple(Column(name, -1, name, True) for name in sorted(extra))
