"""Fields of requests. Each cleans one parameter; its ValidationError completes the sentence "expected …".

A value is the text of a query string or a form, or any JSON value. The API's description is made from the same fields.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from rest_framework import serializers

from analytics_data_api.course_keys import course_id_of_query, valid_course_id
from analytics_data_api.errors import CourseNotSpecified
from analytics_data_api.web.times import ALLOWED_TIMES, current_day, parse_time

NATURAL_NUMBER = re.compile(r"0*([1-9][0-9]*)\Z")
# No list is longer than this, so larger numbers mean the same.
LARGEST_NUMBER = 10**18


class FormTexts(list[str]):
    """All values of a list in a query string or a form, where an unescaped ``+`` arrives as a space."""


class TextField(serializers.CharField):
    def to_internal_value(self, value: Any) -> str:
        if not isinstance(value, str):
            raise serializers.ValidationError("a text")
        return value


class TimeField(serializers.Field):
    """A point in time, UTC."""

    def to_internal_value(self, value: Any) -> datetime:
        moment = parse_time(value) if isinstance(value, str) else None
        if moment is None:
            raise serializers.ValidationError(ALLOWED_TIMES)
        return moment


class PastDayField(TimeField):
    """A day that is over."""

    def __init__(self, today: Callable[[], date] = current_day, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.today = today

    def to_internal_value(self, value: Any) -> date:  # type: ignore[override]
        day = super().to_internal_value(value).date()
        if day >= self.today():
            raise serializers.ValidationError("a day in the past, UTC")
        return day


class WordField(serializers.ChoiceField):
    """One of a few words."""

    def __init__(self, choices: Sequence[str], *, ignores_case: bool = True, **kwargs: Any) -> None:
        super().__init__(choices=choices, **kwargs)
        self.ignores_case = ignores_case

    def to_internal_value(self, value: Any) -> str:
        word = value.lower() if isinstance(value, str) and self.ignores_case else value
        if not isinstance(word, str) or word not in self.choices:
            raise serializers.ValidationError(f"one of {', '.join(self.choices)}")
        return word


class FlagField(serializers.BooleanField):
    """``true`` or ``false`` in any case; with ``takes_digits`` also 1 or 0."""

    def __init__(self, *, takes_digits: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words = {"true": True, "false": False} | ({"1": True, "0": False} if takes_digits else {})

    def to_internal_value(self, value: Any) -> bool:
        word = str(value).lower() if isinstance(value, str | int) else ""
        if word not in self.words:
            raise serializers.ValidationError("true or false")
        return self.words[word]


class SwitchField(serializers.BooleanField):
    """True unless the value is false or 0."""

    def to_internal_value(self, value: Any) -> bool:
        if not isinstance(value, str | int | float):
            raise serializers.ValidationError("true or false")
        return str(value).strip().lower() not in ("false", "0")


class NumberField(serializers.IntegerField):
    """A whole number of at least 1."""

    def to_internal_value(self, value: Any) -> int:
        if isinstance(value, str) and (digits := NATURAL_NUMBER.match(value)):
            return int(digits[1]) if len(digits[1]) <= 18 else LARGEST_NUMBER
        # JSON's true is an int in Python.
        if type(value) is not int or value < 1:
            raise serializers.ValidationError("a whole number of at least 1")
        return value


class CourseIdField(serializers.CharField):
    """The id of a course in a query string."""

    def to_internal_value(self, text: str) -> str:
        return course_id_of_query(text)


def split_texts(value: Any) -> Iterator[str]:
    """Yield the texts of a list, each split at its commas."""
    number = 0
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, str):
            raise serializers.ValidationError("texts, as an array or separated by commas")
        number += item.count(",") + 1
        if number > settings.MAX_IDS:
            raise serializers.ValidationError(f"at most {settings.MAX_IDS} values")
        for text in item.split(","):
            yield text.strip()


def distinct_texts(value: Any) -> tuple[str, ...] | None:
    """Return the texts of a list without empty ones and repetitions, or None if no text is left."""
    return tuple(dict.fromkeys(filter(None, split_texts(value)))) or None


class NamesField(serializers.CharField):
    """Names in one text, separated by commas."""

    def to_internal_value(self, text: str) -> tuple[str, ...] | None:
        return distinct_texts(text)


class TextsField(serializers.ListField):
    """A list of texts: an array, a repeated field of a form, or one text with commas."""

    child = serializers.CharField()
    # True if a list that is there but empty is an error instead of an absent parameter.
    refuses_empty = False

    def to_internal_value(self, value: Any) -> tuple[str, ...] | None:
        return distinct_texts(value)


class KnownNamesField(TextsField):
    """Names that ``is_name`` accepts. ``names`` are listed when another name is refused."""

    def __init__(self, names: Sequence[str], is_name: Callable[[str], bool] | None = None, **kwargs: Any) -> None:
        super().__init__(child=serializers.ChoiceField(choices=list(names)), **kwargs)
        self.names = names
        self.is_name = is_name or names.__contains__

    def to_internal_value(self, value: Any) -> tuple[str, ...] | None:
        names = super().to_internal_value(value)
        if not all(map(self.is_name, names or ())):
            raise serializers.ValidationError(f"names out of {', '.join(self.names)}")
        return names


class IdsField(TextsField):
    """Ids that select rows. An empty list is refused, because a client that sends one does not want all rows."""

    refuses_empty = True

    def to_internal_value(self, value: Any) -> tuple[str, ...]:
        ids = None if value is None else super().to_internal_value(value)
        if ids is None:
            raise serializers.ValidationError("at least one id; without the parameter all are returned")
        return ids


class CourseIdsField(IdsField):
    """Ids of courses. A malformed one is refused, because its course would silently be missing in the response."""

    def to_internal_value(self, value: Any) -> tuple[str, ...]:
        course_ids = [] if value is None else list(split_texts(value))
        if not any(course_ids):
            raise CourseNotSpecified("course_ids is empty: name a course, or leave it out for all courses.")
        valid = course_id_of_query if isinstance(value, FormTexts) else valid_course_id
        return tuple(dict.fromkeys(map(valid, course_ids)))
