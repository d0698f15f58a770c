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
    """Whether a summary has a field of this name, or its CSV form a column: the modes in it depend on the rows."""
    field, _, rest = name.partition(".")
    mode, _, count = rest.rpartition(".")
    return name in SUMMARY_FIELDS or (field == SUMMARY_MODES and mode != "" and count in MODE_COUNTS)


@dataclass(frozen=True)
class Picked:
    """Which fields an answer has: those of ``fields`` in their order (None: all), without those of ``exclude``."""

    fields: tuple[str, ...] | None = None
    exclude: tuple[str, ...] = ()


class CourseTotalsParameters(Parameters):
    course_ids = CourseIdsField(help_text="Only these courses; without the parameter all of them.")

    @classmethod
    def to_value(cls, *, course_ids: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return course_ids


@dataclass(frozen=True)
class ProgramsQuery:
    program_ids: tuple[str, ...] | None = None
    picked: Picked = Picked()


class ProgramsParameters(Parameters):
    program_ids = IdsField(help_text="Only these programs; without the parameter all of them.")
    fields = KnownNamesField(PROGRAM_FIELDS, help_text="Only these fields.")
    exclude = KnownNamesField(PROGRAM_FIELDS, help_text="Not these fields.")

    @classmethod
    def to_value(
        cls,
        *,
        program_ids: tuple[str, ...] | None,
        fields: tuple[str, ...] | None,
        exclude: tuple[str, ...] | None,
    ) -> ProgramsQuery:
        return ProgramsQuery(program_ids=program_ids, picked=Picked(fields, exclude or ()))


@dataclass(frozen=True)
class SummariesQuery:
    """Which courses are asked for, in which order, and what of them."""

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
        """Whether no rows are an answer: a page or a search can find nothing, ids that nobody knows are an error."""
        filters = (self.page, self.availability, self.pacing_type, self.program_ids, self.text_search)
        return any(value is not None for value in filters)


class CourseSummariesParameters(Parameters):
    course_ids = CourseIdsField(help_text="Only these courses; without the parameter all of them.")
    fields = KnownNamesField(
        SUMMARY_FIELDS,
        is_name=is_summary_name,
        help_text="Only these fields; in CSV also single columns, such as enrollment_modes.audit.count.",
    )
    exclude = KnownNamesField(SUMMARY_FIELDS, help_text="Not these fields, inside enrollment_modes neither.")
    programs = SwitchField(help_text="Whether to list the ids of the programs of each course; default false.")
    recent_date = PastDayField(help_text="A past day, to which recent_count_change compares the enrollment.")
    availability = TextsField(help_text="Only courses of these availabilities; unknown is a null one.")
    pacing_type = TextsField(help_text="Only courses of these pacing types.")
    program_ids = TextsField(help_text="Only courses of any of these programs.")
    text_search = TextField(help_text="Only courses with this text in their title or id, in any case.")
    order_by = WordField(
        ORDERS, ignores_case=False, help_text="Field to order by; equal ones by course_id. Default course_id."
    )
    sort_order = WordField(
        [ASCENDING, DESCENDING], ignores_case=False, help_text="Nulls are last in asc, the default, first in desc."
    )
    page = NumberField(help_text="With page or page_size the answer is one page.")
    page_size = NumberField(help_text="Rows of a page.")
    all = FlagField(
        takes_digits=True,
        help_text="Whether to return all rows as a list, whatever page and page_size are; default false.",
    )

    @classmethod
    def to_value(cls, **values: Any) -> SummariesQuery:
        number, size = values.pop("page"), values.pop("page_size")
        is_all = values.pop("all")
        is_paged = (number is not None or size is not None) and not is_all
        text = (values.pop("text_search") or "").strip()
        return SummariesQuery(
            page=ListPage(number or 1, min(size or settings.DEFAULT_PAGE_SIZE, settings.MAX_PAGE_SIZE))
            if is_paged
            else None,
            text_search=text or None,
            order_by=values.pop("order_by") or COURSE_ID,
            is_descending=values.pop("sort_order") == DESCENDING,
            with_programs=bool(values.pop("programs")),
            picked=Picked(values.pop("fields"), values.pop("exclude") or ()),
            **values,
        )
