"""Read the query string or the body of a request as a validated, immutable value.

A parameter is a field of a DRF serializer, or of a filter in ``filters.py``. The declared fields are used as they stand,
because they keep no state: building a form or a serializer for each request costs more than many queries.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.http import QueryDict
from rest_framework import serializers
from rest_framework.fields import empty

from analytics_data_api.auth.access import UNRESTRICTED, Access
from analytics_data_api.errors import CourseNotSpecified, IllegalParameterValues
from analytics_data_api.web.fields import FormTexts

# A message repeats this many characters of a refused value.
SHOWN_LENGTH = 200


class RequestParameters:
    """The parameters of an endpoint. Subclasses say which fields they have and make a value of the cleaned ones."""

    # A request without one of these is an error; all of them are ids of courses.
    required_parameters: tuple[str, ...] = ()
    # The name of a query's argument for the value. None if the view itself passes the value on.
    argument: str | None = None

    @classmethod
    def parameters(cls) -> Mapping[str, serializers.Field]:
        """Return the fields by the names of their parameters."""
        raise NotImplementedError

    @classmethod
    @cache
    def described(cls) -> type[serializers.Serializer]:
        """Return a serializer class with the same fields, for the API's description."""
        return type(cls.__name__, (serializers.Serializer,), dict(cls.parameters()))

    @classmethod
    def check(cls, values: dict[str, Any]) -> None:
        """Raise a ValidationError if the cleaned values contradict each other.

        It says of one parameter what is allowed. Names in braces become what was sent as these parameters.
        """

    @classmethod
    def to_value(cls, *args: Any, **values: Any) -> Any:
        """Return the immutable value that a query takes."""
        raise NotImplementedError

    @classmethod
    def read(cls, query: Mapping[str, str], body: Any = None, *, access: Access = UNRESTRICTED) -> Any:
        """Return the value of a query string and a body: a form or a JSON object.

        An absent or empty parameter is None. A name in both is taken from the query string, as links to other pages
        expect. Raise if the access does not cover a course that is named.
        """
        if body is not None and not isinstance(body, Mapping):
            raise IllegalParameterValues("body", shown(body), "a JSON object")
        sent: dict[str, Any] = {}
        values: dict[str, Any] = {}
        for name, field in cls.parameters().items():
            sent[name] = value = sent_value(query, body, name, field)
            if value is empty or (is_empty(value) and not getattr(field, "refuses_empty", False)):
                if name in cls.required_parameters:
                    raise CourseNotSpecified()
                values[name] = None
                continue
            try:
                values[name] = field.to_internal_value(value)
            except serializers.ValidationError as error:
                raise IllegalParameterValues(name, shown(value), error.detail[0]) from error
        access.check_courses(values)
        try:
            cls.check(values)
        except serializers.ValidationError as error:
            ((name, allowed),) = error.detail.items()
            raise IllegalParameterValues(name, shown(sent[name]), str(allowed).format(**sent)) from error
        return cls.to_value(**values)


class Parameters(RequestParameters, serializers.Serializer):
    """Parameters that are declared as the fields of a serializer."""

    @classmethod
    def parameters(cls) -> Mapping[str, serializers.Field]:
        return cls._declared_fields


class NoParameters(Parameters):
    @classmethod
    def to_value(cls) -> None:
        return None


def sent_value(query: Mapping[str, Any], body: Mapping[str, Any] | None, name: str, field: serializers.Field) -> Any:
    """Return what was sent for a field, or ``empty`` if nothing was. The last one of several single values counts."""
    source = query if name in query else body
    if source is None or name not in source:
        return empty
    if isinstance(field, serializers.ListField) and isinstance(source, QueryDict):
        return FormTexts(source.getlist(name))
    return source.get(name)


def is_empty(value: Any) -> bool:
    if isinstance(value, FormTexts):
        return not any(value)
    return value is None or value == "" or value == []


def shown(value: Any) -> str:
    """Return a refused value as text, cut off if it is long."""
    if isinstance(value, FormTexts):
        value = value[0] if len(value) == 1 else list(value)
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= SHOWN_LENGTH else f"{text[:SHOWN_LENGTH]}…"
