"""What is said of a data set: its columns, its size, its links, and a JSON Schema of its rows."""

from typing import Any

from rest_framework import serializers

from analytics_data_api.data_sets.declarations import Column, DataSet
from analytics_data_api.web.serializers import DATE_TIME_PATTERN, RowFields, WireDateTimeField

JSON_SCHEMA = "https://json-schema.org/draft/2020-12/schema"


class ColumnSerializer(serializers.Serializer):
    name = serializers.CharField(help_text="Name of the column.")
    type = serializers.ChoiceField(
        choices=["array", "boolean", "integer", "number", "string"], help_text="Type of its values, in JSON."
    )
    format = serializers.CharField(
        allow_null=True, help_text="Form of its texts: date (YYYY-MM-DD) or YYYY-MM-DDTHHMMSS (UTC); null: any text."
    )
    unit = serializers.CharField(allow_null=True, help_text="What a number counts; null: nothing.")
    nullable = serializers.BooleanField(help_text="Whether a value may be null.")
    personal = serializers.BooleanField(help_text="Whether a value is personal data.")
    description = serializers.CharField(help_text="What the column says.")


class LinksSerializer(serializers.Serializer):
    self = serializers.CharField(help_text="This data set, with a JSON Schema of its rows.")
    rows = serializers.CharField(help_text="Its rows.")
    partitions = serializers.CharField(help_text="Its size by course.")


class DataSetSerializer(RowFields):
    name = serializers.CharField(help_text="Name of the data set, as it stands in URLs.")
    table = serializers.CharField(help_text="Name of the table of the analytics database.")
    description = serializers.CharField(help_text="What a row says.")
    unique_key = serializers.ListField(
        child=serializers.CharField(),
        help_text="Columns that name what a row is about; of several rows of one key the latest created counts.",
    )
    columns = serializers.ListField(child=ColumnSerializer(), help_text="The columns; in CSV their names.")
    rows = serializers.IntegerField(help_text="Number of rows.")
    last_refreshed = WireDateTimeField(
        allow_null=True, help_text="When its latest row was created, UTC; null: no rows."
    )
    personal = serializers.BooleanField(help_text="Whether any column holds personal data.")
    links = LinksSerializer(help_text="URLs.")


class DescribedDataSetSerializer(DataSetSerializer):
    schema = serializers.JSONField(help_text="JSON Schema of the rows, as JSON and JSON lines have them.")


class DataSetRowSerializer(RowFields):
    """A row: its columns are those that the data set's description names."""

    has_free_fields = True


class PartitionSerializer(RowFields):
    course_id = serializers.CharField(
        allow_null=True, help_text="Id of the course; null: rows of video timelines whose video no course has."
    )
    rows = serializers.IntegerField(help_text="Number of rows of the course.")
    first_created = WireDateTimeField(help_text="When the first of them was created, UTC.")
    last_created = WireDateTimeField(help_text="When the last of them was created, UTC.")


COLUMN_KEYS = tuple(ColumnSerializer().fields)


def column_object(column: Column) -> dict[str, Any]:
    return {key: getattr(column, key) for key in COLUMN_KEYS}


def data_set_row(
    data_set: DataSet, size: int, last_refreshed: str | None, links: dict[str, str], *, is_csv: bool
) -> tuple[Any, ...]:
    """The row of ``DataSetSerializer``."""
    columns = [column.name if is_csv else column_object(column) for column in data_set.columns]
    return (
        data_set.name,
        data_set.table,
        data_set.description,
        list(data_set.unique_key),
        columns,
        size,
        last_refreshed,
        data_set.personal,
        links,
    )


def json_schema(data_set: DataSet) -> dict[str, Any]:
    """The JSON Schema of a row that has all columns."""
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
    schema: dict[str, Any] = {
        "description": column.description,
        "type": [column.type, "null"] if column.nullable else column.type,
    }
    if column.is_date:
        schema["format"] = "date"
    if column.is_date_time:
        schema["pattern"] = DATE_TIME_PATTERN
    if column.type == "array":
        schema["items"] = {"type": "string"}
    if column.unit:
        schema["x-unit"] = column.unit
    return schema
