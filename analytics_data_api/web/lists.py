"""Parameters of the endpoints that answer to GET and to POST: lists of ids and names beside single values.

A value is a text of a query string or a form, or any JSON. A list is an array, a repeated field of a form, or one text
with commas. An empty value is as if absent, unless the parameter says otherwise.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.http import QueryDict
from rest_framework import serializers

from analytics_data_api.auth.access import UNRESTRICTED, Access
from analytics_data_api.course_keys import course_id_of_query, valid_course_id
from analytics_data_api.errors import CourseNotSpecified, IllegalParameterValues
from analytics_data_api.web.parameters import Parameters

# Of a value that is refused, no more than this is repeated.
SHOWN_LENGTH = 200

# A page of more digits is past the last one in any case.
MOST_DIGITS = 18

TRUE_WORDS = ("true", "1")
FALSE_WORDS = ("false", "0")


class FormTexts(list[str]):
    """All values of a parameter of a query string or a form, where an unescaped ``+`` arrives as a space."""


class PostableParameters(Parameters):
    """Parameters that come in a query string, in a form or in a JSON object.

    A name in both the query string and the body is taken from the query string: so are the links to other pages.
    """

    @classmethod
    def read(cls, query: QueryDict, body: Any = None, *, access: Access = UNRESTRICTED) -> Any:
        raw = {**raw_values({} if body is None else body), **raw_values(query)}
        values: dict[str, Any] = {}
        for name, field in cls.parameters().items():
            if name not in raw or (is_empty(raw[name]) and not getattr(field, "refuses_empty", False)):
                values[name] = None
            else:
                values[name] = cls.parse(name, field, raw[name])
        return cls.to_value(**access.ids(values))

    @staticmethod
    def parse(name: str, field: serializers.Field, value: Any) -> Any:
        try:
            return field.to_internal_value(value)
        except serializers.ValidationError as error:
            allowed = error.detail[0] if isinstance(error.detail, list) else error.detail
            raise IllegalParameterValues(name, shown(value), allowed) from error


def raw_values(source: Any) -> dict[str, Any]:
    """The values of a query string, a form or a JSON body by their names."""
    if isinstance(source, QueryDict):
        return {name: FormTexts(source.getlist(name)) for name in source}
    if isinstance(source, Mapping):
        return dict(source)
    raise IllegalParameterValues("body", shown(source), "a JSON object")


def is_empty(value: Any) -> bool:
    if isinstance(value, FormTexts):
        return all(text == "" for text in value)
    return value is None or value == "" or value == []


def shown(value: Any) -> Any:
    """A refused value, or the beginning of a long one."""
    if isinstance(value, FormTexts) and len(value) == 1:
        value = value[0]
    if not isinstance(value, str):
        value = repr(list(value) if isinstance(value, FormTexts) else value)
    return value if len(value) <= SHOWN_LENGTH else f"{value[:SHOWN_LENGTH]}…"


def one(value: Any) -> Any:
    """The single value of a parameter: the last one of a query string or a form."""
    return value[-1] if isinstance(value, FormTexts) else value


class TextsField(serializers.ListField):
    """Several texts without repetitions; None where there is none of them."""

    child = serializers.CharField()
    refuses_empty = False

    def to_internal_value(self, value: Any) -> tuple[str, ...] | None:
        return tuple(dict.fromkeys(text for text in texts(value) if text)) or None


def texts(value: Any) -> Iterator[str]:
    """The texts of a list, each taken apart at its commas."""
    number = 0
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, str):
            raise serializers.ValidationError("texts, as an array or separated by commas")
        number += item.count(",") + 1
        if number > settings.MAX_IDS:
            raise serializers.ValidationError(f"at most {settings.MAX_IDS} values")
        for text in item.split(","):
            yield text.strip()


class IdsField(TextsField):
    """Ids of what an answer is to be about. Of an empty list nothing can be said, and all rows are not what it asks."""

    refuses_empty = True

    def to_internal_value(self, value: Any) -> tuple[str, ...]:
        ids = None if value is None else super().to_internal_value(value)
        if ids is None:
            raise serializers.ValidationError("at least one id; without the parameter all are returned")
        return ids


class CourseIdsField(IdsField):
    """Ids of courses. One that is malformed would silently be missing in the answer, so it is refused."""

    def to_internal_value(self, value: Any) -> tuple[str, ...]:
        valid = course_id_of_query if isinstance(value, FormTexts) else valid_course_id
        course_ids = [] if value is None else list(texts(value))
        if not any(course_ids):
            raise CourseNotSpecified("course_ids is empty: name a course, or leave it out for all courses.")
        return tuple(dict.fromkeys(map(valid, course_ids)))


class NamesField(TextsField):
    """Names out of those that ``is_name`` accepts; ``names`` are listed where another is refused."""

    def __init__(self, names: Sequence[str], is_name: Callable[[str], bool] | None = None, **kwargs: Any) -> None:
        super().__init__(child=serializers.ChoiceField(choices=list(names)), **kwargs)
        self.names = names
        self.is_name = is_name or names.__contains__

    def to_internal_value(self, value: Any) -> tuple[str, ...] | None:
        names = super().to_internal_value(value)
        if not all(map(self.is_name, names or ())):
            raise serializers.ValidationError(f"names out of {', '.join(self.names)}")
        return names


class TextField(serializers.CharField):
    def to_internal_value(self, value: Any) -> str:
        text = one(value)
        if not isinstance(text, str):
            raise serializers.ValidationError("a text")
        return text


class OneOfField(serializers.ChoiceField):
    """One of a few words."""

    def to_internal_value(self, value: Any) -> str:
        word = one(value)
        if not isinstance(word, str) or word not in self.choices:
            raise serializers.ValidationError(f"one of {', '.join(self.choices)}")
        return word


class TruthField(serializers.BooleanField):
    """True or false as JSON has them, or as a word in any case."""

    def to_internal_value(self, value: Any) -> bool:
        word = str(one(value)).lower() if isinstance(one(value), str | int) else ""
        if word not in TRUE_WORDS + FALSE_WORDS:
            raise serializers.ValidationError("true or false")
        return word in TRUE_WORDS


class SwitchField(serializers.BooleanField):
    """On, unless the value is false or 0."""

    def to_internal_value(self, value: Any) -> bool:
        value = one(value)
        if not isinstance(value, str | int | float):
            raise serializers.ValidationError("true or false")
        return str(value).strip().lower() not in FALSE_WORDS


class PageNumberField(serializers.IntegerField):
    """A whole number of at least 1."""

    def to_internal_value(self, value: Any) -> int:
        number = one(value)
        if isinstance(number, str) and number.isascii() and number.isdecimal():
            number = int(number) if len(number) <= MOST_DIGITS else 10**MOST_DIGITS
        if not isinstance(number, int) or isinstance(number, bool) or number < 1:
            raise serializers.ValidationError("a whole number of at least 1")
        return number
