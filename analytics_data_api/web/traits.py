"""The traits of an endpoint, declared once. Its view, its URLs and the API's description read them."""

from dataclasses import dataclass
from enum import Enum

from analytics_data_api.errors import ApiError, ResourceNotFound


class Personal(Enum):
    """How much personal data an endpoint returns. SOMETIMES: some of its URLs do."""

    NEVER = 0
    SOMETIMES = 1
    ALWAYS = 2


@dataclass(frozen=True, kw_only=True)
class Traits:
    # True if the endpoint returns rows; service endpoints do not.
    has_rows: bool = True
    # True if a response is a list; if false, it is the object of the only row.
    many: bool = True
    # The key of the list in the object around it. None if nothing is around the list.
    list_key: str | None = None
    # True if the list can come in pages.
    is_paged: bool = False
    # Keys that a page has beside the usual ones in some responses.
    page_keys: tuple[str, ...] = ()
    # If true, an empty result is 200; if false, it is 404.
    may_be_empty: bool = False
    personal: Personal = Personal.NEVER
    # True if the view itself leaves out courses that the key may not see. A view of one course, which its URL or a
    # required parameter names, does not need to.
    filters_courses: bool = False
    not_found: tuple[type[ResourceNotFound], ...] = (ResourceNotFound,)
    # Errors that only this endpoint raises.
    other_errors: tuple[type[ApiError], ...] = ()
    # False if the endpoint responds even if no database does.
    needs_database: bool = True
