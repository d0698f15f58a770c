"""How parameters are declared and read.

A parameter is a field of a DRF serializer: its declaration says what it accepts, and the API's description is made of the
same declaration. The fields of the class are used as they are, since they keep no state: building a form or a serializer
for each request would cost more than many of the queries that it is for.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rest_framework import serializers

from analytics_data_api.auth.access import UNRESTRICTED, Access
from analytics_data_api.course_keys import course_id_of_query
from analytics_data_api.errors import IllegalParameterValues
from analytics_data_api.web.times import ALLOWED_TIMES, parse_time


class Parameters(serializers.Serializer):
    """The parameters of an endpoint. ``read()`` makes a value of them, which subclasses define with ``to_value()``."""

    @classmethod
    def parameters(cls) -> Mapping[str, serializers.Field]:
        return cls._declared_fields

    @classmethod
    def read(cls, query: Mapping[str, str], *, access: Access = UNRESTRICTED) -> Any:
        """The value of a query string. A parameter that is absent or empty is None; unknown ones are ignored.

        A course that must not be seen is refused.
        """
        values = {}
        for name, field in cls.parameters().items():
            text = query.get(name)
            values[name] = None if text is None or text == "" else cls.parse(name, field, text)
        try:
            return cls.to_value(**access.ids(values))
        except serializers.ValidationError as error:
            ((name, allowed),) = error.detail.items()
            sent = {name: query.get(name) for name in values}
            raise IllegalParameterValues(name, sent[name], str(allowed).format(**sent)) from error

    @staticmethod
    def parse(name: str, field: serializers.Field, text: str) -> Any:
        try:
            return field.to_internal_value(text)
        except serializers.ValidationError as error:
            allowed = error.detail[0] if isinstance(error.detail, list) else error.detail
            raise IllegalParameterValues(name, text, allowed) from error

    @classmethod
    def to_value(cls, *args: Any, **values: Any) -> Any:
        """The immutable value that a query takes.

        Where values do not go together, a ValidationError says of one parameter what is allowed, with the names of others
        in braces for what was sent as them.
        """
        raise NotImplementedError


class NoParameters(Parameters):
    @classmethod
    def to_value(cls) -> None:
        return None


class TimeField(serializers.Field):
    """A point in time, UTC. The message of its error says what is allowed."""

    def to_internal_value(self, text: str) -> datetime:
        moment = parse_time(text)
        if moment is None:
            raise serializers.ValidationError(ALLOWED_TIMES)
        return moment


class WordField(serializers.ChoiceField):
    """One of a few words, in any case."""

    def to_internal_value(self, text: str) -> str:
        word = text.lower()
        if word not in self.choices:
            raise serializers.ValidationError(f"one of {', '.join(self.choices)}")
        return word


class CourseIdField(serializers.CharField):
    """The id of a course in a query string."""

    def to_internal_value(self, text: str) -> str:
        return course_id_of_query(text)
