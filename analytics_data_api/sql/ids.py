"""Columns of ids, which are compared as their tables compare them, or by code point where a query says so."""

from typing import Any

from django.db import models
from django.db.models.lookups import Exact, In

from analytics_data_api.course_keys import ExactText
from analytics_data_api.sql.functions import CodePoints


class IdField(models.CharField):
    """A text. Its lookups compare an ``ExactText`` by code point as well; the other comparison leads to the index."""

    def deconstruct(self) -> Any:
        # To a database, and so to a migration, it is a text.
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


@IdField.register_lookup
class ExactId(Exact):
    def as_sql(self, compiler: Any, connection: Any) -> Any:
        sql, params = super().as_sql(compiler, connection)
        if not isinstance(self.rhs, ExactText):
            return sql, params
        column, of_column = compiler.compile(CodePoints(self.lhs))
        return f"({sql} AND {column} = %s)", [*params, *of_column, self.rhs]


@IdField.register_lookup
class IdIn(In):
    def as_sql(self, compiler: Any, connection: Any) -> Any:
        sql, params = super().as_sql(compiler, connection)
        if not isinstance(self.rhs, list) or not any(isinstance(value, ExactText) for value in self.rhs):
            return sql, params
        column, of_column = compiler.compile(CodePoints(self.lhs))
        values = [value for value in self.rhs if value is not None]
        return f"({sql} AND {column} IN ({', '.join(['%s'] * len(values))}))", [*params, *of_column, *values]
