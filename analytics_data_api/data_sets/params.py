"""Parameters of data sets: which of the rows, from where on, how many and which of their columns."""

import base64
import binascii
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from rest_framework import serializers

from analytics_data_api.course_keys import Courses
from analytics_data_api.data_sets.declarations import Column, DataSet
from analytics_data_api.errors import IllegalParameterValues
from analytics_data_api.web.fields import CourseIdField, NamesField, NumberField, TimeField
from analytics_data_api.web.parameters import Parameters

# The most rows of a page. An older bulk interface of the field has pages of this size.
MOST_ROWS = 20_200
ALL_ROWS = "all"

# Bytes at the end of a cursor that tell whether it is whole.
DIGEST_SIZE = 6

# Behind the id of every row.
LAST_ID = 2**63 - 1

ORGANIZATION = re.compile(r"[\w.~:-]+\Z")
STORED_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9:.]{8,15}(?:Z|[+-][0-9]{2}:[0-9]{2})?\Z")


class Place(NamedTuple):
    """A place in the order of a data set: the time of a row exactly as the database has it, and its id."""

    created: str
    id: int


class Cursor(NamedTuple):
    """What a client hands back to go on: the data set, and the place of the last row that it has; None: it has none."""

    data_set: str
    place: Place | None

    def text(self) -> str:
        content = orjson.dumps([self.data_set, *(self.place or ())])
        return base64.urlsafe_b64encode(content + digest(content)).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        """The cursor of a text, or None where nobody was given such a one."""
        try:
            both = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            content = both[:-DIGEST_SIZE]
            if both[-DIGEST_SIZE:] != digest(content):
                return None
            name, created, id = (*orjson.loads(content), None, None)[:3]
        except (ValueError, TypeError, binascii.Error):
            return None
        if not isinstance(name, str) or (created is not None and not (is_stored_time(created) and is_id(id))):
            return None
        cursor = cls(name, None if created is None else Place(created, id))
        # Of several spellings of the same bytes one is ours.
        return cursor if cursor.text() == text else None


def digest(content: bytes) -> bytes:
    """Without it a cursor with one letter changed could be another place, and rows be missing without a word."""
    return blake2b(content, digest_size=DIGEST_SIZE).digest()


def is_stored_time(value: Any) -> bool:
    if not isinstance(value, str) or not STORED_TIME.match(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_id(value: Any) -> bool:
    return type(value) is int and 0 <= value <= LAST_ID


@dataclass(frozen=True)
class Pull:
    """What is asked of a data set. ``limit`` None stands for all rows, ``updated_before`` None for all that is settled."""

    courses: tuple[Courses, ...] = ()
    updated_after: datetime | None = None
    updated_before: datetime | None = None
    cursor: Cursor | None = None
    limit: int | None = None
    fields: tuple[str, ...] = ()

    def of(self, data_set: DataSet, now: datetime) -> "Pull":
        """The pull of one data set, with a time up to which it goes."""
        if self.cursor is not None and self.cursor.data_set != data_set.name:
            raise IllegalParameterValues("cursor", self.cursor.text(), allowed_cursor(f"the data set {data_set.name}"))
        names = [column.name for column in data_set.columns]
        for name in self.fields:
            if name not in names:
                raise IllegalParameterValues("fields", name, f"names among {', '.join(names)}")
        return self if self.updated_before is not None else replace(self, updated_before=settled(now))

    def columns(self, data_set: DataSet) -> tuple[Column, ...]:
        if not self.fields:
            return data_set.columns
        by_name = {column.name: column for column in data_set.columns}
        return tuple(by_name[name] for name in self.fields)

    @property
    def start(self) -> Place | None:
        """The place after which the rows begin; None where it is before all rows."""
        places = [self.cursor.place] if self.cursor is not None and self.cursor.place is not None else []
        if self.updated_after is not None:
            places.append(Place(stored_text(self.updated_after), LAST_ID))
        return max(places, default=None)

    @property
    def before(self) -> str:
        """The time of the last rows that belong to the pull, in the form in which a database compares it."""
        if self.updated_before is None:
            raise ValueError("a pull of no data set has no end")
        return stored_text(self.updated_before)


def stored_text(time: datetime) -> str:
    # With all digits a text sorts behind every form in which SQLite may have the same time: with fewer, or with none.
    return f"{time.year:04}-{time:%m-%d %H:%M:%S.%f}"


def settled(now: datetime) -> datetime:
    """The time up to which nothing is written any more: what is younger may still be part of a load under way."""
    return now.astimezone(UTC).replace(microsecond=0) - timedelta(seconds=settings.DATA_SETS_DELAY)


def allowed_cursor(of: str) -> str:
    return f"a cursor of {of}, as a Link or Resume-Cursor header has it"


class CursorField(serializers.CharField):
    def to_internal_value(self, text: str) -> Cursor:
        cursor = Cursor.parse(text)
        if cursor is None:
            raise serializers.ValidationError(allowed_cursor("this data set"))
        return cursor


class LimitField(NumberField):
    """How many rows, or all of them; -1 stands for all."""

    def to_internal_value(self, text: str) -> int:
        if text.lower() == ALL_ROWS:
            return -1
        allowed = f"a whole number from 1 to {MOST_ROWS}, or {ALL_ROWS}"
        try:
            limit = super().to_internal_value(text)
        except serializers.ValidationError as error:
            raise serializers.ValidationError(allowed) from error
        if limit > MOST_ROWS:
            raise serializers.ValidationError(allowed)
        return limit


class OrganizationField(serializers.CharField):
    def to_internal_value(self, text: str) -> str:
        if not ORGANIZATION.match(text):
            raise serializers.ValidationError("the name of an organization as it stands in course ids, such as edX")
        return text


class PartitionsParameters(Parameters):
    """Which part of a data set."""

    course_id = CourseIdField(help_text="Only rows of this course.")
    org = OrganizationField(help_text="Only rows of the courses of this organization, such as edX.")
    updated_before = TimeField(
        help_text="Only rows created at this time or earlier. Default: the time up to which loads are settled, which is "
        "some 30 seconds ago."
    )

    @classmethod
    def to_value(
        cls,
        *,
        course_id: str | None,
        org: str | None,
        updated_before: datetime | None,
        updated_after: datetime | None = None,
        limit: int | None = None,
        fields: tuple[str, ...] | None = None,
        cursor: Cursor | None = None,
    ) -> Pull:
        if updated_after is not None and updated_before is not None and updated_after > updated_before:
            raise IllegalParameterValues(
                "updated_after",
                updated_after.isoformat(),
                f"a time not after updated_before ({updated_before.isoformat()})",
            )
        courses = [Courses(ids=frozenset([course_id]))] if course_id else []
        courses += [Courses(orgs=frozenset([org]))] if org else []
        return Pull(
            courses=tuple(courses),
            updated_after=updated_after,
            updated_before=updated_before,
            cursor=cursor,
            limit=None if limit == -1 else limit or MOST_ROWS,
            fields=fields or (),
        )


class RowsParameters(PartitionsParameters):
    """Which rows of a data set."""

    updated_after = TimeField(help_text="Only rows created after this time.")
    limit = LimitField(
        min_value=1,
        help_text=f"Rows of a page: 1 to {MOST_ROWS}, which is the default; `{ALL_ROWS}` streams all rows at once.",
    )
    fields = NamesField(help_text="The columns to return, in this order, separated by commas.")
    cursor = CursorField(
        help_text="Where to go on: what a Link or Resume-Cursor header of this data set has given. With the parameters "
        "of that request."
    )
