"""Parameters of data sets: the rows to return, the place to start from, the number of rows and their columns."""

import base64
import binascii
import re
from contextlib import suppress
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

# The maximum size of a page. An older interface for bulk data has pages of this size.
MAX_ROWS = 20_200
ALL_ROWS = "all"
# Bytes at the end of a cursor that tell if it is complete.
DIGEST_SIZE = 6
# Larger than the id of any row.
LAST_ID = 2**63 - 1

ORGANIZATION = re.compile(r"[\w.~:-]+\Z")
STORED_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9:.]{8,15}(?:Z|[+-][0-9]{2}:[0-9]{2})?\Z")


class Place(NamedTuple):
    """A place in the order of a data set: the time of a row exactly as the database stores it, and its id."""

    created: str
    id: int


class Cursor(NamedTuple):
    """A data set, and the place of the last row that a client has. ``place`` is None if the client has no row."""

    data_set: str
    place: Place | None

    def text(self) -> str:
        content = orjson.dumps([self.data_set, *(self.place or ())])
        return base64.urlsafe_b64encode(content + digest(content)).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        """Return the cursor of a text, or None if no cursor has this text."""
        try:
            both = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            content = both[:-DIGEST_SIZE]
            name, created, id = (*orjson.loads(content), None, None)[:3]
        except (ValueError, TypeError, binascii.Error):
            return None
        if both[-DIGEST_SIZE:] != digest(content) or not isinstance(name, str):
            return None
        if created is not None and not (is_stored_time(created) and type(id) is int and 0 <= id <= LAST_ID):
            return None
        cursor = cls(name, None if created is None else Place(created, id))
        # The same bytes can be spelled in several ways, of which this server writes one.
        return cursor if cursor.text() == text else None


def digest(content: bytes) -> bytes:
    """Return a digest. Without it, a cursor with one wrong letter could be another place and silently skip rows."""
    return blake2b(content, digest_size=DIGEST_SIZE).digest()


def is_stored_time(value: Any) -> bool:
    with suppress(ValueError):
        return isinstance(value, str) and bool(STORED_TIME.match(value) and datetime.fromisoformat(value))
    return False


@dataclass(frozen=True)
class Pull:
    """A request for rows of a data set. ``limit`` is None for all rows.

    ``updated_before`` is None until the pull is made for a data set, and then by default the time of complete loads.
    """

    courses: tuple[Courses, ...] = ()
    updated_after: datetime | None = None
    updated_before: datetime | None = None
    cursor: Cursor | None = None
    limit: int | None = None
    fields: tuple[str, ...] | None = None

    def of(self, data_set: DataSet, now: datetime) -> "Pull":
        """Return the pull for a data set, with an end. Raise if the cursor or a field belongs to another data set."""
        if self.cursor is not None and self.cursor.data_set != data_set.name:
            raise IllegalParameterValues("cursor", self.cursor.text(), allowed_cursor(f"the data set {data_set.name}"))
        for name, values in (("course_id", "ids"), ("org", "orgs")):
            named = sorted(value for courses in self.courses for value in getattr(courses, values))
            if named and not data_set.has_courses:
                raise IllegalParameterValues(name, named[0], f"no value: rows of {data_set.name} belong to no course")
        names = [column.name for column in data_set.columns]
        for name in self.fields or ():
            if name not in names:
                raise IllegalParameterValues("fields", name, f"names among {', '.join(names)}")
        return self if self.updated_before is not None else replace(self, updated_before=end_of_complete_loads(now))

    def columns(self, data_set: DataSet) -> tuple[Column, ...]:
        if not self.fields:
            return data_set.columns
        by_name = {column.name: column for column in data_set.columns}
        return tuple(by_name[name] for name in self.fields)

    @property
    def start(self) -> Place | None:
        """The place after which the rows begin, or None if they begin with the first row."""
        places = [self.cursor.place] if self.cursor is not None and self.cursor.place is not None else []
        if self.updated_after is not None:
            places.append(Place(stored_text(self.updated_after), LAST_ID))
        return max(places, default=None)

    @property
    def before(self) -> str:
        """The latest time of the pull's rows, in the form in which a database compares it."""
        if self.updated_before is None:
            raise ValueError("a pull has no end until of() has set one")
        return stored_text(self.updated_before)


def stored_text(time: datetime) -> str:
    # SQLite may store the same time with fewer digits. The text with all digits sorts after each of these forms.
    return f"{time.year:04}-{time:%m-%d %H:%M:%S.%f}"


def end_of_complete_loads(now: datetime) -> datetime:
    """Return the time up to which all rows have been written. Later rows may belong to a load in progress."""
    return now.astimezone(UTC).replace(microsecond=0) - timedelta(seconds=settings.DATA_SETS_DELAY)


def allowed_cursor(of: str) -> str:
    return f"a cursor of {of} from a Link or Resume-Cursor header"


class CursorField(serializers.CharField):
    def to_internal_value(self, text: str) -> Cursor:
        cursor = Cursor.parse(text)
        if cursor is None:
            raise serializers.ValidationError(allowed_cursor("this data set"))
        return cursor


class LimitField(NumberField):
    """A number of rows, or -1 for all of them."""

    def to_internal_value(self, text: str) -> int:
        if text.lower() == ALL_ROWS:
            return -1
        with suppress(serializers.ValidationError):
            limit = super().to_internal_value(text)
            if limit <= MAX_ROWS:
                return limit
        raise serializers.ValidationError(f"a whole number from 1 to {MAX_ROWS}, or {ALL_ROWS}")


class OrganizationField(serializers.CharField):
    def to_internal_value(self, text: str) -> str:
        if not ORGANIZATION.match(text):
            raise serializers.ValidationError("the name of an organization as in course ids, such as edX")
        return text


class PartitionsParameters(Parameters):
    """The part of a data set to count."""

    course_id = CourseIdField(help_text="Only rows of this course.")
    org = OrganizationField(help_text="Only rows of the courses of this organization, such as edX.")
    updated_before = TimeField(
        help_text="Only rows created at this time or earlier. Default: about 30 seconds ago, up to which loads are complete."
    )

    @classmethod
    def to_value(cls, *, course_id: str | None, org: str | None, limit: int | None = None, **values: Any) -> Pull:
        courses = [Courses(ids=frozenset([course_id]))] if course_id else []
        courses += [Courses(orgs=frozenset([org]))] if org else []
        return Pull(courses=tuple(courses), limit=None if limit == -1 else limit or MAX_ROWS, **values)


class RowsParameters(PartitionsParameters):
    """The rows of a data set to return."""

    updated_after = TimeField(help_text="Only rows created after this time.")
    limit = LimitField(
        min_value=1, help_text=f"Rows of a page, from 1 to {MAX_ROWS}, the default. `{ALL_ROWS}` streams all rows."
    )
    fields = NamesField(help_text="The columns to return, in this order, separated by commas.")
    cursor = CursorField(
        help_text="Start after this place, which a Link or Resume-Cursor header of this data set names. Send it with the "
        "same parameters."
    )

    @classmethod
    def check(cls, values: dict[str, Any]) -> None:
        after, before = values["updated_after"], values["updated_before"]
        if after is not None and before is not None and after > before:
            raise serializers.ValidationError({"updated_after": "a time not after updated_before ({updated_before})"})
