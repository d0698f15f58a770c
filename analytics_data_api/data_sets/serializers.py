"""Descriptions of data sets: columns, size, links and a JSON Schema of the rows."""

from typing import Any

from rest_framework import serializers

from analytics_data_api.data_sets.declarations import Column, DataSet
from analytics_data_api.web.serializers import DATE_TIME_PATTERN, RowFields, WireDateTimeField

JSON_SCHEMA = "https://json-schema.org/draft/2020-12/schema"


class ColumnSerializer(serializers.Serializer):
    name = serializers.CharField(help_text="Name of the column.")
    type = serializers.ChoiceField(
        choices=["array", "boolean", "integer", "number", "string"], help_text="JSON type of its values."
    )
    format = serializers.CharField(
        allow_null=True,
        help_text="Format of its texts: date (YYYY-MM-DD) or YYYY-MM-DDTHHMMSS (UTC); null for any text.",
    )
    unit = serializers.CharField(allow_null=True, help_text="Unit of its numbers; null if they have none.")
    nullable = serializers.BooleanField(help_text="True if a value may be null.")
    personal = serializers.BooleanField(help_text="True if a value is personal data.")
    description = serializers.CharField(help_text="Meaning of the column.")


class LinksSerializer(serializers.Serializer):
    self = serializers.CharField(help_text="This data set, with a JSON Schema of its rows.")
    rows = serializers.CharField(help_text="Its rows.")
    partitions = serializers.CharField(help_text="Its number of rows by course.")


class DataSetSerializer(RowFields):
    name = serializers.CharField(help_text="Name of the data set, as in URLs.")
    table = serializers.CharField(help_text="Name of the table in the analytics database.")
    description = serializers.CharField(help_text="Meaning of a row.")
    unique_key = serializers.ListField(
        child=serializers.CharField(),
        help_text="Columns that identify a row's subject. If several rows have the same key, the one created last counts.",
    )
    columns = serializers.ListField(child=ColumnSerializer(), help_text="The columns; in CSV only their names.")
    rows = serializers.IntegerField(help_text="Number of rows.")
    last_refreshed = WireDateTimeField(
        allow_null=True, help_text="When the latest row was created, UTC; null if empty."
    )
    personal = serializers.BooleanField(help_text="True if any column has personal data.")
    links = LinksSerializer(help_text="URLs.")


class DescribedDataSetSerializer(DataSetSerializer):
    schema = serializers.JSONField(help_text="JSON Schema of the rows in JSON and JSON lines.")


class DataSetRowSerializer(RowFields):
    """A row. The description of the data set names its columns."""

    has_free_fields = True


class PartitionSerializer(RowFields):
    course_id = serializers.CharField(
        allow_null=True,
        help_text="Id of the course; null for timelines of videos that no course has, and for rows that belong to none.",
    )
    rows = serializers.IntegerField(help_text="Number of rows of the course.")
    first_created = WireDateTimeField(help_text="When the first of them was created, UTC.")
    last_created = WireDateTimeField(help_text="When the last of them was created, UTC.")


COLUMN_KEYS = tuple(ColumnSerializer().fields)


def data_set_row(
    data_set: DataSet, size: int, last_refreshed: str | None, links: dict[str, str], *, is_csv: bool
) -> tuple[Any, ...]:
    """Return the row of ``DataSetSerializer``."""
    columns = [c.name if is_csv else {key: getattr(c, key) for key in COLUMN_KEYS} for c in data_set.columns]
    head = (data_set.name, data_set.table, data_set.description, list(data_set.unique_key))
    return (*head, columns, size, last_refreshed, data_set.personal, links)


def json_schema(data_set: DataSet) -> dict[str, Any]:
    """Return the JSON Schema of a row that has all columns."""
    return {
        "$schema": JSON_SCHEMA,
        "title": data_set.name,
        "description": data_set.description,
        "type": "object",
        "properties": {column.name: property_schema(column) for column in data_set.columns},
        "required": [column.name for column in data_set.columns],
        "additionalProperties": False,
    }


def property_schema(column: Column) -> dict[str, Any]:
    type_: Any = [column.type, "null"] if column.nullable else column.type
    schema: dict[str, Any] = {"description": column.description, "type": type_}
    if column.is_date:
        schema["format"] = "date"
    if column.is_date_time:
        schema["pattern"] = DATE_TIME_PATTERN
    if column.type == "array":
        schema["items"] = {"type": "string"}
    if column.unit:
        schema["x-unit"] = column.unit
    return schema
