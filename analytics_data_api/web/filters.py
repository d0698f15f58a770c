"""Filters of rows, declared with django-filter and used without its forms, which cost more than a short query.

The field of each filter cleans its parameter. The filters are applied once, when a statement is compiled.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django_filters import Filter, FilterSet
from rest_framework import serializers

from analytics_data_api.web.fields import CourseIdField, TimeField
from analytics_data_api.web.parameters import RequestParameters


class CourseFilter(Filter):
    field_class = CourseIdField


class TimeFilter(Filter):
    field_class = TimeField


class RowFilters(RequestParameters, FilterSet):
    """Filters of the rows of a response. A filter with ``method=`` needs a filter set of the request, so use none."""

    @classmethod
    @cache
    def parameters(cls) -> Mapping[str, serializers.Field]:
        return {name: declared.field for name, declared in cls.base_filters.items()}

    @classmethod
    def filtered(cls, rows: QuerySet, **values: Any) -> QuerySet:
        """Return the rows that the filters of these names leave. A value of None does not filter."""
        for name, value in values.items():
            rows = cls.base_filters[name].filter(rows, value)
        return rows


class OneCourseFilters(RowFilters):
    """Filters that only name a course."""

    argument = "course_id"

    @classmethod
    def to_value(cls, *, course_id: str | None) -> str | None:
        return course_id


class PeriodFilters(RowFilters):
    """Filters with a ``start_date`` and an ``end_date``."""

    argument = "window"

    @classmethod
    def check(cls, values: dict[str, Any]) -> None:
        start, end = values["start_date"], values["end_date"]
        if start is not None and end is not None and start > end:
            raise serializers.ValidationError({"start_date": "a time not after end_date ({end_date})"})
