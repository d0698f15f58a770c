"""Parameters of the summaries of courses, their totals and programs."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings

from analytics_data_api.constants import (
    COURSE_ID,
    MODE_COUNTS,
    PROGRAM_FIELDS,
    PROGRAMS,
    SUMMARY_FIELDS,
    SUMMARY_MODES,
    VERIFIED_ENROLLMENT,
)
from analytics_data_api.web.fields import (
    CourseIdsField,
    FlagField,
    IdsField,
    KnownNamesField,
    NumberField,
    PastDayField,
    SwitchField,
    TextField,
    TextsField,
    WordField,
)
from analytics_data_api.web.pagination import ListPage
from analytics_data_api.web.parameters import Parameters

ASCENDING = "asc"
DESCENDING = "desc"
ORDERS = (*(name for name in SUMMARY_FIELDS if name not in (SUMMARY_MODES, PROGRAMS)), VERIFIED_ENROLLMENT)


def is_summary_name(name: str) -> bool:
    """Return True if a summary has a field or a CSV column of this name. The modes in it depend on the rows."""
    field, _, rest = name.partition(".")
    mode, _, count = rest.rpartition(".")
    return name in SUMMARY_FIELDS or (field == SUMMARY_MODES and mode != "" and count in MODE_COUNTS)


@dataclass(frozen=True)
class Picked:
    """The fields of a response: ``fields`` in their order, or all fields if None, without ``exclude``."""

    fields: tuple[str, ...] | None = None
    exclude: tuple[str, ...] = ()


class CourseTotalsParameters(Parameters):
    argument = "course_ids"

    course_ids = CourseIdsField(help_text="Only these courses; default all.")

    @classmethod
    def to_value(cls, *, course_ids: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return course_ids


@dataclass(frozen=True)
class ProgramsQuery:
    program_ids: tuple[str, ...] | None = None
    picked: Picked = Picked()


class ProgramsParameters(Parameters):
    program_ids = IdsField(help_text="Only these programs; default all.")
    fields = KnownNamesField(PROGRAM_FIELDS, help_text="Only these fields.")
    exclude = KnownNamesField(PROGRAM_FIELDS, help_text="All fields but these.")

    @classmethod
    def to_value(cls, **values: Any) -> ProgramsQuery:
        return ProgramsQuery(values["program_ids"], Picked(values["fields"], values["exclude"] or ()))


@dataclass(frozen=True)
class SummariesQuery:
    """The courses that a request asks for, their order and their fields."""

    course_ids: tuple[str, ...] | None = None
    availability: tuple[str, ...] | None = None
    pacing_type: tuple[str, ...] | None = None
    program_ids: tuple[str, ...] | None = None
    text_search: str | None = None
    recent_date: date | None = None
    order_by: str = COURSE_ID
    is_descending: bool = False
    page: ListPage | None = None
    with_programs: bool = False
    picked: Picked = Picked()

    @property
    def may_be_empty(self) -> bool:
        """True for a page, a filter or a search, which can find nothing. Unknown ids are an error."""
        filters = (self.page, self.availability, self.pacing_type, self.program_ids, self.text_search)
        return any(value is not None for value in filters)


class CourseSummariesParameters(Parameters):
    course_ids = CourseIdsField(help_text="Only these courses; default all.")
    fields = KnownNamesField(
        SUMMARY_FIELDS,
        is_name=is_summary_name,
        help_text="Only these fields; in CSV also single columns, such as enrollment_modes.audit.count.",
    )
    exclude = KnownNamesField(SUMMARY_FIELDS, help_text="All fields but these, also inside enrollment_modes.")
    programs = SwitchField(help_text="True to list the ids of each course's programs; default false.")
    recent_date = PastDayField(help_text="A past day; recent_count_change is the change since then.")
    availability = TextsField(help_text="Only courses with these availabilities; unknown means null.")
    pacing_type = TextsField(help_text="Only courses with these pacing types.")
    program_ids = TextsField(help_text="Only courses in any of these programs.")
    text_search = TextField(help_text="Only courses with this text in their title or id. Case is ignored.")
    order_by = WordField(
        ORDERS, ignores_case=False, help_text="Field to order by; default course_id, which also breaks ties."
    )
    sort_order = WordField(
        [ASCENDING, DESCENDING], ignores_case=False, help_text="Nulls are last in asc, the default, first in desc."
    )
    page = NumberField(help_text="Number of the page. With page or page_size the response is one page.")
    page_size = NumberField(help_text="Rows of a page.")
    all = FlagField(
        takes_digits=True,
        help_text="True to return all rows as a list and ignore page and page_size; default false.",
    )

    @classmethod
    def to_value(cls, **values: Any) -> SummariesQuery:
        number, size = values.pop("page"), values.pop("page_size")
        page = ListPage(number or 1, min(size or settings.DEFAULT_PAGE_SIZE, settings.MAX_PAGE_SIZE))
        is_list = values.pop("all") or (number is None and size is None)
        return SummariesQuery(
            page=None if is_list else page,
            text_search=(values.pop("text_search") or "").strip() or None,
            order_by=values.pop("order_by") or COURSE_ID,
            is_descending=values.pop("sort_order") == DESCENDING,
            with_programs=bool(values.pop("programs")),
            picked=Picked(values.pop("fields"), values.pop("exclude") or ()),
            **values,
        )
